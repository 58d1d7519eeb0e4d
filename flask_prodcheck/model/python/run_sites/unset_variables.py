"""What an expression is when the environment variables that it reads are unset."""

from __future__ import annotations

from flask_prodcheck.facts.statements import argument, calls_in, statements, subexpressions
from flask_prodcheck.facts.syntax import (
    Attribute,
    BoolOp,
    Call,
    Compare,
    Expr,
    FunctionDef,
    IfExp,
    Name,
    Subscript,
    UnaryOp,
)
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.constants import constant_of, whole_number

_GETTERS = frozenset({"os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop", "environ.get"})
_READERS = frozenset({"decouple.config", "environs.Env", "environ.Env", "starlette.config.Config"})
_FALSE_WORDS = frozenset({"", "0", "f", "false", "n", "no", "off"})


def value_when_unset(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> tuple[object, ...] | None:
    """What ``value`` is when the environment variables it reads are unset, wrapped; () when that is not decidable; None
    when it reads no environment variable."""
    if not reads_environment(modules, path, value, scope, depth):
        return None
    result = unset_value(modules, path, value, scope, depth)
    return () if result is None else result


def reads_environment(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> bool:
    for inner in subexpressions(value):
        if isinstance(inner, Call):
            name = modules.qualified(path, inner.func, scope.body)
            if name in _GETTERS or name in _READERS:
                return True
            found = modules.resolve(path, inner.func, scope.body)
            if found.kind == "function" and isinstance(found.node, FunctionDef) and _is_env_reader(modules, found):
                return True
        elif isinstance(inner, Subscript) and modules.qualified(path, inner.value, scope.body) == "os.environ":
            return True
        elif isinstance(inner, Compare):
            for _, right in inner.ops:
                if modules.qualified(path, right, scope.body) == "os.environ":
                    return True
        elif isinstance(inner, Name | Attribute) and inner is not value and depth < 8:
            if isinstance(inner, Name) and inner.id in scope.params:
                continue
            found = modules.resolve(path, inner, scope.body)
            if (
                found.kind == "value"
                and found.value is not None
                and found.value is not value
                and reads_environment(
                    modules, found.module, found.value, Scope(scope.body if found.module == path else ()), depth + 4
                )
            ):
                return True
    return False


def _is_env_reader(modules: Modules, found: Definition) -> bool:
    node = found.node
    if not isinstance(node, FunctionDef) or len(node.body) > 6:
        return False
    for stmt, _ in statements(node.body):
        for call in calls_in(stmt):
            if modules.qualified(found.module, call.func, node.body) in _GETTERS:
                return True
    return False


def unset_value(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> tuple[object] | None:
    """``value`` evaluated with an empty environment, wrapped; None when not decidable."""
    if depth > 12:
        return None
    constant = constant_of(value)
    if constant is not None:
        return constant

    def inside(expr: Expr) -> tuple[object] | None:
        return unset_value(modules, path, expr, scope, depth + 1)

    if isinstance(value, Call):
        name = modules.qualified(path, value.func, scope.body)
        if name in _GETTERS:
            default = argument(value, "default", position=1)
            return inside(default) if default is not None else (None,)
        if name == "decouple.config":
            default = argument(value, "default", position=1)
            return inside(default) if default is not None else None
        if name in ("builtins.bool", "builtins.str", "builtins.int", "distutils.util.strtobool") and value.args:
            got = inside(value.args[0])
            return _converted(str(name), got[0]) if got is not None else None
        if (
            isinstance(value.func, Attribute)
            and value.func.attr in ("lower", "upper", "strip", "title", "casefold", "capitalize")
            and not value.args
        ):
            got = inside(value.func.value)
            if got is not None and isinstance(got[0], str):
                return (getattr(got[0], value.func.attr)(),)
            return None
        found = modules.resolve(path, value.func, scope.body)
        if found.kind == "function" and isinstance(found.node, FunctionDef):
            return _reader_default(value, found.node)
        return None
    if isinstance(value, Compare) and len(value.ops) == 1:
        op, right = value.ops[0]
        if modules.qualified(path, right, scope.body) == "os.environ":
            return (op == "not in",) if op in ("in", "not in") else None
        left = inside(value.left)
        items = getattr(right, "items", None)
        if left is not None and op in ("in", "not in") and isinstance(items, tuple):
            parts = [constant_of(item) for item in items if not isinstance(item, tuple)]
            if len(parts) == len(items) and all(part is not None for part in parts):
                return ((left in parts) == (op == "in"),)
            return None
        other = inside(right)
        if left is not None and other is not None:
            if op in ("==", "is"):
                return (left[0] == other[0],)
            if op in ("!=", "is not"):
                return (left[0] != other[0],)
        return None
    if isinstance(value, BoolOp):
        got = None
        for item in value.values:
            got = inside(item)
            if got is None:
                return None
            if bool(got[0]) == (value.op == "or"):
                return got
        return got
    if isinstance(value, UnaryOp) and value.op == "not":
        got = inside(value.operand)
        return (not got[0],) if got is not None else None
    if isinstance(value, IfExp):
        test = inside(value.test)
        return inside(value.body if test[0] else value.orelse) if test is not None else None
    if isinstance(value, Name | Attribute):
        if isinstance(value, Name) and value.id in scope.params:
            return None
        found = modules.resolve(path, value, scope.body)
        if found.kind == "value" and found.value is not None and found.value is not value and not found.conditional:
            return unset_value(
                modules, found.module, found.value, Scope(scope.body if found.module == path else ()), depth + 1
            )
    return None


def _converted(name: str, value: object) -> tuple[object] | None:
    if name == "builtins.bool":
        return (bool(value),)
    if name == "builtins.str":
        return (str(value),)
    if name == "builtins.int":
        return whole_number(value)
    return (str(value).lower() not in _FALSE_WORDS,) if isinstance(value, str) else None


def _reader_default(call: Call, node: FunctionDef) -> tuple[object] | None:
    """The default that a project function such as ``env_flag("DEBUG", default=False)`` is handed (a plain literal)."""
    for index, param in enumerate(node.params):
        if "default" not in param.name and param.name not in ("fallback", "otherwise"):
            continue
        value = argument(call, param.name, position=index)
        value = value if value is not None else param.default
        constant = constant_of(value) if value is not None else None
        if constant is not None and isinstance(constant[0], str):
            return (constant[0].lower() not in _FALSE_WORDS,)
        return constant
    return None
