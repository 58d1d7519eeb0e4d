"""PC604: Socket.IO clients reach their session and each other whatever process serves them."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Call,
    Confidence,
    Const,
    Hit,
    Project,
    PyModule,
    calls_in,
    calls_of,
    every_statement,
    processes,
    served_modules,
)


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        count, written = processes(project, launch)
        if count < 2:
            continue
        modules = list(served_modules(project, configuration))
        if any(_has_queue(call) for module in modules for call in _set_ups(module)):
            continue
        # what another launch starts from, and this one does not import, serves there alone
        others = {each.module_file for each in project.launches if each is not launch} - launch.imported
        others -= {configuration.app.span.file, launch.module_file}
        for module in (each for each in modules if each.path not in others):
            for call, context in calls_of(module, "flask_socketio", "SocketIO"):
                if not context.in_main and not _has_queue(call):
                    yield Hit(at=call.span, via=launch.hops, facts={"count": written})


def _set_ups(module: PyModule) -> Iterator[Call]:
    for stmt, _ in every_statement(module) if module.calls_one_of({"init_app"}) else ():
        for call in calls_in(stmt):
            if getattr(call.func, "attr", "") == "init_app":
                yield call


def _has_queue(call: Call) -> bool:
    return any(
        keyword.name is None
        or (keyword.name == "message_queue" and not (isinstance(keyword.value, Const) and keyword.value.value is None))
        for keyword in call.keywords
    )
