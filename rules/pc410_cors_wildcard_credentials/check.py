"""PC410: no other site may use a visitor's cookies against the application."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    Assign,
    Call,
    Collection,
    Configuration,
    Const,
    Dict,
    Expr,
    FunctionDef,
    Hit,
    Keyword,
    Known,
    Name,
    Project,
    PyModule,
    Unset,
    calls_of,
    every_statement,
    init_app_calls,
    replace,
    served_modules,
)

SOCKETS = (
    "Every site may open a socket with its visitors' cookies, or from inside their network: "
    "cors_allowed_origins='*' switches off the check of the origin"
)
EVERYONE = frozenset({"*", ".*", "^.*$"})


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        via = configuration.launch.hops if configuration.launch is not None else ()
        by_config = configuration.get("CORS_SUPPORTS_CREDENTIALS")
        allowed = isinstance(by_config.value, Known) and by_config.value.value is True and not by_config.fallback
        modules = tuple(served_modules(project, configuration))
        for module in modules:
            for made, context in calls_of(module, "flask_cors", "CORS"):
                if context.conditional or context.in_main:
                    continue
                for call in _telling(module, made, modules):
                    if _credentials(call, default=allowed) and _everyone(_resolved(call, project), configuration):
                        yield Hit(at=call.span, via=via)
            # Flask-SocketIO lets only the site itself in, unless it is told otherwise. A second call replaces the first.
            sockets = [
                call
                for call, context in calls_of(module, "flask_socketio", "SocketIO")
                if not context.conditional and not context.in_main
            ]
            origins = _keyword(sockets[-1], "cors_allowed_origins") if sockets else None
            if origins is not None and _is_everyone(origins):
                yield Hit(at=sockets[-1].span, via=via, message=SOCKETS)


def _telling(module: PyModule, made: Call, modules: Sequence[PyModule]) -> list[Call]:
    """The calls whose options count: where the object is tied to its application later, the options of that call come
    before those of its own (Flask-CORS, ``extension.py``: ``init_app``)."""
    later = [] if made.args else init_app_calls(module, made, modules)
    return [replace(call, keywords=(*call.keywords, *made.keywords)) for call in later] or [made]


def _resolved(call: Call, project: Project) -> Call:
    """``call`` with the constants of its module in the place of their names."""
    module = project.facts.modules.get(call.span.file)
    return replace(call, keywords=tuple(_filled(each, module) for each in call.keywords)) if module is not None else call


def _filled(keyword: Keyword, module: PyModule) -> Keyword:
    value = keyword.value
    if isinstance(value, Dict):
        items = tuple((key, _filled(Keyword(keyword.span, None, each), module).value) for key, each in value.items)
        return replace(keyword, value=replace(value, items=items))
    if not isinstance(value, Name):
        return keyword
    found = _assigned(module, value.id)
    return replace(keyword, value=found) if found is not None else keyword


def _assigned(module: PyModule, name: str) -> Expr | None:
    """The one value that the module gives ``name``, wherever it does; None where there are others."""
    values: list[Expr] = []
    for stmt, context in every_statement(module):
        if isinstance(stmt, FunctionDef) and any(each.name == name for each in stmt.params):
            return None
        if isinstance(stmt, Assign) and any(isinstance(each, Name) and each.id == name for each in stmt.targets):
            values.append(stmt.value)
            if context.conditional:
                return None
    return values[0] if len(values) == 1 else None


def _credentials(call: Call, *, default: bool) -> bool:
    written = _keyword(call, "supports_credentials")
    if written is None:
        return default and all(keyword.name is not None for keyword in call.keywords)
    return isinstance(written, Const) and written.value is True


def _everyone(call: Call, configuration: Configuration) -> bool:
    """Whether the call lets every origin in; Flask-CORS does when nothing names one."""
    if any(keyword.name is None or keyword.name == "send_wildcard" for keyword in call.keywords):
        return False
    resources = _keyword(call, "resources")
    if isinstance(resources, Dict):
        options = [value for _, value in resources.items]
        named = [_option(each, "origins") for each in options if isinstance(each, Dict)]
        return len(named) == len(options) and any(each is not None and _is_everyone(each) for each in named)
    if resources is not None and not isinstance(resources, Const):
        return False
    origins = _keyword(call, "origins")
    if origins is not None:
        return _is_everyone(origins)
    by_config = configuration.get("CORS_ORIGINS")
    if isinstance(by_config.value, Unset):
        return configuration.complete and isinstance(configuration.get("CORS_RESOURCES").value, Unset)
    return isinstance(by_config.value, Known) and by_config.value.value in ("*", ["*"]) and not by_config.fallback


def _is_everyone(expr: Expr) -> bool:
    if isinstance(expr, Collection):
        return any(_is_everyone(each) for each in expr.items)
    return isinstance(expr, Const) and expr.value in EVERYONE


def _keyword(call: Call, name: str) -> Expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.name == name), None)


def _option(options: Dict, name: str) -> Expr | None:
    return next((value for key, value in options.items if isinstance(key, Const) and key.value == name), None)
