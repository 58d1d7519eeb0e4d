"""Whether something that another distribution makes is a Flask application, by how the project makes and uses it.

No list holds every class below Flask and every factory that is published. What they make is known by its use: some
methods belong to ``flask.Flask`` alone, and an application is what has both a configuration and routes.
Source: https://flask.palletsprojects.com/en/stable/api/ (``Flask`` beside ``Blueprint``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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


def is_foreign_app(module: PyModule, name: str, call: Call, body: Sequence[Stmt]) -> bool:
    """Whether ``call`` of the external ``name`` in ``module`` makes a Flask application. ``body``: the function around the
    call, () at module level."""
    last = name.rpartition(".")[2]
    if _OTHERS.search(name) or _PARTS.search(last):
        return False
    if "Flask" in last and last[:1].isupper() and _is_told_its_module(call):
        return True
    if "flask" not in name.lower() and not _imports_flask(module):
        return False
    return any(_is_used_as_app(module, target, body) for target in _targets(module, call, body))


def _is_told_its_module(call: Call) -> bool:
    """Whether ``call`` is given ``__name__`` as Flask's first parameter is."""
    given = next((each.value for each in call.keywords if each.name == "import_name"), None)
    first = given or next(iter(call.args), None)
    return isinstance(first, Name) and first.id == "__name__"


def _imports_flask(module: PyModule) -> bool:
    return any(each.partition(".")[0] == "flask" for each in module.mentions.modules)


def _targets(module: PyModule, call: Call, body: Sequence[Stmt]) -> Iterator[Expr]:
    """What ``call`` is assigned to: a name, or an attribute of ``self``."""
    for stmt, _ in nested_statements(body or module.body):
        if isinstance(stmt, Assign) and isinstance(stmt.value, Call) and stmt.value.span == call.span:
            yield from (target for target in stmt.targets if _spelled(target))


def _is_used_as_app(module: PyModule, target: Expr, body: Sequence[Stmt]) -> bool:
    uses = frozenset(_uses(module.body if isinstance(target, Attribute) or not body else body, _spelled(target)))
    if "init_app" in uses:  # an extension
        return False
    if uses & _OWN or "config.load" in uses:
        return True
    configured = uses & {"config", "register_blueprint"}
    return bool(configured and uses & _ROUTING)


def _uses(body: Sequence[Stmt], spelled: str) -> Iterator[str]:
    """The attributes of ``spelled`` that the statements use; "config" where keys of it are read or set, "config.load" where
    it is loaded as only Flask's is."""
    for stmt, _ in nested_statements(body):
        for expr in statement_expressions(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Attribute) and part.attr != "config" and _spelled(part.value) == spelled:
                    yield part.attr
                elif _is_config(part.value if isinstance(part, (Attribute, Subscript)) else part, spelled):
                    loads = isinstance(part, Attribute) and part.attr in _LOADING
                    yield "config.load" if loads else "config"


def _is_config(expr: Expr, spelled: str) -> bool:
    return isinstance(expr, Attribute) and expr.attr == "config" and _spelled(expr.value) == spelled


def _spelled(expr: Expr) -> str:
    """``app`` or ``self.app``; "" for anything else."""
    if isinstance(expr, Name):
        return expr.id
    own = isinstance(expr, Attribute) and isinstance(expr.value, Name) and expr.value.id == "self"
    return f"self.{expr.attr}" if own and isinstance(expr, Attribute) else ""
