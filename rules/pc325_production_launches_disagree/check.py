"""PC325: two production files that start one application differently."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Launch, Project, Server, Span

COMPARED = (("workers", "1"), ("threads", "1"), ("timeout", "30"))


def check(project: Project) -> Iterator[Hit]:
    first: dict[Span, Launch] = {}
    for launch in project.production:
        certain = launch.confidence is Confidence.HIGH and launch.source == "file" and launch.kind != "entry-point"
        if launch.app is None or launch.server.is_development or not certain:
            continue
        before = first.setdefault(launch.app.span, launch)
        difference = _difference(before, launch)
        if difference is not None:
            one, other = difference
            yield Hit(
                at=launch.head.span,
                via=launch.hops,
                facts={
                    "here": launch.head.span.file,
                    "app": launch.app.ref,
                    "one": other,
                    "there": before.head.span.file,
                    "other": one,
                },
            )


def _difference(one: Launch, other: Launch) -> tuple[str, str] | None:
    """What ``one`` and ``other`` say where they differ."""
    if one is other:
        return None
    if one.server is not other.server:
        return one.server.value, other.server.value
    if one.server is Server.GUNICORN:
        for name, default in COMPARED:
            ours, theirs = one.setting(name), other.setting(name)
            if ours is None and theirs is None:
                continue
            first, second = (ours or (default,))[0], (theirs or (default,))[0]
            if first != second and first.isdigit() and second.isdigit():
                return f"{name} {first}", f"{name} {second}"
    return None
