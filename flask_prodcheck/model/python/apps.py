"""The WSGI applications of a project: module attributes and factories that a production server could be pointed at."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import calls_in, is_main_test, statement_expressions, statements, subexpressions
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Expr,
    ExprStmt,
    FunctionDef,
    If,
    IfExp,
    Import,
    ImportFrom,
    Name,
    PyModule,
    Return,
    Subscript,
)
from flask_prodcheck.model.project import App
from flask_prodcheck.model.python.bindings import Binding
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.instances.find import Instances, instances_of
from flask_prodcheck.model.python.instances.instance import Instance
from flask_prodcheck.model.python.instances.kinds import FLASK_KINDS, INNER_APP, WRAPPED_APPS
from flask_prodcheck.model.python.instances.names import names_of_apps, names_of_foreign_apps, names_of_makers
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_TEST_PARTS = frozenset(("test", "tests", "testing"))
_TEST_ENDS = ("_tests", "-tests", "_test", "-test")  # integration_tests, e2e-tests
_LIBRARY_PARTS = _TEST_PARTS | {
    "docs", "doc", "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials", "snippets",
}  # fmt: skip
_ENTRY = frozenset({
    "wsgi", "run", "app", "main", "application", "server", "passenger_wsgi", "autoapp", "uwsgi", "index", "wsgi_app", "__main__",
})  # fmt: skip
_LIKELY = ("app", "main", "application", "run", "server", "manage", "autoapp", "__init__", "wsgi")
_FACTORY_NAMES = ("create_app", "make_app", "build_app", "app_factory", "init_app", "get_app", "create_application")
_BORROWERS = 5  # more modules than a project has entry points
_FLASK_APP = regex(r"^(?P<module>[^:()]+?)(?::(?P<name>[A-Za-z_]\w*))?\s*(?:\(.*\))?$", re.DOTALL)


def is_test_file(path: str) -> bool:
    """Whether ``path`` is part of a test suite by the naming conventions of pytest, unittest and behave."""
    *folders, name = path.split("/")
    return (
        name == "conftest.py"
        or name.startswith("test_")
        or name.endswith(("_test.py", "_tests.py"))
        or name in ("tests.py", "test.py")
        or (name == "environment.py" and folders[-1:] == ["features"])
        or folders[-2:] == ["features", "steps"]
        or any(folder in _TEST_PARTS or folder.endswith(_TEST_ENDS) for folder in folders)
    )


def is_library_file(path: str) -> bool:
    """Whether ``path`` is a test, an example or a documentation snippet."""
    return is_test_file(path) or any(folder.lower() in _LIBRARY_PARTS for folder in path.split("/")[:-1])


def find_apps(modules: Modules) -> tuple[App, ...]:
    """Every application, in order of file and line. Those of tests, docs and examples are marked ``library``; those
    bound under the main guard only are marked ``in_main``. None is ``best`` yet."""
    found = _held(modules, names_of_apps(modules))
    if all(app.library for app in found):  # the closer look costs too much where there is an application
        found = _held(modules, names_of_apps(modules) | names_of_foreign_apps(modules))
    if all(app.library for app in found):
        found += _kept(modules)
    return tuple(sorted(found, key=lambda app: (app.span.file, app.span.line, app.name)))


def _held(modules: Modules, holding: frozenset[str]) -> list[App]:
    """The applications in the files that may bind one of the names ``holding``."""
    instances = instances_of(modules)
    found: list[App] = []
    for module in modules:
        if _may_hold(module, holding):
            found.extend(_globals(modules, instances, module))
            found.extend(_factories(modules, instances, module))
    return _without_borrowers(modules, found)


def _kept(modules: Modules) -> list[App]:
    """The applications that methods make for an attribute of their object (``self.app = Flask(...)``)."""
    instances = instances_of(modules)
    makers = mentions_of(modules).spellings(names_of_makers(modules))
    found: list[App] = []
    for module in modules:
        if not module.calls_one_of(makers):
            continue
        for stmt, _ in statements(module.body):
            if isinstance(stmt, ClassDef):
                owner = Definition("class", module.path, stmt.name, stmt.span, stmt)
                for attr, made in instances.kept_in(owner):
                    found.append(_app_of_object(modules, owner, attr, made))
    return found


def _app_of_object(modules: Modules, owner: Definition, attr: str, made: Instance) -> App:
    return App(
        ref="",
        span=made.call.span if made.call is not None else Span(owner.module, 1),
        name=f"{owner.name}.{attr}",
        form="factory",
        cwd=import_path(modules, owner.module)[1],
        module=owner.module,
        kind=made.kind,
        library=is_library_file(owner.module),
        kept=True,
    )


def _may_hold(module: PyModule, holding: frozenset[str]) -> bool:
    """Whether ``module`` may bind an application, one that it imports included. ``holding``: the names of those."""
    if posixpath.basename(module.path)[:-3] in _ENTRY or module.binds("application"):
        return True
    return module.gives_one_of(holding)


def _without_borrowers(modules: Modules, apps: Sequence[App]) -> list[App]:
    """``apps`` without the modules that all fetch one application from the same accessor, unless their name says that
    they are entries."""
    fetched: dict[tuple[str, str], list[App]] = {}
    for app in apps:
        definition = modules.define(app.module, app.name)
        if app.form == "global" and definition.module == app.module and isinstance(definition.value, Call):
            source = modules.resolve(app.module, definition.value.func)
            if source.kind == "function":
                fetched.setdefault((source.module, source.name), []).append(app)
    borrowers = {
        (app.module, app.name)
        for group in fetched.values()
        if len(group) >= _BORROWERS
        for app in group
        if posixpath.basename(app.module)[:-3] not in _ENTRY
    }
    return [app for app in apps if (app.module, app.name) not in borrowers]


def app_at(modules: Modules, instances: Instances, path: str, name: str) -> App | None:
    """The application that ``path`` has under ``name``, whatever statement binds it; None when it is not one."""
    for binding in _deciding(modules.bindings.of(path, name)):
        if isinstance(binding.node, FunctionDef):
            return _factory(modules, instances, path, binding.node, binding)
    made = instances.of_global(path, name)
    if made is not None and made.is_app and (made.call or made.module):  # flask.current_app stands for another one
        bound = _deciding(modules.bindings.of(path, name))
        if bound:
            return _global(modules, path, bound[-1], made)
    definition = modules.define(path, name)
    if definition.kind == "function" and isinstance(definition.node, FunctionDef):
        return _factory(modules, instances, definition.module, definition.node, None)
    return None


def wrapper(modules: Modules, path: str, binding: Binding, inner: Instance | None) -> App | None:
    """What ``binding`` of ``path`` names as an application, where it hands its requests on to ``inner``."""
    return _global(modules, path, binding, replace(inner, kind="wsgi")) if inner is not None else None


def _deciding(found: Sequence[Binding]) -> list[Binding]:
    outside = [binding for binding in found if not binding.in_main]
    return outside or list(found)


# --- globals ---------------------------------------------------------------------------------------------------------


def _globals(modules: Modules, instances: Instances, module: PyModule) -> Iterator[App]:
    for name in dict.fromkeys((*modules.bindings.names(module.path), *modules.bindings.global_names(module.path))):
        found = [item for item in modules.bindings.of(module.path, name) if not isinstance(item.node, FunctionDef)]
        if name.startswith("_") or not any(_may_be_app(modules, module, item) for item in found):
            continue
        made = instances.of_global(module.path, name)
        if made is None or not made.is_app or not (made.call or made.module):
            continue
        if _is_script(modules, module, name, found):
            continue
        for binding in reversed(_deciding(found)):
            if binding.imported is not None and not _reexports(modules, module, name):
                continue
            if binding.value is not None or binding.imported is not None:
                if binding.value is not None and not _gives_app(instances, module.path, binding.value):
                    continue
                yield _global(modules, module.path, binding, made)
                break


def _may_be_app(modules: Modules, module: PyModule, binding: Binding) -> bool:
    """Whether ``binding`` can be where an application is bound: no display, literal or operator makes one."""
    if binding.imported is not None:
        return _reexports(modules, module, binding.name)
    return isinstance(binding.value, (Name, Attribute, Call, IfExp, BoolOp, Subscript))


def _is_script(modules: Modules, module: PyModule, name: str, found: Sequence[Binding]) -> bool:
    """Whether ``module`` gets an application from elsewhere only to work within its context (a job, a worker, a
    maintenance script), so that no server would be pointed at it."""
    stem = posixpath.basename(module.path)[:-3]
    if any(word in stem for word in ("celery", "worker")):
        return True
    if stem in _ENTRY or stem == "manage" or any(_constructs(modules, module.path, item.value) for item in found):
        return False
    if any(word in stem for word in ("tasks", "alembic")) or stem == "env" or stem in ("cli", "export", "import"):
        return True
    for stmt, where in statements(module.body):
        if where.in_main:
            continue
        for expr in statement_expressions(stmt):
            for part in subexpressions(expr):
                if (
                    isinstance(part, Attribute)
                    and part.attr in ("app_context", "test_request_context")
                    and isinstance(part.value, Name)
                    and part.value.id == name
                ):
                    return True
    return False


def _constructs(modules: Modules, path: str, value: Expr | None) -> bool:
    """Whether ``value`` is a constructor call of a framework or of a project class, not a factory's result."""
    if not isinstance(value, Call):
        return False
    return modules.resolve(path, value.func).kind in ("external", "class")


def _gives_app(instances: Instances, path: str, value: Expr) -> bool:
    made = instances.of(path, value)
    return (made is not None and made.is_app) or isinstance(value, Name | Call)


def _global(modules: Modules, path: str, binding: Binding, made: Instance) -> App:
    dotted, cwd = import_path(modules, path)
    attribute = f"{binding.name}{_served(made)}"
    return App(
        ref=f"{dotted}:{attribute}",
        span=binding.span,
        name=binding.name,
        form="global",
        cwd=cwd,
        module=path,
        kind=made.kind,
        in_main=binding.in_main,
        library=is_library_file(path),
    )


def _served(made: Instance) -> str:
    """What a server takes of the object, where this is no application itself."""
    return f".{INNER_APP[made.kind]}" if made.kind in WRAPPED_APPS else ""


def _reexports(modules: Modules, module: PyModule, name: str) -> bool:
    """Whether importing an application is what ``module`` is for: an entry script by its name, that does not run it
    at import."""
    stem = posixpath.basename(module.path)[:-3]
    if stem not in _ENTRY and name != "application":
        return False
    for stmt, where in statements(module.body):
        if (
            isinstance(stmt, ExprStmt)
            and isinstance(stmt.value, Call)
            and isinstance(stmt.value.func, Attribute)
            and not where.in_main
        ):
            func = stmt.value.func
            if func.attr == "run" and isinstance(func.value, Name) and func.value.id == name:
                return False
    if stem != "wsgi" and any(isinstance(stmt, FunctionDef) and _is_view_of(stmt, name) for stmt in module.body):
        return False
    return not any(
        isinstance(stmt, ImportFrom)
        and (stmt.module, stmt.level) == ("flask", 0)
        and any(item == "Blueprint" for item, _ in stmt.names)
        for stmt in module.body
    )


def _is_view_of(node: FunctionDef, name: str) -> bool:
    for decorator in node.decorators:
        inner = decorator.func if isinstance(decorator, Call) else decorator
        if isinstance(inner, Attribute) and isinstance(inner.value, Name) and inner.value.id == name:
            return inner.attr in ("route", "get", "post", "put", "delete", "patch", "errorhandler")
    return False


# --- factories -------------------------------------------------------------------------------------------------------


def _factories(modules: Modules, instances: Instances, module: PyModule) -> Iterator[App]:
    for stmt, where in statements(module.body):
        if isinstance(stmt, FunctionDef) and not stmt.name.startswith("_"):
            binding = Binding(stmt.name, stmt, stmt.span, None, where.in_main, where.conditional)
            app = _factory(modules, instances, module.path, stmt, binding)
            if app is not None:
                yield app
        elif isinstance(stmt, ClassDef) and not stmt.name.startswith("_"):
            maker = next((each for each in stmt.body if isinstance(each, FunctionDef) and each.name == "__new__"), None)
            app = _factory(modules, instances, module.path, maker, None) if maker is not None else None
            if app is not None and maker is not None:  # calling the class gives the application
                dotted, _ = import_path(modules, module.path)
                required = app.required[1:]
                yield replace(app, ref=f"{dotted}:{stmt.name}()", name=stmt.name, required=required)


def _factory(
    modules: Modules, instances: Instances, path: str, node: FunctionDef, binding: Binding | None
) -> App | None:
    if node.is_async or any(_is_fixture(decorator) for decorator in node.decorators):
        return None
    made = instances.returned(path, node)
    if made is None or not made.is_app or (made.call is None and not _calls_maker(node)):
        return None
    if not _makes_new(modules, instances, path, node):
        return None
    dotted, cwd = import_path(modules, path)
    required = tuple(
        param.name for param in node.params if param.default is None and param.kind in ("positional", "keyword")
    )
    suffix = _served(made)
    return App(
        ref=f"{dotted}:{node.name}(){suffix}",
        span=node.span,
        name=node.name,
        form="factory",
        cwd=cwd,
        module=path,
        kind=made.kind,
        required=required,
        in_main=binding.in_main if binding is not None else False,
        library=is_library_file(path),
    )


def _calls_maker(node: FunctionDef) -> bool:
    return any(isinstance(stmt, Return) and isinstance(stmt.value, Call) for stmt, _ in statements(node.body))


def _makes_new(modules: Modules, instances: Instances, path: str, node: FunctionDef) -> bool:
    """False for a function that only hands out a module-level application that is bound without it."""
    for stmt, _ in statements(node.body):
        if not isinstance(stmt, Return) or not isinstance(stmt.value, Name):
            continue
        name = stmt.value.id
        local = any(
            isinstance(item, Assign | Import | ImportFrom) and name in _targets(item)
            for item, _ in statements(node.body)
        )
        if not local and instances.of_global(path, name) is not None:
            return False
    return True


def _targets(stmt: Assign | Import | ImportFrom) -> set[str]:
    if isinstance(stmt, Assign):
        return {inner.id for target in stmt.targets for inner in subexpressions(target) if isinstance(inner, Name)}
    return {alias or name for name, alias in stmt.names}


def _is_fixture(decorator: Expr) -> bool:
    inner = decorator.func if isinstance(decorator, Call) else decorator
    name = inner.attr if isinstance(inner, Attribute) else inner.id if isinstance(inner, Name) else ""
    return name in ("fixture", "contextmanager", "route", "command", "task")


# --- where it imports from -------------------------------------------------------------------------------------------


def import_path(modules: Modules, path: str) -> tuple[str, str]:
    """The dotted name of ``path`` and the folder to import it from.

    A member of a regular package imports from the parent of its top package; a script in a plain folder from that
    folder, unless the project's own imports (its own, or other files' of it) only work from a folder above.
    """
    top = modules.top(path)
    roots = [top]
    folder = posixpath.dirname(top) if top != "." else ""
    while top != ".":
        roots.append(folder or ".")
        if not folder:
            break
        folder = posixpath.dirname(folder)
    inside = posixpath.dirname(path)
    while inside and inside != top:
        roots.append(inside)
        inside = posixpath.dirname(inside)
    named = [(root, name) for root in dict.fromkeys(roots) if (name := modules.dotted(path, root)) is not None]
    usable = [(root, name) for root, name in named if _imports_as(modules, path, name)] or named
    if not usable:
        return path, "."
    scores = [_evidence(modules, path, root, name) for root, name in usable]
    best = scores.index(max(scores))
    root, name = usable[best]
    return name, root


def imports_by_its_ref(modules: Modules, app: App) -> bool:
    """Whether a server can import the module of ``app`` by the name in its ``ref``: a package beside a module of the same
    name hides it (https://docs.python.org/3/reference/import.html#regular-packages)."""
    name = app.ref.partition(":")[0]
    return modules.locate(name, (app.cwd,)) in (None, app.module) and _imports_as(modules, app.module, name)


def _imports_as(modules: Modules, path: str, name: str) -> bool:
    """Whether ``path`` can be imported as ``name``: not below a package that hides the framework from every module, nor
    without a package where it imports from the one around it."""
    outermost = (modules.dotted(path, modules.top(path)) or name).partition(".")[0]
    parts = name.split(".")
    if "flask" in parts and "flask" in (parts[0], outermost):
        return False
    module = modules.module(path)
    if module is None or "." in name or path.endswith("__init__.py"):
        return True
    return not any(each.startswith(".") for each in module.imported)


def _evidence(modules: Modules, path: str, root: str, name: str) -> int:
    score = 0
    for dotted in modules.absolute_imports(path):
        found = modules.locate(dotted, (root,))
        if found is not None and not found.endswith("/") and found != path:
            score += 2
    if "." in name:
        importers = modules.importers_of(name)
        score += sum(
            1 for importer in importers if importer != path and (root == "." or importer.startswith(root + "/"))
        )
    for entry in (entry for manifest in modules.facts.manifests.values() for entry in manifest.entry_points):
        # The name by which a console script imports the package: it may stand in a namespace that has no file.
        found = modules.locate(entry.module, (root,))
        if found is not None and not found.endswith("/") and modules.top(found) == modules.top(path) != root:
            score += 2
    return score


# --- ranking ---------------------------------------------------------------------------------------------------------


def rank_apps(apps: Sequence[App], modules: Modules, flask_app_env: str | None) -> list[App]:
    """The applications, the likeliest production target first: what FLASK_APP names, a ``wsgi`` module, the one whose
    module runs it under its main guard, a conventional file name, then factories (fewest required parameters first)."""
    wanted_module, wanted_name = flask_app_parts(flask_app_env)
    inner = _called_by_others([app for app in apps if app.form != "global"], modules)

    def key(app: App) -> tuple[object, ...]:
        stem = posixpath.basename(app.module)[:-3]
        dotted = app.ref.partition(":")[0]
        in_env = wanted_module is not None and _same_module(wanted_module, dotted, app.module)
        named = in_env and (wanted_name is None or wanted_name == app.name)
        is_global = app.form == "global"
        if named and (is_global or not app.required):
            tier = 0
        elif stem == "wsgi" and is_global:
            tier = 1
        elif is_global and _runs_under_main(modules, app):
            tier = 2
        elif is_global and stem in _LIKELY and app.kind in FLASK_KINDS | {"wsgi"}:
            tier = 3
        elif is_global and app.name in ("app", "application", "server"):
            tier = 4
        elif not is_global and not app.required:
            tier = 5
        elif is_global:
            tier = 6
        else:
            tier = 7
        likely = _LIKELY.index(stem) if stem in _LIKELY else len(_LIKELY)
        conventional = _FACTORY_NAMES.index(app.name) if app.name in _FACTORY_NAMES else len(_FACTORY_NAMES)
        name = ("app", "application", "server").index(app.name) if app.name in ("app", "application", "server") else 3
        folders = set(app.module.split("/")[:-1])
        demoted = bool(
            folders & {"bin", "scripts", "script", "tools", "utils", "contrib", "migrations", "alembic"}
        ) or stem in ("manage", "cli", "celery_worker", "worker", "tasks", "celery", "celery_app")
        return (
            app.library,
            app.in_main,
            demoted and is_global and tier > 0,
            tier,
            (app.span, app.name) in inner,
            name if is_global else conventional,
            _depth(app),
            likely,
            app.span,
        )

    return sorted(apps, key=key)


def _called_by_others(factories: Sequence[App], modules: Modules) -> frozenset[tuple[Span, str]]:
    """The factories that another one calls for an application, to which it adds the rest."""
    found: set[tuple[Span, str]] = set()
    names = {app.name for app in factories} if len(factories) > 1 else set()
    for outer in factories if names else ():
        bound = modules.bindings.of(outer.module, outer.name)
        node = bound[-1].node if bound else None
        for stmt, _ in statements(node.body) if isinstance(node, FunctionDef) else ():
            for call in calls_in(stmt):
                if not isinstance(call.func, Name) or call.func.id not in names:
                    continue
                made = modules.resolve(outer.module, call.func)
                found.update(
                    (app.span, app.name)
                    for app in factories
                    if app.span != outer.span and made.kind == "function" and made.span == app.span
                )
    return frozenset(found)


def _depth(app: App) -> int:
    return app.module.count("/")


def flask_app_parts(value: str | None) -> tuple[str | None, str | None]:
    """(module or path, name) of what FLASK_APP may hold: ``module``, ``module:name``, ``path.py:name()``."""
    match = _FLASK_APP.match(value.strip()) if value else None
    return (match.group("module").strip(), match.group("name")) if match else (None, None)


def _same_module(wanted: str, dotted: str, path: str) -> bool:
    if "/" in wanted or wanted.endswith(".py"):
        wanted = wanted.lstrip("./") if wanted.startswith("./") else wanted
        return (
            path == wanted or path.endswith("/" + wanted) or path == f"{wanted}/__init__.py" or path == f"{wanted}.py"
        )
    return dotted == wanted or dotted == f"{wanted}.__init__"


def _runs_under_main(modules: Modules, app: App) -> bool:
    module = modules.module(app.module)
    for stmt in module.body if module is not None else ():
        if not isinstance(stmt, If) or not is_main_test(stmt.test):
            continue
        for inner, _ in statements(stmt.body):
            value = inner.value if isinstance(inner, ExprStmt) else None
            if isinstance(value, Call) and any(
                isinstance(part, Name) and part.id == app.name for part in subexpressions(value)
            ):
                return True
    return False
