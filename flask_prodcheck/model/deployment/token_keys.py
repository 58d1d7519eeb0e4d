"""The keys beside Flask's own with which the modules of an application sign and encrypt, and what they are."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Expr, Name
from flask_prodcheck.model.configuration.signing import SIGNING_KEYS
from flask_prodcheck.model.deployment.kept_texts import NOWHERE, config_key, parsed
from flask_prodcheck.model.deployment.served import served_modules
from flask_prodcheck.model.evaluation.evaluate import Scope, evaluate
from flask_prodcheck.model.project import Configuration, Project, Setting
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

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
            expr = parsed(text)
            if expr is None:
                continue
            key = config_key(expr)
            if key is not None:
                setting = configuration.get(key)
            else:
                modules = modules or Modules(project.facts)
                setting = _evaluated(expr, text, place, modules, configuration)
            if setting.span is None or key in SIGNING_KEYS:
                continue
            own = replace(configuration, settings={setting.key: setting}, unselected=None, weaker=(), alone=None)
            found.setdefault((setting.key, setting.span), own)
    return tuple(found.values())


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
        span=found.span or next((step.span for step in found.value.origin if step.span.file != NOWHERE), place),
        fallback=found.fallback,
        variable=found.variable,
        guarded=found.guarded,
        random=found.random,
        expression=found.expression,
        file=found.files[0] if found.files else "",
        expected=bool(found.files),
        either=found.either,
    )
