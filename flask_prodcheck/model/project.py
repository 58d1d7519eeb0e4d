"""What rules see: the linked project. Frozen; everything a rule asks is a field or a pure method here."""

from __future__ import annotations

import ast
import enum
from collections.abc import Mapping
from dataclasses import field

from flask_prodcheck.base import Problem, Span, Unset, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Call, Expr, FunctionDef, Keyword
from flask_prodcheck.facts.types import Dependency
from flask_prodcheck.records import dataclass


def is_literal(text: str) -> bool:
    """Whether ``text`` is the source of a Python literal."""
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


class Server(str, enum.Enum):
    """The program that finally serves requests, as named in the public contract."""

    GUNICORN = "gunicorn"
    UWSGI = "uwsgi"
    WAITRESS = "waitress"
    GRANIAN = "granian"
    HYPERCORN = "hypercorn"
    UVICORN = "uvicorn"
    GEVENT = "gevent"
    EVENTLET = "eventlet"
    MOD_WSGI = "mod_wsgi"
    PASSENGER = "passenger"
    CHEROOT = "cheroot"
    BJOERN = "bjoern"
    LAMBDA = "lambda"
    FLASK_RUN = "flask-run"
    APP_RUN = "app-run"
    WERKZEUG = "werkzeug"
    SOCKETIO_DEV = "socketio-dev"
    OTHER = "other"

    @property
    def is_development(self) -> bool:
        """Whether this is Flask's or Werkzeug's development server."""
        return self in _DEVELOPMENT


_DEVELOPMENT = frozenset({Server.FLASK_RUN, Server.APP_RUN, Server.WERKZEUG, Server.SOCKETIO_DEV})


class Purpose(str, enum.Enum):
    """What a launch is for."""

    PRODUCTION = "production"
    DEVELOPMENT = "development"
    TEST = "test"


class Guard(str, enum.Enum):
    """When a run call executes: under ``__main__``, in a function not called at import, at import, or as a CLI command."""

    MAIN = "main"
    FUNCTION = "function"
    NONE = "none"
    CLI = "cli"


class Confidence(str, enum.Enum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a launch chain, with the source text at that place."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class App:
    """A WSGI application. ``ref`` is what to hand gunicorn from ``cwd`` ("." = the root). ``kind`` is the framework
    class: flask, dash, connexion, apiflask, quart... ``required`` are factory parameters without a default. One that is
    ``kept`` in an attribute of an object has no ``ref``: only a program that makes the object can serve it."""

    ref: str
    span: Span
    name: str
    form: str  # "global" | "factory"
    cwd: str
    module: str
    kind: str = "flask"
    required: tuple[str, ...] = ()
    best: bool = False
    in_main: bool = False  # bound only under __main__: no server can import it
    library: bool = False  # an example, a test or a documentation snippet
    kept: bool = False  # in an attribute of an object: no server can import it

    @property
    def shown(self) -> str:
        """What a report calls it."""
        return self.ref or self.name


@dataclass(frozen=True, slots=True)
class RunSite:
    """A call in the project's own Python that starts a development server. ``keywords`` are the call's own; ``debug``
    and ``host`` as in the contract."""

    span: Span
    call: str
    guard: Guard
    debug: str
    host: str
    production: str
    node: Call
    receiver: str = ""
    test: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """The effective value of one key of Flask's configuration, or of one setting of a server's file, for one launch.
    ``fallback`` is true when the value is the published default of something the environment could have set;
    ``guarded`` when start-up refuses a bad value;
    ``file`` names a file that nothing in the project supplies and that would replace the value ("" = none);
    ``expected`` when production may well have it (a user's own settings, a file of secrets beside the others).
    ``chosen_at``: where the deciding variable was read, when the value itself is a constant that it selects;
    ``deployed_at``: where a deploy file or ``.env`` sets the deciding variable, and ``deploy_default`` the variable
    whose default it writes there (``KEY=${NAME:-default}``); ``installed_as``: the place into which the deploy files
    or the scripts copy the file that says so; ``either``: of an unknown value the texts, one of which it is;
    ``in_project``: of an unknown value the text, with ``<project>`` for the folder that is all that is unknown of it."""

    key: str
    value: Value[object]
    span: Span | None = None
    fallback: bool = False
    variable: str = ""
    guarded: bool = False
    random: bool = False
    expression: str = ""
    file: str = ""
    expected: bool = False
    chosen_at: Span | None = None
    deployed_at: Span | None = None
    deploy_default: str = ""
    installed_as: str = ""
    either: tuple[str | bytes, ...] = ()
    in_project: str = ""

    @property
    def is_constant(self) -> bool:
        """Whether the source writes the value as a literal (a variable may still select which)."""
        return is_literal(self.expression)


@dataclass(frozen=True, slots=True)
class Entered:
    """The command function of a program that a launch runs: where it is, the values of its parameters as far as they are
    known, and the options among them that the command line gives."""

    file: str
    function: str
    values: tuple[tuple[str, object], ...] = ()
    given: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Program:
    """The Python program that a launch runs and that serves: its file, the words after its name, and whether it runs as
    the main program or is imported and then has its ``function`` called (a console script)."""

    file: str
    argv: tuple[str, ...] = ()
    main: bool = True
    function: str = ""


@dataclass(frozen=True, slots=True)
class Launch:
    """One way the project's files start a web process: the chain from the deploy file to the call that serves.

    ``hops``: the head first, the starting call last. ``target``: ``module:attr``, a script path or "". ``resolves`` is
    None where only build or run time decides; ``missing`` says which half does not exist ("module", "attribute",
    "script", "path" when the module part is a path, "program" when an exec form holds the whole command in one word) and
    ``target_kind`` what the attribute is ("app", "factory", "class", "asgi", "other", "unknown"). ``options`` are the
    server's own, by long name without dashes, each with its
    place (from the command line, the environment or the config file, in the server's precedence). ``env`` is the
    environment as far as the files set it. ``config_settings`` are those of ``config_file`` alone. ``container`` when it
    runs in an image; ``root_user`` is True when nothing drops root there.
    """

    hops: tuple[Hop, ...]
    server: Server
    purpose: Purpose
    purpose_reason: str
    source: str  # "file" | "platform-default"
    command: str
    target: str
    resolves: bool | None
    confidence: Confidence
    kind: str  # the head's format: dockerfile, compose, procfile, systemd...
    missing: str = ""
    target_kind: str = "unknown"
    target_span: Span | None = None
    app: App | None = None
    run_site: RunSite | None = None
    options: Mapping[str, tuple[str, Span]] = field(default_factory=dict)
    env: Mapping[str, Value[str]] = field(default_factory=dict)
    cwd: str = "."
    cwd_known: bool = True
    container: bool = False
    platform: str = ""
    root_user: bool | None = None
    installs: frozenset[str] | None = None  # distributions the image installs; None: not decidable here
    shell_parent: Span | None = None  # a shell stays as parent of the server (SIGTERM is not forwarded)
    wrappers: tuple[str, ...] = ()
    config_file: str | None = None
    config_settings: tuple[Setting, ...] = ()
    service: str = ""
    published: tuple[str, ...] | None = (
        None  # the container's ports that a deploy file publishes; None: it does not say
    )
    public: bool | None = None  # whether compose publishes one on every interface of the host; None: not decidable
    base_image: str = ""
    dockerfile: str | None = None
    factory_args: tuple[Expr, ...] = ()
    factory_keywords: tuple[Keyword, ...] = ()
    imported: frozenset[str] = frozenset()  # project files that run when the server imports the target
    module_file: str = ""  # the project file that the target's module half means
    called: bool = False  # the server, or the target text, calls the attribute
    layout: tuple[tuple[str, str], ...] = ()  # (path inside the image, project path), later ones win
    placed: Mapping[str, str] = field(default_factory=dict)  # project path -> the file that really stands there
    entered: Entered | None = None  # the command function that ends in the call that serves
    program: Program | None = None  # None where a server's own command imports the target
    reached: frozenset[Span] = frozenset()  # every run site that it may end in, what decides between them being unknown

    @property
    def head(self) -> Hop:
        return self.hops[0]

    @property
    def end(self) -> Hop:
        return self.hops[-1]

    @property
    def is_production(self) -> bool:
        return self.purpose is Purpose.PRODUCTION

    def setting(self, *names: str) -> tuple[str, Span] | None:
        """The value of the first of ``names`` among the server's options."""
        for name in names:
            if name in self.options:
                return self.options[name]
        return None


@dataclass(frozen=True, slots=True)
class Configuration:
    """The effective configuration of one app under one launch (launch None: as imported with an empty environment).

    ``selector``: the variable that selects the production settings and that the launch does not set, taken here to be
    set to what selects them; ``unselected`` is then the configuration without it. ``weaker``: what is left when the
    defaults of the deploy files, or the templates that scripts copy into place, are taken away. ``alone``: what an image
    has without the variables that a compose file or a manifest beside it sets, where these decide on debug mode.
    ``absent_env``: an environment file that the program itself loads, that the project does not have and that the place
    where the launch runs may ("" = none). ``shared``: the other launches that get the same."""

    app: App
    launch: Launch | None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    complete: bool = True  # false when a step could not be followed, so an unset key may be set there
    selector: str = ""
    unselected: Configuration | None = None
    weaker: tuple[Configuration, ...] = ()
    alone: Configuration | None = None
    absent_env: str = ""
    shared: tuple[Launch, ...] = ()

    def get(self, key: str) -> Setting:
        """The setting for ``key``; an unset one when nothing sets it."""
        return self.settings.get(key) or Setting(key, Unset())


class Derived:
    """What several rules derive from a project. It follows from the rest, so it tells no two projects apart.
    ``token_keys``: those of each configuration, by its id; the configuration goes with them, to be kept alive."""

    __slots__ = ("token_keys",)

    def __init__(self) -> None:
        self.token_keys: dict[int, tuple[Configuration, tuple[Configuration, ...]]] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Derived)

    def __hash__(self) -> int:
        return 0


@dataclass(frozen=True, slots=True)
class Project:
    """The linked project."""

    name: str
    facts: Facts
    apps: tuple[App, ...] = ()
    launches: tuple[Launch, ...] = ()
    run_sites: tuple[RunSite, ...] = ()
    configurations: tuple[Configuration, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    kind: str = "application"  # application | library | examples
    problems: tuple[Problem, ...] = ()
    installed: frozenset[str] = frozenset()  # distributions of production manifests and of the images
    open_manifests: bool = False  # a manifest computes its requirements, so more may be installed
    has_lock_file: bool = False
    unknown_starts: tuple[Hop, ...] = ()  # deploy files that start something the project does not show
    shown_server: Hop | None = None  # a document shows this command, and nothing starts a production server
    derived: Derived = field(default_factory=Derived)

    @property
    def best_app(self) -> App | None:
        """The one application that a production server should be pointed at: None where there is none that it could."""
        return next((app for app in self.apps if app.best and not app.kept), None)

    @property
    def production(self) -> tuple[Launch, ...]:
        return tuple(launch for launch in self.launches if launch.is_production)


__all__ = [
    "App",
    "Confidence",
    "Configuration",
    "Entered",
    "FunctionDef",
    "Guard",
    "Hop",
    "Launch",
    "Program",
    "Project",
    "Purpose",
    "RunSite",
    "Server",
    "Setting",
]
