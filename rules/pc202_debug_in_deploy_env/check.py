"""PC202: the environment and the options of a production launch must not turn debug mode on."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Configuration,
    Hit,
    Known,
    Launch,
    Project,
    Server,
    Span,
    Value,
    flask_before,
    supplier,
    turns_debug_on,
)


def check(project: Project) -> Iterator[Hit]:
    by_launch = {id(each.launch): each for each in project.configurations if each.launch is not None}
    for launch in project.production:
        configuration = by_launch.get(id(launch))
        found = _switch(launch, project)
        if found is not None and not _ends_off(configuration, launch):
            what, span = found
            inherited = _is_of_a_development_file(span, launch, project)
            yield Hit(at=span, via=launch.hops, facts={"what": what}, severity="warning" if inherited else None)
        elif found is None and configuration is not None:
            yield from _through_code(configuration, launch, project)
    yield from _services(project)


def _switch(launch: Launch, project: Project) -> tuple[str, Span] | None:
    if launch.server is Server.FLASK_RUN and (option := launch.setting("debug")) is not None:
        return "--debug", option[1]
    debug = launch.env.get("FLASK_DEBUG")
    if isinstance(debug, Known) and turns_debug_on(debug.value):
        return f"FLASK_DEBUG={debug.value}", _place(debug, launch)
    if debug is None and flask_before(project, (2, 3)):
        environment = launch.env.get("FLASK_ENV")
        if isinstance(environment, Known) and environment.value == "development":
            return "FLASK_ENV=development", _place(environment, launch)
    if launch.server in (Server.FLASK_RUN, Server.APP_RUN) and "python-dotenv" in project.installed:
        return _dotenv(launch, project)
    return None


def _is_of_a_development_file(span: Span, launch: Launch, project: Project) -> bool:
    """Whether the variable stands in another compose file, which starts the application for development and which an
    override is read on top of: with which files production is started is not written anywhere."""
    file = span.file
    return file != launch.head.span.file and any(
        each.kind == "compose" and each.head.span.file == file and not each.is_production for each in project.launches
    )


def _ends_off(configuration: Configuration | None, launch: Launch) -> bool:
    """Whether the code turns debug mode off again, whatever the environment says."""
    if configuration is None:
        return False
    if launch.run_site is not None and launch.run_site.debug == "false":
        return True
    setting = configuration.get("DEBUG")
    return isinstance(setting.value, Known) and not setting.value.value and setting.span is not None


def _through_code(configuration: Configuration, launch: Launch, project: Project) -> Iterator[Hit]:
    """A variable of the project's own that its code turns into debug mode."""
    setting = configuration.get("DEBUG")
    if setting.fallback or setting.deployed_at is None:
        return
    if isinstance(setting.value, Known) and setting.value.value is True:
        given = launch.env.get(setting.variable)
        shown = f"={given.value}" if isinstance(given, Known) else ""
        elsewhere = supplier(launch, setting.variable, project.facts)  # what starts the image may set it otherwise
        yield Hit(
            at=setting.deployed_at,
            via=launch.hops,
            facts={"what": f"{setting.variable}{shown}"},
            severity="warning" if elsewhere else None,
        )


def _place(value: Value[str], launch: Launch) -> Span:
    return value.origin[-1].span if value.origin else launch.head.span


def _dotenv(launch: Launch, project: Project) -> tuple[str, Span] | None:
    """The Flask command and ``app.run()`` load ``.env`` and ``.flaskenv`` where python-dotenv is installed."""
    for name in (".env", ".flaskenv"):
        path = name if launch.cwd == "." else f"{launch.cwd}/{name}"
        file = project.facts.env_files.get(path)
        for variable in file.variables if file is not None else ():
            if (
                variable.name == "FLASK_DEBUG"
                and variable.value is not None
                and turns_debug_on(variable.value)
                and "FLASK_DEBUG" not in launch.env
            ):
                return f"{name} sets FLASK_DEBUG={variable.value}, which", variable.span
    return None


def _services(project: Project) -> Iterator[Hit]:
    """A compose service that runs the image's own command with debug mode on is taken for a developer's: said, not
    judged."""
    images = {launch.dockerfile for launch in project.production if launch.dockerfile is not None}
    if not images:
        return
    for file in project.facts.compose.values():
        for service in file.services:
            if service.build is None or service.command is not None or service.entrypoint is not None:
                continue
            for variable in service.environment:
                if variable.name == "FLASK_DEBUG" and variable.value and turns_debug_on(variable.value):
                    yield Hit(
                        at=variable.span,
                        facts={"what": f"FLASK_DEBUG={variable.value}"},
                        severity="info",
                        message="{what} turns debug mode on for this service; it is taken for a developer's",
                    )
