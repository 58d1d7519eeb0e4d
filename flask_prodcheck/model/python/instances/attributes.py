"""What the methods of a class set on ``self``, and the module level of a file on other objects."""

from __future__ import annotations

from flask_prodcheck.facts.statements import statements
from flask_prodcheck.facts.syntax import Assign, Attribute, ClassDef, Expr, FunctionDef, Name
from flask_prodcheck.model.python.modules import Modules


class Attributes:
    """The attributes that are set, by class and by file, memoised."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._set_by_class: dict[int, tuple[ClassDef, dict[str, list[tuple[FunctionDef, Expr | None]]]]] = {}
        self._set_by_file: dict[str, dict[tuple[str, str], list[Expr]]] = {}

    def of_class(self, node: ClassDef) -> dict[str, list[tuple[FunctionDef, Expr | None]]]:
        """What the methods of a class assign to each attribute of ``self``, in order: (method, value), without a value
        for a property of that name."""
        known = self._set_by_class.get(id(node))
        if known is None:
            found: dict[str, list[tuple[FunctionDef, Expr | None]]] = {}
            for method in node.body:
                if not isinstance(method, FunctionDef):
                    continue
                if any(isinstance(item, Name) and "property" in item.id for item in method.decorators):
                    found.setdefault(method.name, []).append((method, None))
                for stmt, _ in statements(method.body):
                    for target in stmt.targets if isinstance(stmt, Assign) else ():
                        if (
                            isinstance(stmt, Assign)
                            and isinstance(target, Attribute)
                            and isinstance(target.value, Name)
                            and target.value.id == "self"
                        ):
                            found.setdefault(target.attr, []).append((method, stmt.value))
            known = self._set_by_class[id(node)] = node, found
        return known[1]

    def of_file(self, path: str) -> dict[tuple[str, str], list[Expr]]:
        """What the module level of ``path`` assigns to attributes of names, in order, by name and attribute."""
        known = self._set_by_file.get(path)
        if known is None:
            known = self._set_by_file[path] = {}
            module = self._modules.module(path)
            for stmt, _ in statements(module.body) if module is not None else ():
                for target in stmt.targets if isinstance(stmt, Assign) else ():
                    if isinstance(stmt, Assign) and isinstance(target, Attribute) and isinstance(target.value, Name):
                        known.setdefault((target.value.id, target.attr), []).append(stmt.value)
        return known
