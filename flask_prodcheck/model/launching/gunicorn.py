"""Gunicorn's own command line and settings, by its settings table (``gunicorn.json``, renewed by a tool)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.project import Server
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class GunicornSetting:
    """One setting: its config-file ``name``, command-line ``flags``, whether a flag ``takes`` "value", "append" or
    "flag" (then ``const`` is the value it sets), its ``default`` as text, whether it is a server ``hook``, the name of
    gunicorn's own validator in ``check``, and the releases it came with (``since``; () when the oldest known has it)
    and went with (``until``)."""

    name: str
    flags: tuple[str, ...]
    takes: str
    const: str
    default: str
    type: str
    hook: bool
    check: str
    since: tuple[int, ...] = ()
    until: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class WorkerAlias:
    """A short name of a worker class, with the releases it came and went with, as for a setting."""

    name: str
    since: tuple[int, ...] = ()
    until: tuple[int, ...] | None = None


@functools.cache
def _table() -> Mapping[str, Any]:
    # importlib.resources would read it as well, and loads zipfile, tempfile and random to do so.
    table: Mapping[str, Any] = json.loads(Path(__file__).with_name("gunicorn.json").read_text(encoding="utf-8"))
    return table


def _settings(rows: Mapping[str, Any]) -> dict[str, GunicornSetting]:
    return {
        name: GunicornSetting(
            name,
            tuple(row["flags"]),
            row["takes"],
            row["const"],
            "" if row["default"] is None else str(row["default"]),
            row["type"],
            row["hook"],
            row["check"],
            _version(row["since"]),
            _version(row["until"]) or None,
        )
        for name, row in rows.items()
    }


def _version(text: str) -> tuple[int, ...]:
    """A release of the table as numbers; the last one is left out, as the table holds one release of a series."""
    return tuple(int(part) for part in text.split(".")[:2]) if text else ()


@functools.cache
def settings_table() -> Mapping[str, GunicornSetting]:
    """Every setting of the newest gunicorn known, by config-file name."""
    return _settings(_table()["settings"])


@functools.cache
def removed_settings() -> Mapping[str, GunicornSetting]:
    """The settings that only older releases have, by config-file name."""
    return _settings(_table()["removed"])


@functools.cache
def oldest_known_release() -> tuple[int, ...]:
    """The oldest release that the table knows: what those before it took cannot be said."""
    return _version(_table()["releases"][0])


@functools.cache
def worker_aliases() -> Mapping[str, WorkerAlias]:
    """Every short name of a worker class that a release since 19.9 has had."""
    return {
        name: WorkerAlias(name, _version(row["since"]), _version(row["until"]) or None)
        for name, row in _table()["workers"].items()
    }


@functools.cache
def _flags() -> Mapping[str, GunicornSetting]:
    known = {**removed_settings(), **settings_table()}
    return {flag: setting for setting in known.values() for flag in setting.flags}


# Flags of the parser itself.
_OTHER_FLAGS = frozenset({"--version", "-v", "--help", "-h"})


def _long_flag(text: str) -> GunicornSetting | str | None:
    """The setting of a long option, which argparse lets users abbreviate to a unique prefix; "flag" for the parser's own;
    None when no option matches."""
    flags = _flags()
    if text in flags:
        return flags[text]
    if text in _OTHER_FLAGS:
        return "flag"
    matches = {
        setting.name: setting for flag, setting in flags.items() if flag.startswith(text) and flag.startswith("--")
    }
    return next(iter(matches.values())) if len(matches) == 1 else None


#: The option under which a word stands that a variable decides and that may hold more options (``$GUNICORN_OPTS``).
MORE_ARGUMENTS = "more-arguments"
#: The option under which those stand that need a value and have none: the parser refuses them.
WITHOUT_VALUE = "options-without-value"
_VARIABLE = regex(r"\$\{[A-Za-z_0-9@*]+\}|\$[0-9@*]")
_MODULE = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
#: What argparse takes for an option where a value has to stand: no lone dash, no negative number, nothing with a space.
_OPTION = regex(r"-(?!(?:\d+|\d*\.\d+)\Z)[^\s]+")


def parse_arguments(words: Sequence[str]) -> tuple[str, dict[str, str], tuple[str, ...]]:
    """``(target, options by setting name, unknown options)`` of gunicorn's arguments."""
    target, options, unknown = "", {}, []
    plain: list[str] = []  # the words that are no options: the target, and what a variable adds
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            rest = [each for each in rest if each]
            target = plain[0] if plain else rest[0] if rest else ""
            break
        if word.startswith("--"):
            name, has_value, value = word.partition("=")
            setting = _long_flag(name)
            if setting is None:
                unknown.append(name)
                if not has_value and rest and not rest[0].startswith("-") and len(rest) > 1:
                    rest.pop(0)
            elif isinstance(setting, str):
                continue
            elif setting.takes == "flag":
                options[setting.name] = setting.const
            elif has_value:
                _store(options, setting, value)
            else:
                _take(options, setting, rest, name)
        elif word.startswith("-") and len(word) > 1:
            _short(word, rest, options, unknown)
        else:
            plain.append(word)
    if not target and plain:
        named = (each for each in plain if ":" in each and not _VARIABLE.fullmatch(each))
        last = plain[-1] if _MODULE.fullmatch(plain[-1]) else plain[0]
        target = next(named, last) if _VARIABLE.fullmatch(plain[0]) else plain[0]
    if more := next((each for each in plain if each != target and _VARIABLE.fullmatch(each)), ""):
        options[MORE_ARGUMENTS] = more
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
        if letters:
            _store(options, setting, letters.removeprefix("="))
        else:
            _take(options, setting, rest, flag)
        return


def _take(options: dict[str, str], setting: GunicornSetting, rest: list[str], flag: str) -> None:
    """The value of an option, which is the next word."""
    if rest and not _OPTION.fullmatch(rest[0]):
        _store(options, setting, rest.pop(0))
    else:
        options[WITHOUT_VALUE] = " ".join([*options.get(WITHOUT_VALUE, "").split(), flag])


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
