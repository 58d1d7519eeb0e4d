"""Whether something that another distribution makes is a Flask application, by how the project makes and uses it.

No list holds every class below Flask and every factory that is published. What they make is known by its use: some
methods belong to ``flask.Flask`` alone, and an application is what has both a configuration and routes.
Source: https://flask.palletsprojects.com/en/stable/api/ (``Flask`` beside ``Blueprint``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import nested_statements, statement_expressions, subexpressions
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, Expr, Name, PyModule, Stmt, Subscript
from flask_prodcheck.patterns import regex

#: Words in the dotted name of what has the methods of Flask and is no Flask application: other frameworks, parts of one.
_OTHERS = regex(
    r"quart|fastapi|starlette|sanic|tornado|aiohttp|litestar|starlite|bottle|falcon|pyramid|django|celery|sphinx|robyn"
    r"|blueprint|namespace|router\b|testclient|mock",
    re.IGNORECASE,
)
#: Ends of the names of what is made for an application, or as a part of one.
_PARTS = regex(
    r"(?:Form|Client|Group|Logger|Handler|Formatter|Config|Settings|Session|Api|View|Manager|Extension|Ext|Plugin"
    r"|Integration|Instrumentor|Middleware|Tracer|Request|Response|Resource|Service|Interface|Injector|Module)$"
)
#: What neither blueprints nor extensions have.
_OWN = frozenset({
    "wsgi_app", "app_context", "test_request_context", "teardown_appcontext", "shell_context_processor", "url_map",
    "before_first_request", "test_cli_runner",
})  # fmt: skip
_LOADING = frozenset({
    "from_object", "from_pyfile", "from_envvar", "from_mapping", "from_prefixed_env", "from_file", "from_json",
})  # fmt: skip
_ROUTING = frozenset({
    "route", "add_url_rule", "before_request", "after_request", "teardown_request", "errorhandler", "register_error_handler",
    "context_processor",
})  # fmt: skip
#: Methods of which every application of a foreign kind has one called on it, where it is known by its use.
TELLING = _OWN | _LOADING | _ROUTING | {"register_blueprint"}


class ForeignApps:
    """Answers for one index; what a file uses is gathered once."""

    def __init__(self) -> None:
        self._may_hold: dict[str, bool] = {}
        self._bound: dict[str, dict[Span, list[str]]] = {}
        self._uses: dict[tuple[str, int], tuple[Sequence[Stmt], dict[str, set[str]]]] = {}

    def makes_app(self, module: PyModule, name: str, call: Call, body: Sequence[Stmt]) -> bool:
        """Whether ``call`` of the external ``name`` in ``module`` makes a Flask application. ``body``: the function around
        the call, () at module level."""
        last = name.rpartition(".")[2]
        if _OTHERS.search(name) or _PARTS.search(last):
            return False
        if "Flask" in last and last[:1].isupper() and _is_told_its_module(call):
            return True
        if not self._uses_one(module) or ("flask" not in name.lower() and not _imports_flask(module)):
            return False
        return any(self._is_used_as_app(module, target, body) for target in self._targets(module, call))

    def _uses_one(self, module: PyModule) -> bool:
        known = self._may_hold.get(module.path)
        if known is None:
            known = self._may_hold[module.path] = uses_an_app(module)
        return known

    def _targets(self, module: PyModule, call: Call) -> list[str]:
        """What ``call`` is assigned to: names, and attributes of ``self``."""
        known = self._bound.get(module.path)
        if known is None:
            known = self._bound[module.path] = {}
            for stmt, _ in nested_statements(module.body):
                if isinstance(stmt, Assign) and isinstance(stmt.value, Call):
                    spelled = [text for target in stmt.targets if (text := _spelled(target))]
                    known.setdefault(stmt.value.span, []).extend(spelled)
        return known.get(call.span, [])

    def _is_used_as_app(self, module: PyModule, target: str, body: Sequence[Stmt]) -> bool:
        where = module.body if target.startswith("self.") or not body else body
        key = module.path, id(where)
        known = self._uses.get(key)
        if known is None:
            known = self._uses[key] = where, _all_uses(where)
        uses = known[1].get(target, set())
        if "init_app" in uses:  # an extension
            return False
        if uses & _OWN or "config.load" in uses:
            return True
        return bool(uses & {"config", "register_blueprint"} and uses & _ROUTING)


def uses_an_app(module: PyModule) -> bool:
    """Whether ``module`` has anything in it that is done with an application, of a blueprint or of an extension."""
    return module.calls_one_of(TELLING) or module.gives_one_of(TELLING)


def _is_told_its_module(call: Call) -> bool:
    """Whether ``call`` is given ``__name__`` as Flask's first parameter is."""
    given = next((each.value for each in call.keywords if each.name == "import_name"), None)
    first = given or next(iter(call.args), None)
    return isinstance(first, Name) and first.id == "__name__"


def _imports_flask(module: PyModule) -> bool:
    return any(each.partition(".")[0] == "flask" for each in module.imported)


def _all_uses(body: Sequence[Stmt]) -> dict[str, set[str]]:
    """By what they are used on, the attributes that the statements use; "config" where keys of it are read or set,
    "config.load" where it is loaded as only Flask's is."""
    found: dict[str, set[str]] = {}
    for stmt, _ in nested_statements(body):
        for expr in statement_expressions(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Attribute) and part.attr != "config" and (spelled := _spelled(part.value)):
                    found.setdefault(spelled, set()).add(part.attr)
                held = part.value if isinstance(part, (Attribute, Subscript)) else None
                if isinstance(held, Attribute) and held.attr == "config" and (spelled := _spelled(held.value)):
                    loads = isinstance(part, Attribute) and part.attr in _LOADING
                    found.setdefault(spelled, set()).add("config.load" if loads else "config")
    return found


def _spelled(expr: Expr) -> str:
    """``app`` or ``self.app``; "" for anything else."""
    if isinstance(expr, Name):
        return expr.id
    own = isinstance(expr, Attribute) and isinstance(expr.value, Name) and expr.value.id == "self"
    return f"self.{expr.attr}" if own and isinstance(expr, Attribute) else ""
