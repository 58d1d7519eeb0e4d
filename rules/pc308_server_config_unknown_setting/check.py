"""PC308: a name in gunicorn's configuration file that sounds like a setting's is a setting that never takes effect."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    Const,
    Expr,
    Hit,
    Name,
    Project,
    PyModule,
    Releases,
    Span,
    names_read,
    releases,
    removed_settings,
    settings_table,
    statements,
)

# What other servers, and guesses, call these settings.
OTHER_WORDS = {
    "errorlogs": "errorlog",
    "gracefultimeouts": "graceful_timeout",
    "keepalivetimeout": "keepalive",
    "numberofworkers": "workers",
    "numworkers": "workers",
    "processname": "proc_name",
    "workercount": "workers",
    "workerprocesses": "workers",
    "workertimeout": "timeout",
}
SOME = 2


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        module = project.facts.modules.get(launch.config_file or "")
        if module is None:
            continue
        installed = releases(project, "gunicorn", launch)
        read = names_read(module.body)
        for name, span, value in _assigned(module):
            meant = _meant(name)
            severity, hint = _judged(name, meant, installed)
            if not hint and _sounds_like_one(name, value):
                severity, hint = "warning", "no setting is called so"
            if hint and span not in seen and name not in read:
                seen.add(span)
                facts = {"file": module.path, "name": name, "hint": hint, "meant": meant}
                yield Hit(at=span, via=launch.hops, facts=facts, severity=severity)


def _assigned(module: PyModule) -> Iterator[tuple[str, Span, Expr]]:
    for statement, _ in statements(module.body):
        if isinstance(statement, Assign):
            for target in statement.targets:
                if isinstance(target, Name) and not target.id.startswith("_"):
                    yield target.id, statement.span, statement.value


def _judged(name: str, meant: str, installed: Releases | None) -> tuple[str, str]:
    """The severity and the hint for an assigned name; both empty when it is a setting, or resembles none."""
    known = settings_table().get(name)
    if known is not None:
        if installed is not None and known.since and installed.all_before(known.since):
            return "info", f"it came with {_text(known.since)}"
        return "", ""
    removed = removed_settings().get(name)
    if removed is not None:
        if removed.until is not None and installed is not None and installed.all_from(removed.until):
            return "warning", f"it was removed in {_text(removed.until)}"
        return "", ""
    return ("warning", f"did you mean {meant}?") if meant else ("", "")


def _text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)


def _meant(name: str) -> str:
    """The setting that ``name``, which is none, is nearly spelt like, or whose command-line option it is; "" when there
    is none."""
    if name in settings_table() or name in removed_settings():
        return ""
    plain = _plain(name)
    for setting in settings_table().values():
        flags = [_plain(flag) for flag in setting.flags if flag.startswith("--")]
        if plain == _plain(setting.name) or (plain in flags and (len(plain) > 5 or name.isupper())):
            return setting.name
    if plain in OTHER_WORDS:
        return OTHER_WORDS[plain]
    near = [other for other in settings_table() if len(plain) > 5 and _one_apart(plain, _plain(other))]
    return near[0] if len(near) == 1 else ""


def _sounds_like_one(name: str, value: Expr) -> bool:
    """Whether ``name``, which is no setting, has at least two words of settings and a number or a switch for its value:
    what the file keeps for itself it also reads."""
    if name in settings_table() or name in removed_settings() or not isinstance(value, Const) or isinstance(value.value, str):
        return False
    words = {word for setting in settings_table() for word in setting.split("_")}
    return name.islower() and sum(word in words for word in name.split("_")) >= SOME


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _one_apart(one: str, other: str) -> bool:
    """Whether one inserted, left out, changed or swapped letter makes ``other`` of ``one``."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    rest, others = one[start:], other[start:]
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or _swapped(rest, others)


def _swapped(one: str, other: str) -> bool:
    return len(one) > 1 and one[:2] == other[1::-1] and one[2:] == other[2:]
