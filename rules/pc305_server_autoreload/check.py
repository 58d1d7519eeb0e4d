"""PC305: a production server must not watch its files."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project, numeral

#: Gunicorn's setting, the four names that uWSGI gives one option, and that of mod_wsgi-express.
NAMES = ("reload", "py-autoreload", "py-auto-reload", "python-autoreload", "python-auto-reload", "reload-on-changes")
ON = frozenset({"true", "1", "yes"})


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.server.is_development:
            continue
        reload = launch.setting(*NAMES)
        if reload is not None and (reload[0].lower() in ON or (numeral(reload[0]) or 0) > 0):
            chosen = any(
                each.span == reload[1] and (each.fallback or each.variable) for each in launch.config_settings
            )  # by a variable that whoever starts it may set
            yield Hit(
                at=reload[1],
                via=launch.hops,
                facts={"server": launch.server.value},
                severity="warning" if chosen else None,
            )
