"""Environments that a program makes for what it starts: its own, with what it puts into it.

Source: the documentation of ``os.environ`` and of the parameter ``env`` of ``subprocess.Popen``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_prodcheck.facts.syntax import BinOp, Call, Const, Dict, Expr, Stmt
from flask_prodcheck.model.python.modules import Modules

_OWN_COPY = "os.environ.copy"
#: What makes a copy: of the environment, or of what it is given.
COPYING = frozenset({_OWN_COPY, "builtins.dict", "copy.copy", "copy.deepcopy"})


class Surroundings(dict[object, object]):
    """A copy of the environment. It holds only what the program has added: the rest is as it was."""

    def __bool__(self) -> bool:
        return True


def surroundings_made(
    modules: Modules, path: str, scope: Sequence[Stmt], expr: BinOp | Call | Dict, inside: Callable[[Expr], object]
) -> Surroundings | None:
    """The environment that ``expr`` (of calls, one of :data:`COPYING`) makes out of the program's own, None where it makes
    something else:
    ``os.environ.copy()``, ``dict(os.environ, NAME="x")``, ``{**os.environ, "NAME": "x"}``, ``os.environ | {"NAME": "x"}``."""

    def held(inner: Expr) -> Surroundings | None:
        if modules.qualified(path, inner, scope) == "os.environ":
            return Surroundings()
        value = inside(inner)
        return value if isinstance(value, Surroundings) else None

    if isinstance(expr, Dict):
        first = expr.items[0] if expr.items else None
        made = held(first[1]) if first is not None and first[0] is None else None
        added: dict[object, object] = {key.value: inside(value) for key, value in expr.items if isinstance(key, Const)}
        return Surroundings({**made, **added}) if made is not None else None
    if isinstance(expr, BinOp):
        made, more = held(expr.left) if expr.op == "|" else None, inside(expr.right)
        return Surroundings({**made, **more}) if made is not None and isinstance(more, dict) else None
    if modules.qualified(path, expr.func, scope) == _OWN_COPY:
        return Surroundings()
    made = held(expr.args[0]) if expr.args else None
    if made is None:
        return None
    named: dict[object, object] = {each.name: inside(each.value) for each in expr.keywords if each.name}
    return Surroundings({**made, **named})
