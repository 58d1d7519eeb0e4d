"""The Python modules of a project, and what a name in one of them means, found without importing anything.

Paths are relative to the audited root. An *import root* is a folder that is (or may be) on ``sys.path``, as a relative
path, ``"."`` for the audited root. Facts: https://docs.python.org/3/reference/import.html
"""

from __future__ import annotations

import builtins
import itertools
import posixpath
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.statements import (
    Context,
    call_name,
    calls_in,
    is_main_test,
    is_type_checking,
    main_branches,
    names_read,
    nested_statements,
    statement_expressions,
    statements,
    subexpressions,
    unpacked,
)
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Const,
    Expr,
    ExprStmt,
    FunctionDef,
    Global,
    IfExp,
    Import,
    ImportFrom,
    Loop,
    Name,
    PyModule,
    Stmt,
    With,
)
from flask_prodcheck.model.python.distributions import distributed, import_name
from flask_prodcheck.model.python.own_package import own_package
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_BUILTINS = frozenset(dir(builtins))
_NEVER_PROJECT = frozenset(sys.stdlib_module_names) | {
    "celery", "dash", "flask", "flask_script", "flask_socketio", "gunicorn", "jinja2", "redis", "sqlalchemy", "werkzeug",
}  # fmt: skip
_FLASK_STAR = frozenset({"Flask", "Blueprint", "current_app", "request", "session", "g", "jsonify", "render_template"})
_DEPTH = 24
#: A part of a dotted name that servers import: they ask the import system by name, so it need not be an identifier.
_IMPORTABLE = regex(r"[\w-]+")


@dataclass(frozen=True, slots=True)
class Definition:
    """What a name stands for, after following imports, re-exports and aliases.

    ``kind``: "function", "class", "value", "module" (``module`` is its file, or a folder ending in "/" for a namespace
    package), "external" (``name`` is the dotted name, e.g. "flask.Flask"; builtins are "builtins.bool"), "missing" (the
    file is known whole and does not bind it) or "unknown". ``module`` is the defining file ("" when external), ``node``
    the statement that binds it there, ``value`` the assigned expression of a "value" (an element of an unpacked one is
    a Subscript of it; None when not an assignment: a loop or ``with`` target). ``in_main``: bound under
    ``if __name__ == "__main__"`` only. ``conditional``: bound in a branch, or bound again in one. ``scope``: as for a
    :class:`Binding`; of a class, the body of the function that defines it.
    """

    kind: str
    module: str = ""
    name: str = ""
    span: Span | None = None
    node: Stmt | None = None
    value: Expr | None = None
    in_main: bool = False
    conditional: bool = False
    scope: tuple[Stmt, ...] = ()

    @property
    def is_project(self) -> bool:
        return self.kind in ("function", "class", "value", "module")


@dataclass(frozen=True, slots=True)
class Binding:
    """One statement that binds ``name`` at a module's top level (or in a class or function body), not followed. ``scope``:
    the body of the function that binds it there through ``global``, whose own names its value may use."""

    name: str
    node: Stmt
    span: Span
    value: Expr | None = None
    in_main: bool = False
    conditional: bool = False
    imported: tuple[str, int, str | None] | None = None  # (module, level, name or None for a whole module)
    scope: tuple[Stmt, ...] = ()


# --- bindings --------------------------------------------------------------------------------------------------------


def bindings(body: Sequence[Stmt]) -> tuple[Binding, ...]:
    """Every binding that the statements of ``body`` make in their own scope, in source order. Star imports are left
    out."""
    found: list[Binding] = []
    for stmt, where in statements(body):
        found.extend(_bound_by(stmt, where))
    return tuple(found)


def _bound_by(stmt: Stmt, where: Context) -> Iterator[Binding]:
    if isinstance(stmt, (FunctionDef, ClassDef)):
        yield Binding(stmt.name, stmt, stmt.span, None, where.in_main, where.conditional)
    elif isinstance(stmt, Import):
        for dotted, alias in stmt.names:
            whole = dotted if alias else dotted.partition(".")[0]
            yield Binding(alias or whole, stmt, stmt.span, None, where.in_main, where.conditional, (whole, 0, None))
    elif isinstance(stmt, ImportFrom):
        for name, alias in stmt.names:
            if name != "*":
                source = (stmt.module, stmt.level, name)
                yield Binding(alias or name, stmt, stmt.span, None, where.in_main, where.conditional, source)
    elif isinstance(stmt, Assign):
        for target in stmt.targets:
            for name, value in unpacked(target, stmt.value):
                yield Binding(name, stmt, stmt.span, value, where.in_main, where.conditional)
    elif isinstance(stmt, Loop) and stmt.target is not None:
        for name, _ in unpacked(stmt.target, None):
            yield Binding(name, stmt, stmt.span, None, where.in_main, True)
    elif isinstance(stmt, With):
        for _, optional in stmt.items:
            if optional is not None:
                for name, _ in unpacked(optional, None):
                    yield Binding(name, stmt, stmt.span, None, where.in_main, where.conditional)


def choose(found: Sequence[Binding]) -> Binding | None:
    """The binding that decides what a name means once its module is imported: the last unconditional one, unless that
    is a ``None`` placeholder and a branch gives the name a value; a binding outside the main guard goes first."""
    outside = [binding for binding in found if not binding.in_main] or list(found)
    if not outside:
        return None
    certain = [binding for binding in outside if not binding.conditional]
    branches = [binding for binding in outside if binding.conditional]
    real = [binding for binding in branches if not _is_none(binding.value)]
    if certain and not (_is_none(certain[-1].value) and real):
        chosen = certain[-1]
        later = found.index(chosen) < max((found.index(branch) for branch in branches), default=-1)
        return replace(chosen, conditional=True) if later else chosen
    return replace(real[0] if real else branches[0], conditional=True)


def _is_none(value: Expr | None) -> bool:
    return isinstance(value, Const) and value.value is None


# --- the index -------------------------------------------------------------------------------------------------------


class _ScopeNames(NamedTuple):
    """What a block binds, by name, what it declares ``global``, and the calls that make its names.

    ``body`` keeps the block alive, which is known by its id."""

    body: Sequence[Stmt]
    bound: dict[str, tuple[Binding, ...]]
    shared: frozenset[str]
    made: dict[str, frozenset[str]]


class _Surroundings(NamedTuple):
    """Of the files in one folder: the folder from which they import, the packages around them, outermost first, and what
    may be on ``sys.path``, the likeliest alone and all."""

    top: str
    packages: tuple[str, ...]
    strong: tuple[str, ...]
    roots: tuple[str, ...]


class Modules:
    """The index of a project's Python files. Answers are memoised; the facts never change under it."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.memo: dict[str, object] = {}  # for indexes that other parts of the model derive from this one
        self._files = frozenset(path for path in facts.paths | frozenset(facts.modules) if path.endswith(".py"))
        folders: set[str] = set()
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder and folder not in folders:
                folders.add(folder)
                folder = posixpath.dirname(folder)
        self._folders = frozenset(folders)
        self._package_roots = tuple(
            dict.fromkeys(
                _join(posixpath.dirname(path) or ".", folder)
                for path, manifest in sorted(facts.manifests.items())
                for folder in manifest.package_dirs
            )
        )
        own = {import_name(each.project_name).lower() for each in facts.manifests.values() if each.project_name}
        asked = {
            import_name(dependency.name).lower()
            for manifest in facts.manifests.values()
            for dependency in manifest.dependencies
        }
        self._external = _NEVER_PROJECT | (asked - own)  # a workspace asks for its own members
        self._own = own_package(facts, self._external)
        self._distributed = distributed(facts)
        self._bindings: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self._globals: dict[str, dict[str, tuple[Binding, ...]]] = {}
        self._defined: dict[tuple[str, str], Definition] = {}
        self._active: set[tuple[str, str]] = set()
        self._surroundings: dict[str, _Surroundings] = {}  # of the files in each folder
        self._importers: dict[str, list[str]] | None = None
        self._located: dict[tuple[str, str], str | None] = {}
        self._import_files: dict[tuple[str, str, int], str | None] = {}
        self._scopes: dict[int, _ScopeNames] = {}
        # By the ids of the expression and the scope's body, which the value keeps alive.
        self._resolved: dict[tuple[str, int, int], tuple[Expr, Sequence[Stmt], Definition]] = {}

    def __iter__(self) -> Iterator[PyModule]:
        """The parsed modules, by path."""
        for path in sorted(self.facts.modules):
            yield self.facts.modules[path]

    def module(self, path: str) -> PyModule | None:
        """The facts of the file ``path``; None when it does not exist or was screened out."""
        return self.facts.modules.get(path)

    def is_file(self, path: str) -> bool:
        """Whether the project has the Python file ``path``."""
        return path in self._files

    # --- files and dotted names

    def path_of(self, dotted: str, roots: Sequence[str]) -> str | None:
        """The file that ``import dotted`` would load from the first of ``roots`` that has it: a package's
        ``__init__.py`` goes before a module file. None when there is no file (also for a namespace package)."""
        found = self.locate(dotted, roots)
        return None if found is None or found.endswith("/") else found

    def exists(self, dotted: str, roots: Sequence[str]) -> bool:
        """Whether ``import dotted`` finds something of the project; namespace packages count."""
        return self.locate(dotted, roots) is not None

    def locate(self, dotted: str, roots: Sequence[str]) -> str | None:
        """Like :meth:`path_of`, with the folder and a ``/`` for a namespace package (only if no root has a file)."""
        namespace: str | None = None
        for root in roots:
            found = self._locate_in(dotted, root)
            if found is not None and not found.endswith("/"):
                return found
            namespace = namespace or found
        return namespace

    def _locate_in(self, dotted: str, root: str) -> str | None:
        key = (dotted, root)
        if key not in self._located:
            self._located[key] = self._search(dotted, root)
        return self._located[key]

    def _search(self, dotted: str, root: str) -> str | None:
        parts = dotted.split(".")
        if not all(_IMPORTABLE.fullmatch(part) for part in parts):
            return None
        folder = "" if root in (".", "") else root
        if not folder and parts[0] == self._own:
            return self._search(".".join(parts[1:]), root) if parts[1:] else "__init__.py"
        for index, part in enumerate(parts):
            stem = f"{folder}/{part}" if folder else part
            last = index == len(parts) - 1
            if f"{stem}/__init__.py" in self._files:
                if last:
                    return None if self._is_only_called_flask(stem) else f"{stem}/__init__.py"
            elif f"{stem}.py" in self._files:
                return f"{stem}.py" if last else None
            elif stem in self._folders:
                if index == 0 and part.lower() in self._external:
                    return None  # a folder without __init__.py loses against a distribution further down sys.path
                if last:
                    return f"{stem}/"
            else:
                return None
            folder = stem
        return None

    def _is_only_called_flask(self, folder: str) -> bool:
        """Whether the package in ``folder`` is called like Flask and binds nothing: what is imported from ``flask`` is
        not in it. (Its modules are found by their whole names.)"""
        module = self.module(f"{folder}/__init__.py") if posixpath.basename(folder) == "flask" else None
        return module is not None and not module.names and not module.is_open

    def top(self, path: str) -> str:
        """The folder from which ``path`` imports as a module of its outermost regular package ("." = the root)."""
        return self._around(path).top

    def dotted(self, path: str, root: str = ".") -> str | None:
        """The name under which ``path`` imports from ``root``; None when it lies elsewhere or is not importable."""
        relative = path
        if root not in (".", ""):
            if not path.startswith(root + "/"):
                return None
            relative = path[len(root) + 1 :]
        if not relative.endswith(".py"):
            return None
        parts = relative[:-3].split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts) if parts and all(map(_IMPORTABLE.fullmatch, parts)) else None

    def packages_above(self, path: str) -> tuple[str, ...]:
        """The ``__init__.py`` of every package around ``path``, outermost first, ``path`` itself left out."""
        found = self._around(path).packages
        return found[:-1] if found and found[-1] == path else found

    def roots_for(self, path: str) -> tuple[str, ...]:
        """The folders that may be on ``sys.path`` when ``path`` runs, likeliest first: the parent of its top package,
        the audited root, the packages' folders that manifests name, ``src``, and the folders above the file."""
        return self._around(path).roots

    def _around(self, path: str) -> _Surroundings:
        """What is the same for all files of the folder of ``path``."""
        folder = path.rpartition("/")[0]
        known = self._surroundings.get(folder)
        if known is None:
            known = self._surroundings[folder] = self._surrounding(folder)
        return known

    def _surrounding(self, folder: str) -> _Surroundings:
        above = [folder] if folder else []
        while outer := posixpath.dirname(above[-1] if above else ""):
            above.append(outer)
        around = list(itertools.takewhile(lambda each: f"{each}/__init__.py" in self._files, above))
        top = (posixpath.dirname(around[-1]) if around else folder) or "."
        strong = [top, ".", *self._package_roots]
        if "src" in self._folders and "src/__init__.py" not in self._files:
            strong.append("src")
        return _Surroundings(
            top,
            tuple([f"{each}/__init__.py" for each in reversed(around)]),
            tuple(dict.fromkeys(strong)),
            tuple(dict.fromkeys((*strong, *above))),
        )

    def imported_file(self, path: str, module: str, level: int) -> str | None:
        """What ``from <level dots><module> import ...`` in ``path`` loads: a file, a folder with a trailing ``/`` for a
        namespace package, or None when it is not the project's."""
        key = (path, module, level)
        if key not in self._import_files:
            self._import_files[key] = self.find_imported(path, module, level)
        return self._import_files[key]

    def find_imported(self, path: str, module: str, level: int) -> str | None:
        """:meth:`imported_file` for questions that are asked once: the answer is not kept."""
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                if not folder:
                    return None
                folder = posixpath.dirname(folder)
            if module:
                return self._locate_in(module, folder or ".")
            package = f"{folder}/__init__.py" if folder else "__init__.py"
            return package if package in self._files else f"{folder or '.'}/"
        head = module.partition(".")[0]
        around = self._around(path)
        found = self.locate(module, around.strong if head.lower() in self._external else around.roots)
        if found is None and (siblings := self._distributed.get(head)):
            return self.locate(module, siblings)
        return None if found == path and module.count(".") == 0 and head in _NEVER_PROJECT else found

    # --- names

    def bindings(self, path: str, name: str) -> tuple[Binding, ...]:
        """Every module-level binding of ``name`` in ``path``, in order; those made by functions through ``global``
        last."""
        table = self._table(path)
        return (*table.get(name, ()), *self._global_table(path).get(name, ()))

    def bound_names(self, path: str) -> tuple[str, ...]:
        """The names that the kept statements of ``path`` bind at module level, in order."""
        return tuple(self._table(path))

    def global_names(self, path: str) -> tuple[str, ...]:
        """The names that functions of ``path`` bind at module level through ``global``."""
        return tuple(self._global_table(path))

    def absolute_imports(self, path: str) -> tuple[str, ...]:
        """The dotted names that ``path`` imports without dots, anywhere in the file; ``from a import b`` gives "a" and
        "a.b"."""
        module = self.module(path)
        return tuple([name for name in module.mentions.modules if name[:1] != "."]) if module is not None else ()

    def is_of_a_library(self, path: str, name: str) -> bool:
        """Whether ``name`` of the file ``path`` is, or is made by, something of a distribution that the project asks for,
        or of a well-known one."""
        found = self.define(path, name)
        if found.kind == "value" and isinstance(found.value, Call):
            found = self.resolve(found.module, found.value.func)
        return found.kind == "external" and found.name.partition(".")[0] in self._external

    def importers_of(self, dotted: str) -> tuple[str, ...]:
        """The files that import something by the dotted name ``dotted``."""
        if self._importers is None:
            self._importers = {}
            for path in sorted(self.facts.modules):
                for name in self.absolute_imports(path):
                    self._importers.setdefault(name, []).append(path)
        return tuple(self._importers.get(dotted, ()))

    def bound_in(self, body: Sequence[Stmt], name: str) -> tuple[Binding, ...]:
        """The bindings of ``name`` that the statements of ``body`` make in their own scope, in source order."""
        return self._scope(body).bound.get(name, ())

    def made_by(self, body: Sequence[Stmt]) -> dict[str, frozenset[str]]:
        """The simple names of what is called to make each name that ``body`` assigns the result of a call."""
        return self._scope(body).made

    def bound_by(self, path: str, name: str, node: Stmt, scope: Sequence[Stmt]) -> Definition | None:
        """What ``name`` stands for in ``path`` after the import ``node``, where several statements of ``scope`` import
        something by that name; None where that one does not, or no other."""
        imports = [each for each in self.bound_in(scope, name) if each.imported is not None] if scope else []
        chosen = next((each for each in imports if each.node is node), None)
        return self._follow(path, chosen, scope) if chosen is not None and len(imports) > 1 else None

    def _scope(self, body: Sequence[Stmt]) -> _ScopeNames:
        known = self._scopes.get(id(body))
        if known is None:
            collected: dict[str, list[Binding]] = {}
            shared: set[str] = set()
            made: dict[str, frozenset[str]] = {}
            for stmt, where in statements(body):
                for binding in _bound_by(stmt, where):
                    collected.setdefault(binding.name, []).append(binding)
                if isinstance(stmt, Global):
                    shared.update(stmt.names)
                elif isinstance(stmt, Assign) and (called := frozenset(map(call_name, _made_by(stmt.value)))):
                    for part in (part for target in stmt.targets for part in subexpressions(target)):
                        if isinstance(part, Name):
                            made[part.id] = made.get(part.id, frozenset()) | called
            bound = {name: tuple(found) for name, found in collected.items()}
            known = _ScopeNames(body, bound, frozenset(shared), made)
            self._scopes[id(body)] = known
        return known

    def _table(self, path: str) -> dict[str, tuple[Binding, ...]]:
        if path not in self._bindings:
            module = self.module(path)
            collected: dict[str, list[Binding]] = {}
            for binding in bindings(module.body) if module else ():
                collected.setdefault(binding.name, []).append(binding)
            self._bindings[path] = {name: tuple(found) for name, found in collected.items()}
        return self._bindings[path]

    def _global_table(self, path: str) -> dict[str, tuple[Binding, ...]]:
        if path not in self._globals:
            module = self.module(path)
            collected: dict[str, list[Binding]] = {}
            for stmt, _ in statements(module.body) if module else ():
                if not isinstance(stmt, FunctionDef):
                    continue
                inner = [item for item, _ in statements(stmt.body)]
                names = {name for item in inner if isinstance(item, Global) for name in item.names}
                for binding in bindings(stmt.body) if names else ():
                    if binding.name in names:
                        shared = replace(binding, conditional=True, scope=stmt.body)
                        collected.setdefault(binding.name, []).append(shared)
            self._globals[path] = {name: tuple(found) for name, found in collected.items()}
        return self._globals[path]

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
        rest = (self._follow(path, binding, ()) for binding in self.bindings(path, name))
        return tuple({(item.kind, item.module, item.name, item.span): item for item in (first, *rest)}.values())

    def _define(self, path: str, name: str) -> Definition:
        module = self.module(path)
        if module is None:
            return Definition("unknown" if path in self._files else "missing", path, name)
        chosen = choose(self.bindings(path, name))
        if chosen is not None:
            return self._follow(path, chosen, ())
        starred = self._through_star(path, name)
        if starred is not None:
            return starred
        if name in module.names or module.open_names:
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
        if name in _FLASK_STAR:
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
            local = self.bound_in(scope, expr.id) if scope else ()
            if local:
                declared = expr.id in self._scope(scope).shared
                usable = [item for item in local if item.value is None or not _mentions(item.value, expr.id)]
                chosen = choose(usable or local)
                if chosen is not None and not declared:
                    return self._follow(path, chosen, scope, depth + 1)
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
        bound = self.bindings(path, expr.id)
        chosen = choose(bound) if len(bound) > 1 else None
        if chosen is None or chosen.value is None or all(inner is not expr for inner in subexpressions(chosen.value)):
            return None
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
            chosen = choose(self.bound_in(node.body, attr)) if above is None else None
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


def _made_by(value: Expr) -> tuple[Call, ...]:
    """The calls one of which gives ``value``."""
    if isinstance(value, Call):
        return (value,)
    chosen = (
        value.values if isinstance(value, BoolOp) else (value.body, value.orelse) if isinstance(value, IfExp) else ()
    )
    return tuple(each for part in chosen for each in _made_by(part))


def _begins(whole: Sequence[Stmt], body: Sequence[Stmt]) -> bool:
    """Whether ``whole`` is ``body``, perhaps with the statements of functions around it."""
    return bool(whole) and bool(body) and whole[0] is body[0]


def _mentions(expr: Expr, name: str) -> bool:
    return any(isinstance(inner, Name) and inner.id == name for inner in subexpressions(expr))


def _join(folder: str, relative: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, relative))
    return "." if joined in ("", ".") or joined.startswith("..") else joined


__all__ = [
    "Binding",
    "Context",
    "Definition",
    "Modules",
    "bindings",
    "call_name",
    "calls_in",
    "choose",
    "is_main_test",
    "is_type_checking",
    "main_branches",
    "names_read",
    "nested_statements",
    "statement_expressions",
    "statements",
    "subexpressions",
    "unpacked",
]
