"""PC201: debug mode is left to who develops."""

from __future__ import annotations

from flask_prodcheck.rulekit import (
    DropArgument,
    Fix,
    Hit,
    Project,
    Purpose,
    RunSite,
    SetValue,
    safe,
    settings_at,
    unsafe,
)


def fix(project: Project, hit: Hit) -> Fix | None:
    site = next((each for each in project.run_sites if each.span == hit.at), None)
    if site is not None:
        if not any(keyword.name == "debug" for keyword in site.node.keywords):
            return None
        make = safe if _developers_start_otherwise(project, site) else unsafe
        return make(f"drop debug from the {site.call} call", DropArgument(hit.at, "debug"))
    if any(setting.expression == "True" for setting in settings_at(project, hit.at, "DEBUG")):
        return unsafe("set DEBUG to False", SetValue(hit.at, "DEBUG", "False"))
    return None


def _developers_start_otherwise(project: Project, site: RunSite) -> bool:
    """Whether the project's files show how it is developed, and that is not through this call."""
    development = [launch for launch in project.launches if launch.purpose is Purpose.DEVELOPMENT]
    return bool(development) and not any(
        launch.run_site is not None and launch.run_site.span == site.span for launch in development
    )
