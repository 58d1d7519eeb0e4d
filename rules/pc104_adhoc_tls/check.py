"""PC104: what a production launch encrypts with is a certificate that visitors can check.

Only the development server makes one up, so PC101 reports the same launch, as an error. This is a warning beside it: it
says what the switch to a production server leaves to be done, and plain HTTP, which is no error either, is as open.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    Confidence,
    Const,
    Expr,
    Hit,
    Known,
    Launch,
    Name,
    Project,
    Server,
    Span,
    every_statement,
)

ADHOC = "adhoc"


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        at = _argument(launch, project) or _option(launch) if launch.confidence is not Confidence.LOW else None
        if at is not None:
            yield Hit(at=at, via=launch.hops, confidence=launch.confidence.value)


def _argument(launch: Launch, project: Project) -> Span | None:
    """Where the call that serves asks for a certificate of its own making."""
    site = launch.run_site
    if site is None:
        return None
    return next(
        (
            word.span
            for word in site.node.keywords
            if word.name == "ssl_context" and _is_adhoc(word.value, project, site.span.file)
        ),
        None,
    )


def _is_adhoc(expr: Expr, project: Project, path: str) -> bool:
    if isinstance(expr, Const):
        return expr.value == ADHOC
    module = project.facts.modules.get(path)
    if not isinstance(expr, Name) or module is None:
        return False
    bound = [
        stmt.value
        for stmt, _ in every_statement(module)
        if isinstance(stmt, Assign)
        for target in stmt.targets
        if isinstance(target, Name) and target.id == expr.id
    ]
    return len(bound) == 1 and isinstance(bound[0], Const) and bound[0].value == ADHOC


def _option(launch: Launch) -> Span | None:
    """Where ``flask run`` is told to make one: ``--cert``, else the variable of the same meaning."""
    if launch.server is not Server.FLASK_RUN:
        return None
    option = launch.setting("cert")
    if option is not None:
        return option[1] if option[0] == ADHOC else None
    variable = launch.env.get("FLASK_RUN_CERT")
    if isinstance(variable, Known) and variable.value == ADHOC and variable.origin:
        return variable.origin[-1].span
    return None
