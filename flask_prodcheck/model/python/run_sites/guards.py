"""What has to happen for a statement to execute: an import, a start as the main program, a command or a call."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.statements import calls_in, statements
from flask_prodcheck.facts.syntax import Attribute, Call, ClassDef, Expr, FunctionDef, Name, Stmt
from flask_prodcheck.model.project import Guard
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.where import Where

_COMMAND_DECORATORS = frozenset({"command", "option", "task", "group"})


def run_at_import(modules: Modules, path: str) -> frozenset[int]:
    """The lines of the functions of ``path`` that module-level code calls without a main guard, transitively."""
    module = modules.module(path)
    reached: dict[int, FunctionDef] = {}
    queue: list[FunctionDef] = []

    def enter(call: Call, scope: Sequence[Stmt]) -> None:
        found = modules.resolve(path, call.func, scope)
        if found.module == path and isinstance(found.node, FunctionDef) and found.node.span.line not in reached:
            node = found.node
            if node.is_async or any(decorator_name(item) in _COMMAND_DECORATORS for item in node.decorators):
                return
            reached[node.span.line] = node
            queue.append(node)

    for stmt, context in statements(module.body) if module is not None else ():
        if not context.in_main:
            for call in calls_in(stmt):
                enter(call, ())
    while queue:
        node = queue.pop()
        for stmt, _ in statements(node.body):
            for call in calls_in(stmt):
                enter(call, node.body)
    return frozenset(reached)


def guard_of(modules: Modules, path: str, where: Where, at_import: frozenset[int]) -> Guard:
    """What guards a statement of ``path``; ``at_import`` are the lines of the functions that an import runs."""
    function = where.function
    if function is None:
        return Guard.MAIN if where.in_main else Guard.NONE
    if where.owner is not None and _is_command_class(modules, path, where.owner):
        return Guard.CLI
    names = {decorator_name(decorator) for decorator in function.decorators}
    if names & _COMMAND_DECORATORS:
        return Guard.CLI
    if function.span.line in at_import and not where.in_main:
        return Guard.NONE
    return Guard.FUNCTION


def _is_command_class(modules: Modules, path: str, node: ClassDef) -> bool:
    names = modules.bases(Definition("class", path, node.name, node.span, node))
    return any(name.rpartition(".")[2] in ("Command", "BaseCommand", "Server") and "script" in name for name in names)


def decorator_name(decorator: Expr) -> str:
    inner = decorator.func if isinstance(decorator, Call) else decorator
    return inner.attr if isinstance(inner, Attribute) else inner.id if isinstance(inner, Name) else ""
