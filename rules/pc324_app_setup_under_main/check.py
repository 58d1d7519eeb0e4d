"""PC324: set-up under the main guard does not run where a server imports the module."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    Attribute,
    Call,
    Confidence,
    ExprStmt,
    Hit,
    Name,
    Project,
    PyModule,
    Span,
    Stmt,
    every_statement,
    statements,
)

# What is missing in production when the call is not made, and how certain it is that this breaks something.
EFFECTS = {
    "register_blueprint": ("error", "its routes answer 404 there"),
    "add_url_rule": ("error", "its route answers 404 there"),
    "register_error_handler": ("warning", "errors are not handled there"),
    "init_app": ("warning", "the extension is not set up there"),
    "create_all": ("warning", "the tables are not created there"),
    "start": ("warning", "it does not run there"),
    "load_dotenv": ("warning", "the file is not read there"),
    "wsgi_app": ("warning", "the middleware is absent there"),
}

# Parts of names that say a thing is for developers.
FOR_DEVELOPERS = ("debug", "toolbar", "reload", "profil", "dev", "test", "seed", "demo")

MIGRATIONS = frozenset({"flask-migrate", "alembic", "flask-alembic"})


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        served = launch.resolves and not launch.server.is_development and launch.run_site is None
        if not served or launch.confidence is Confidence.LOW or launch.module_file == launch.end.span.file:
            continue
        module = project.facts.modules.get(launch.module_file)
        if module is None:
            continue
        elsewhere = {name for path in launch.imported for name in _done(project.facts.modules.get(path))}
        for name, text, statement in _only_as_main(module):
            severity, effect = EFFECTS[name]
            skipped = name in elsewhere or (name == "create_all" and MIGRATIONS & project.installed)
            if not skipped and statement.span not in seen:
                seen.add(statement.span)
                facts = {"call": text, "server": launch.server.value, "file": module.path, "effect": effect}
                yield Hit(at=statement.span, via=launch.hops, facts=facts, severity=severity)


def _done(module: PyModule | None) -> Iterator[str]:
    """The set-up that a module does outside of its main guard, in functions too."""
    for statement, context in every_statement(module) if module is not None else ():
        if not context.in_main and (found := _setup(statement)) is not None:
            yield found[0]


def _only_as_main(module: PyModule) -> Iterator[tuple[str, str, Stmt]]:
    for statement, context in statements(module.body):
        if context.in_main and (found := _setup(statement)) is not None:
            yield (*found, statement)


def _setup(statement: Stmt) -> tuple[str, str] | None:
    """The kind of set-up that a statement does, and how to show it."""
    if isinstance(statement, Assign):
        target = statement.targets[0]
        if isinstance(target, Attribute) and target.attr == "wsgi_app":
            return "wsgi_app", f"{_text(target.value)}.wsgi_app = ..."
        return None
    if not isinstance(statement, ExprStmt) or not isinstance(statement.value, Call):
        return None
    func = statement.value.func
    if isinstance(func, Name):
        return ("load_dotenv", "load_dotenv()") if func.id == "load_dotenv" else None
    if not isinstance(func, Attribute) or func.attr not in EFFECTS:
        return None
    receiver = _text(func.value)
    if func.attr == "start" and "sched" not in receiver.lower():
        return None
    if any(part in receiver.lower() for part in FOR_DEVELOPERS):
        return None
    return func.attr, f"{receiver}.{func.attr}()"


def _text(expr: object) -> str:
    if isinstance(expr, Attribute):
        return f"{_text(expr.value)}.{expr.attr}"
    return expr.id if isinstance(expr, Name) else "..."
