"""The files of the project that an import loads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Import, ImportFrom
from flask_prodcheck.model.python.modules import Modules


def loaded_by(modules: Modules, path: str, stmt: Import | ImportFrom, roots: Sequence[str] = ()) -> Iterator[str]:
    """The project files that ``stmt`` in ``path`` loads, packages before their members."""

    def files(module: str, level: int) -> Iterator[str]:
        found = None
        if roots and not level:
            found = modules.locate(module, roots)
        found = found or modules.imported_file(path, module, level)
        if found is None:
            return
        if not found.endswith("/"):
            yield from modules.packages_above(found)
            yield found

    if isinstance(stmt, Import):
        for dotted, _ in stmt.names:
            parts = dotted.split(".")
            for count in range(1, len(parts) + 1):
                yield from files(".".join(parts[:count]), 0)
        return
    yield from files(stmt.module, stmt.level)
    for name, _ in stmt.names:
        if name != "*":
            base = modules.imported_file(path, stmt.module, stmt.level)
            if base is None or not base.endswith(("/", "__init__.py")):
                continue
            if base.endswith("__init__.py") and modules.bindings.of(base, name):
                continue
            yield from files(f"{stmt.module}.{name}" if stmt.module else name, stmt.level)


def imports_closure(modules: Modules, path: str, roots: Sequence[str] = ()) -> frozenset[str]:
    """The project files whose module-level code runs when ``path`` is imported (``path`` and the packages above it
    included), ``roots`` searched first. Code under the main guard does not run then."""
    found: set[str] = set()
    queue = [path, *modules.packages_above(path)]
    while queue:
        item = queue.pop()
        module = modules.module(item)
        if item in found:
            continue
        found.add(item)
        for stmt, where in statements(module.body) if module is not None else ():
            if isinstance(stmt, (Import, ImportFrom)) and not where.in_main:
                queue.extend(other for other in loaded_by(modules, item, stmt, roots) if other not in found)
    return frozenset(found)
