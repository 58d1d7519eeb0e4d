"""Which functions of a module answer requests: routes, request hooks, socket and callback handlers."""

from __future__ import annotations

import ast

from flask_prodcheck.facts.python.walk import FunctionNode

_METHODS = frozenset({"get", "post", "put", "delete", "patch"})
_HTTP = _METHODS | {"head", "options", "dispatch_request"}
_REGISTERING = frozenset(
    {
        "route",
        "websocket",
        "on",
        "errorhandler",
        "app_errorhandler",
        "callback",
        "expose",
    }
)
_HOOKS = frozenset(
    [
        "before_request",
        "before_app_request",
        "after_request",
        "after_app_request",
        "teardown_request",
        "teardown_app_request",
        "teardown_appcontext",
        "errorhandler",
        "app_errorhandler",
        "context_processor",
        "app_context_processor",
        "template_filter",
        "app_template_filter",
        "template_global",
        "app_template_global",
        "user_loader",
        "request_loader",
        "url_value_preprocessor",
        "url_defaults",
        "unauthorized_handler",
    ]
)
_VIEW_BASES = frozenset({"MethodView", "View", "Resource", "MethodResource", "FlaskView", "Namespace"})


def is_route(decorator: ast.expr) -> bool:
    """Whether a decorator registers a URL: ``.route(...)`` or ``.get("/...")`` and the like."""
    if not isinstance(decorator, ast.Call):
        return False
    func = decorator.func
    if not isinstance(func, ast.Attribute):
        return False
    if func.attr == "route":
        return True
    # ``mock.patch("a.b")`` and ``cache.get("key")`` are not routes: a rule begins with a slash or is empty.
    if func.attr not in _METHODS or not decorator.args:
        return False
    first = decorator.args[0]
    return isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value[:1] in ("", "/")


def is_view(node: FunctionNode, owner: ast.ClassDef | None) -> bool:
    """Whether the function runs to answer a request. ``owner`` is its class, if any."""
    for decorator in node.decorator_list:
        if is_route(decorator):
            return True
        func = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(func, ast.Attribute):
            if func.attr in _HOOKS:
                return True
            if func.attr in _REGISTERING and isinstance(decorator, ast.Call) and not _is_of_a_command_line(decorator):
                return True
            if func.attr == "event" and _is_socket(func.value):
                return True
        elif isinstance(func, ast.Name) and func.id == "callback" and isinstance(decorator, ast.Call):
            return True
    return owner is not None and node.name in _HTTP and view_class(owner)


def _is_of_a_command_line(decorator: ast.Call) -> bool:
    """Whether ``.callback(...)`` is typer's, which runs before the commands, and not Dash's, which names what it returns."""
    func = decorator.func
    is_callback = isinstance(func, ast.Attribute) and func.attr == "callback"
    return is_callback and not decorator.args and {each.arg for each in decorator.keywords} <= _OF_TYPER


#: The arguments of typer's ``callback``, of which Dash's has none (https://typer.tiangolo.com/reference/typer/).
_OF_TYPER = frozenset(
    {
        "name", "cls", "invoke_without_command", "no_args_is_help", "subcommand_metavar", "chain", "result_callback",
        "context_settings", "help", "epilog", "short_help", "options_metavar", "add_help_option", "hidden", "deprecated",
        "rich_help_panel",
    }
)  # fmt: skip


def view_class(node: ast.ClassDef) -> bool:
    """Whether the class is a class-based view by the names of its bases."""
    for base in node.bases:
        name = base.id if isinstance(base, ast.Name) else base.attr if isinstance(base, ast.Attribute) else ""
        if name in _VIEW_BASES or name.endswith(("MethodView", "Resource")):
            return True
    return False


def _is_socket(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return "socket" in name.lower() or "sio" in name.lower()
