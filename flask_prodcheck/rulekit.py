"""What a rule may use: the linked project, the syntax it matches, and :class:`Hit`. The only module a rule imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_prodcheck.base import Known, Origin, Problem, Span, Unknown, Unset, Value
from flask_prodcheck.edits.actions import (
    Action,
    AddLine,
    AddStatement,
    CallTarget,
    DropArgument,
    DropOption,
    DropStatement,
    DropSuppression,
    DropVariable,
    ExecCommand,
    Fix,
    FlipDefault,
    GuardStatement,
    ReplaceWord,
    RequireGunicorn,
    SetUpGunicorn,
    SetValue,
    safe,
    unsafe,
)
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Const,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    IfExp,
    ImportFrom,
    Keyword,
    Name,
    PyModule,
    Stmt,
    Subscript,
)
from flask_prodcheck.facts.types import Dependency, EnvVar
from flask_prodcheck.model.configuration.secrets import masked
from flask_prodcheck.model.configuration.signing import SIGNING_KEYS, is_secret_text
from flask_prodcheck.model.configuration.versions import flask_before, newest_allowed
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.project import (
    App,
    Confidence,
    Configuration,
    Guard,
    Hop,
    Launch,
    Project,
    Purpose,
    RunSite,
    Server,
    Setting,
)
from flask_prodcheck.model.python.modules import calls_in, statements

WSGI_SERVERS = frozenset(
    [
        "gunicorn",
        "uwsgi",
        "pyuwsgi",
        "waitress",
        "granian",
        "hypercorn",
        "uvicorn",
        "gevent",
        "eventlet",
        "mod-wsgi",
        "cheroot",
        "cherrypy",
        "bjoern",
        "meinheld",
        "tornado",
        "nginx-unit",
        "zappa",
        "serverless-wsgi",
        "apig-wsgi",
        "aws-wsgi",
        "awsgi",
        "mangum",
    ]
)
"""Normalised names of the distributions that serve a WSGI application in production, or carry it to a platform."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule's hazard exists, and the steps that prove it.

    ``facts`` fill the braces of the rule's message. ``severity`` ("error", "warning", "info"), ``confidence`` ("high",
    "medium", "low") and ``message`` (also a template) replace the rule's own: what production reaches decides, not the
    kind of hazard. ``fix`` is filled in from the rule's ``fix.py``. ``symbol`` names the enclosing function or class when the source cannot say it.
    """

    at: Span
    via: tuple[Hop | Span, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: str | None = None
    confidence: str | None = None
    message: str | None = None
    fix: Fix | None = None
    symbol: str = ""


def settings_at(project: Project, at: Span, *keys: str) -> Iterator[Setting]:
    """The settings of ``keys`` that some configuration decides at ``at``."""
    for configuration in project.configurations:
        for key in keys:
            setting = configuration.get(key)
            if setting.span == at:
                yield setting


__all__ = [
    "SIGNING_KEYS",
    "WSGI_SERVERS",
    "Action",
    "AddLine",
    "AddStatement",
    "App",
    "Assign",
    "Attribute",
    "BoolOp",
    "Call",
    "CallTarget",
    "ClassDef",
    "Collection",
    "Confidence",
    "Configuration",
    "Const",
    "Dependency",
    "Dict",
    "DropArgument",
    "DropOption",
    "DropStatement",
    "DropSuppression",
    "DropVariable",
    "EnvVar",
    "ExecCommand",
    "Expr",
    "ExprStmt",
    "Fix",
    "FlipDefault",
    "FunctionDef",
    "Guard",
    "GuardStatement",
    "Hit",
    "Hop",
    "IfExp",
    "ImportFrom",
    "Keyword",
    "Known",
    "Launch",
    "Name",
    "Origin",
    "Problem",
    "Project",
    "Purpose",
    "PyModule",
    "ReplaceWord",
    "RequireGunicorn",
    "RunSite",
    "Server",
    "SetUpGunicorn",
    "SetValue",
    "Setting",
    "Span",
    "Stmt",
    "Subscript",
    "Unknown",
    "Unset",
    "Value",
    "calls_in",
    "flask_before",
    "is_secret_text",
    "masked",
    "newest_allowed",
    "safe",
    "settings_at",
    "statements",
    "turns_debug_on",
    "unsafe",
]
