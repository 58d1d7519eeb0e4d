"""What the bodies of a module use of Flask, and the module state that functions change, from the ``ast`` tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from flask_prodcheck.base import Span
from flask_prodcheck.facts.python.cookies import cookie_forms, guards_forms, login_cookies
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.token_keys import token_keys
from flask_prodcheck.facts.python.views import is_route, is_view
from flask_prodcheck.facts.python.walk import FunctionNode, Statements, blocks, children, walk
from flask_prodcheck.facts.syntax import CookieForm, Mutation, Uses
from flask_prodcheck.patterns import regex

_FRAMEWORKS = frozenset({"flask", "quart", "apiflask"})
_SESSION_NAMES = frozenset({("flask", "session"), ("flask", "flash"), ("quart", "session"), ("quart", "flash")})
_SESSION_EXTENSIONS = frozenset({"login_user", "FlaskForm", "login_required"})
_SESSION_PACKAGES = frozenset({"flask_login", "flask_wtf", "flask_security", "flask_user"})
_ADDRESS = "get_remote_address"
_DIRECT = _SESSION_EXTENSIONS | {_ADDRESS}  # names that are uses themselves
# Attribute of the request -> the use it stands for.
_REQUEST = {
    "files": "files", "get_data": "body", "get_json": "body", "data": "body", "json": "body",
    "remote_addr": "remote_addr", "access_route": "remote_addr",
}  # fmt: skip
_LENGTH = "content_length"
_LIMITS_BODY = regex(r"\brequest\.(?:max_)?content_length\b")
_REGISTRATIONS = frozenset({"add_url_rule", "add_resource"})
_FACTORIES = frozenset({"list", "dict", "set", "defaultdict", "deque", "Counter", "OrderedDict"})
_MUTATORS = frozenset(
    [
        "append",
        "appendleft",
        "extend",
        "extendleft",
        "insert",
        "add",
        "update",
        "setdefault",
        "pop",
        "popleft",
        "popitem",
        "remove",
        "discard",
        "clear",
        "sort",
        "reverse",
        "subtract",
        "difference_update",
        "intersection_update",
        "symmetric_difference_update",
        "rotate",
    ]
)


class _Places:
    """Turns ``ast`` positions into spans."""

    def __init__(self, path: str, text: Text) -> None:
        self.path = path
        self.text = text

    def span(self, node: ast.stmt | ast.expr) -> Span:
        line, column, end, end_column = self.text.place(node)
        return Span(self.path, line, column + 1, end, end_column + 1)

    def header(self, node: FunctionNode | ast.ClassDef) -> Span:
        line, column, _, _ = self.text.place(node)
        return Span(self.path, line, column + 1, line, len(self.text.lines[line - 1].rstrip()) + 1)


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

    def _of(self, function: FunctionNode) -> frozenset[str]:
        if id(function) not in self._bound:
            self._bound[id(function)] = _bound_in(function)
        return self._bound[id(function)]


def _start(function: FunctionNode) -> tuple[int, int]:
    return min([(node.lineno, node.col_offset) for node in (function, *function.decorator_list)])


def uses(path: str, tree: ast.Module, found: Statements, text: Text) -> Uses:
    """The first place of each use of Flask in the file; names count only when imported from Flask or an extension."""
    places = _Places(path, text)
    names = {name: target for name, target in _imported(found.imports).items() if _may_matter(target)}
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
    for node in walk(tree) if _may_use(names, text.words) else ():
        if isinstance(node, ast.Name):
            target = names.get(node.id)
            if target is None:
                continue
            if target in _SESSION_NAMES or _keeps_session(target[0], target[1]):
                named.append(("session", node, node.id))
            elif target[1] == _ADDRESS:
                named.append(("remote_addr", node, node.id))
        elif isinstance(node, ast.Attribute):
            value = node.value
            if isinstance(value, ast.Name):
                target = names.get(value.id)
                if target is None:
                    continue
                if not target[1] and ((target[0], node.attr) in _SESSION_NAMES or _keeps_session(target[0], node.attr)):
                    named.append(("session", node, value.id))
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
    done: set[str] = set()
    for kind, place, name in sorted(named, key=lambda item: (item[1].lineno, item[1].col_offset)):
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
        tuple(views),
        login_cookies(tree, text.source, places.span),
        tuple(
            CookieForm(places.header(function), function.name, cookies)
            for function, cookies in cookie_forms(found.functions, text.source, requests)
        ),
        guards_forms(text.source),
        _LENGTH in text.source and _LIMITS_BODY.search(text.source) is not None,
        token_keys(found, _imported(found.imports), places.span),
    )


def mutations(path: str, tree: ast.Module, found: Statements, text: Text) -> tuple[Mutation, ...]:
    """Every module-level mutable that a function of the module changes, the first change of each function.

    ``view`` is also true of a function that a view of the module calls by its simple name, over any number of steps:
    it runs within a request all the same.
    """
    mutable, scalars = _module_state(tree)
    if not mutable and not scalars:
        return ()
    places = _Places(path, text)
    names = mutable.keys() | scalars.keys()
    changed: list[tuple[str, ast.stmt, ast.stmt | ast.expr, FunctionNode]] = []
    for function, _ in found.functions:
        if names.isdisjoint(text.words_in(function.lineno, function.end_lineno or function.lineno)):
            continue
        for name, node in _changes(function, mutable.keys(), scalars.keys()):
            changed.append((name, mutable.get(name) or scalars[name], node, function))
    if not changed:
        return ()
    serving = _serving(found.functions)
    return tuple(
        Mutation(
            name,
            places.span(bound),
            places.span(node),
            function.name,
            id(function) in serving,
        )
        for name, bound, node, function in changed
    )


def _may_use(names: Mapping[str, tuple[str, str]], words: AbstractSet[str]) -> bool:
    """Whether a file with these ``words`` that imports these ``names`` can hold one of the uses that only a look at
    every expression finds. Each is spelled with the words tested here, whatever the imported name is called."""
    if not words.isdisjoint(_REGISTRATIONS) or {"url_for", "_external"} <= words:
        return True
    if any(target in _SESSION_NAMES or target[1] in _DIRECT for target in names.values()):
        return True
    packages = {target[0] for target in names.values() if not target[1]}
    if packages and not words.isdisjoint(_SESSION_EXTENSIONS):
        return True
    if not packages.isdisjoint(_FRAMEWORKS) and not words.isdisjoint({attr for _, attr in _SESSION_NAMES}):
        return True
    return not words.isdisjoint(_REQUEST) and (
        any(target[1] == "request" for target in names.values()) or not packages.isdisjoint(_FRAMEWORKS)
    )


def _keeps_session(package: str, name: str) -> bool:
    """Whether ``name`` of ``package`` is an extension's that keeps something in the session."""
    return package in _SESSION_PACKAGES and name in _SESSION_EXTENSIONS


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


def _parameters(function: FunctionNode) -> Iterator[str]:
    args = function.args
    for arg in (
        *args.posonlyargs,
        *args.args,
        *args.kwonlyargs,
        args.vararg,
        args.kwarg,
    ):
        if arg is not None:
            yield arg.arg


def _own(function: FunctionNode) -> Iterator[ast.AST]:
    """The nodes of a function's own scope: bodies of functions and classes inside it are left out."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending += children(node)


def _bound_in(function: FunctionNode) -> frozenset[str]:
    bound = set(_parameters(function))
    shared: set[str] = set()
    for node in _own(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            shared.update(node.names)
    return frozenset(bound - shared)


def _module_state(tree: ast.Module) -> tuple[dict[str, ast.stmt], dict[str, ast.stmt]]:
    mutable: dict[str, ast.stmt] = {}
    scalars: dict[str, ast.stmt] = {}
    pending = list(reversed(tree.body))
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    if _is_mutable(node.value):
                        mutable.setdefault(target.id, node)
                    elif _is_scalar(node.value):
                        scalars.setdefault(target.id, node)
        for block in blocks(node):
            pending += reversed(block)
    return mutable, scalars


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)):
        return True
    if isinstance(value, ast.Call):
        func = value.func
        return (func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")) in _FACTORIES
    return False


def _is_scalar(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, (int, float))


def _changes(
    function: FunctionNode, mutable: AbstractSet[str], scalars: AbstractSet[str]
) -> Iterator[tuple[str, ast.stmt | ast.expr]]:
    """The first change of each module-level name in the function's own scope."""
    shared = {name for node in _own(function) if isinstance(node, ast.Global) for name in node.names}
    local = _bound_in(function)
    first: dict[str, ast.stmt | ast.expr] = {}
    for node in _own(function):
        for name, rebinds in _changed_names(node):
            if name in local or not (name in mutable or name in scalars):
                continue
            if rebinds and name not in shared:
                continue
            if not rebinds and name not in mutable:
                continue
            assert isinstance(node, (ast.stmt, ast.expr))
            known = first.get(name)
            if known is None or (node.lineno, node.col_offset) < (
                known.lineno,
                known.col_offset,
            ):
                first[name] = node
    yield from sorted(first.items(), key=lambda item: (item[1].lineno, item[1].col_offset))


def _changed_names(node: ast.AST) -> Iterator[tuple[str, bool]]:
    """(name, whether the name itself is bound anew) for everything one node changes."""
    if isinstance(node, ast.Assign):
        targets = list(node.targets)
    elif isinstance(node, (ast.AugAssign, ast.AnnAssign)):
        targets = [node.target]
    elif isinstance(node, ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in _MUTATORS:
            name = _base_name(func.value)
            if name:
                yield name, False
        return
    else:
        return
    while targets:
        target = targets.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            targets += target.elts
        elif isinstance(target, ast.Starred):
            targets.append(target.value)
        elif isinstance(target, ast.Name):
            yield target.id, True
        elif isinstance(target, ast.Subscript):
            name = _base_name(target.value)
            if name:
                yield name, False


def _base_name(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _serving(every: Sequence[tuple[FunctionNode, ast.ClassDef | None]]) -> set[int]:
    """The ids of views and of what they call by simple name, followed to the end."""
    by_name: dict[str, list[FunctionNode]] = {}
    for function, owner in every:
        if owner is None:
            by_name.setdefault(function.name, []).append(function)
    pending = [function for function, owner in every if is_view(function, owner)]
    found: set[int] = set()
    while pending:
        function = pending.pop()
        if id(function) in found:
            continue
        found.add(id(function))
        for node in walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                pending += by_name.get(node.func.id, ())
    return found
