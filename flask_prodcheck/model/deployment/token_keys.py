"""The keys beside Flask's own with which the modules of an application sign and encrypt, and what they are."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Const, Expr, Name, Subscript
from flask_prodcheck.model.configuration.signing import SIGNING_KEYS
from flask_prodcheck.model.deployment.served import served_modules
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate
from flask_prodcheck.model.project import Configuration, Project, Setting
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

#: Where an expression stands that is read by itself: no file is called so.
_NOWHERE = "\0.py"
_NAMES = regex(r"[A-Za-z_][A-Za-z0-9_]*")


def token_keys(project: Project, configuration: Configuration) -> tuple[Configuration, ...]:
    """For each key its own small configuration: the setting under the name that the source gives it."""
    known = project.derived.token_keys
    if id(configuration) not in known:
        known[id(configuration)] = configuration, _found(project, configuration)
    return known[id(configuration)][1]


def _found(project: Project, configuration: Configuration) -> tuple[Configuration, ...]:
    modules: Modules | None = None
    found: dict[tuple[str, Span], Configuration] = {}
    for module in served_modules(project, configuration):
        for text, place in module.uses.token_keys:
            expr = _parsed(text)
            if expr is None:
                continue
            key = _config_key(expr)
            if key is not None:
                setting = configuration.get(key)
            else:
                modules = modules or Modules(project.facts)
                setting = _evaluated(expr, text, place, modules, configuration)
            if setting.key in SIGNING_KEYS or setting.span is None:
                continue
            own = replace(configuration, settings={setting.key: setting}, unselected=None, weaker=(), alone=None)
            found.setdefault((setting.key, setting.span), own)
    return tuple(found.values())


def _parsed(text: str) -> Expr | None:
    try:
        module = read_python(_NOWHERE, f"KEY = {text}\n".encode())
    except ReadError:
        return None
    stmt = module.body[0] if module is not None and module.body else None
    return stmt.value if isinstance(stmt, Assign) else None


def _config_key(expr: Expr) -> str | None:
    """``app.config["KEY"]``, ``current_app.config.get("KEY")``: the key."""
    if isinstance(expr, Subscript):
        holder, word = expr.value, expr.index
    elif isinstance(expr, Call) and isinstance(expr.func, Attribute) and expr.func.attr == "get" and expr.args:
        holder, word = expr.func.value, expr.args[0]
    else:
        return None
    if not (isinstance(holder, Attribute) and holder.attr == "config" and isinstance(word, Const)):
        return None
    return word.value if isinstance(word.value, str) else None


def _evaluated(expr: Expr, text: str, place: Span, modules: Modules, configuration: Configuration) -> Setting:
    launch = configuration.launch
    folder = launch.cwd if launch is not None and launch.cwd_known else configuration.app.cwd
    env = launch.env if launch is not None else {}
    found = evaluate(expr, Scope(modules, place.file, env=env, roots=(folder, configuration.app.cwd)))
    names = _NAMES.findall(text.partition(",")[0])
    named = found.variable or (expr.id if isinstance(expr, Name) else names[-1] if names else "")
    return Setting(
        named,
        found.value,
        span=found.span or next((step.span for step in found.value.origin if step.span.file != _NOWHERE), place),
        fallback=found.fallback,
        variable=found.variable,
        guarded=found.guarded,
        random=found.random,
        expression=found.expression,
        file=found.files[0] if found.files else "",
        expected=bool(found.files),
        either=found.either,
    )
