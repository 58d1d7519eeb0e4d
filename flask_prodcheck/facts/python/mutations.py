"""The module-level state that the functions of a module change, from the ``ast`` tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from flask_prodcheck.facts.python.places import Places
from flask_prodcheck.facts.python.scopes import bound_in, own_nodes
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.views import is_view
from flask_prodcheck.facts.python.walk import FunctionNode, Statements, blocks, children, walk
from flask_prodcheck.facts.syntax import Mutation

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


#: Those that add one thing, and those that take one away.
_ADDERS = frozenset({"append", "appendleft", "extend", "insert", "add"})
_REMOVERS = frozenset({"pop", "remove", "discard"})


def mutations(path: str, tree: ast.Module, found: Statements, text: Text) -> tuple[Mutation, ...]:
    """Every module-level mutable that a function of the module changes, the first change of each function.

    ``view`` is also true of a function that a view of the module calls by its simple name, or hands on (to a thread, to an
    executor), over any number of steps: a request makes it run all the same.
    """
    mutable, scalars = _module_state(tree, found)
    if not mutable and not scalars:
        return ()
    places = Places(path, text)
    names = mutable.keys() | scalars.keys()
    changed: list[tuple[str, ast.stmt, ast.stmt | ast.expr, FunctionNode]] = []
    for function, _ in found.functions:
        if not text.has_one_of(names, function.lineno, function.end_lineno or function.lineno):
            continue
        for name, node in _changes(function, mutable.keys(), scalars.keys()):
            changed.append((name, mutable.get(name) or scalars[name], node, function))
    if not changed:
        return ()
    shared = {name for node in found.shared for name in node.names}
    serving = _serving(found.functions, shared - _reset(found.functions, shared))
    # only what requests change is asked about any further
    asked = {name for name, _, _, function in changed if id(function) in serving}
    functions = [function for function, _ in found.functions if asked and id(function) in serving]
    guarded = _asked_before(functions, {function.name for _, _, _, function in changed if id(function) in serving})
    removing = {id(function) for function, owner in found.functions if asked and is_view(function, owner)}
    read = {name for function in functions for name in _read(function, asked)}
    return tuple(
        Mutation(
            name,
            places.span(bound),
            places.span(node),
            function.name,
            id(function) in serving,
            name in read,
            id(function) in serving
            and (_is_memo(function, name) or name in guarded.get(function.name, ()))
            and not (id(function) in removing and _only_removes(function, name)),
        )
        for name, bound, node, function in changed
    )


def _module_state(tree: ast.Module, found: Statements) -> tuple[dict[str, ast.stmt], dict[str, ast.stmt]]:
    """The module-level names of containers, and of numbers, with what binds them. One that is None at first is that of a
    container where a function binds it to one."""
    mutable: dict[str, ast.stmt] = {}
    scalars: dict[str, ast.stmt] = {}
    empty: dict[str, ast.stmt] = {}
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
                    elif isinstance(node.value, ast.Constant) and node.value.value is None:
                        empty.setdefault(target.id, node)
        for block in blocks(node):
            pending += reversed(block)
    shared = {name for each in found.shared for name in each.names} & empty.keys() - mutable.keys()
    for name in sorted({name for function, _ in found.functions for name in _held_later(function, shared)} if shared else ()):
        mutable[name] = empty[name]
    return mutable, scalars


def _held_later(function: FunctionNode, names: AbstractSet[str]) -> Iterator[str]:
    """Those of the module's ``names`` that the function binds to a container which it writes down."""
    nodes = list(own_nodes(function))
    shared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names} & names
    for node in nodes if shared else ():
        if isinstance(node, ast.Assign) and isinstance(node.value, (ast.Dict, ast.List)):
            yield from (each.id for each in node.targets if isinstance(each, ast.Name) and each.id in shared)


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
    shared = {name for node in own_nodes(function) if isinstance(node, ast.Global) for name in node.names}
    local = bound_in(function)
    first: dict[str, ast.stmt | ast.expr] = {}
    for node in own_nodes(function):
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


def _serving(every: Sequence[tuple[FunctionNode, ast.ClassDef | None]], once: AbstractSet[str]) -> set[int]:
    """The ids of views and of what they call, or hand on as an argument, by simple name, followed to the end. What is
    handed on under a switch of ``once`` is left out: each process starts that for itself, whatever the request says."""
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
        for name in _handed_on(function.body, once):
            pending += by_name.get(name, ())
    return found


def _handed_on(body: Sequence[ast.stmt], once: AbstractSet[str]) -> Iterator[str]:
    """The names that the calls in ``body`` get as arguments, but for those that stand under a test of a switch of
    ``once``, or after one that ends the function."""
    for stmt in body:
        asks = isinstance(stmt, ast.If) and any(isinstance(each, ast.Name) and each.id in once for each in walk(stmt.test))
        if asks and isinstance(stmt, ast.If):
            yield from _handed_on(stmt.orelse, once)
            if isinstance(stmt.body[-1], ast.Return):
                return
            continue
        inner = blocks(stmt)
        for block in inner:
            yield from _handed_on(block, once)
        for node in walk(stmt) if not inner else ():
            if isinstance(node, ast.Call):
                given = (*node.args, *[word.value for word in node.keywords])
                yield from (each.id for each in given if isinstance(each, ast.Name))


def _reset(functions: Sequence[tuple[FunctionNode, ast.ClassDef | None]], shared: AbstractSet[str]) -> set[str]:
    """Those of the names ``shared`` that a function sets back to nothing."""
    return {
        target.id
        for function, _ in (functions if shared else ())
        for node in own_nodes(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and not node.value.value
        for target in node.targets
        if isinstance(target, ast.Name) and target.id in shared
    }


def _read(function: FunctionNode, names: AbstractSet[str]) -> set[str]:
    """Those of ``names`` whose value the function uses, other than by changing it."""
    nodes = list(walk(function))
    changing = {id(each) for node in nodes for each in _changed_places(node)}
    loaded = {
        node.id
        for node in nodes
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and id(node) not in changing
    }
    return loaded & names - bound_in(function)


def _changed_places(node: ast.AST) -> Iterator[ast.expr]:
    """The names inside of what ``node`` changes: ``X`` in ``X[1] = 2``, and in the statement ``X.append(1)``."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        func = node.value.func
        if isinstance(func, ast.Attribute) and func.attr in _MUTATORS:
            yield _base(func.value)
    elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        yield _base(node.value)


def _base(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node


def _is_memo(function: FunctionNode, name: str) -> bool:
    """Whether the function asks what ``name`` holds, and takes it from there where it does.

    For a number or a switch the question alone is enough: it says whether something was done already.
    """
    nodes = list(walk(function))
    if _goes_on_with(function, name):
        return False
    if any(_asks_and_fills(node, name) for node in nodes):
        return True
    tests = [node.test for node in nodes if isinstance(node, (ast.If, ast.IfExp, ast.While))]
    tests += [node for node in nodes if isinstance(node, ast.Compare)]
    asked = any(isinstance(each, ast.Name) and each.id == name for test in tests for each in walk(test))
    caught = any(isinstance(node, ast.Try) and _catches_missing(node) for node in nodes)
    rebinds = any(isinstance(node, ast.Global) and name in node.names for node in nodes)
    return (asked or caught) and (rebinds or any(_takes(node, name) for node in nodes))


def _asked_before(functions: Sequence[FunctionNode], called: AbstractSet[str]) -> dict[str, AbstractSet[str]]:
    """For each of the functions ``called`` that ``functions`` call: the names that every call stands under a test of."""
    found: dict[str, AbstractSet[str]] = {}
    for function in functions:
        pending: list[tuple[ast.AST, frozenset[str]]] = [(each, frozenset()) for each in function.body]
        while pending:
            node, asked = pending.pop()
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in called:
                found[node.func.id] = found.get(node.func.id, asked) & asked
            if isinstance(node, ast.If):
                tested = asked | {each.id for each in walk(node.test) if isinstance(each, ast.Name)}
                pending += [(node.test, asked), *[(each, tested) for each in node.body]]
                pending += [(each, asked) for each in node.orelse]
            elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):  # those are among ``functions``
                pending += [(each, asked) for each in children(node)]
    return found


def _only_removes(function: FunctionNode, name: str) -> bool:
    """Whether all that the function does to ``name`` is to take single entries away."""
    changes = [node for node in walk(function) if any(each == name for each, _ in _changed_names(node))]
    return all(isinstance(node, ast.Delete) or _pops(node) for node in changes)


def _pops(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _REMOVERS


def _goes_on_with(function: FunctionNode, name: str) -> bool:
    """Whether the function changes what stands for one key with each call: it counts on (``X[key] += 1``), or adds to what
    is there (``X[key].append(...)``). In a loop that may be how an answer comes about."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript) and _base_name(node.target) == name:
            return True
        func = node.func if isinstance(node, ast.Call) else None
        added = func.value if isinstance(func, ast.Attribute) and func.attr in _ADDERS else None
        if isinstance(added, ast.Subscript) and _base_name(added) == name:
            return True
        if not isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)):
            pending += children(node)
    return False


def _asks_and_fills(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setdefault"
        and _base_name(node.func.value) == name
    )


def _takes(node: ast.AST, name: str) -> bool:
    """Whether ``node`` takes one item out of ``name``: ``X[key]`` or ``X.get(key)``."""
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load) and _base_name(node) == name
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and _base_name(node.func.value) == name
    )


def _catches_missing(node: ast.Try) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id in ("KeyError", "IndexError", "LookupError")
        for handler in node.handlers
        if handler.type is not None
        for each in walk(handler.type)
    )
