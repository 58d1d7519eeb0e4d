"""PC102: the call moves under the guard."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.rulekit import (
    Call,
    ExprStmt,
    Fix,
    FunctionDef,
    GuardStatement,
    Hit,
    Name,
    Project,
    Span,
    Stmt,
    safe,
    statements,
    unsafe,
)

TITLE = 'run it under `if __name__ == "__main__":` only'


def fix(project: Project, hit: Hit) -> Fix | None:
    module = project.facts.modules.get(hit.at.file)
    if module is None:
        return None
    if hit.at in _expressions(module.body):
        # A program that starts the server by importing this module would no longer do so.
        started_elsewhere = any(
            launch.run_site is not None
            and launch.run_site.span == hit.at
            and launch.module_file not in ("", hit.at.file)
            for launch in project.launches
        )
        return (unsafe if started_elsewhere else safe)(TITLE, GuardStatement(hit.at))
    around = {each.name for each in module.body if isinstance(each, FunctionDef) and hit.at in _expressions(each.body)}
    calls = [
        each.value.span
        for each, _ in statements(module.body)
        if isinstance(each, ExprStmt)
        and isinstance(each.value, Call)
        and isinstance(each.value.func, Name)
        and each.value.func.id in around
    ]
    # What else the function does is no longer done on import either.
    return unsafe(TITLE, GuardStatement(calls[0])) if len(calls) == 1 else None


def _expressions(body: Sequence[Stmt]) -> list[Span]:
    return [each.value.span for each, _ in statements(body) if isinstance(each, ExprStmt)]
