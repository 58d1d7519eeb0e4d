"""Which modules of the project serve an application, and what they use of Flask."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.statements import Context, calls_in, nested_statements
from flask_prodcheck.facts.syntax import (
    Attribute,
    Call,
    Expr,
    Import,
    ImportFrom,
    Name,
    PyModule,
    Stmt,
)
from flask_prodcheck.model.project import Configuration, Project
from flask_prodcheck.patterns import regex

_TEST = regex(
    r"(?:^|/)(?:tests?|testing|examples?|docs?|migrations|alembic)/|(?:^|/)(?:test_|conftest)[^/]*$|_test\.py$"
)


def served_modules(project: Project, configuration: Configuration) -> Iterator[PyModule]:
    """The modules that run when the application of ``configuration`` serves: those its launch imports, and those of the
    package (or folder below the root) that holds it, which a factory may import later. Tests are left out, and programs
    that hold an application of their own, but for the project's best one: what is launched may hand that on."""
    launch = configuration.launch
    reached = {configuration.app.span.file}
    others = {app.span.file for app in project.apps if app.form == "global" and not app.best} - reached
    if launch is not None:
        reached |= launch.imported
        if launch.module_file:
            reached.add(launch.module_file)
    folders = {_package(posixpath.dirname(path), project.facts.paths) for path in reached}
    folders.discard("")
    modules = project.facts.modules
    for path in sorted(modules if folders else reached & modules.keys()):
        inside = path in reached or (
            path not in others and any(path.startswith(folder + "/") for folder in folders)
        )
        if inside and (path == configuration.app.span.file or not _TEST.search(path)):
            yield modules[path]


def _package(folder: str, paths: frozenset[str]) -> str:
    """The outermost package that holds ``folder``; ``folder`` itself when it is none."""
    outer = folder
    while outer and f"{outer}/__init__.py" in paths:
        folder, outer = outer, posixpath.dirname(outer)
    return folder


def used_by(project: Project, configuration: Configuration, kind: str) -> Span | None:
    """Where the application first uses ``kind`` (a field of :class:`~flask_prodcheck.facts.syntax.Uses`), or None."""
    return next(
        (
            found
            for module in served_modules(project, configuration)
            if isinstance(found := getattr(module.uses, kind), Span)
        ),
        None,
    )


def imports_session(module: PyModule) -> bool:
    """Whether the module takes ``session`` or ``flash`` from Flask by name."""
    return any(
        isinstance(stmt, ImportFrom)
        and stmt.module == "flask"
        and not stmt.level
        and any(name in ("session", "flash") for name, _ in stmt.names)
        for stmt, _ in every_statement(module)
    )


def every_statement(module: PyModule) -> Iterator[tuple[Stmt, Context]]:
    """Every statement of the module that the reader kept, those inside functions and classes too. The context is that
    of the innermost function."""
    return nested_statements(module.body)


def calls_of(module: PyModule, package: str, name: str) -> Iterator[tuple[Call, Context]]:
    """The calls of ``name`` imported from ``package`` or a module below it, under whatever name the file gives it."""
    if package.partition(".")[0] not in module.imports:
        return
    direct: set[str] = set()
    packages: set[str] = set()
    found = list(every_statement(module))
    for stmt, _ in found:
        if isinstance(stmt, ImportFrom) and not stmt.level and _below(stmt.module, package):
            direct |= {alias or each for each, alias in stmt.names if each == name}
        elif isinstance(stmt, Import):
            packages |= {alias or dotted for dotted, alias in stmt.names if _below(dotted, package)}
    if not direct and not packages:
        return
    for stmt, context in found:
        for call in calls_in(stmt):
            callee = call.func
            if (isinstance(callee, Name) and callee.id in direct) or (
                isinstance(callee, Attribute) and callee.attr == name and _dotted(callee.value) in packages
            ):
                yield call, context


def _below(dotted: str, package: str) -> bool:
    return dotted == package or dotted.startswith(package + ".")


def _dotted(expr: Expr) -> str:
    if isinstance(expr, Name):
        return expr.id
    if isinstance(expr, Attribute) and (inner := _dotted(expr.value)):
        return f"{inner}.{expr.attr}"
    return ""
