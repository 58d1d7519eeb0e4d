"""Files whose syntax is newer than the running Python: what ``ast`` would have said, taken from the converted facts."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts import syntax as s


def bound_names(
    body: tuple[s.Stmt, ...],
) -> tuple[frozenset[str], bool, bool, frozenset[str]]:
    """(names bound at module level, whether there may be more, whether star imports bind more, first parts of the absolute
    imports anywhere)."""
    names: set[str] = set()
    imports: set[str] = set()
    stars = False
    for node, top in _walk(body):
        if isinstance(node, s.Import):
            imports.update(name.partition(".")[0] for name, _ in node.names)
            if top:
                names.update(alias or name.partition(".")[0] for name, alias in node.names)
        elif isinstance(node, s.ImportFrom):
            if not node.level:
                imports.add(node.module.partition(".")[0])
            if top:
                stars = stars or any(name == "*" for name, _ in node.names)
                names.update(alias or name for name, alias in node.names if name != "*")
        elif isinstance(node, s.Global):
            names.update(node.names)
        elif top:
            names.update(_bound(node))
    return frozenset(names), "__getattr__" in names, stars, frozenset(imports)


def _walk(body: tuple[s.Stmt, ...]) -> Iterator[tuple[s.Stmt, bool]]:
    pending = [(node, True) for node in body]
    while pending:
        node, top = pending.pop()
        yield node, top
        inside = top and not isinstance(node, (s.FunctionDef, s.ClassDef))
        for block in _blocks(node):
            pending += ((child, inside) for child in block)


def _blocks(node: s.Stmt) -> Iterator[tuple[s.Stmt, ...]]:
    if isinstance(node, (s.FunctionDef, s.ClassDef, s.With)):
        yield node.body
    elif isinstance(node, (s.If, s.Loop)):
        yield node.body
        yield node.orelse
    elif isinstance(node, s.Try):
        yield node.body
        yield from (handler.body for handler in node.handlers)
        yield node.orelse
        yield node.final
    elif isinstance(node, s.Match):
        yield from (case.body for case in node.cases)


def _bound(node: s.Stmt) -> Iterator[str]:
    if isinstance(node, (s.FunctionDef, s.ClassDef)):
        yield node.name
        return
    targets: list[s.Expr] = []
    if isinstance(node, s.Assign):
        targets += node.targets
    elif isinstance(node, s.AugAssign):
        targets.append(node.target)
    elif isinstance(node, s.Loop):
        targets += [node.target] if node.target is not None else []
    elif isinstance(node, s.With):
        targets += [bound for _, bound in node.items if bound is not None]
    while targets:
        target = targets.pop()
        if isinstance(target, s.Name):
            yield target.id
        elif isinstance(target, s.Collection):
            targets += target.items
        elif isinstance(target, s.Starred):
            targets.append(target.value)
