"""What the bodies of a module use of Flask, from the ``ast`` tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.cookies import cookie_forms, guards_forms, login_cookies
from flask_prodcheck.facts.python.hash_methods import hash_methods
from flask_prodcheck.facts.python.passwords import passwords
from flask_prodcheck.facts.python.places import Places
from flask_prodcheck.facts.python.scopes import bound_in
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.token_keys import token_keys
from flask_prodcheck.facts.python.uploads import sent_folders, uploads
from flask_prodcheck.facts.python.views import is_route, is_view
from flask_prodcheck.facts.python.walk import FunctionNode, Statements, walk, walk_near
from flask_prodcheck.facts.syntax import CookieForm, Uses
from flask_prodcheck.patterns import regex

_FRAMEWORKS = frozenset({"flask", "quart", "apiflask"})
_SESSION_NAMES = frozenset({("flask", "session"), ("flask", "flash"), ("quart", "session"), ("quart", "flash")})
_SESSION_EXTENSIONS = frozenset({"login_user", "FlaskForm", "login_required"})
#: What a login is made of, and asks for: a form keeps no more than its token.
_LOGINS = _SESSION_EXTENSIONS - {"FlaskForm"}
_SESSION_PACKAGES = frozenset({"flask_login", "flask_wtf", "flask_security", "flask_user"})
_ADDRESS = "get_remote_address"
_DIRECT = _SESSION_EXTENSIONS | {_ADDRESS}  # names that are uses themselves
# Attribute of the request -> the use it stands for.
_REQUEST = {
    "files": "files", "get_data": "body", "get_json": "body", "data": "body", "json": "body",
    "remote_addr": "remote_addr",
}  # fmt: skip
#: Headers in which proxies hand on the address of the client, as headers and as keys of the environment.
_FORWARDED = regex(
    r"(?:HTTP_)?(?:(?:X[-_])?FORWARDED(?:[-_]FOR)?|X[-_](?:REAL|CLIENT)[-_]IP|CF[-_]CONNECTING[-_]IP|TRUE[-_]CLIENT[-_]IP)",
    re.IGNORECASE,
)
_LENGTH = "content_length"
_LIMITS_BODY = regex(r"\brequest\.(?:max_)?content_length\b")
_CHANGES_CACHE = regex(r"cache\w{0,40}\.(?:set|set_many|add|delete|delete_\w{1,40}|clear|inc|dec)\(")
_REGISTRATIONS = frozenset({"add_url_rule", "add_resource"})


def _forwarded(tree: ast.Module) -> list[int]:
    """The lines that name a header by which proxies hand on the address of the client."""
    texts = (node for node in walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node.lineno for node in texts if _FORWARDED.fullmatch(str(node.value))]


class _Bindings:
    """What the functions of a module bind in their own scope, worked out for those that are asked about."""

    def __init__(self, every: Sequence[FunctionNode]) -> None:
        self._places = [
            (_start(function), (function.end_lineno or 0, function.end_col_offset or 0), function) for function in every
        ]
        self._bound: dict[int, frozenset[str]] = {}

    def hide(self, name: str, node: ast.expr) -> bool:
        """Whether a function around ``node`` (its decorators and defaults count) binds ``name``."""
        place = (node.lineno, node.col_offset)
        return any(start <= place < end and name in self._of(function) for start, end, function in self._places)

    def around(self, node: ast.expr) -> tuple[int, int]:
        """The first and the last line of the innermost function around ``node``, or those of ``node``."""
        place = (node.lineno, node.col_offset)
        inside = [(start[0], end[0]) for start, end, _ in self._places if start <= place < end]
        return max(inside, default=(node.lineno, node.end_lineno or node.lineno))

    def _of(self, function: FunctionNode) -> frozenset[str]:
        if id(function) not in self._bound:
            self._bound[id(function)] = bound_in(function)
        return self._bound[id(function)]


def _start(function: FunctionNode) -> tuple[int, int]:
    return min([(node.lineno, node.col_offset) for node in (function, *function.decorator_list)])


def uses(path: str, tree: ast.Module, found: Statements, text: Text) -> Uses:
    """The first place of each use of Flask in the file; names count only when imported from Flask or an extension."""
    places = Places(path, text)
    imported = _imported(found.imports)
    names = {name: target for name, target in imported.items() if _may_matter(target)}
    first: dict[str, ast.stmt | ast.expr] = {}

    def note(kind: str, node: ast.stmt | ast.expr) -> None:
        known = first.get(kind)
        if known is None or (node.lineno, node.col_offset) < (
            known.lineno,
            known.col_offset,
        ):
            first[kind] = node

    views: list[tuple[str, Span]] = []
    for function, owner in found.functions:
        if is_view(function, owner):
            views.append((function.name, places.header(function)))
        for decorator in function.decorator_list:
            if is_route(decorator):
                note("routes", decorator)
    named: list[tuple[str, ast.expr, str]] = []  # uses of an imported name, unless a function binds it anew
    for node in walk_near(tree, text.lines_of(_telling(names, text.words))):
        if isinstance(node, ast.Name):
            target = names.get(node.id)
            if target is None:
                continue
            if target in _SESSION_NAMES or _keeps_session(target[0], target[1]):
                named += [(kind, node, node.id) for kind in _session_uses(target[1])]
            elif target[1] == _ADDRESS:
                named.append(("remote_addr", node, node.id))
        elif isinstance(node, ast.Attribute):
            value = node.value
            if isinstance(value, ast.Name):
                target = names.get(value.id)
                if target is None:
                    continue
                if not target[1] and ((target[0], node.attr) in _SESSION_NAMES or _keeps_session(target[0], node.attr)):
                    named += [(kind, node, value.id) for kind in _session_uses(node.attr)]
                elif target[1] == "request" and target[0] in _FRAMEWORKS and node.attr in _REQUEST:
                    named.append((_REQUEST[node.attr], node, value.id))
            elif (
                isinstance(value, ast.Attribute)
                and value.attr == "request"
                and node.attr in _REQUEST
                and isinstance(value.value, ast.Name)
                and names.get(value.value.id) in (("flask", ""), ("quart", ""))
            ):
                note(_REQUEST[node.attr], node)
        elif isinstance(node, ast.Call):
            func = node.func
            name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
            if name in _REGISTRATIONS and isinstance(func, ast.Attribute):
                note("routes", node)
            elif name == "url_for" and _is_external(node):
                note("external_urls", node)
    bindings = _Bindings([function for function, _ in found.functions])
    forwarded = _forwarded(tree) if any(kind == "remote_addr" for kind, _, _ in named) else []
    done: set[str] = set()
    for kind, place, name in sorted(named, key=lambda item: (item[1].lineno, item[1].col_offset)):
        if kind == "remote_addr":
            first_line, last_line = bindings.around(place)
            if any(first_line <= line <= last_line for line in forwarded):
                continue  # what the proxy hands on is looked at there too
        if kind not in done and not bindings.hide(name, place):
            done.add(kind)
            note(kind, place)
    spans = {kind: places.span(node) for kind, node in first.items()}
    requests = frozenset(
        name for name, (package, each) in names.items() if each == "request" and package in _FRAMEWORKS
    )
    return Uses(
        spans.get("session"),
        spans.get("files"),
        spans.get("body"),
        spans.get("remote_addr"),
        spans.get("external_urls"),
        spans.get("routes"),
        spans.get("kept_session"),
        spans.get("logins"),
        tuple(views),
        login_cookies(tree, text.source, places.span),
        tuple(
            CookieForm(places.header(function), function.name, cookies)
            for function, cookies in cookie_forms(found.functions, text.source, requests)
        ),
        guards_forms(text.lowered),
        _LENGTH in text.source and _LIMITS_BODY.search(text.source) is not None,
        token_keys(found, imported, text, places.span),
        uploads(found, imported, text, places.span),
        sent_folders(found, text),
        passwords(tree, text, places.span),
        "cache" in text.source and _CHANGES_CACHE.search(text.source) is not None,
        hash_methods(tree, imported, text, places.span),
    )


def _telling(names: Mapping[str, tuple[str, str]], words: AbstractSet[str]) -> set[str]:
    """What stands in the line of every use that only a look at the expressions finds, in a file with these ``words`` that
    imports these ``names``: the imported name, or the name of the method."""
    found = set(_REGISTRATIONS & words)
    if "url_for" in words:
        found |= {"_external"} & words
    asks = not words.isdisjoint(_REQUEST)
    for name, (package, own) in names.items():
        if own == "request":
            is_use = asks and package in _FRAMEWORKS
        elif own:
            is_use = (package, own) in _SESSION_NAMES or own == _ADDRESS or _keeps_session(package, own)
        elif package in _FRAMEWORKS:
            is_use = asks or not words.isdisjoint({attr for _, attr in _SESSION_NAMES})
        else:
            is_use = package in _SESSION_PACKAGES and not words.isdisjoint(_SESSION_EXTENSIONS)
        if is_use:
            found.add(name)
    return found


def _keeps_session(package: str, name: str) -> bool:
    """Whether ``name`` of ``package`` is an extension's that keeps something in the session."""
    return package in _SESSION_PACKAGES and name in _SESSION_EXTENSIONS


def _session_uses(name: str) -> list[str]:
    """The uses that the name of Flask, or of an extension, stands for."""
    if name == "FlaskForm":
        return ["session"]
    return ["session", "kept_session", "logins"] if name in _LOGINS else ["session", "kept_session"]


def _may_matter(target: tuple[str, str]) -> bool:
    """Whether an imported name is one that :func:`uses` looks for, or a package that may hold one."""
    return not target[1] or target[1] == "request" or target[1] in _DIRECT or target in _SESSION_NAMES


def _is_external(call: ast.Call) -> bool:
    """Whether an address with the request's own scheme is built: one that is given by hand is right behind any proxy."""
    words = {word.arg: word.value for word in call.keywords}
    return "_external" in words and not _is_false(words["_external"]) and "_scheme" not in words


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not node.value


def _imported(imports: Sequence[ast.Import | ast.ImportFrom]) -> dict[str, tuple[str, str]]:
    """Local name -> (top package, imported name or "" for the package itself); of several, the first counts."""
    found: dict[str, tuple[str, str]] = {}
    for node in imports:
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                found.setdefault(alias.asname or top, (top, ""))
        elif node.module and not node.level:
            top = node.module.partition(".")[0]
            for alias in node.names:
                found.setdefault(alias.asname or alias.name, (top, alias.name))
    return found
