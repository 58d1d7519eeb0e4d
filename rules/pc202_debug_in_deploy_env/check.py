"""PC202: the environment and the options of a production launch must not turn debug mode on."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Known, Launch, Project, Server, Span, Value, flask_before, turns_debug_on


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        found = _switch(launch, project)
        if found is not None:
            what, span = found
            yield Hit(at=span, via=launch.hops, facts={"what": what})


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
