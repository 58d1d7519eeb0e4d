"""The frozen facts that readers produce from deploy files: what is written, where, and nothing concluded from it."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from flask_prodcheck.base import Span
from flask_prodcheck.records import dataclass

# --- commands --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a file writes it. Exactly one of ``argv`` (no shell: exec form) and ``shell`` (text a shell runs)
    is set. ``text`` is the source as written, for display (continuations joined by one blank)."""

    span: Span
    text: str
    argv: tuple[str, ...] | None = None
    shell: str | None = None


@dataclass(frozen=True, slots=True)
class EnvVar:
    """A variable that a file sets. ``value`` is None when the file only names it (taken from elsewhere: a secret, the
    dashboard, the caller's environment); it may hold ``$VAR``/``${VAR:-x}`` to be expanded by the linker."""

    name: str
    value: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class EnvFileRef:
    """A reference to an environment file, path as written (relative to the referring file unless absolute)."""

    path: str
    span: Span
    required: bool = True


@dataclass(frozen=True, slots=True)
class Start:
    """One process that a deploy file other than Dockerfile, compose or Kubernetes starts.

    ``kind`` names the format: procfile systemd supervisor circus makefile justfile tox nox npm pdm hatch invoke
    heroku-yml app-json app-engine rockcraft render fly railway nixpacks railpack cloudfoundry beanstalk apprunner azure
    digitalocean netlify replit apache passenger uwsgi zappa serverless sam vercel cron rc-local package-script
    devcontainer batch powershell workflow upstart launchd iis init-script nginx-unit ecs terraform nomad.
    ``name`` is the process, program, target or service. ``command`` is None when the platform starts its default.
    ``role``: "run" for what serves, "release" for what runs before it (never a server head), "deploy" for what runs on the
    server whenever it is deployed, which may leave a server behind.
    """

    kind: str
    name: str
    span: Span
    command: Command | None
    cwd: str | None = None
    env: tuple[EnvVar, ...] = ()
    env_files: tuple[EnvFileRef, ...] = ()
    user: str | None = None
    role: str = "run"
    options: tuple[tuple[str, str], ...] = ()  # format-specific scalars (autorestart, Type, KillMode, dockerfile...)
    comment: str = ""  # the comment lines right above, joined


# --- Dockerfile ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Copy:
    """COPY or ADD. ``source_stage`` is the ``--from`` value; ``inline`` the text when the source is a heredoc."""

    sources: tuple[str, ...]
    target: str
    span: Span
    cwd: str  # WORKDIR in force, variables unexpanded; "" before the stage sets one, so the base's applies
    source_stage: str | None = None
    inline: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A RUN instruction: the command, the WORKDIR in force ("" before the stage sets one) and, for heredocs, the script
    text in ``shell``."""

    command: Command
    cwd: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One build stage, as written. ``base`` is the FROM image or alias; ``alias`` the AS name (lower-cased).
    ``workdir`` is the last WORKDIR ("" when the stage sets none, so the base's applies); relative ones are joined."""

    base: str
    alias: str | None
    span: Span
    workdir: str = ""
    env: tuple[EnvVar, ...] = ()
    args: tuple[EnvVar, ...] = ()
    copies: tuple[Copy, ...] = ()
    runs: tuple[Run, ...] = ()
    user: str | None = None
    user_span: Span | None = None
    entrypoint: Command | None = None
    cmd: Command | None = None
    expose: tuple[str, ...] = ()
    stop_signal: str | None = None
    has_healthcheck: bool = False
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """All stages in order. ``args`` are the global ARGs before the first FROM."""

    path: str
    stages: tuple[Stage, ...]
    args: tuple[EnvVar, ...] = ()


# --- compose ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Build:
    """``build:`` of a compose service; paths as written. ``context`` defaults to ".". ``contexts`` are those by name."""

    context: str
    dockerfile: str | None = None
    target: str | None = None
    args: tuple[EnvVar, ...] = ()
    contexts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Port:
    """A published port: ``host_ip`` ("" = all), ``published`` ("" = random) and ``container`` port, as text."""

    container: str
    published: str = ""
    host_ip: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ComposeService:
    """One service after anchors and merge keys, before override files. Variables are unexpanded (``$$`` kept).
    ``entrypoint``/``command`` are argv lists (compose splits strings, no shell); an empty list resets the image's.
    ``needs`` are the services that it depends on or links to. ``choices`` are the commands among which a template chooses,
    where it does: one without words for that of the image; ``command`` and ``entrypoint`` are None then."""

    name: str
    span: Span
    image: str | None = None
    build: Build | None = None
    command: Command | None = None
    entrypoint: Command | None = None
    working_dir: str | None = None
    environment: tuple[EnvVar, ...] = ()
    env_files: tuple[EnvFileRef, ...] = ()
    ports: tuple[Port, ...] = ()
    expose: tuple[str, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()  # (host path or volume, container path)
    profiles: tuple[str, ...] = ()
    user: str | None = None
    extends: tuple[str | None, str] | None = None  # (file or None, service)
    replicas: int | None = None
    stop_grace_period: str | None = None
    network_mode: str | None = None
    labels: tuple[tuple[str, str], ...] = ()
    needs: tuple[str, ...] = ()
    choices: tuple[Command, ...] = ()


@dataclass(frozen=True, slots=True)
class ComposeFile:
    path: str
    services: tuple[ComposeService, ...]
    includes: tuple[str, ...] = ()
    header: str = ""  # the comment lines that open the file, joined


# --- Kubernetes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Container:
    """One container of a workload (Deployment, StatefulSet, DaemonSet, Pod, Job, CronJob, Knative service...).
    ``command`` replaces ENTRYPOINT, ``args`` replaces CMD. ``references`` are the variables that take one key of a
    config map or a secret: (variable, object, key). ``user`` is what it runs as, where it says so. ``dynamic`` is true when templating
    hides parts of it; ``templated_env`` are the variables whose value a template decides, as written, and ``chosen_image`` says
    that it decides the image, ``chosen_command`` that the values of a chart hold (a part of) the command. ``mounts`` are the
    folders that a volume keeps which outlives the pod; ``elastic`` when nothing bounds how many of them run."""

    workload: str
    kind: str
    name: str
    span: Span
    image: str
    command: Command | None = None
    args: Command | None = None
    working_dir: str | None = None
    env: tuple[EnvVar, ...] = ()
    references: tuple[tuple[str, str, str], ...] = ()
    env_from: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    replicas: int | None = None
    run_as_non_root: bool | None = None
    user: str | None = None
    dynamic: bool = False
    templated_env: tuple[tuple[str, str], ...] = ()
    chosen_image: bool = False
    chosen_command: bool = False
    mounts: tuple[str, ...] = ()
    elastic: bool = False


@dataclass(frozen=True, slots=True)
class ChartValues:
    """The plain values of a Helm chart by their dotted names (``.image.tag``): texts, and lists of texts."""

    path: str
    texts: tuple[tuple[str, str], ...]
    lists: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class KubernetesFile:
    """``secrets`` are the objects of that kind with their decoded entries, None for what a template decides; ``scaled`` the
    workloads that an autoscaler never lets below a number of pods."""

    path: str
    containers: tuple[Container, ...]
    config_maps: tuple[tuple[str, tuple[EnvVar, ...]], ...] = ()
    secrets: tuple[tuple[str, tuple[EnvVar, ...]], ...] = ()
    has_ingress: bool = False
    tls: Span | None = None  # where an ingress or a route ends TLS, or the certificate it shows
    scaled: tuple[tuple[str, int], ...] = ()


# --- shell -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lit:
    """Literal text of a word, escapes and quotes removed."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Var:
    """``$name``, ``${name:-default}``. ``op`` is "", ":-", "-", ":=", "=", ":?", "?", ":+", "+", what cuts or changes the
    value ("%", "%%", "#", "##", "/", "//", "/#", "/%", "^", "^^", ",", ",,", ":", "length"), "!" (the value is the name of
    another one) or "other" (arrays...). Positional parameters are "1", "2", "@", "*", "#"."""

    name: str
    op: str = ""
    operand: Word | None = None
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Substitution:
    """``$(...)`` or backticks; ``text`` is the inner source."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A shell word: parts that are concatenated. ``text`` is the source as written."""

    parts: tuple[Lit | Var | Substitution, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A simple command. ``assigns`` are the ``VAR=word`` prefixes (a command with assigns and no words sets variables;
    ``export A=b`` keeps its words). ``heredoc`` is the body fed to stdin, ``output`` the file a ``>``/``>>`` writes."""

    span: Span
    text: str
    words: tuple[Word, ...]
    assigns: tuple[tuple[str, Word], ...] = ()
    heredoc: str | None = None
    heredoc_line: int = 0  # line of the first line of the heredoc body
    output: Word | None = None
    background: bool = False


@dataclass(frozen=True, slots=True)
class ShellIf:
    """``branches``: (condition statements, body) for if/elif in order; ``orelse`` the else body."""

    span: Span
    branches: tuple[tuple[tuple[ShellStmt, ...], tuple[ShellStmt, ...]], ...]
    orelse: tuple[ShellStmt, ...] = ()


@dataclass(frozen=True, slots=True)
class ShellCase:
    """``arms``: (patterns as words, body) in order."""

    span: Span
    subject: Word
    arms: tuple[tuple[tuple[Word, ...], tuple[ShellStmt, ...]], ...]


@dataclass(frozen=True, slots=True)
class ShellLoop:
    """``kind``: for, select, while or until. ``condition`` of while/until; ``variable`` and ``words`` of for and select."""

    span: Span
    kind: str
    body: tuple[ShellStmt, ...]
    condition: tuple[ShellStmt, ...] = ()
    variable: str | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class ShellList:
    """``a && b || c`` and pipelines: ``op`` is "&&", "||" or "|"."""

    span: Span
    op: str
    items: tuple[ShellStmt, ...]
    background: bool = False


@dataclass(frozen=True, slots=True)
class ShellGroup:
    """``{ ...; }`` or ``( ... )`` (``subshell``)."""

    span: Span
    body: tuple[ShellStmt, ...]
    subshell: bool = False
    background: bool = False


@dataclass(frozen=True, slots=True)
class ShellFunction:
    span: Span
    name: str
    body: tuple[ShellStmt, ...]


@dataclass(frozen=True, slots=True)
class ShellTest:
    """``[ ... ]`` / ``[[ ... ]]`` / ``test ...``: the words between, and whether negated by a leading ``!``."""

    span: Span
    text: str
    words: tuple[Word, ...]
    negated: bool = False


ShellStmt = ShellCommand | ShellIf | ShellCase | ShellLoop | ShellList | ShellGroup | ShellFunction | ShellTest


@dataclass(frozen=True, slots=True)
class ShellScript:
    """A script. ``service`` says who calls it to start a service: "init" (with ``start``; OpenRC and OpenWrt's ``rc.common``
    have names of their own, "openrc" and "rc.common", and so has Debian's "init-d-script"), "" for any other script."""

    path: str
    body: tuple[ShellStmt, ...]
    interpreter: str = "sh"
    service: str = ""


# --- builds of images ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImageBuild:
    """One build of an image, as a command or a file for builds writes it. ``names`` are those that the image is given, with
    registry and tag; ``folders`` where ``context`` and ``dockerfile`` may be relative to, the likeliest first; without a
    ``dockerfile`` it is the one of the context. ``contexts`` stand in for what FROM names: (name, ``target:`` of the same
    file, ``docker-image://`` or a folder). ``called`` are the names of what builds it (target, job, step), ``pushed`` says
    that it goes to a registry, unless ``push`` turns out to say no; ``workflow`` that a workflow does it, ``released`` that
    this workflow runs for releases."""

    span: Span
    names: tuple[str, ...]
    folders: tuple[str, ...]
    context: str = "."
    dockerfile: str | None = None
    target: str | None = None
    args: tuple[tuple[str, str], ...] = ()
    contexts: tuple[tuple[str, str], ...] = ()
    called: tuple[str, ...] = ()
    pushed: bool = False
    push: str = ""
    workflow: bool = False
    released: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A build whose Dockerfile is the project's. ``context`` is None where a variable decides it."""

    dockerfile: str
    context: str | None
    build: ImageBuild


# --- environment, dependencies, packaging ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnvFile:
    path: str
    variables: tuple[EnvVar, ...]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A distribution that a manifest asks for. ``name`` is normalised (PEP 503); ``specifier`` as written ("" = any);
    ``group``: "main", "dev", "test", "docs", "lock", "constraint" or the name of an extra or group."""

    name: str
    specifier: str
    span: Span
    group: str = "main"
    extras: tuple[str, ...] = ()
    marker: str = ""
    editable_path: str | None = None  # "-e ." and path requirements


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A console script, or a plugin of ``group``: ``name`` stands for ``module:function``."""

    name: str
    module: str
    function: str
    span: Span
    group: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one requirements file, pyproject.toml, setup.cfg, setup.py, Pipfile, conda environment or lock file declares.
    ``includes`` are the paths of ``-r``/``-c`` lines as written. ``package_dirs``: where packages live ("src" layout),
    relative to the manifest; ``open`` is true when parts could not be decided statically (setup.py that computes).
    ``wsgi_scripts``: programs that hold, as ``application``, what the function returns (pbr), for a server to load;
    ``plugins``: the entry points of other groups, which programs load by their group."""

    path: str
    dependencies: tuple[Dependency, ...] = ()
    entry_points: tuple[EntryPoint, ...] = ()
    includes: tuple[EnvFileRef, ...] = ()
    starts: tuple[Start, ...] = ()
    package_dirs: tuple[str, ...] = ()
    project_name: str | None = None
    python_requires: str | None = None
    open: bool = False
    wsgi_scripts: tuple[EntryPoint, ...] = ()
    plugins: tuple[EntryPoint, ...] = ()


#: An option of uWSGI with its value and its place.
UwsgiOption: TypeAlias = tuple[str, str, Span]


@dataclass(frozen=True, slots=True)
class UwsgiConfig:
    """A uWSGI configuration (ini, yaml, json, xml): options in order, keys may repeat. Of an ini file also its
    ``sections`` by name, of which others than those of ``options`` are read where something asks for them."""

    path: str
    options: tuple[UwsgiOption, ...]
    sections: tuple[tuple[str, tuple[UwsgiOption, ...]], ...] = ()

    def section(self, name: str) -> tuple[UwsgiOption, ...]:
        """The options of the section ``name``, () where there is none; without a name those that are read by default."""
        if not name:
            return self.options
        return tuple(option for each, options in self.sections if each == name for option in options)

    def get(self, *names: str) -> tuple[str, Span] | None:
        """The last value of any of ``names`` (aliases of one option)."""
        found = [(value, span) for key, value, span in self.options if key in names]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class WorkflowCall:
    """Where a workflow has the steps of another file of the project run: ``uses`` as written, the ``inputs`` that it gives,
    and the names of what ``called`` it (job, environment). ``released`` as of an image's build."""

    uses: str
    inputs: tuple[tuple[str, str], ...] = ()
    called: tuple[str, ...] = ()
    released: bool = False


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A file that a deploy file has written on the server: the ``text`` that it puts at ``path``, and where this begins."""

    path: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class StartFile:
    """A deploy file whose facts are processes only (Procfile, systemd unit, Makefile, render.yaml...), or the images that it
    builds. Of a workflow also what it ``calls``, the ``defaults`` of the inputs with which others call it, and the ``checks``
    that its jobs run on their own machine; of a pipeline the files of the project that it ``includes``, as
    written. ``part``: it is one of a pipeline only where that includes it. ``placed``: the files that it has written."""

    path: str
    kind: str
    starts: tuple[Start, ...]
    settings: tuple[tuple[str, str], ...] = field(default=())
    builds: tuple[ImageBuild, ...] = ()
    calls: tuple[WorkflowCall, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()
    checks: tuple[Start, ...] = ()
    includes: tuple[str, ...] = ()
    part: bool = False
    placed: tuple[PlacedText, ...] = ()


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """An nginx, Caddy or Apache file that proxies to the app: evidence of a front server. ``tls`` when it terminates
    TLS; ``headers`` the forwarded headers it sets; ``upstreams`` host:port or unix sockets; ``starts`` what Passenger
    runs inside the server itself."""

    path: str
    server: str
    span: Span
    tls: bool = False
    headers: frozenset[str] = frozenset()
    upstreams: tuple[str, ...] = ()
    body_limit: bool = False
    starts: tuple[Start, ...] = ()
