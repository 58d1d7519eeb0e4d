"""Which functions of a project run by themselves: when its modules are imported, or its application is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import calls_in, nested_statements, statements
from flask_prodcheck.facts.syntax import Attribute, Call, FunctionDef, Name, PyModule
from flask_prodcheck.model.deployment.served import served_modules
from flask_prodcheck.model.project import Configuration, Project

_MOST = 20  # functions on the way from what is asked for to what runs


def runs_by_itself(project: Project, configuration: Configuration, function: str) -> bool:
    """Whether something called ``function`` is called outside of functions (the main program's part left out), by the
    factory of the application, or by a function that is. By names alone: what the calls reach is not worked out. The
    bodies of views are not read here."""
    modules = tuple(served_modules(project, configuration))
    factory = configuration.app.name if configuration.app.form == "factory" else ""
    pending, seen = [function], {function}
    while pending and len(seen) <= _MOST:
        name = pending.pop()
        if name == factory:
            return True
        for module in modules:
            if not module.calls_one_of(frozenset({name})):
                continue
            callers = set(_callers(module, name))
            if _is_run(module, name):
                return True
            pending += sorted(callers - seen)
            seen |= callers
    return False


def _is_run(module: PyModule, name: str) -> bool:
    return any(
        not context.in_main and _calls(calls_in(stmt), name)
        for stmt, context in statements(module.body)
        if not isinstance(stmt, FunctionDef)
    )


def _callers(module: PyModule, name: str) -> Iterator[str]:
    for function in module.body:
        if isinstance(function, FunctionDef) and any(
            _calls(calls_in(stmt), name) for stmt, _ in nested_statements(function.body)
        ):
            yield function.name


def _calls(calls: Sequence[Call], name: str) -> bool:
    return any(
        (isinstance(call.func, Name) and call.func.id == name)
        or (isinstance(call.func, Attribute) and call.func.attr == name)
        for call in calls
    )
