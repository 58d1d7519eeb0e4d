"""How Python judges an expression, as far as that is decided without running anything."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Attribute, BoolOp, Call, Expr, Name, Subscript, UnaryOp
from flask_prodcheck.model.python.config_parsers import CONFIG_PARSERS, OLD_CONFIG_PARSERS
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.constants import constant_of
from flask_prodcheck.model.python.run_sites.unset_variables import value_when_unset


def truth_word(modules: Modules, path: str, value: Expr, scope: Scope, depth: int = 0) -> str:
    """How Python judges ``value``: "true", "false", "env-default-true" or "env-default-false" (it comes from the
    environment: what it is when the variable is unset), "config" (an application's configuration) or "unknown"."""
    constant = constant_of(value)
    if constant is not None:
        return "true" if constant[0] else "unset" if constant[0] is None else "false"
    if depth > 12:
        return "unknown"
    env = value_when_unset(modules, path, value, scope, depth)
    if env is not None:
        return "unknown" if env == () else "env-default-true" if env[0] else "env-default-false"
    if _is_config(value) or _reads_config_file(modules, path, value, scope):
        return "config"
    if isinstance(value, UnaryOp) and value.op == "not":
        flipped = {
            "true": "false",
            "false": "true",
            "env-default-true": "env-default-false",
            "env-default-false": "env-default-true",
            "unset": "true",
        }
        return flipped.get(truth_word(modules, path, value.operand, scope, depth + 1), "unknown")
    if isinstance(value, Name | Attribute):
        if isinstance(value, Name) and value.id in scope.params:
            return "unknown"
        found = modules.resolve(path, value, scope.body)
        if found.kind == "value" and found.value is not None and found.value is not value:
            if found.conditional:
                return "unknown"
            inside = Scope(scope.body) if found.module == path else Scope()
            return truth_word(modules, found.module, found.value, inside, depth + 1)
        return "unknown"
    if isinstance(value, BoolOp):
        words = [truth_word(modules, path, item, scope, depth + 1) for item in value.values]
        if value.op == "or" and "true" in words:
            return "true"
        if value.op == "and" and "false" in words:
            return "false"
        neutral = "false" if value.op == "or" else "true"
        rest = [word for word in words if word != neutral]
        if not rest:
            return neutral
        return rest[0] if len(set(rest)) == 1 else "unknown"
    return "unknown"


def _is_config(value: Expr) -> bool:
    """``app.debug``, ``app.config["DEBUG"]``, ``app.config.get("DEBUG")``, ``Config.DEBUG``, ``config["default"].DEBUG``."""
    if (
        isinstance(value, Call)
        and isinstance(value.func, Attribute)
        and value.func.attr in ("get", "getboolean", "get_bool")
    ):
        text = _chain(value.func.value)
        return "config" in text or "settings" in text or "conf" in text.split(".")
    if isinstance(value, Subscript):
        text = _chain(value.value)
        return "config" in text or "settings" in text or "conf" in text.split(".")
    if isinstance(value, Attribute):
        if value.attr == "debug" and "app" in _chain(value.value):
            return True
        text = _chain(value.value).lower()
        return value.attr.isupper() and any(word in text for word in ("config", "settings", "conf"))
    return False


def _reads_config_file(modules: Modules, path: str, value: Expr, scope: Scope) -> bool:
    """Whether ``value`` is an entry of a file that ``configparser`` reads, whatever the parser is called."""
    if isinstance(value, Call) and isinstance(value.func, Attribute) and value.func.attr in ("get", "getboolean"):
        holder = value.func.value
    elif isinstance(value, Subscript):
        holder = value.value
    else:
        return False
    holder = holder.value if isinstance(holder, Subscript) else holder
    parser = modules.resolve(path, holder, scope.body)
    made = parser.value if parser.kind == "value" else None
    return isinstance(made, Call) and modules.qualified(parser.module, made.func) in CONFIG_PARSERS | OLD_CONFIG_PARSERS


def _chain(expr: Expr) -> str:
    parts: list[str] = []
    while True:
        if isinstance(expr, Attribute):
            parts.append(expr.attr)
            expr = expr.value
        elif isinstance(expr, Subscript):
            expr = expr.value
        elif isinstance(expr, Call):
            expr = expr.func
        else:
            break
    if isinstance(expr, Name):
        parts.append(expr.id)
    return ".".join(reversed(parts)).lower()
