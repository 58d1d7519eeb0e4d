"""PC203: what is not configured must not mean debug mode."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Configuration, Hit, Known, Project, Setting, serves_console, serving_site

ALONE = "Debug mode is on in the image by itself: only what stands beside it ({place}) sets {variable}"


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        site = serving_site(launch, project)
        if site is not None and site.debug == "env-default-true":
            yield Hit(at=site.span, via=launch.hops, facts={"variable": "a variable"})
    for configuration in project.configurations:
        found = _on_by_default(configuration, project)
        if found is not None and _set_elsewhere(project, configuration, found.variable):
            continue
        beside = _set_beside(project, configuration, found.variable) if found is not None else ""
        if found is not None and beside:
            yield _hit(configuration, found, severity="warning", message=ALONE, place=beside)
        elif found is not None:
            launch = configuration.launch
            console = launch is not None and serves_console(launch, project)
            yield _hit(configuration, found, severity=None if console else "warning")
        elif configuration.alone is not None:
            yield from _alone(configuration, configuration.alone, project)


def _on_by_default(configuration: Configuration, project: Project) -> Setting | None:
    """The setting that turns debug mode on where a variable, or a file, is missing."""
    launch = configuration.launch
    setting = (configuration.unselected or configuration).get("DEBUG")
    site = serving_site(launch, project) if launch is not None else None
    if site is not None and site.debug not in ("unset", "config"):
        return None
    on = isinstance(setting.value, Known) and setting.value.value is True and setting.span is not None
    return setting if on and (setting.fallback or setting.file) else None


def _set_elsewhere(project: Project, configuration: Configuration, variable: str) -> bool:
    """Whether a production launch of the same server, whose target the project does not show, sets ``variable``: it may
    be the one that starts this application (a unit that names an option file of the machine)."""
    launch = configuration.launch
    return launch is not None and any(
        variable in each.env and not each.target and each.server is launch.server for each in project.production
    )


def _set_beside(project: Project, configuration: Configuration, variable: str) -> str:
    """Where another production launch of the image, with a command of its own, is given ``variable``; "" for nowhere."""
    launch = configuration.launch
    if launch is None or launch.kind != "dockerfile":
        return ""
    for each in project.production:
        given = each.env.get(variable) if each.dockerfile == launch.dockerfile and each is not launch else None
        if given is not None and given.origin:
            return str(given.origin[-1].span)
    return ""


def _alone(configuration: Configuration, image: Configuration, project: Project) -> Iterator[Hit]:
    """The image as anybody may start it, without the variables that a file beside it sets."""
    found = _on_by_default(image, project)
    given = configuration.launch.env.get(found.variable) if found is not None and configuration.launch else None
    if found is not None and given is not None and given.origin:
        place = str(given.origin[-1].span)
        yield _hit(image, found, severity="warning", message=ALONE, place=place)


def _hit(
    configuration: Configuration, setting: Setting, *, severity: str | None, message: str | None = None, place: str = ""
) -> Hit:
    at = setting.chosen_at or setting.span
    assert at is not None
    return Hit(
        at=at,
        via=configuration.launch.hops if configuration.launch is not None else (),
        facts={"variable": setting.variable or setting.file, "place": place},
        severity=severity,
        message=message,
    )
