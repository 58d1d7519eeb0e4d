"""The running configuration beside the one that the audit resolved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.boot.server import Shown, plain
from flask_prodcheck.facts.secrets import is_secret, masked
from flask_prodcheck.model.project import Configuration, Launch, Setting
from flask_prodcheck.verify.check import FAILED, NOTED, PASSED, SKIPPED, Check


def compared(state: Mapping[str, Any], configuration: Configuration | None, env: Mapping[str, str]) -> Check:
    """Every key that the audit resolved, against ``app.config`` as a worker holds it. ``env`` are the variables the
    server was given: a default that one of them replaces is no difference."""
    if not state.get("flask") or not isinstance(state.get("config"), dict):
        return Check("configuration", SKIPPED, "the Flask application behind the server is not to be seen")
    if configuration is None:
        return Check("configuration", NOTED, "the audit resolved no configuration to compare with")
    running = {key: plain(value) for key, value in state["config"].items()}
    same = 0
    different: list[str] = []
    learned: list[str] = []
    for key, setting in sorted(configuration.settings.items()):
        value = setting.value
        if isinstance(value, Known):
            if key not in running and not value.origin:
                learned.append(
                    f"{key}: a default of the Flask that the project asks for, unknown to the one it runs with"
                )
            elif key not in running:
                different.append(f"{key}: the audit has {masked(key, value.value)}, the process has no such key")
            elif _agree(value.value, running[key]) or setting.random:
                same += 1
            elif setting.variable and setting.variable in env and setting.fallback:
                learned.append(f"{key}: {_shown(key, running[key])}, from {setting.variable}")
            else:
                different.append(_difference(key, setting, value.value, running[key]))
        elif isinstance(value, Unknown) and key in running:
            learned.append(f"{key}: {_shown(key, running[key])}; the audit could not know it ({value.reason})")
    details = (*different, *learned)
    if different:
        return Check(
            "configuration",
            FAILED,
            f"{_count(len(different), 'value')} {'differs' if len(different) == 1 else 'differ'} from the audit's, {same} agree",
            details,
        )
    if not same and not learned:
        return Check("configuration", NOTED, "the project sets no configuration that could be compared")
    more = f"; {_count(len(learned), 'value')} only the process knows" if learned else ""
    return Check(
        "configuration", PASSED, f"{_count(same, 'value')} read back as the audit resolved them{more}", details
    )


def compared_options(settings: Mapping[str, object], launch: Launch | None, forced: frozenset[str]) -> tuple[str, ...]:
    """The server's settings that differ from what the audit read for ``launch``, a line each."""
    found = []
    for name, (text, span) in sorted(launch.options.items()) if launch is not None else ():
        if name in forced or name not in settings or "${" in text:
            continue
        value = settings[name]
        if isinstance(value, Shown | dict) or _same_text(text, value):
            continue
        found.append(f"gunicorn {name}: the audit has {text!r} ({span}), the server has {masked(name, value)}")
    return tuple(found)


def _same_text(text: str, value: object) -> bool:
    if isinstance(value, bool):
        return text.strip().lower() in (("true", "1", "yes") if value else ("false", "0", "no", ""))
    if isinstance(value, list):
        return [part.strip() for part in text.split(",") if part.strip()] == [str(each) for each in value]
    return value is None or text.strip() == str(value)


def _difference(key: str, setting: Setting, resolved: object, running: object) -> str:
    place = next((f" ({step.span})" for step in reversed(setting.value.origin)), "")
    left, right = masked(key, resolved), _shown(key, running)
    if left == right:
        right += ", another value"
    return f"{key}: the audit has {left}{place}, the process has {right}"


def _shown(key: str, value: object) -> str:
    if isinstance(value, Shown):
        return value.text.partition(" ")[0] if is_secret(key) else value.text[:80]
    return masked(key, value)


def _agree(resolved: object, running: object) -> bool:
    if isinstance(running, Shown):
        # A timedelta, a class, an object: only its representation is known, which the audit does not have.
        return not isinstance(resolved, str | bool)
    if isinstance(resolved, tuple | set | frozenset):
        resolved = sorted(map(str, resolved)) if not isinstance(resolved, tuple) else list(resolved)
    if isinstance(resolved, list) and isinstance(running, list):
        return len(resolved) == len(running) and all(map(_agree, resolved, running))
    if isinstance(resolved, dict) and isinstance(running, dict):
        return {str(key) for key in resolved} == set(running)
    if isinstance(resolved, str | bytes | int | float | None.__class__):
        return type(resolved) is type(running) and resolved == running
    return True


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
