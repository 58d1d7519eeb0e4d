"""The names that a function has for itself, and the nodes of its own scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flask_prodcheck.facts.python.walk import FunctionNode, children


def bound_in(function: FunctionNode) -> frozenset[str]:
    bound = set(_parameters(function))
    shared: set[str] = set()
    for node in own_nodes(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
    return frozenset(bound - shared)


def own_nodes(function: FunctionNode) -> Iterator[ast.AST]:
    """The nodes of a function's own scope: bodies of functions and classes inside it are left out."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += children(node)


def _parameters(function: FunctionNode) -> Iterator[str]:
    args = function.args
    for arg in (
        *args.posonlyargs,
        *args.args,
        *args.kwonlyargs,
        args.vararg,
        args.kwarg,
    ):
        if arg is not None:
            yield arg.arg
