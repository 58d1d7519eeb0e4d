"""What a file of a project is for, decided by name, place and (where a name does not say) its first bytes."""

from __future__ import annotations

import enum
import posixpath
import re

from flask_prodcheck.patterns import regex


class Kind(enum.Enum):
    """The kinds of file that prodcheck reads. The value is the word used in reports and statistics."""

    PYTHON = "python"
    DOCKERFILE = "dockerfile"
    DOCKERIGNORE = "dockerignore"
    COMPOSE = "compose"
    PROCFILE = "procfile"
    SHELL = "shell"
    ENV = "env"
    REQUIREMENTS = "requirements"
    PYPROJECT = "pyproject"
    SETUP_CFG = "setup-cfg"
    SETUP_PY = "setup-py"
    PIPFILE = "pipfile"
    CONDA = "conda"
    LOCK = "lock"
    SYSTEMD = "systemd"
    SUPERVISOR = "supervisor"
    CIRCUS = "circus"
    UPSTART = "upstart"
    LAUNCHD = "launchd"
    HATCH = "hatch"
    UWSGI = "uwsgi"
    KUBERNETES = "kubernetes"
    CHART_VALUES = "chart-values"
    WORKFLOW = "workflow"
    MAKEFILE = "makefile"
    JUSTFILE = "justfile"
    PLATFORM = "platform"
    APACHE = "apache"
    NGINX = "nginx"
    NPM = "npm"
    OTHER = "other"
    TOX = "tox"
    TASKFILE = "taskfile"
    CRON = "cron"
    TERRAFORM = "terraform"
    NOMAD = "nomad"
    BATCH = "batch"
    POWERSHELL = "powershell"
    IIS = "iis"
    NGINX_UNIT = "nginx-unit"
    IMAGE_BUILDS = "image-builds"
    CLOUD_BUILD = "cloud-build"


#: Kinds that say how the project is started: one that cannot be read may hide an error.
DEPLOY_KINDS = frozenset(
    {
        Kind.DOCKERFILE,
        Kind.COMPOSE,
        Kind.PROCFILE,
        Kind.SHELL,
        Kind.SYSTEMD,
        Kind.SUPERVISOR,
        Kind.CIRCUS,
        Kind.UWSGI,
        Kind.KUBERNETES,
        Kind.PLATFORM,
        Kind.APACHE,
        Kind.NGINX_UNIT,
    }
)

HEAD_BYTES = 4096
"""How many first bytes :func:`kind_of` wants to see."""

_TEMPLATE_SUFFIXES = (
    ".j2", ".jinja", ".jinja2", ".jnj", ".erb", ".tmpl", ".tpl", ".template", ".sample", ".example", ".dist", ".in", "-sample",
    "-example", "-template", "-dist", "_sample", "_example", "_template",
)  # fmt: skip
_DOCUMENT_SUFFIXES = frozenset(
    {
        ".py", ".pyi", ".pyc", ".js", ".mjs", ".cjs", ".ts", ".tsx", ".jsx", ".md", ".rst", ".html", ".htm", ".css",
        ".scss", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".go", ".rb", ".java", ".rs", ".c", ".h", ".php", ".lock",
        ".patch", ".diff", ".pdf", ".zip", ".gz", ".json", ".yml", ".yaml", ".toml", ".xml", ".sql", ".csv",
        ".ipynb", ".vue", ".txt",
    }
)  # fmt: skip
_LOCKS = frozenset({"poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "pylock.toml"})
_PLATFORM_NAMES = frozenset(
    {
        "app.yaml", "app.yml", "render.yaml", "render.yml", "railway.toml", "railway.json", "nixpacks.toml",
        "nixpacks.json", "railpack.json", "heroku.yml", "heroku.yaml", "app.json", "manifest.yml", "manifest.yaml",
        "serverless.yml", "serverless.yaml", "vercel.json", "apprunner.yaml", "apprunner.yml", ".replit", "azure.yaml",
        "azure.yml", "dockerrun.aws.json", "captain-definition", "koyeb.yaml", "koyeb.yml", "now.json",
        "devcontainer.json", ".devcontainer.json", "rockcraft.yaml",
    }
)  # fmt: skip
_PLATFORM_PATTERN = regex(
    r"fly[^/]*\.toml|netlify\.toml|railway[._-][^/]*\.(?:json|toml)|zappa_settings\.(?:json|toml|ya?ml)|app[._-][^/]*\.ya?ml|[^/]*\.bicep"
    r"|[^/]*task[-_]?def[^/]*\.json|Dockerrun[^/]*\.json",
    re.IGNORECASE,
)
_CI_PATH = regex(
    r"(?:^|/)(?:\.github|\.circleci|\.gitlab|\.buildkite|\.woodpecker|\.tekton)/"
    r"|(?:^|/)(?:\.gitlab-ci|\.travis|\.drone|bitbucket-pipelines|azure-pipelines|appveyor|\.pre-commit-config)[^/]*$"
)
_REQUIREMENTS = regex(
    r"(?:[^/]*requirements?[^/]*|reqs?|constraints?[^/]*|[^/]*constraints)\.(?:txt|in|pip)", re.IGNORECASE
)
#: Where GitHub and GitLab look for what they run, and where projects keep the actions and the parts of pipelines of their
#: own.
_WORKFLOW = regex(
    r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$|(?:^|/)\.github/actions/(?:[^/]+/)*action\.ya?ml$"
    r"|(?:^|/)(?:[^/]*[.-])?gitlab-ci\.ya?ml$|(?:^|/)\.gitlab/ci/(?:[^/]+/)*[^/]+\.ya?ml$"
)
#: The name that Cloud Build looks for, and those of a project's other configurations for it.
_CLOUD_BUILD = regex(r"(?:[^/]*[-_.])?cloudbuild(?:[-_.][^/]*)?\.(?:ya?ml|json)")
_IMAGE_BUILDS = regex(r"(?:[^/]*[-_.])?bake(?:[-_.][^/]*)?\.(?:hcl|json)|skaffold(?:[-_.][^/]*)?\.ya?ml")
_CHART_VALUES = regex(r"values(?:[-_.][^/]*)?\.ya?ml")
_CONDA = regex(r"(?:.*[-_.])?(?:environments?|env|conda)(?:[-_.].*)?\.ya?ml", re.IGNORECASE)
_REQUIREMENTS_FOLDERS = frozenset({"requirements", "requirement", "reqs"})
_ENV_NAME = regex(
    r"\.env(?:[._-][^/]*)?|\.flaskenv|dotenv|[^/]*\.env"
    r"|env[._-](?:prod|production|dev|development|local|test|testing|staging|docker|defaults?|list|txt)",
    re.IGNORECASE,
)
_ENV_FOLDERS = frozenset({"env", "envs", ".env", ".envs"})
_PROCESS = regex(rb"[A-Za-z0-9_-]+:[ \t]+\S")
_RUNS_PYTHON = regex(rb"[^:]+:.*[\s/](?:gunicorn|uvicorn|hypercorn|uwsgi|waitress-serve|flask|python3?(?:\.\d+)?)[ \t]")
_ENV_LINE = regex(rb"(?:export[ \t]+)?[A-Za-z_][A-Za-z0-9_.]*[ \t]*=")
#: What IIS reads, and what a deployment may put in its place (``web.release.config``, ``web.3.4.config``).
_IIS = regex(r"web(?:\.[^/]*)?\.config", re.IGNORECASE)
#: A compose file's name without its ending, which a template may lack (``docker-compose.tmpl``).
_COMPOSE_TEMPLATE = regex(r"(?:docker-|podman-|container-)?compose(?:[._-][a-z]+)?")
_SHELL_SHEBANG = regex(rb"^#!.*?\b(?:(?:ba|da|a|k|z)?sh|expect|openrc-run|runscript|init-d-script)\b")
_SERVER_LINE = regex(rb"^[ \t]*(?:gunicorn|uvicorn|hypercorn|uwsgi|waitress-serve|python3?)[ \t]", re.MULTILINE)
#: What mod_wsgi looks for in a script (``WSGIScriptAlias``), which needs no ending: the name ``application``.
_WSGI_SCRIPT = regex(
    rb"^application[ \t]*=[ \t]*[A-Za-z_]|^from[ \t]+[\w.]+[ \t]+import[ \t].*\bapplication[ \t]*$", re.MULTILINE
)
_IMPORTS = regex(rb"^(?:import[ \t]+[A-Za-z_]\w*|from[ \t]+[\w.]+[ \t]+import)\b", re.MULTILINE)
_PYTHON_SHEBANG = regex(rb"^#!.*?\b(?:python|pypy)[0-9.]*\b")
_INI_ENDINGS = frozenset({".ini", ".conf", ".cfg", ".service", ".socket", ".skel", ".inc", ".vhost", ".nginx", ""})
_CONTENT_ENDINGS = _INI_ENDINGS | {".yaml", ".yml", ".json", ".xml", ".txt", ".htaccess"}
_NAMES = {
    "pyproject.toml": Kind.PYPROJECT,
    "hatch.toml": Kind.HATCH,
    "setup.cfg": Kind.SETUP_CFG,
    "pipfile": Kind.PIPFILE,
    "tox.ini": Kind.TOX,
    "package.json": Kind.NPM,
    "makefile": Kind.MAKEFILE,
    "gnumakefile": Kind.MAKEFILE,
    "justfile": Kind.JUSTFILE,
    ".justfile": Kind.JUSTFILE,
    "taskfile.yml": Kind.TASKFILE,
    "taskfile.yaml": Kind.TASKFILE,
    "taskfile.dist.yml": Kind.TASKFILE,
    "taskfile.dist.yaml": Kind.TASKFILE,
    "crontab": Kind.CRON,
    "crontab.txt": Kind.CRON,
    "caddyfile": Kind.NGINX,
    "rc.local": Kind.SHELL,
    ".htaccess": Kind.APACHE,
}
_ENDINGS = {
    ".mk": Kind.MAKEFILE,
    ".mak": Kind.MAKEFILE,
    ".just": Kind.JUSTFILE,
    ".crontab": Kind.CRON,
    ".cron": Kind.CRON,
    ".tf": Kind.TERRAFORM,
    ".tofu": Kind.TERRAFORM,
    ".nomad": Kind.NOMAD,
    ".dockerfile": Kind.DOCKERFILE,
    ".containerfile": Kind.DOCKERFILE,
    ".procfile": Kind.PROCFILE,
    ".sh": Kind.SHELL,
    ".bash": Kind.SHELL,
    ".ksh": Kind.SHELL,
    ".bat": Kind.BATCH,
    ".cmd": Kind.BATCH,
    ".ps1": Kind.POWERSHELL,
    ".service": Kind.SYSTEMD,
    ".nginx": Kind.NGINX,
    ".plist": Kind.LAUNCHD,
}
_PREFIXES = (
    ("dockerfile", Kind.DOCKERFILE),
    ("containerfile", Kind.DOCKERFILE),
    ("procfile", Kind.PROCFILE),
    ("makefile.", Kind.MAKEFILE),
    ("caddyfile.", Kind.NGINX),
)
_NGINX = regex(
    rb"^[ \t]*(?:server|upstream[ \t]+[^\s{]+|http|location[ \t][^\n{]+)[ \t]*(?:\n[ \t]*)?\{"
    rb"|^[ \t]*(?:proxy|uwsgi)_pass[ \t]",
    re.MULTILINE,
)
_APACHE = regex(
    rb"^[ \t]*(?:WSGI[A-Z][A-Za-z]+|Passenger[A-Z][A-Za-z]+|<VirtualHost\b|ProxyPass(?:Match|Reverse)?)[ \t]",
    re.MULTILINE,
)


def stripped(name: str) -> str:
    """``name`` without the endings of templates and samples (``gunicorn.service.j2`` -> ``gunicorn.service``)."""
    again = name.lower().endswith(_TEMPLATE_SUFFIXES)  # of most files none: one look instead of one for each
    while again:
        again = False
        for suffix in _TEMPLATE_SUFFIXES:
            if name.lower().endswith(suffix) and len(name) > len(suffix):
                name, again = name[: -len(suffix)], True
    return name


def is_workflow_by_name(path: str) -> bool:
    """Whether the place or the name of the file at ``path`` says that it is a workflow or a pipeline."""
    return ".y" in path and _WORKFLOW.search(path) is not None


def wants_head(path: str) -> bool:
    """Whether the first bytes can say more about ``path`` than its name does."""
    name = posixpath.basename(path)
    if _REQUIREMENTS.fullmatch(name):
        return False
    bare = stripped(name)
    ending = _ending(bare)
    return (
        ending in _CONTENT_ENDINGS
        or ".service" in bare.lower()
        or (ending not in _DOCUMENT_SUFFIXES and _CALLED_DOCKER.search(bare) is not None and _is_open(path, bare))
        or ".ini" in bare.lower()
        or (_in_folder(path, _ENV_FOLDERS) and ending not in _DOCUMENT_SUFFIXES)
    )


def _is_open(path: str, name: str) -> bool:
    """Whether neither name nor place say what the file is."""
    return _by_name(path, name, templated=False) is None


def kind_of(path: str, head: bytes | None) -> Kind | None:
    """The kind of the file at ``path`` (relative, ``/``), or None when prodcheck does not read it.

    ``head`` is the first :data:`HEAD_BYTES` bytes, or None when they were not read (:func:`wants_head` says when they
    matter); then only the name and the place decide.
    """
    name = posixpath.basename(path)
    kind = _by_exact_name(path, name)
    bare = name
    if kind is None:
        bare = stripped(name)
        kind = _by_name(path, bare, templated=bare != name)
    if head is None:
        return kind
    if kind in (Kind.PLATFORM, None) and wants_head(path):
        return _by_content(path, bare, head.removeprefix(b"\xef\xbb\xbf")) or kind
    return kind


def _ending(name: str) -> str:
    return posixpath.splitext(name)[1].lower()


def _in_folder(path: str, names: frozenset[str]) -> bool:
    return any(part.lower() in names for part in path.split("/")[:-1])


def _by_exact_name(path: str, name: str) -> Kind | None:
    """Names whose own ending looks like a template's (``requirements.in``)."""
    if _REQUIREMENTS.fullmatch(name):
        return Kind.REQUIREMENTS
    if (
        path.split("/")[-2:-1]
        and path.split("/")[-2].lower() in _REQUIREMENTS_FOLDERS
        and _ending(name) in (".txt", ".in", ".pip")
    ):
        return Kind.REQUIREMENTS
    if name.lower() in _LOCKS or re.fullmatch(r"pylock\.[^/.]+\.toml", name):
        return Kind.LOCK
    return None


def _by_name(path: str, name: str, *, templated: bool) -> Kind | None:
    low = name.lower()
    ending = _ending(name)
    if ending in (".py", ".wsgi", ".fcgi"):
        # A template of Python is neither importable nor (before it is rendered) Python.
        if templated:
            return None
        return Kind.SETUP_PY if name == "setup.py" else Kind.PYTHON
    if low.endswith(".dockerignore"):
        return Kind.DOCKERIGNORE
    if low in _NAMES:
        return _NAMES[low]
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if low.endswith(".nomad.hcl"):
        return Kind.NOMAD
    if low.endswith("dockerfile"):
        return Kind.DOCKERFILE
    if ending not in _DOCUMENT_SUFFIXES:
        for prefix, kind in _PREFIXES:
            if low.startswith(prefix):
                return kind
    if is_workflow_by_name(path):
        return Kind.WORKFLOW
    if _CLOUD_BUILD.fullmatch(low):
        return Kind.CLOUD_BUILD
    if _CHART_VALUES.fullmatch(low):
        return Kind.CHART_VALUES
    if _IMAGE_BUILDS.fullmatch(low):
        return Kind.IMAGE_BUILDS
    if ending in (".yml", ".yaml") and "compose" in low and not _CI_PATH.search(path):
        return Kind.COMPOSE
    if templated and _COMPOSE_TEMPLATE.fullmatch(low):
        return Kind.COMPOSE
    if (_ENV_NAME.fullmatch(low) and ending not in _DOCUMENT_SUFFIXES - {".txt"}) or (templated and low == "env"):
        return Kind.ENV
    return _server_by_name(low, ending) or _platform_by_place(path, low)


def _server_by_name(low: str, ending: str) -> Kind | None:
    if low.startswith("supervisor") and ending in (".conf", ".ini", ".cfg"):
        return Kind.SUPERVISOR
    if "uwsgi" in low and (
        ending == ".ini" or (low.startswith("uwsgi") and ending in (".yaml", ".yml", ".json", ".xml"))
    ):
        return Kind.UWSGI
    if _IIS.fullmatch(low):
        return Kind.IIS
    return Kind.NGINX if "nginx" in low and ending == ".conf" else None


def _platform_by_place(path: str, low: str) -> Kind | None:
    if low in _PLATFORM_NAMES or _PLATFORM_PATTERN.fullmatch(low):
        return Kind.PLATFORM
    parents = path.split("/")[:-1]
    if ".ebextensions" in parents and low.endswith(".config"):  # of others Elastic Beanstalk takes no notice
        return Kind.PLATFORM
    if ".elasticbeanstalk" in parents and (low.endswith((".yml", ".yaml")) or "saved_configs" in parents):
        return Kind.PLATFORM
    if parents[-1:] == [".do"] and low.endswith((".yml", ".yaml")):
        return Kind.PLATFORM
    if parents[-1:] == [".s2i"] and low == "environment":
        return Kind.PLATFORM
    return None


def _by_content(path: str, name: str, head: bytes) -> Kind | None:
    ending = _ending(name)
    if b"\0" in head or (ending == ".txt" and _ending(posixpath.splitext(name)[0]) in _DOCUMENT_SUFFIXES):
        return None  # (``install.rst.txt`` is the source of a page)
    if ending in (".yml", ".yaml"):
        return _yaml(path, head)
    if ending == ".json":
        return _json(head)
    if ending == ".xml":
        return Kind.UWSGI if b"<uwsgi" in head else None
    kind = _by_shebang(ending, head) or _by_section(head)
    if ending == ".txt" and name.lower() == "startup.txt" and _SERVER_LINE.search(head):
        return Kind.SHELL  # the file with the start-up command of an App Service
    if kind is not None or ending == ".txt":
        return kind
    if (ending == "" or _CALLED_DOCKER.search(name)) and _FROM.match(head) and _INSTRUCTION.search(head):
        return Kind.DOCKERFILE
    if ending == "" and _is_list_of_processes(head):
        return Kind.PROCFILE
    if ending == "" and _WSGI_SCRIPT.search(head) and _IMPORTS.search(head):
        return Kind.PYTHON
    if _APACHE.search(head):
        return Kind.APACHE
    if ending != ".cfg" and _NGINX.search(head):
        return Kind.NGINX
    if _in_folder(path, _ENV_FOLDERS) and ending not in _DOCUMENT_SUFFIXES and _is_environment(head):
        return Kind.ENV
    return None


def _by_shebang(ending: str, head: bytes) -> Kind | None:
    line = head.split(b"\n", 1)[0]
    if _PYTHON_SHEBANG.match(line):
        return Kind.PYTHON if ending == "" else None
    return Kind.SHELL if _SHELL_SHEBANG.match(line) else None


def _by_section(head: bytes) -> Kind | None:
    if re.search(rb"^[ \t]*\[uwsgi\]", head, re.MULTILINE):
        return Kind.UWSGI
    if re.search(rb"^[ \t]*\[program:", head, re.MULTILINE):
        return Kind.SUPERVISOR
    if re.search(rb"^[ \t]*\[watcher:", head, re.MULTILINE):
        return Kind.CIRCUS
    if re.search(rb"^[ \t]*\[Service\]", head, re.MULTILINE) and (b"Exec" in head or b"Environment" in head):
        return Kind.SYSTEMD
    return Kind.UPSTART if _UPSTART.search(head) and _UPSTART_RUNS.search(head) else None


#: The conditions of an Upstart job, and what it runs.
_UPSTART = regex(rb"^(?:start|stop)[ \t]+on[ \t]+\S", re.MULTILINE)
_UPSTART_RUNS = regex(rb"^(?:exec[ \t]+\S|script[ \t]*\r?$)", re.MULTILINE)

#: How a Dockerfile begins whatever it is called: nothing but comments and ARG stands before its first FROM.
_FROM = regex(
    rb"(?:[ \t]*(?:#[^\n]*|ARG[ \t][^\n]*)?\n)*[ \t]*FROM[ \t]+(?:--platform=\S+[ \t]+)?[\w./:@${}-]+(?:[ \t]+[Aa][Ss][ \t]+\S+)?[ \t]*\r?(?:\n|$)"
)

#: Names that may be a Dockerfile's whatever their ending says: ``Docker.prod``, ``web.docker``, ``container.build``.
_CALLED_DOCKER = regex(r"docker|container", re.IGNORECASE)

#: What no other file that begins with FROM has (the model files of Ollama do).
_INSTRUCTION = regex(rb"^(?:RUN|CMD|ENTRYPOINT|COPY|ADD|WORKDIR)[ \t]", re.MULTILINE)


def _is_list_of_processes(head: bytes) -> bool:
    """Whether every line names a process and its command, as in a Procfile, and one of them runs Python."""
    lines = [line.strip() for line in head.split(b"\n")[: None if len(head) < HEAD_BYTES else -1]]
    kept = [line for line in lines if line and not line.startswith(b"#")]
    return all(map(_PROCESS.match, kept)) and any(map(_RUNS_PYTHON.match, kept))


def _is_environment(head: bytes) -> bool:
    lines = [line.strip() for line in head.split(b"\n")[:-1] or [head]]
    kept = [line for line in lines if line and not line.startswith(b"#")]
    return bool(kept) and all(_ENV_LINE.match(line) for line in kept)


def _yaml(path: str, head: bytes) -> Kind | None:
    def has(pattern: bytes) -> bool:
        return re.search(pattern, head, re.MULTILINE) is not None

    # A list of resources (`kind: List`, an OpenShift template) indents both keys.
    if has(rb"^[ \t-]*[\"']?apiVersion[\"']?[ \t]*:") and has(rb"^[ \t-]*[\"']?kind[\"']?[ \t]*:"):
        return Kind.KUBERNETES
    if has(rb"^[ \t]+script[ \t]*:") and has(rb"^[ \t]+(?:stage|before_script|extends|rules|only|needs|tags)[ \t]*:"):
        return Kind.WORKFLOW  # a part of a pipeline of GitLab, if another one includes it
    if _CI_PATH.search(path):
        return None
    if b"AWS::" in head and has(rb"^(?:Resources|Transform|AWSTemplateFormatVersion):"):
        return Kind.PLATFORM
    if has(rb"^runtime:[ \t]*[\"']?python") and has(
        rb"^(?:entrypoint|env_variables|handlers|service|instance_class|env|build|run):"
    ):
        return Kind.PLATFORM
    if has(rb"^uwsgi:"):
        return Kind.UWSGI
    if has(rb"^dependencies:[ \t]*(?:#.*)?$") and _CONDA.fullmatch(posixpath.basename(path)):
        return Kind.CONDA
    return Kind.COMPOSE if _looks_like_compose(head) else None


def _looks_like_compose(head: bytes) -> bool:
    """A compose file under another name: ``services`` with images, or (version 1) services at the top level."""
    top: list[bytes] = []
    children: set[bytes] = set()
    nested: set[bytes] = set()
    for line in head.split(b"\n"):
        text = line.rstrip()
        match = re.match(rb"([ ]*)[\"']?([A-Za-z0-9_.-]+)[\"']?[ ]*:(?:[ ]|$)", text)
        if match is None:
            if text.startswith(b"-"):
                return False
            continue
        depth, key = len(match.group(1)), match.group(2)
        if depth == 0:
            top.append(key)
        elif top:
            children.add(key)
            if top[-1] == b"services":
                nested.add(key)
    if b"services" in top:
        return bool(nested & {b"image", b"build"}) and not nested & {b"startCommand", b"buildCommand", b"type"}
    if children & {b"script", b"stage", b"steps", b"jobs", b"tasks", b"before_script", b"repository", b"tag"}:
        return False
    return (
        bool(children & {b"image", b"build"})
        and len(children & {b"ports", b"links", b"command", b"volumes", b"env_file"}) > 0
    )


def _json(head: bytes) -> Kind | None:
    if b'"containerDefinitions"' in head or b"deploymentTemplate.json" in head:
        return Kind.PLATFORM
    if re.search(rb'"apiVersion"[ \t]*:', head) and re.search(rb'"kind"[ \t]*:', head):
        return Kind.KUBERNETES
    if re.match(rb'\s*\{\s*"uwsgi"\s*:', head):
        return Kind.UWSGI
    if re.search(rb'"listeners"[ \t]*:', head) and re.search(rb'"applications"[ \t]*:|"applications/', head):
        return Kind.NGINX_UNIT
    return None
