"""PC204: the interactive debugger is not part of what production serves."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Call,
    FunctionDef,
    Hit,
    ImportFrom,
    Launch,
    Name,
    Project,
    PyModule,
    calls_in,
    statements,
)


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        files = launch.imported or ({launch.run_site.span.file} if launch.run_site is not None else set())
        for path in sorted(files):
            module = project.facts.modules.get(path)
            names = _wrapper_names(module) if module is not None else frozenset()
            if module is not None and names:
                yield from _wraps(module, names, launch)


def _wrapper_names(module: PyModule) -> frozenset[str]:
    return frozenset(
        alias or name
        for statement, _ in statements(module.body)
        if isinstance(statement, ImportFrom) and statement.module == "werkzeug.debug"
        for name, alias in statement.names
        if name == "DebuggedApplication"
    )


def _wraps(module: PyModule, names: frozenset[str], launch: Launch) -> Iterator[Hit]:
    """The calls that run for this launch whatever is configured: at import, as the program, or in the factory it calls."""
    served_as_program = launch.run_site is not None
    bodies = [module.body]
    factory = launch.app.name if launch.app is not None and launch.app.form == "factory" else ""
    bodies += [
        each.body for each, _ in statements(module.body) if isinstance(each, FunctionDef) and each.name == factory
    ]
    for body in bodies:
        for statement, where in statements(body):
            main = where.in_main and not served_as_program
            guarded = where.conditional and not where.in_main
            if main or guarded:
                continue
            for call in calls_in(statement):
                if isinstance(call, Call) and isinstance(call.func, Name) and call.func.id in names:
                    yield Hit(at=statement.span, via=launch.hops)
