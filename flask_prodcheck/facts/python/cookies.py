"""Login cookies that a module sets by hand, and the form views that trust a cookie, from the ``ast`` tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.walk import FunctionNode, walk
from flask_prodcheck.facts.syntax import LoginCookie
from flask_prodcheck.patterns import regex

Place = Callable[[ast.expr], Span]

_LOGIN = regex(
    r"(?:^|[^a-z0-9])(?:token|jwt|session|sessionid|sid|auth|auth_?token|login|access_?token|refresh_?token|id_?token"
    r"|user_?id|credentials?|remember(?:_?me)?)(?:[^a-z0-9]|_name|_cookie|_key|$)",
    re.IGNORECASE,
)
_NO_LOGIN = regex(r"csrf|xsrf|nonce|consent", re.IGNORECASE)
_CHANGES = frozenset({"post", "put", "patch", "delete"})
#: What a module says that compares a token of its own with each form, or looks at where a form came from.
_GUARDS = ("csrf", "xsrf", "sec-fetch", "sec_fetch")
#: Words by the letters that they begin with: the plain search for these is the fastest, and most files have none.
_GUARDING_WORDS = {"nonce": regex(r"nonce\b"), "refer": regex(r"referr?er\b"), "origin": regex(r"origin\b")}


def guards_forms(lowered: str) -> bool:
    """Whether a source mentions a protection of forms, in code or in words; it is given in lower case."""
    if any(each in lowered for each in _GUARDS):
        return True
    words = [word for letters, word in _GUARDING_WORDS.items() if letters in lowered]
    found = (match for word in words for match in word.finditer(lowered))
    return any(match[0].startswith("refer") or not _is_letter(lowered[match.start() - 1 : match.start()]) for match in found)


def _is_letter(before: str) -> bool:
    return before.isalnum() or before == "_"


def login_cookies(tree: ast.Module, text: str, place: Place) -> tuple[LoginCookie, ...]:
    """The calls of ``set_cookie`` whose name or value says that the cookie is a login."""
    if "set_cookie" not in text:
        return ()
    return tuple(_cookies(tree, place))


def _cookies(tree: ast.Module, place: Place) -> Iterator[LoginCookie]:
    for node in walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "set_cookie":
            continue
        words = {word.arg: word.value for word in node.keywords}
        if None in words or any(isinstance(arg, ast.Starred) for arg in node.args):
            continue  # the flags may be among what is handed on
        given = [*node.args[:2], *(words[name] for name in ("key", "value") if name in words)]
        if len(given) < 2 or _deletes(given[-1], words):
            continue
        name, value = (_source(each) for each in given)
        if _NO_LOGIN.search(name) or not any(_LOGIN.search(each) for each in (name, value)):
            continue
        yield LoginCookie(place(node), name, _flag(words, "secure"), _flag(words, "httponly"), _same_site(words))


def _deletes(value: ast.expr, words: dict[str | None, ast.expr]) -> bool:
    if isinstance(value, ast.Constant) and not value.value:
        return True
    return any(isinstance(each := words.get(name), ast.Constant) and each.value == 0 for name in ("max_age", "expires"))


def _source(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ast.unparse(node)


def _flag(words: dict[str | None, ast.expr], name: str) -> bool:
    """Whether the flag is given, as anything but a constant that is false: what a variable holds is not known here."""
    value = words.get(name)
    return value is not None and not (isinstance(value, ast.Constant) and not value.value)


def _same_site(words: dict[str | None, ast.expr]) -> bool:
    value = words.get("samesite")
    return _flag(words, "samesite") and not (
        isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.lower() == "none"
    )


def cookie_forms(
    every: Sequence[tuple[FunctionNode, ast.ClassDef | None]], text: str, request: frozenset[str]
) -> Iterator[tuple[FunctionNode, frozenset[str]]]:
    """The views that answer a POST, read cookies and take a form, each with the names of the cookies as they are
    written; ``request`` are the names of Flask's request."""
    if "cookies" not in text or not request:
        return
    for function, owner in every:
        if not _changes(function, owner):
            continue
        nodes = list(walk(function))
        cookies = frozenset(_source(name) for node in nodes if (name := _cookie_read(node, request)) is not None)
        if cookies and any(_is_of(node, request, "form", "values") for node in nodes):
            yield function, cookies


def _cookie_read(node: ast.AST, request: frozenset[str]) -> ast.expr | None:
    """The name in ``request.cookies[name]`` or ``request.cookies.get(name)``."""
    if isinstance(node, ast.Subscript) and _is_of(node.value, request, "cookies"):
        return node.slice
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        return node.args[0] if node.func.attr == "get" and _is_of(node.func.value, request, "cookies") else None
    return None


def _is_of(node: ast.AST, request: frozenset[str], *names: str) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in names
        and isinstance(node.value, ast.Name)
        and node.value.id in request
    )


def _changes(function: FunctionNode, owner: ast.ClassDef | None) -> bool:
    """Whether the function is the view of a method that changes something."""
    if owner is not None and function.name in _CHANGES:
        return True
    for decorator in function.decorator_list:
        if not isinstance(decorator, ast.Call) or not isinstance(decorator.func, ast.Attribute):
            continue
        if decorator.func.attr in _CHANGES:
            return True
        methods = next((word.value for word in decorator.keywords if word.arg == "methods"), None)
        if decorator.func.attr == "route" and isinstance(methods, (ast.List, ast.Tuple, ast.Set)):
            return any(isinstance(each, ast.Constant) and str(each.value).lower() in _CHANGES for each in methods.elts)
    return False
