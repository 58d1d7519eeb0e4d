"""Whether a call that starts a development server turns debug mode on."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.statements import argument, calls_in, main_branches, nested_statements, statements
from flask_prodcheck.facts.syntax import Assign, Attribute, BoolOp, Call, Const, Expr, If, Name, Stmt, UnaryOp
from flask_prodcheck.model.python.instances.find import instances_of
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.source_text import render
from flask_prodcheck.model.python.run_sites.constants import constant_of
from flask_prodcheck.model.python.run_sites.flags import Flag
from flask_prodcheck.model.python.run_sites.guards import decorator_name
from flask_prodcheck.model.python.run_sites.spread import is_closed, opens, spread_value
from flask_prodcheck.model.python.run_sites.truth import truth_word
from flask_prodcheck.model.python.run_sites.where import Where

_DEBUG_POSITION = {"app.run": 2, "dash.run": 3, "run_simple": None, "make_server": None, "manager.run": None}
#: Commands of Flask-Script that have no options but those that a class declares.
_PLAIN_COMMANDS = frozenset({"flask_script.Command", "flask_script.commands.Command", "flask.ext.script.Command"})


def debug_of(modules: Modules, path: str, call: Call, scope: Scope, kind: str) -> str:
    """The contract's word for the ``debug`` of a run call."""
    value = argument(call, "debug", position=_DEBUG_POSITION.get(kind))
    if value is None and kind in ("run_simple", "make_server"):
        value = argument(call, "use_debugger", position=4 if kind == "run_simple" else None)
    if value is None:
        if kind == "manager.run":
            return "config"  # runserver takes the application's own debug flag
        spread = next((keyword.value for keyword in call.keywords if keyword.name is None), None)
        inside = spread_value(modules, path, spread, scope, "debug") if spread is not None else None
        if inside is None:
            if (
                opens(call)
                and not is_closed(modules, path, spread, scope)
                and not _hands_on_nothing(modules, spread, scope)
            ):
                return "unknown"
            assigned = _assigned_debug(modules, path, call, scope) if kind == "app.run" else ""
            if not assigned:
                return _debug_of_maker(modules, path, call, scope) if kind == "app.run" else "unset"
            return assigned
        value = inside
    word = truth_word(modules, path, value, scope)
    module = modules.module(path)
    around = scope.body or (module.body if module is not None else ())
    if word == "unknown" and isinstance(value, Name | Attribute) and render(value) in _held(around, call):
        return "true"  # nothing else gets this far
    return word


def _held(body: Sequence[Stmt], call: Call) -> frozenset[str]:
    """The names and attributes that are true where ``call`` stands, as the branches around it have them."""
    held: set[str] = set()
    inside = body
    while True:
        around = next((stmt for stmt, _ in statements(inside) if isinstance(stmt, If) and _has(stmt, call)), None)
        if around is None:
            return frozenset(held)
        taken = any(each is call for stmt, _ in statements(around.body) for each in calls_in(stmt))
        test = around.test
        if taken:
            parts = test.values if isinstance(test, BoolOp) and test.op == "and" else (test,)
            held |= {render(part) for part in parts if isinstance(part, Name | Attribute)}
        elif isinstance(test, UnaryOp) and test.op == "not" and isinstance(test.operand, Name | Attribute):
            held.add(render(test.operand))
        inside = around.body if taken else around.orelse


def _has(stmt: If, call: Call) -> bool:
    return any(each is call for inner, _ in statements((*stmt.body, *stmt.orelse)) for each in calls_in(inner))


def _debug_of_maker(modules: Modules, path: str, call: Call, scope: Scope) -> str:
    """The ``debug`` that Connexion's constructor was given: its ``run`` falls back to that (``AbstractApp`` of 2.x)."""
    made = instances_of(modules).of(path, call.func.value, scope) if isinstance(call.func, Attribute) else None
    if made is None or made.kind != "connexion" or made.call is None:
        return "unset"
    value = argument(made.call, "debug")
    return truth_word(modules, made.module or path, value, Scope()) if value is not None else "unset"


def _hands_on_nothing(modules: Modules, spread: Expr | None, scope: Scope) -> bool:
    """Whether ``spread`` is the ``**kwargs`` of a Flask-Script command that declares no option: nothing is in it."""
    owner = scope.owner
    if owner is None or not isinstance(spread, Name) or spread.id not in scope.params:
        return False
    declared = any(modules.class_member(owner, name).node is not None for name in ("option_list", "get_options"))
    return not declared and not _PLAIN_COMMANDS.isdisjoint(modules.bases(owner))


def _assigned_debug(modules: Modules, path: str, call: Call, scope: Scope) -> str:
    """The word for what the module and the function of ``call`` assign to ``<receiver>.debug``; "" when nothing. A branch
    counts as far as one test of the environment decides it; otherwise the application's configuration has the last word.
    """
    if not isinstance(call.func, Attribute):
        return ""
    receiver = render(call.func.value)
    module = modules.module(path)
    flag = Flag("")
    for body in (module.body if module is not None else (), scope.body):
        found = statements(body)
        around = next((context.tests for stmt, context in found if any(each is call for each in calls_in(stmt))), ())
        for stmt, context in found:
            if not isinstance(stmt, Assign) or not any(
                isinstance(target, Attribute) and target.attr == "debug" and render(target.value) == receiver
                for target in stmt.targets
            ):
                continue
            assigned = truth_word(modules, path, stmt.value, scope)
            tests = [
                (test, value)
                for test, value in context.tests
                if main_branches(test) == (False, False)
                and not any(test is other and value is same for other, same in around)
            ]
            if len(tests) > 1 or (context.conditional and not context.tests):  # or a loop, a handler, a case
                flag = Flag("config")
            elif tests:
                test, value = tests[0]
                word = truth_word(modules, path, test, scope)
                flag = flag.assigned_where(word, assigned, holds=value, test=render(test))
            else:
                flag = Flag(assigned, render(stmt.value))
    return flag.word


def debug_of_command(modules: Modules, path: str, where: Where, call: Call) -> str:
    """The word for a ``debug`` that an option of click decides which the environment may give, when neither does
    anything; "" when it is not that. Source: click, "Values from Environment Variables"."""
    value = argument(call, "debug")
    if where.function is None or not isinstance(value, Name) or value.id not in where.scope.params:
        return ""
    module = modules.module(path)
    prefixed = any(
        argument(each, "auto_envvar_prefix") is not None
        for stmt, _ in nested_statements(module.body if module is not None else ())
        for each in calls_in(stmt)
    )
    for option in where.function.decorators:
        if not isinstance(option, Call) or decorator_name(option) != "option":
            continue
        names = [each.value for each in option.args if isinstance(each, Const) and isinstance(each.value, str)]
        written = {part.strip().lstrip("-").replace("-", "_") for name in names for part in name.split("/")[:1]}
        default = argument(option, "default")
        constant = constant_of(default) if default is not None else (False,)
        if value.id in written and constant is not None and (prefixed or argument(option, "envvar") is not None):
            return "env-default-true" if constant[0] else "env-default-false"
    return ""
