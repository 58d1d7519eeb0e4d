"""PC203: what is not configured must not mean debug mode."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Known, Project, Server


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        site = launch.run_site
        if site is not None and site.debug == "env-default-true":
            yield Hit(at=site.span, via=launch.hops, facts={"variable": "a variable"})
    for configuration in project.configurations:
        launch = configuration.launch
        setting = (configuration.unselected or configuration).get("DEBUG")
        if (
            setting.span is None
            or not (setting.fallback or setting.file)
            or not (isinstance(setting.value, Known) and setting.value.value is True)
        ):
            continue
        if launch is not None and (
            launch.server is Server.FLASK_RUN
            or (launch.run_site is not None and launch.run_site.debug not in ("unset", "config"))
        ):
            continue
        serves_console = launch is not None and launch.server.is_development
        yield Hit(
            at=setting.chosen_at or setting.span,
            via=launch.hops if launch is not None else (),
            facts={"variable": setting.variable or setting.file},
            severity=None if serves_console else "warning",
        )
