"""What a name in a Python file of a project means, followed through imports, aliases, stars and bases."""

from __future__ import annotations

import builtins
import itertools
import posixpath
from collections.abc import Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.statements import call_name, statements, subexpressions
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Const,
    Expr,
    ExprStmt,
    FunctionDef,
    ImportFrom,
    Name,
    Stmt,
)
from flask_prodcheck.model.python.bindings import Binding, Bindings, choose
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.importable_files import ImportableFiles
from flask_prodcheck.records import replace

_BUILTINS = frozenset(dir(builtins))
#: What ``from flask import *`` binds, but for Flask's own modules (https://flask.palletsprojects.com/en/stable/api/).
FLASK_STAR = frozenset(
    {
        "Flask", "Blueprint", "Config", "Request", "Response", "current_app", "g", "request", "session", "abort", "flash",
        "get_flashed_messages", "jsonify", "make_response", "redirect", "render_template", "render_template_string",
        "send_file", "send_from_directory", "stream_with_context", "url_for",
    }
)  # fmt: skip
_DEPTH = 24


class Modules(ImportableFiles):
    """The index of a project's Python files and of their names."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(facts)
        self.memo: dict[str, object] = {}  # for indexes that other parts of the model derive from this one
        self.bindings = Bindings(facts.modules)
        self._defined: dict[tuple[str, str], Definition] = {}
        self._active: set[tuple[str, str]] = set()
        self._deciding: dict[tuple[str, str], Binding | None] = {}  # of names that a module binds more than once
        self._local: dict[tuple[int, str], tuple[Sequence[Stmt], Binding | None]] = {}  # by the id of the body
        # By the ids of the expression and the scope's body, which the value keeps alive.
        self._resolved: dict[tuple[str, int, int], tuple[Expr, Sequence[Stmt], Definition]] = {}

    def is_of_a_library(self, path: str, name: str) -> bool:
        """Whether ``name`` of the file ``path`` is, or is made by, something of a distribution that the project asks for,
        or of a well-known one."""
        found = self.define(path, name)
        if found.kind == "value" and isinstance(found.value, Call):
            found = self.resolve(found.module, found.value.func)
        return found.kind == "external" and found.name.partition(".")[0] in self._external

    def bound_by(self, path: str, name: str, node: Stmt, scope: Sequence[Stmt]) -> Definition | None:
        """What ``name`` stands for in ``path`` after the import ``node``, where several statements of ``scope`` import
        something by that name; None where that one does not, or no other."""
        imports = [each for each in self.bindings.in_body(scope, name) if each.imported is not None] if scope else []
        chosen = next((each for each in imports if each.node is node), None)
        return self._follow(path, chosen, scope) if chosen is not None and len(imports) > 1 else None

    def define(self, path: str, name: str) -> Definition:
        """What the module-level name ``name`` of the file ``path`` stands for."""
        key = (path, name)
        if key in self._defined:
            return self._defined[key]
        if key in self._active or len(self._active) > 4 * _DEPTH:
            return Definition("unknown", path, name)
        self._active.add(key)
        try:
            found = self._define(path, name)
        finally:
            self._active.discard(key)
        if not self._active or found.kind != "unknown":
            self._defined[key] = found
        return found

    def definitions(self, path: str, name: str) -> tuple[Definition, ...]:
        """Every meaning ``name`` may take, one for each binding, followed; the deciding one (:meth:`define`) first."""
        first = self.define(path, name)
        rest = (self._follow(path, binding, ()) for binding in self.bindings.of(path, name))
        return tuple({(item.kind, item.module, item.name, item.span): item for item in (first, *rest)}.values())

    def _define(self, path: str, name: str) -> Definition:
        module = self.module(path)
        if module is None:
            return Definition("unknown" if path in self._files else "missing", path, name)
        chosen = choose(self.bindings.of(path, name))
        if chosen is not None:
            return self._follow(path, chosen, ())
        starred = self._through_star(path, name)
        if starred is not None:
            return starred
        if module.binds(name) or module.open_names:
            return Definition("unknown", path, name)
        return Definition("missing", path, name)

    def _through_star(self, path: str, name: str) -> Definition | None:
        module = self.module(path)
        external: list[ImportFrom] = []
        unknown = False
        for stmt, where in reversed(list(statements(module.body))) if module else ():
            if not isinstance(stmt, ImportFrom) or ("*", None) not in stmt.names:
                continue
            source = self.imported_file(path, stmt.module, stmt.level)
            if source is None:
                external.append(stmt)
            elif not source.endswith("/"):
                if name.startswith("_"):
                    continue
                found = self.define(source, name)
                if found.kind == "unknown":
                    unknown = True
                elif found.kind != "missing":
                    return replace(
                        found,
                        in_main=found.in_main or where.in_main,
                        conditional=found.conditional or where.conditional,
                    )
        if unknown or not external or name in _BUILTINS:
            return Definition("unknown", path, name) if unknown else None
        if name in FLASK_STAR:
            flask = [stmt for stmt in external if stmt.module == "flask"]
            external = flask or external
        if len(external) == 1:
            return Definition("external", "", f"{external[0].module}.{name}", external[0].span, external[0])
        return Definition("unknown", path, name)

    def _follow(self, path: str, binding: Binding, scope: Sequence[Stmt], depth: int = 0) -> Definition:
        node = binding.node
        if binding.imported is not None:
            source, level, member = binding.imported
            found = self._imported(path, source, level, member, binding.span, node)
        elif isinstance(node, FunctionDef):
            found = Definition("function", path, binding.name, binding.span, node)
        elif isinstance(node, ClassDef):
            found = Definition("class", path, binding.name, binding.span, node, scope=tuple(scope))
        else:
            scope = scope or binding.scope
            found = Definition("value", path, binding.name, binding.span, node, binding.value, scope=binding.scope)
            alias = binding.value
            if isinstance(alias, (Name, Attribute)) and depth < _DEPTH and not _mentions(alias, binding.name):
                target = self._resolve(path, alias, scope, depth + 1)
                if target.kind in ("function", "class", "value", "module", "external"):
                    found = target
        if binding.in_main or binding.conditional:
            found = replace(
                found,
                in_main=found.in_main or binding.in_main,
                conditional=found.conditional or binding.conditional,
            )
        return found

    def _imported(self, path: str, module: str, level: int, member: str | None, span: Span, node: Stmt) -> Definition:
        source = self.imported_file(path, module, level)
        if member is None:
            if source is None:
                return Definition("external", "", module, span, node)
            return Definition("module", source, module, span)
        if source is None:
            if level:
                return Definition("missing", "", f"{module}.{member}" if module else member, span, node)
            return Definition("external", "", f"{module}.{member}", span, node)
        found = self._member(source, member)
        if found.kind == "missing" and source.endswith("/") and not level:
            return Definition("external", "", f"{module}.{member}", span, node)
        return found

    def _member(self, module: str, name: str) -> Definition:
        """``name`` of the module at ``module`` (a file, or a namespace folder with ``/``), its submodules included."""
        folder = module[:-1] if module.endswith("/") else posixpath.dirname(module)
        if not module.endswith("/"):
            found = self.define(module, name)
            if found.kind not in ("missing", "unknown") or posixpath.basename(module) != "__init__.py":
                return found
            submodule = self._locate_in(name, folder or ".")
            return Definition("module", submodule, name) if submodule and not submodule.endswith("/") else found
        submodule = self._locate_in(name, folder or ".")
        return Definition("module", submodule, name) if submodule else Definition("missing", module, name)

    def resolve(self, path: str, expr: Expr, scope: Sequence[Stmt] = ()) -> Definition:
        """What the name or attribute chain ``expr`` stands for in ``path``. ``scope`` is the body of the function it is
        in: its own imports, functions and assignments go before the module's (parameters are the caller's affair).
        Attributes of project classes and of their instances are found through the bases."""
        key = (path, id(expr), id(scope))
        known = self._resolved.get(key)
        if known is not None:
            return known[2]
        found = self._resolve(path, expr, scope, 0)
        if not self._active:  # inside a circle the answer is only that of the place where it was entered
            self._resolved[key] = (expr, scope, found)
        return found

    def _resolve(self, path: str, expr: Expr, scope: Sequence[Stmt], depth: int) -> Definition:
        if depth > _DEPTH:
            return Definition("unknown")
        if isinstance(expr, Name):
            local = self._chosen_in(scope, expr.id) if scope else None
            if local is not None:
                return self._follow(path, local, scope, depth + 1)
            before = self._before(path, expr)
            if before is not None:
                return self._follow(path, before, (), depth + 1)
            found = self.define(path, expr.id)
            if found.kind == "missing" and expr.id in _BUILTINS:
                return Definition("external", "", f"builtins.{expr.id}")
            return found
        if isinstance(expr, Attribute):
            base = self._resolve(path, expr.value, scope, depth + 1)
            return self.attribute(base, expr.attr, depth + 1)
        if isinstance(expr, Call):
            return self._loaded_by_name(path, expr, scope, depth) or Definition("unknown")
        return Definition("unknown")

    def _chosen_in(self, scope: Sequence[Stmt], name: str) -> Binding | None:
        """The binding in the function with the body ``scope`` that decides what its own name ``name`` means there."""
        key = (id(scope), name)
        if key not in self._local:
            found = self.bindings.in_body(scope, name)
            usable = [item for item in found if item.value is None or not _mentions(item.value, name)]
            declared = name in self.bindings.shared_in(scope)
            self._local[key] = scope, None if declared else choose(usable or found)
        return self._local[key][1]

    def _loaded_by_name(self, path: str, call: Call, scope: Sequence[Stmt], depth: int) -> Definition | None:
        """The module of ``importlib.import_module("shop.web")``; None when ``call`` is something else, or the name is not
        written there. Names that begin with a dot belong to the package of the second argument, in practice the own."""
        first = call.args[0] if call.args and call_name(call) == "import_module" else None
        if not isinstance(first, Const) or not isinstance(first.value, str) or not first.value:
            return None
        maker = self._resolve(path, call.func, scope, depth + 1)
        if (maker.kind, maker.name) != ("external", "importlib.import_module"):
            return None
        dotted = first.value.lstrip(".")
        return self._imported(path, dotted, len(first.value) - len(dotted), None, call.span, ExprStmt(call.span, call))

    def _before(self, path: str, expr: Name) -> Binding | None:
        """The binding that ``expr`` means inside the assignment that gives its name a new value: the one before it
        (``import app`` and then ``app = app.create_app()``)."""
        key = (path, expr.id)
        if key not in self._deciding:
            bound = self.bindings.of(path, expr.id)
            self._deciding[key] = choose(bound) if len(bound) > 1 else None
        chosen = self._deciding[key]
        if chosen is None or chosen.value is None or all(inner is not expr for inner in subexpressions(chosen.value)):
            return None
        bound = self.bindings.of(path, expr.id)
        before = itertools.takewhile(lambda each: each.value is not chosen.value, bound)
        return choose(tuple(before))

    def attribute(self, base: Definition, attr: str, depth: int = 0) -> Definition:
        """The attribute ``attr`` of what ``base`` stands for."""
        if base.kind == "module":
            found = self._member(base.module, attr)
            if found.kind == "missing" and base.module.endswith("/") and not base.in_main:
                return Definition("external", "", f"{base.name}.{attr}", base.span)
            return found
        if base.kind == "external":
            return Definition("external", "", f"{base.name}.{attr}", base.span, base.node)
        if base.kind == "class" and isinstance(base.node, ClassDef):
            return self.class_member(base, attr, depth + 1)
        if base.kind == "value" and isinstance(base.value, Call) and depth < _DEPTH:
            loaded = self._loaded_by_name(base.module, base.value, base.scope, depth)
            if loaded is not None:
                return self.attribute(loaded, attr, depth + 1)
            made = self._resolve(base.module, base.value.func, (), depth + 1)
            if made.kind == "class":
                return self.class_member(made, attr, depth + 1)
        return Definition("unknown")

    def class_member(
        self, owner: Definition, attr: str, depth: int = 0, *, above: Sequence[Stmt] | None = None
    ) -> Definition:
        """The attribute ``attr`` in the body of the project class ``owner`` or of its project bases; "unknown" when a
        base is not the project's and none of them has it. ``above``: the body of a method; only the classes after the one
        that has it are asked, as ``super()`` does there."""
        seen: set[tuple[str, str]] = set()
        queue = [owner]
        opened = False
        while queue and len(seen) < _DEPTH:
            item = queue.pop(0)
            node = item.node
            if item.kind != "class" or not isinstance(node, ClassDef):
                opened = opened or item.name != "builtins.object"
                continue
            if (item.module, item.name) in seen:
                continue
            seen.add((item.module, item.name))
            chosen = choose(self.bindings.in_body(node.body, attr)) if above is None else None
            if above is not None and any(
                isinstance(stmt, FunctionDef) and _begins(above, stmt.body) for stmt in node.body
            ):
                above = None
            if chosen is not None:
                if depth > _DEPTH or (chosen.value is not None and _mentions(chosen.value, attr)):
                    return Definition("value", item.module, attr, chosen.span, chosen.node, chosen.value)
                return self._follow(item.module, chosen, (), depth + 1)
            opened = opened or node.screened
            queue.extend(self._resolve(item.module, base, item.scope, depth + 1) for base in node.bases)
        return Definition("unknown" if opened else "missing", owner.module, attr)

    def bases(self, owner: Definition) -> tuple[str, ...]:
        """The dotted names of the external classes that the project class ``owner`` derives from, nearest first."""
        found: list[str] = []
        seen: set[tuple[str, str]] = set()
        queue = [owner]
        while queue and len(seen) < 4 * _DEPTH:
            item = queue.pop(0)
            if item.kind == "external":
                found.append(item.name)
            elif isinstance(item.node, ClassDef) and (item.module, item.name) not in seen:
                seen.add((item.module, item.name))
                queue.extend(self.resolve(item.module, base, item.scope) for base in item.node.bases)
        return tuple(dict.fromkeys(found))

    def qualified(self, path: str, expr: Expr, scope: Sequence[Stmt] = ()) -> str | None:
        """The dotted external name of ``expr`` ("os.environ.get", "flask.Flask", "builtins.bool"), import aliases
        followed; None when it is the project's own, or not a chain of names."""
        found = self.resolve(path, expr, scope)
        return found.name if found.kind == "external" else None


def _begins(whole: Sequence[Stmt], body: Sequence[Stmt]) -> bool:
    """Whether ``whole`` is ``body``, perhaps with the statements of functions around it."""
    return bool(whole) and bool(body) and whole[0] is body[0]


def _mentions(expr: Expr, name: str) -> bool:
    return any(isinstance(inner, Name) and inner.id == name for inner in subexpressions(expr))
