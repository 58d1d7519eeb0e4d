"""The methods by which a module has Werkzeug hash passwords, where only old releases know them.

Source: https://werkzeug.palletsprojects.com/en/stable/changes/ (2.3.0 deprecates every method but scrypt and PBKDF2, 3.0.0
refuses them).
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import walk

_FUNCTION = "generate_password_hash"
_KNOWN = frozenset({"scrypt", "pbkdf2"})
_LONGEST = 40


def hash_methods(
    tree: ast.Module, names: Mapping[str, tuple[str, str]], text: Text, span: Callable[[ast.expr], Span]
) -> tuple[tuple[str, Span], ...]:
    """(method, place of the call) of each that newer releases refuse. ``names``: what the imports of the module bind."""
    ours = {name for name, (package, own) in names.items() if package == "werkzeug" and own in ("", "security", _FUNCTION)}
    if not ours or _FUNCTION not in text.words or "method" not in text.words:
        return ()
    calls = [node for node in walk(tree) if isinstance(node, ast.Call)]
    found = [(method, span(node)) for node in calls for method in _methods(node, ours)]
    return tuple(sorted(found, key=lambda each: each[1].line))


def _methods(node: ast.Call, ours: set[str]) -> Iterator[str]:
    func = node.func
    base = func
    while isinstance(base, ast.Attribute):
        base = base.value
    name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
    if not isinstance(base, ast.Name) or base.id not in ours or (isinstance(func, ast.Attribute) and name != _FUNCTION):
        return
    given = (word.value for word in node.keywords if word.arg == "method" and isinstance(word.value, ast.Constant))
    for value in given:
        method = value.value
        if isinstance(method, str) and method.partition(":")[0] not in _KNOWN and len(method) <= _LONGEST:
            yield method
