"""PC603: a scheduled job runs once, however many processes serve."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    Attribute,
    Call,
    Confidence,
    Configuration,
    FunctionDef,
    Hit,
    Launch,
    Name,
    Project,
    PyModule,
    Stmt,
    calls_in,
    calls_of,
    loads_once,
    processes,
    replicas,
    served_modules,
    statements,
)

SCHEDULERS = (
    ("apscheduler", "BackgroundScheduler"),
    ("apscheduler", "AsyncIOScheduler"),
    ("apscheduler", "GeventScheduler"),
    ("flask_apscheduler", "APScheduler"),
)


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        count, written = processes(project, launch)
        if loads_once(launch):
            count = replicas(project, launch) or 1
            written = str(count)
        if count < 2:
            continue
        for module in served_modules(project, configuration):
            names = _scheduler_names(module)
            for body in _bodies(module, configuration, launch) if names else ():
                for stmt, context in statements(body):
                    if context.conditional or context.in_main:
                        continue
                    for call in calls_in(stmt):
                        if _starts(call, names):
                            yield Hit(at=call.span, via=launch.hops, facts={"count": written})


def _scheduler_names(module: PyModule) -> frozenset[str]:
    """The names that the file binds to a scheduler, at its top or in the factory."""
    made = {id(call) for package, name in SCHEDULERS for call, _ in calls_of(module, package, name)}
    if not made:
        return frozenset()
    bodies = [module.body, *(each.body for each in module.body if isinstance(each, FunctionDef))]
    return frozenset(
        target.id
        for body in bodies
        for stmt, _ in statements(body)
        if isinstance(stmt, Assign) and id(stmt.value) in made
        for target in stmt.targets
        if isinstance(target, Name)
    )


def _bodies(module: PyModule, configuration: Configuration, launch: Launch) -> Iterator[tuple[Stmt, ...]]:
    """What runs in every process: the file's own statements when it is imported, and the factory."""
    if module.path in launch.imported:
        yield module.body
    app = configuration.app
    if app.form == "factory" and module.path == app.span.file:
        yield from (each.body for each in module.body if isinstance(each, FunctionDef) and each.name == app.name)


def _starts(call: Call, names: frozenset[str]) -> bool:
    callee = call.func
    return (
        isinstance(callee, Attribute)
        and callee.attr == "start"
        and isinstance(callee.value, Name)
        and callee.value.id in names
    )
