"""PC312: an option that gunicorn's parser refuses ends the launch at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    WITHOUT_VALUE,
    Confidence,
    Hit,
    Launch,
    Project,
    Releases,
    Server,
    closest,
    oldest_known_release,
    releases,
    removed_settings,
    settings_table,
)

NO_VALUE = "gunicorn's option {option} has no value: it prints its usage and exits"
PLAIN = re.compile(r"--?[A-Za-z][\w-]*")


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.server is not Server.GUNICORN:
            continue
        severity = "warning" if launch.confidence is Confidence.LOW else None
        for option, version, meant in [*_unknown(launch, project), *_of_another_release(launch, project)]:
            hint = f' (did you mean "{meant}"?)' if meant else ""
            facts = {"option": option, "version": version, "hint": hint, "meant": meant}
            yield Hit(at=launch.end.span, via=launch.hops, facts=facts, severity=severity)
        for option in launch.options.get(WITHOUT_VALUE, ("", None))[0].split():
            if option in launch.end.text.split():
                facts = {"option": option, "meant": ""}
                yield Hit(at=launch.end.span, via=launch.hops, message=NO_VALUE, facts=facts, severity=severity)


def _unknown(launch: Launch, project: Project) -> Iterator[tuple[str, str, str]]:
    installed = releases(project, "gunicorn", launch)
    if installed is not None and installed.all_before(oldest_known_release()):
        return
    words = launch.options.get("unknown-options", ("", None))[0].split()
    for word in words:
        if PLAIN.fullmatch(word) and word in launch.end.text and not _was_unique(word):
            yield word, "", closest(word, [flag for each in settings_table().values() for flag in each.flags])


def _was_unique(word: str) -> bool:
    """Whether the word abbreviates one option only in releases that have fewer of them."""
    flags = [flag for each in settings_table().values() for flag in each.flags if not each.since]
    return sum(flag.startswith(word) for flag in flags) == 1


def _of_another_release(launch: Launch, project: Project) -> Iterator[tuple[str, str, str]]:
    """Options that no release has which the deployment may install."""
    installed: Releases | None = releases(project, "gunicorn", launch)
    known = {**removed_settings(), **settings_table()}
    for name, (_, span) in launch.options.items():
        setting = known.get(name)
        flag = next((flag for flag in (setting.flags if setting is not None else ()) if flag in launch.end.text), "")
        if installed is None or setting is None or span != launch.end.span or not flag:
            continue
        if setting.since and installed.all_before(setting.since):
            yield flag, f"before {_text(setting.since)} ", ""
        elif setting.until is not None and installed.all_from(setting.until):
            yield flag, f"from {_text(setting.until)} on ", ""


def _text(version: tuple[int, ...]) -> str:
    return ".".join(str(part) for part in version)
