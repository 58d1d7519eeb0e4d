"""Gunicorn's own command line and settings, by its settings table (``gunicorn.json``, renewed by a tool)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.project import Server


@dataclass(frozen=True, slots=True)
class GunicornSetting:
    """One setting: its config-file ``name``, command-line ``flags``, whether a flag ``takes`` "value", "append" or
    "flag" (then ``const`` is the value it sets), its ``default`` as text and whether it is a server ``hook``."""

    name: str
    flags: tuple[str, ...]
    takes: str
    const: str
    default: str
    type: str
    hook: bool


@functools.cache
def settings_table() -> Mapping[str, GunicornSetting]:
    """Every setting of the newest gunicorn known, by config-file name."""
    text = (resources.files("flask_prodcheck") / "model" / "launching" / "gunicorn.json").read_text(encoding="utf-8")
    return {
        name: GunicornSetting(
            name,
            tuple(row["flags"]),
            row["takes"],
            row["const"],
            "" if row["default"] is None else str(row["default"]),
            row["type"],
            row["hook"],
        )
        for name, row in json.loads(text)["settings"].items()
    }


@functools.cache
def _flags() -> Mapping[str, GunicornSetting]:
    return {flag: setting for setting in settings_table().values() for flag in setting.flags}


# Flags of the parser itself, and settings that later versions removed (still options where an old version is pinned).
_OTHER_FLAGS = {
    "--version": "flag",
    "-v": "flag",
    "--help": "flag",
    "-h": "flag",
    "--paster": "value",
    "--paste": "value",
    "--worker-connections": "value",
    "--django-settings": "value",
    "--debug": "flag",
    "--preload-app": "flag",
}


def _long_flag(text: str) -> GunicornSetting | str | None:
    """The setting of a long option, which argparse lets users abbreviate to a unique prefix; "other" for the parser's
    own; None when no option matches."""
    flags = _flags()
    if text in flags:
        return flags[text]
    if text in _OTHER_FLAGS:
        return _OTHER_FLAGS[text]
    matches = {
        setting.name: setting for flag, setting in flags.items() if flag.startswith(text) and flag.startswith("--")
    }
    return next(iter(matches.values())) if len(matches) == 1 else None


def parse_arguments(words: Sequence[str]) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """``(target, options by setting name, unknown options)`` of gunicorn's arguments."""
    target, options, unknown = "", {}, []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            rest = [each for each in rest if each]
            target = target or (rest[0] if rest else "")
            break
        if word.startswith("--"):
            name, has_value, value = word.partition("=")
            setting = _long_flag(name)
            if setting is None:
                unknown.append(name)
                if not has_value and rest and not rest[0].startswith("-") and len(rest) > 1:
                    rest.pop(0)
            elif isinstance(setting, str):
                if setting == "value" and not has_value and rest:
                    rest.pop(0)
            elif setting.takes == "flag":
                options[setting.name] = setting.const
            else:
                _store(options, setting, value if has_value else rest.pop(0) if rest else "")
        elif word.startswith("-") and len(word) > 1:
            _short(word, rest, options, unknown)
        elif not target:
            target = word
    return target, options, tuple(unknown)


def _short(word: str, rest: list[str], options: dict[str, str], unknown: list[str]) -> None:
    """Short options, also glued: ``-w4``, ``-Rw 4``."""
    letters = word[1:]
    while letters:
        flag, letters = "-" + letters[0], letters[1:]
        setting = _flags().get(flag)
        if setting is None:
            if flag not in _OTHER_FLAGS:
                unknown.append(flag)
            return
        if setting.takes == "flag":
            options[setting.name] = setting.const
            continue
        value = letters.removeprefix("=") if letters else rest.pop(0) if rest else ""
        _store(options, setting, value)
        return


def _store(options: dict[str, str], setting: GunicornSetting, value: str) -> None:
    if setting.takes == "append" and setting.name in options:
        value = f"{options[setting.name]},{value}"
    options[setting.name] = value


def read_gunicorn(words: Sequence[str]) -> ServerStart:
    """``gunicorn`` arguments (without the program) as a server start."""
    target, options, unknown = parse_arguments(words)
    paths = tuple(reversed([path for path in options.get("pythonpath", "").split(",") if path]))
    return ServerStart(
        Server.GUNICORN,
        target or options.get("wsgi_app", ""),
        options,
        unknown,
        chdir=options.get("chdir"),
        paths=paths,
        config=options.get("config"),
        program="gunicorn",
    )
