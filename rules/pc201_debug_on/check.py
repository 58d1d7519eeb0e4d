"""PC201: no production launch ends with debug mode on."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    WSGI_SERVERS,
    App,
    Confidence,
    FunctionDef,
    Guard,
    Hit,
    Known,
    Project,
    serves_console,
    serving_site,
)

CONSOLE = "the interactive debugger lets anyone who reaches it run code"
ALWAYS = "{what} whatever starts the application: {effect}"
BEHIND_SERVER = "error handlers are bypassed and templates are re-read on every request"


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        site = serving_site(launch, project)
        if site is not None and site.debug == "true":
            yield Hit(
                at=site.span,
                via=launch.hops,
                facts={"what": f"{site.call} turns debug mode on", "effect": CONSOLE},
                severity=None if launch.confidence is Confidence.HIGH else "warning",  # it may go another way
            )
    yield from _only_start(project)
    for configuration in project.configurations:
        launch = configuration.launch
        setting = configuration.get("DEBUG")
        if (
            setting.fallback
            or setting.file
            or setting.deployed_at is not None  # PC202: the deployment says so
            or setting.span is None
            or not (isinstance(setting.value, Known) and setting.value.value is True)
        ):
            continue
        if launch is None:
            decided = project.kind == "application" and not project.unknown_starts
            if decided and not _takes_arguments(configuration.app, project):
                facts = {"what": "DEBUG is on", "effect": BEHIND_SERVER}
                yield Hit(at=setting.span, facts=facts, severity="warning", message=ALWAYS)
            continue
        site = serving_site(launch, project)
        if site is not None and site.debug not in ("unset", "config"):
            continue  # the call's own argument decides
        console = serves_console(launch, project)
        yield Hit(
            at=setting.span,
            via=launch.hops,
            facts={"what": "DEBUG is on", "effect": CONSOLE if console else BEHIND_SERVER},
            severity=None if launch.confidence is Confidence.HIGH else "warning",
        )


def _takes_arguments(app: App, project: Project) -> bool:
    """Whether who starts the application may hand its factory something that changes the settings."""
    return app.form != "global" and not any(
        isinstance(each, FunctionDef) and each.span == app.span and not each.params
        for each in project.facts.modules[app.module].body
    )


def _only_start(project: Project) -> Iterator[Hit]:
    """Without a deploy file and a production server, the script is how the application is started. Those of a library's
    examples start no application of its own."""
    if project.kind != "application" or project.launches or project.unknown_starts or WSGI_SERVERS & project.installed:
        return
    if project.shown_server is not None:
        return  # a document shows another start
    for site in project.run_sites:
        if site.production == "no-deploy-files" and site.debug == "true" and site.guard in (Guard.MAIN, Guard.NONE):
            yield Hit(
                at=site.span,
                facts={"what": f"{site.call} turns debug mode on", "effect": CONSOLE},
                severity="warning",
                message="{what} in the only start that the project has: {effect}",
            )
