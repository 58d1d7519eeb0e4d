"""PC405: the session cookie travels over TLS only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.rulekit import (
    AddStatement,
    Assign,
    Attribute,
    ClassDef,
    Expr,
    Fix,
    FunctionDef,
    Hit,
    Name,
    Project,
    SetValue,
    Stmt,
    Subscript,
    settings_at,
    statements,
    unsafe,
)

FLAGS = ("SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY")


def fix(project: Project, hit: Hit) -> Fix | None:
    for setting in settings_at(project, hit.at, *FLAGS):
        if setting.expression == "False":
            return unsafe(f"set {setting.key} to True", SetValue(hit.at, setting.key, "True"))
    module = project.facts.modules.get(hit.at.file)
    if "never set" not in hit.facts["what"] or module is None:
        return None
    for statement in _everywhere(module.body):
        if isinstance(statement, Assign) and statement.span == hit.at:
            written = _like(statement.targets[0])
            if written:
                return unsafe("mark the session cookie as secure", AddStatement(hit.at, written))
    return None


def _everywhere(body: Sequence[Stmt]) -> Iterator[Stmt]:
    for statement, _ in statements(body):
        yield statement
        if isinstance(statement, ClassDef | FunctionDef):
            yield from _everywhere(statement.body)


def _like(target: Expr) -> str:
    """The setting written the way the one beside it is."""
    if isinstance(target, Name):
        return f"{FLAGS[0]} = True"
    config = target.value if isinstance(target, Subscript) else target
    holder = config.value if isinstance(config, Attribute) and config.attr in ("config", "secret_key") else None
    return f'{holder.id}.config["{FLAGS[0]}"] = True' if isinstance(holder, Name) else ""
