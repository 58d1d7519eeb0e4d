"""The calls in a project's own Python that start a development server, and when each of them executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask_prodcheck.facts.statements import (
    argument,
    call_name,
    call_values,
    calls_in,
    main_branches,
    nested_statements,
    statements,
    subexpressions,
)
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Compare,
    Const,
    Dict,
    Expr,
    FunctionDef,
    If,
    IfExp,
    Name,
    Stmt,
    Subscript,
    UnaryOp,
)
from flask_prodcheck.model.project import App, Guard, RunSite
from flask_prodcheck.model.python.apps import is_test_file
from flask_prodcheck.model.python.config_parsers import CONFIG_PARSERS, OLD_CONFIG_PARSERS
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.find import Instances, instances_of
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import FLASK_KINDS
from flask_prodcheck.model.python.instances.scope import Scope, unknown_params
from flask_prodcheck.model.python.instances.unbound import unbound_call
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs import render
from flask_prodcheck.records import dataclass, replace

_FUNCTIONS = {
    "werkzeug.serving.run_simple": "run_simple", "werkzeug.run_simple": "run_simple",
    "werkzeug.serving.make_server": "make_server", "wsgiref.simple_server.make_server": "make_server",
}  # fmt: skip
_METHODS = frozenset({"run", "run_server", "serve_forever"})
_COMMAND_DECORATORS = frozenset({"command", "option", "task", "group"})
_HOOKS = frozenset({
    "route", "get", "post", "put", "delete", "before_request", "after_request", "before_first_request", "teardown_request",
    "errorhandler", "app_errorhandler", "context_processor", "event", "on", "fixture",
})  # fmt: skip
_NOTHING = ("", "")
_FALSE_WORDS = frozenset({"", "0", "f", "false", "n", "no", "off"})


@dataclass(frozen=True, slots=True)
class _Where:
    """The place of a statement: the outermost function it is in (None at module level) and the scope there, in which no
    parameter is known; ``inner`` are those of the functions inside the outermost one."""

    scope: Scope
    function: FunctionDef | None = None
    owner: ClassDef | None = None
    in_main: bool = False
    inner: frozenset[str] = frozenset()


class _Unasked(Mapping[str, Instance | None]):
    """Parameters of which nothing is known, and whether somebody ``asked`` what one is."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[str, Instance | None] = dict.fromkeys(names)
        self.asked = False

    def __getitem__(self, name: str) -> Instance | None:
        self.asked = True
        return self._names[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def find_run_sites(modules: Modules, apps: Sequence[App]) -> tuple[RunSite, ...]:
    """Every call that starts a development server, in order; ``production`` is "no" until launches are known, ``test``
    marks those of test files. ``apps`` are the project's applications (a file without one may still run one it gets)."""
    instances = instances_of(modules)
    mentions = mentions_of(modules)
    spelled = _METHODS | mentions.spellings(frozenset(name.rpartition(".")[2] for name in _FUNCTIONS))
    found: list[RunSite] = []
    for module in modules:
        if spelled.isdisjoint(module.mentions.called):
            continue
        at_import: frozenset[int] | None = None
        for call, where in _calls(module.path, module.body, _Where(Scope())):
            # Nothing else than what is called by one of these names is meant by any call.
            kind, receiver = (
                _run_call(modules, instances, module.path, call, where) if call_name(call) in spelled else _NOTHING
            )
            if not kind:
                continue
            unbound = unbound_call(instances, module.path, call, where.scope)
            plain = unbound[0] if unbound is not None else call
            at_import = _run_at_import(modules, module.path) if at_import is None else at_import
            found.append(
                RunSite(
                    span=call.span,
                    call=kind,
                    guard=_guard(modules, module.path, where, at_import),
                    debug=_of_command(modules, module.path, where, plain)
                    or debug_of(modules, module.path, plain, where.scope, kind),
                    host=host_of(modules, module.path, plain, where.scope, kind),
                    production="no",
                    node=call,
                    receiver=receiver,
                    test=is_test_file(module.path),
                )
            )
    unique = {(site.span, site.call): site for site in found}
    return tuple(unique[key] for key in sorted(unique))


def _calls(path: str, body: Sequence[Stmt], where: _Where) -> Iterator[tuple[Call, _Where]]:
    for stmt, context in statements(body):
        here = replace(where, in_main=True) if context.in_main and not where.in_main else where
        for call in calls_in(stmt):
            yield call, here
        if isinstance(stmt, FunctionDef):
            known = unknown_params(stmt)
            scope = Scope((*stmt.body, *where.scope.body), {**where.scope.params, **known}, where.scope.owner)
            own = where.inner.union(known) if where.function is not None else where.inner
            yield from _calls(path, stmt.body, _Where(scope, where.function or stmt, where.owner, here.in_main, own))
        elif isinstance(stmt, ClassDef):
            owner = Definition("class", path, stmt.name, stmt.span, stmt)
            scope = replace(where.scope, owner=owner)
            yield from _calls(path, stmt.body, replace(here, scope=scope, owner=stmt))


def _run_call(modules: Modules, instances: Instances, path: str, call: Call, where: _Where) -> tuple[str, str]:
    """:func:`run_call` with what the project's own calls hand to the function around ``call``: that takes a look at every
    file that calls something of its name, and most calls do not hang on it."""
    if where.function is None:
        return run_call(modules, instances, path, call, where.scope)
    unasked = _Unasked(where.scope.params)
    found = run_call(modules, instances, path, call, replace(where.scope, params=unasked))
    if not unasked.asked:
        return found
    given = instances.parameters(path, where.function)
    params = {name: given.get(name) if name not in where.inner else None for name in where.scope.params}
    return run_call(modules, instances, path, call, replace(where.scope, params=params))


def run_call(modules: Modules, instances: Instances, path: str, call: Call, scope: Scope) -> tuple[str, str]:
    """The contract's word for a call that starts a development server ("" when it does not) and the receiver's name."""
    func = call.func
    name = modules.qualified(path, func, scope.body)
    if name in _FUNCTIONS:
        return (_FUNCTIONS[name], "") if _serves_app(instances, path, call, scope, name) else ("", "")
    if not isinstance(func, Attribute) or func.attr not in _METHODS:
        return "", ""
    receiver = (
        func.value.id if isinstance(func.value, Name) else func.value.attr if isinstance(func.value, Attribute) else ""
    )
    unbound = unbound_call(instances, path, call, scope)
    made = unbound[1] if unbound is not None else instances.of(path, func.value, scope)
    if made is None:
        return (
            ("app.run", receiver) if func.attr == "run" and _is_app_parameter(modules, path, call, scope) else ("", "")
        )
    if made.kind in FLASK_KINDS and func.attr in ("run", "run_server"):
        if _overridden(modules, instances, made, func.attr) or _is_own(modules, path, func, scope):
            return "", ""
        return ("dash.run" if made.kind == "dash" else "app.run"), receiver
    if made.kind == "socketio" and func.attr == "run":
        return "socketio.run", receiver
    if made.kind == "flask-script" and func.attr == "run":
        return "manager.run", receiver
    return "", ""


def _overridden(modules: Modules, instances: Instances, made: Instance, attr: str) -> bool:
    """Whether the object's project class has a method of that name of its own."""
    if made.call is None or not made.module:
        return False
    owner = modules.resolve(made.module, made.call.func)
    return owner.kind == "class" and modules.class_member(owner, attr).kind == "function"


def _is_own(modules: Modules, path: str, func: Attribute, scope: Scope) -> bool:
    """Whether ``self.run`` or ``super().run`` is a method of a class of the project."""
    if isinstance(func.value, Name) and func.value.id == "self" and scope.owner is not None:
        return modules.class_member(scope.owner, func.attr).kind == "function"
    if not isinstance(func.value, Call) or modules.qualified(path, func.value.func) != "builtins.super":
        return False
    owner = scope.owner
    return owner is not None and modules.class_member(owner, func.attr, above=scope.body).kind == "function"


def _serves_app(instances: Instances, path: str, call: Call, scope: Scope, name: str) -> bool:
    """``make_server`` also serves metrics and OAuth call-backs: only a known application (or ``run_simple``) counts."""
    if name.endswith("run_simple"):
        return True
    made = [instances.of(path, value, scope) for value in call_values(call)]
    return any(item is not None and item.is_app for item in made)


def _is_app_parameter(modules: Modules, path: str, call: Call, scope: Scope) -> bool:
    """A parameter that nothing in the project fills, called ``app`` in a file that imports Flask and nothing else with
    applications, run with arguments that only Flask's ``run`` has."""
    func = call.func
    module = modules.module(path)
    if not isinstance(func, Attribute) or not isinstance(func.value, Name) or module is None:
        return False
    name = func.value.id
    if name not in scope.params or scope.params[name] is not None or not name.lower().endswith("app"):
        return False
    others = {"fastapi", "sanic", "aiohttp", "quart", "bottle", "typer", "tornado"}
    if "flask" not in module.imports and not any("flask" in item for item in modules.absolute_imports(path)):
        return False
    keywords = {keyword.name for keyword in call.keywords}
    return not others & module.imports and keywords <= {
        "host", "port", "debug", "threaded", "processes", "use_reloader", "use_debugger", "ssl_context", "load_dotenv", None,
        "use_evalex", "extra_files", "request_handler", "passthrough_errors", "reloader_type", "reloader_interval",
    }  # fmt: skip


# --- guard -----------------------------------------------------------------------------------------------------------


def _run_at_import(modules: Modules, path: str) -> frozenset[int]:
    """The lines of the functions of ``path`` that module-level code calls without a main guard, transitively."""
    module = modules.module(path)
    reached: dict[int, FunctionDef] = {}
    queue: list[FunctionDef] = []

    def enter(call: Call, scope: Sequence[Stmt]) -> None:
        found = modules.resolve(path, call.func, scope)
        if found.module == path and isinstance(found.node, FunctionDef) and found.node.span.line not in reached:
            node = found.node
            if node.is_async or any(_decorator_name(item) in _COMMAND_DECORATORS for item in node.decorators):
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


def _guard(modules: Modules, path: str, where: _Where, at_import: frozenset[int]) -> Guard:
    function = where.function
    if function is None:
        return Guard.MAIN if where.in_main else Guard.NONE
    if where.owner is not None and _is_command_class(modules, path, where.owner):
        return Guard.CLI
    names = {_decorator_name(decorator) for decorator in function.decorators}
    if names & _COMMAND_DECORATORS:
        return Guard.CLI
    if function.span.line in at_import and not where.in_main:
        return Guard.NONE
    return Guard.FUNCTION


def _is_command_class(modules: Modules, path: str, node: ClassDef) -> bool:
    names = modules.bases(Definition("class", path, node.name, node.span, node))
    return any(name.rpartition(".")[2] in ("Command", "BaseCommand", "Server") and "script" in name for name in names)


def _decorator_name(decorator: Expr) -> str:
    inner = decorator.func if isinstance(decorator, Call) else decorator
    return inner.attr if isinstance(inner, Attribute) else inner.id if isinstance(inner, Name) else ""


# --- debug and host --------------------------------------------------------------------------------------------------

_DEBUG_POSITION = {"app.run": 2, "dash.run": 3, "run_simple": None, "make_server": None, "manager.run": None}
_HOST_POSITION = {"app.run": 0, "dash.run": 0, "run_simple": 0, "make_server": 0, "socketio.run": 1}


def _of_command(modules: Modules, path: str, where: _Where, call: Call) -> str:
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
        if not isinstance(option, Call) or _decorator_name(option) != "option":
            continue
        names = [each.value for each in option.args if isinstance(each, Const) and isinstance(each.value, str)]
        written = {part.strip().lstrip("-").replace("-", "_") for name in names for part in name.split("/")[:1]}
        default = argument(option, "default")
        constant = _constant(default) if default is not None else (False,)
        if value.id in written and constant is not None and (prefixed or argument(option, "envvar") is not None):
            return "env-default-true" if constant[0] else "env-default-false"
    return ""


def _opens(call: Call) -> bool:
    """Whether keywords come from something that is not written here."""
    return any(keyword.name is None and not isinstance(keyword.value, Dict) for keyword in call.keywords)


def debug_of(modules: Modules, path: str, call: Call, scope: Scope, kind: str) -> str:
    """The contract's word for the ``debug`` of a run call."""
    value = argument(call, "debug", position=_DEBUG_POSITION.get(kind))
    if value is None and kind in ("run_simple", "make_server"):
        value = argument(call, "use_debugger", position=4 if kind == "run_simple" else None)
    if value is None:
        if kind == "manager.run":
            return "config"  # runserver takes the application's own debug flag
        spread = next((keyword.value for keyword in call.keywords if keyword.name is None), None)
        inside = _spread_value(modules, path, spread, scope, "debug") if spread is not None else None
        if inside is None:
            if (
                _opens(call)
                and not _closed(modules, path, spread, scope)
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


#: Commands of Flask-Script that have no options but those that a class declares.
_PLAIN_COMMANDS = frozenset({"flask_script.Command", "flask_script.commands.Command", "flask.ext.script.Command"})


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
    flag = _Flag("")
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
                flag = _Flag("config")
            elif tests:
                test, value = tests[0]
                word = truth_word(modules, path, test, scope)
                flag = flag.assigned_where(word, assigned, holds=value, test=render(test))
            else:
                flag = _Flag(assigned, render(stmt.value))
    return flag.word


@dataclass(frozen=True, slots=True)
class _Flag:
    """The word for a flag after some assignments, and the ``test`` of the environment that decides it, if one does."""

    word: str
    test: str = ""

    def assigned_where(self, decided: str, assigned: str, *, holds: bool, test: str) -> _Flag:
        """The flag once ``assigned`` is put into it where ``test``, whose truth is the word ``decided``, ``holds``."""
        if decided in ("true", "false", "unset"):
            return _Flag(assigned) if (decided == "true") is holds else self
        before, after = _WORLDS.get(self.word), _WORLDS.get(assigned)
        if (
            decided not in ("env-default-true", "env-default-false")
            or before is None
            or after is None
            or (before[0] is not before[1] and self.test != test)
            or after[0] is not after[1]
        ):
            return _Flag("config")
        by_default = (decided == "env-default-true") is holds
        worlds = (after[0], before[1]) if by_default else (before[0], after[1])
        word = next(word for word, each in _WORLDS.items() if each == worlds and word)
        return _Flag(word, test if worlds[0] is not worlds[1] else "")


#: What a flag is when the variable that decides it is unset, and when it is set.
_WORLDS = {
    "true": (True, True),
    "false": (False, False),
    "unset": (False, False),
    "": (False, False),
    "env-default-true": (True, False),
    "env-default-false": (False, True),
}


def _spread_value(modules: Modules, path: str, spread: Expr, scope: Scope, key: str) -> Expr | None:
    shown = _dict_of(modules, path, spread, scope)
    for name, value in shown.items if shown is not None else ():
        if isinstance(name, Const) and name.value == key:
            return value
    if isinstance(shown, Dict):
        return None
    found = _call_value(modules, path, spread, scope)
    return (
        next((keyword.value for keyword in found.keywords if keyword.name == key), None) if found is not None else None
    )


def _closed(modules: Modules, path: str, spread: Expr | None, scope: Scope) -> bool:
    return spread is not None and _dict_of(modules, path, spread, scope) is not None


def _dict_of(modules: Modules, path: str, expr: Expr, scope: Scope) -> Dict | None:
    if isinstance(expr, Dict):
        return expr
    found = modules.resolve(path, expr, scope.body)
    return found.value if isinstance(found.value, Dict) else None


def _call_value(modules: Modules, path: str, expr: Expr, scope: Scope) -> Call | None:
    value: Expr | None = expr if isinstance(expr, Call) else modules.resolve(path, expr, scope.body).value
    if isinstance(value, Call) and modules.qualified(path, value.func, scope.body) == "builtins.dict":
        return value
    return None


def truth_word(modules: Modules, path: str, value: Expr, scope: Scope, depth: int = 0) -> str:
    """How Python judges ``value``: "true", "false", "env-default-true" or "env-default-false" (it comes from the
    environment: what it is when the variable is unset), "config" (an application's configuration) or "unknown"."""
    constant = _constant(value)
    if constant is not None:
        return "true" if constant[0] else "unset" if constant[0] is None else "false"
    if depth > 12:
        return "unknown"
    env = _environment(modules, path, value, scope, depth)
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


def _constant(value: Expr) -> tuple[object] | None:
    """The value of a literal expression, wrapped; ``bool("False")`` is True as Python has it."""
    if isinstance(value, Const):
        return (value.value,)
    if isinstance(value, UnaryOp) and value.op == "not":
        inner = _constant(value.operand)
        return (not inner[0],) if inner is not None else None
    if (
        isinstance(value, Call)
        and isinstance(value.func, Name)
        and value.func.id in ("bool", "int")
        and len(value.args) == 1
    ):
        inner = _constant(value.args[0])
        if inner is not None and value.func.id == "bool":
            return (bool(inner[0]),)
        if inner is not None and isinstance(inner[0], str | int) and str(inner[0]).strip().lstrip("-").isdigit():
            return (int(inner[0]),)
    return None


_GETTERS = frozenset({"os.environ.get", "os.getenv", "os.environ.setdefault", "os.environ.pop", "environ.get"})
_READERS = frozenset({"decouple.config", "environs.Env", "environ.Env", "starlette.config.Config"})


def _environment(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> tuple[object, ...] | None:
    """What ``value`` is when the environment variables it reads are unset, wrapped; () when that is not decidable; None
    when it reads no environment variable."""
    if not _reads_environment(modules, path, value, scope, depth):
        return None
    result = _unset_value(modules, path, value, scope, depth)
    return () if result is None else result


def _reads_environment(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> bool:
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
                and _reads_environment(
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


def _unset_value(modules: Modules, path: str, value: Expr, scope: Scope, depth: int) -> tuple[object] | None:
    """``value`` evaluated with an empty environment, wrapped; None when not decidable."""
    if depth > 12:
        return None
    constant = _constant(value)
    if constant is not None:
        return constant

    def inside(expr: Expr) -> tuple[object] | None:
        return _unset_value(modules, path, expr, scope, depth + 1)

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
            parts = [_constant(item) for item in items if not isinstance(item, tuple)]
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
            return _unset_value(
                modules, found.module, found.value, Scope(scope.body if found.module == path else ()), depth + 1
            )
    return None


def _converted(name: str, value: object) -> tuple[object] | None:
    if name == "builtins.bool":
        return (bool(value),)
    if name == "builtins.str":
        return (str(value),)
    if name == "builtins.int":
        return (int(value),) if isinstance(value, str | int) and str(value).strip().isdigit() else None
    return (str(value).lower() not in _FALSE_WORDS,) if isinstance(value, str) else None


def _reader_default(call: Call, node: FunctionDef) -> tuple[object] | None:
    """The default that a project function such as ``env_flag("DEBUG", default=False)`` is handed (a plain literal)."""
    for index, param in enumerate(node.params):
        if "default" not in param.name and param.name not in ("fallback", "otherwise"):
            continue
        value = argument(call, param.name, position=index)
        value = value if value is not None else param.default
        constant = _constant(value) if value is not None else None
        if constant is not None and isinstance(constant[0], str):
            return (constant[0].lower() not in _FALSE_WORDS,)
        return constant
    return None


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


def host_of(modules: Modules, path: str, call: Call, scope: Scope, kind: str) -> str:
    """The literal host of a run call, "unset" or "unknown". A host from the environment is its fallback."""
    value = argument(call, "host", "hostname", position=_HOST_POSITION.get(kind))
    if value is None:
        spread = next((keyword.value for keyword in call.keywords if keyword.name is None), None)
        value = _spread_value(modules, path, spread, scope, "host") if spread is not None else None
        if value is None:
            return "unknown" if _opens(call) and not _closed(modules, path, spread, scope) else "unset"
    for _ in range(6):
        if isinstance(value, Const):
            return (
                value.value
                if isinstance(value.value, str) and value.value
                else "unset"
                if value.value is None
                else "unknown"
            )
        if isinstance(value, Call | BoolOp) and _reads_environment(modules, path, value, scope, 0):
            default = _unset_value(modules, path, value, scope, 0)
            return default[0] if default is not None and isinstance(default[0], str) and default[0] else "unknown"
        if not isinstance(value, Name | Attribute) or (isinstance(value, Name) and value.id in scope.params):
            return "unknown"
        found = modules.resolve(path, value, scope.body)
        if found.kind != "value" or found.value is None or found.conditional:
            return "unknown"
        value, path = found.value, found.module
    return "unknown"
