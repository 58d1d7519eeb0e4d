"""What a rule may use: the linked project, the syntax it matches, and :class:`Hit`. The only module a rule imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

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
from flask_prodcheck.facts.placeholders import is_blank, is_placeholder, looks_made_up
from flask_prodcheck.facts.secrets import masked
from flask_prodcheck.facts.shell_commands import every_command, text_of
from flask_prodcheck.facts.statements import calls_in, names_read, nested_statements, statements
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BinOp,
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
    Import,
    ImportFrom,
    Keyword,
    Mutation,
    Name,
    PyModule,
    Stmt,
    Subscript,
    UnaryOp,
)
from flask_prodcheck.facts.types import ComposeService, Dependency, EnvVar, Port, ProxyConfig
from flask_prodcheck.model.configuration.signing import (
    MIXED_IN,
    SIGNING_KEYS,
    PublishedKey,
    deployed,
    is_secret_text,
    published_key,
)
from flask_prodcheck.model.configuration.versions import Releases, flask_before, newest_allowed, releases
from flask_prodcheck.model.deployment.cluster_secrets import cluster_secrets, cluster_settings
from flask_prodcheck.model.deployment.extensions import init_app_calls
from flask_prodcheck.model.deployment.kept_keys import is_kept
from flask_prodcheck.model.deployment.paths import is_production_path
from flask_prodcheck.model.deployment.processes import (
    kept_apart,
    loads_once,
    processes,
    replicas,
    runs_several,
    worker_processes,
)
from flask_prodcheck.model.deployment.routers import router_of
from flask_prodcheck.model.deployment.running import runs_by_itself
from flask_prodcheck.model.deployment.served import (
    calls_of,
    every_statement,
    imports_session,
    served_modules,
    used_by,
)
from flask_prodcheck.model.deployment.shared_state import shared_state
from flask_prodcheck.model.deployment.storage import has_heroku_files, loses_files, loses_folder, shares_disk
from flask_prodcheck.model.deployment.tls import is_onion_service, tls_evidence
from flask_prodcheck.model.deployment.token_keys import token_keys
from flask_prodcheck.model.deployment.uploads import UploadFolder, upload_folders
from flask_prodcheck.model.deployment.variants import compose_order, variants
from flask_prodcheck.model.evaluation.data_files import format_of
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.launching.exposure import Exposure, exposure, open_environment, shares_container
from flask_prodcheck.model.launching.gunicorn import (
    MORE_ARGUMENTS,
    WITHOUT_VALUE,
    GunicornSetting,
    oldest_known_release,
    removed_settings,
    settings_table,
    worker_aliases,
)
from flask_prodcheck.model.launching.gunicorn_files import gunicorn_files
from flask_prodcheck.model.launching.gunicorn_values import argument_refusal, refusal
from flask_prodcheck.model.launching.heads.services import services_of
from flask_prodcheck.model.launching.listening import Address, listens
from flask_prodcheck.model.launching.supply import has_more_variables, replacer, supplier
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
from flask_prodcheck.numerals import numeral
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.tomlfile import closest

SHELLS = frozenset({
    "sh", "bash", "dash", "ash", "zsh", "cmd", "cmd.exe", "powershell", "powershell.exe", "pwsh", "pwsh.exe",
})  # fmt: skip
"""The programs that read a command line as a shell does."""

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
        "wfastcgi",
        "zappa",
        "serverless-wsgi",
        "apig-wsgi",
        "aws-wsgi",
        "awsgi",
        "mangum",
    ]
)
"""Normalised names of the distributions that serve a WSGI application in production, or carry it to a platform."""

#: The cure where Windows starts the application (https://flask.palletsprojects.com/en/stable/deploying/waitress/).
CURE_ON_WINDOWS = (
    "Start the app with a server that runs on Windows, such as Waitress (`pip install waitress`, then `waitress-serve "
    "module:app`, or `waitress-serve --call module:create_app`): Gunicorn runs on Unix-like systems only."
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule's hazard exists, and the steps that prove it.

    ``facts`` fill the braces of the rule's message. ``severity`` ("error", "warning", "info"), ``confidence`` ("high",
    "medium", "low") and ``message`` (also a template) replace the rule's own: what production reaches decides, not the
    kind of hazard; so does ``cure``, where the rule's own is none for this place. ``fix`` is filled in from the rule's ``fix.py``. ``symbol`` names the enclosing function or class when the source cannot say it.
    """

    at: Span
    via: tuple[Hop | Span, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: str | None = None
    confidence: str | None = None
    message: str | None = None
    cure: str | None = None
    fix: Fix | None = None
    symbol: str = ""


def base_name(path: str) -> str:
    """The last part of a path or of a program's name."""
    return path.rsplit("/", 1)[-1]


def start_options(launch: Launch, project: Project) -> Mapping[str, str]:
    """The options that the head's own format gives the process (Type, KillSignal, stopsignal...)."""
    file = project.facts.start_files.get(launch.head.span.file)
    for start in file.starts if file is not None else ():
        if start.command is not None and start.command.span == launch.head.span:
            return dict(start.options)
    return {}


def serving_site(launch: Launch, project: Project) -> RunSite | None:
    """The call that serves and decides debug mode: that of a development server, and ``socketio.run`` with eventlet or gevent,
    which turns debug mode on and puts Werkzeug's debugger around the application there too (Flask-SocketIO,
    ``SocketIO.run``)."""
    ends = (site for site in project.run_sites if site.call == "socketio.run" and site.span == launch.end.span)
    return launch.run_site or next(ends, None)


def serves_console(launch: Launch, project: Project) -> bool:
    """Whether debug mode opens the interactive debugger: ``run_simple`` and ``make_server`` of Werkzeug do not look at
    the application's setting, only at an argument of their own."""
    site = serving_site(launch, project)
    if site is None:
        return launch.server.is_development
    return site.call not in ("run_simple", "make_server")


def runs_on_windows(launch: Launch) -> bool:
    """Whether Windows starts the process itself: a command file or IIS does, and no container stands between."""
    return launch.kind in ("batch", "powershell", "iis") and launch.dockerfile is None


def served_otherwise(launch: Launch, project: Project) -> bool:
    """Whether a production launch of another kind of file starts a production server that works: on Windows gunicorn and
    uWSGI do not (https://docs.gunicorn.org/en/stable/: "a Python WSGI HTTP Server for UNIX")."""
    return any(
        other.kind != launch.kind
        and other.resolves
        and not other.server.is_development
        and not (runs_on_windows(other) and other.server in (Server.GUNICORN, Server.UWSGI))
        for other in project.production
    )


def settings_at(project: Project, at: Span, *keys: str) -> Iterator[Setting]:
    """The settings of ``keys`` that some configuration decides at ``at``."""
    for configuration in project.configurations:
        for key in keys:
            setting = configuration.get(key)
            if setting.span == at:
                yield setting


def key_from_environment(project: Project, hit: Hit) -> Fix | None:
    """The fix that takes the signing key ``hit.facts["key"]``, which is decided at ``hit.at``, from the variable that
    the project already names for it, else from one with the key's own name. None where a data file holds it."""
    if format_of(hit.at.file):
        return None
    for setting in settings_at(project, hit.at, hit.facts["key"]):
        if setting.either or setting.key == "SECRET_KEY_FALLBACKS":
            continue  # one place of several: the others would still publish a key
        variable = setting.variable if setting.variable.isidentifier() else setting.key
        value = SetValue(hit.at, setting.key, f'os.environ["{variable}"]', ("os",))
        return unsafe(f"take the key from the environment variable {variable}", value)
    return None


__all__ = [
    "CURE_ON_WINDOWS",
    "MIXED_IN",
    "MORE_ARGUMENTS",
    "SHELLS",
    "SIGNING_KEYS",
    "WITHOUT_VALUE",
    "WSGI_SERVERS",
    "Action",
    "AddLine",
    "AddStatement",
    "Address",
    "App",
    "Assign",
    "Attribute",
    "BinOp",
    "BoolOp",
    "Call",
    "CallTarget",
    "ClassDef",
    "Collection",
    "ComposeService",
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
    "Exposure",
    "Expr",
    "ExprStmt",
    "Fix",
    "FlipDefault",
    "FunctionDef",
    "Guard",
    "GuardStatement",
    "GunicornSetting",
    "Hit",
    "Hop",
    "IfExp",
    "Import",
    "ImportFrom",
    "Keyword",
    "Known",
    "Launch",
    "Mutation",
    "Name",
    "Origin",
    "Port",
    "Problem",
    "Project",
    "ProxyConfig",
    "PublishedKey",
    "Purpose",
    "PyModule",
    "Releases",
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
    "UnaryOp",
    "Unknown",
    "Unset",
    "UploadFolder",
    "Value",
    "argument_refusal",
    "base_name",
    "calls_in",
    "calls_of",
    "closest",
    "cluster_secrets",
    "cluster_settings",
    "compose_order",
    "deployed",
    "every_command",
    "every_statement",
    "exposure",
    "flask_before",
    "gunicorn_files",
    "has_heroku_files",
    "has_more_variables",
    "imports_session",
    "init_app_calls",
    "is_blank",
    "is_kept",
    "is_onion_service",
    "is_placeholder",
    "is_production_path",
    "is_secret_text",
    "kept_apart",
    "key_from_environment",
    "listens",
    "loads_once",
    "looks_made_up",
    "loses_files",
    "loses_folder",
    "masked",
    "names_read",
    "nested_statements",
    "newest_allowed",
    "numeral",
    "oldest_known_release",
    "open_environment",
    "processes",
    "published_key",
    "refusal",
    "releases",
    "removed_settings",
    "replace",
    "replacer",
    "replicas",
    "router_of",
    "runs_by_itself",
    "runs_on_windows",
    "runs_several",
    "safe",
    "served_modules",
    "served_otherwise",
    "serves_console",
    "services_of",
    "serving_site",
    "settings_at",
    "settings_table",
    "shared_state",
    "shares_container",
    "shares_disk",
    "start_options",
    "statements",
    "supplier",
    "text_of",
    "tls_evidence",
    "token_keys",
    "turns_debug_on",
    "unsafe",
    "upload_folders",
    "used_by",
    "variants",
    "worker_aliases",
    "worker_processes",
]
