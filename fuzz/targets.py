"""What is fuzzed: every reader of the facts by its kind of file, and the audit of a whole project."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.errors import ProdcheckError, ReadError
from flask_prodcheck.facts.parse import facts_of
from flask_prodcheck.registry.load import load
from flask_prodcheck.sources.discover import memory_tree
from flask_prodcheck.sources.kinds import Kind
from flask_prodcheck.sources.tree import Source

Target = Callable[[bytes], None]

AUDIT = "audit"
"""The name of the target that audits a whole project: a bundle of files, see :func:`bundle`."""

SEEDS = Path(__file__).resolve().parent / "seeds"
"""Hand-written inputs for readers that few examples of rules reach: one folder per kind of file."""

_HEAD = b"\0\0"
_NO_READER = frozenset({Kind.DOCKERIGNORE, Kind.OTHER})


def targets() -> dict[str, Target]:
    """Every target by name: the kinds of file that have a reader, then the whole audit."""
    found: dict[str, Target] = {kind.value: _reader_target(kind) for kind in Kind if kind not in _NO_READER}
    found[AUDIT] = audit_bundle
    return found


def _reader_target(kind: Kind) -> Target:
    names = _names(kind)

    def run(data: bytes) -> None:
        # The first byte picks one of the names that the kind is known by: the platform readers go by the name.
        name = names[data[0] % len(names)] if data else names[0]
        line = 1
        try:
            facts_of(Source(name, kind, len(data), True), data[1:])
        except ReadError as error:
            line = error.line
        assert line >= 1, name

    return run


def audit_bundle(data: bytes) -> None:
    """Audit the project in ``data``; fails when a reader or a rule reports a fault of its own."""
    files = unbundle(data)
    try:
        report = audit_tree(memory_tree(files))
    except ProdcheckError:
        return
    faults = [problem.message for problem in report.problems if "internal error" in problem.message]
    assert not faults, faults[0]


def bundle(files: Mapping[str, str | bytes]) -> bytes:
    """``files`` as one input: ``NUL NUL name newline content`` for each."""
    return b"".join(
        _HEAD + name.encode() + b"\n" + (text.encode() if isinstance(text, str) else text)
        for name, text in files.items()
    )


def unbundle(data: bytes) -> dict[str, bytes]:
    """The files of an input made by :func:`bundle`, or of any other bytes. At most twenty; names stay relative."""
    files: dict[str, bytes] = {}
    for part in data.split(_HEAD)[1:21]:
        name, _, content = part.partition(b"\n")
        path = name.decode("utf-8", "replace").replace("\0", "").strip("/")
        parts = [each for each in path.split("/") if each not in ("", ".", "..")]
        if parts:
            files["/".join(parts)[:200]] = content
    return files


def seeds() -> dict[str, list[bytes]]:
    """Inputs to begin with, by target: the files of the rules' examples, those in
    ``seeds/``, and each example as a project."""
    found: dict[str, list[bytes]] = {name: [] for name in targets()}
    seen: set[tuple[str, bytes]] = set()
    for files in _examples():
        found[AUDIT].append(bundle(files))
        tree = memory_tree(files)
        for source in tree.sources:
            if source.kind in _NO_READER:
                continue
            names = _names(source.kind)
            choice = names.index(source.path) if source.path in names else 0
            data = bytes([choice]) + tree.content.read(source.path)
            if (source.kind.value, data) not in seen:
                seen.add((source.kind.value, data))
                found[source.kind.value].append(data)
    for file in sorted(SEEDS.glob("*/*")):
        names = _names(Kind(file.parent.name))
        found[file.parent.name].append(bytes([names.index(file.name) if file.name in names else 0]) + file.read_bytes())
    return found


def _examples() -> Iterator[Mapping[str, str]]:
    for rule in load():
        for example in rule.examples:
            yield example.files


def _names(kind: Kind) -> list[str]:
    return _NAMES.get(kind, [f"a.{kind.value}"])


_NAMES = {
    Kind.PYTHON: ["app.py", "pkg/__init__.py", "tests/test_app.py", "gunicorn.conf.py", "manage.py"],
    Kind.DOCKERFILE: ["Dockerfile"],
    Kind.COMPOSE: ["docker-compose.yml"],
    Kind.PROCFILE: ["Procfile"],
    Kind.SHELL: ["start.sh"],
    Kind.ENV: [".env"],
    Kind.REQUIREMENTS: ["requirements.txt"],
    Kind.PYPROJECT: ["pyproject.toml"],
    Kind.HATCH: ["hatch.toml"],
    Kind.SETUP_CFG: ["setup.cfg"],
    Kind.SETUP_PY: ["setup.py"],
    Kind.PIPFILE: ["Pipfile"],
    Kind.CONDA: ["environment.yml"],
    Kind.LOCK: ["poetry.lock", "Pipfile.lock", "uv.lock"],
    Kind.SYSTEMD: ["app.service"],
    Kind.SUPERVISOR: ["supervisord.conf"],
    Kind.CIRCUS: ["circus.ini"],
    Kind.UWSGI: ["uwsgi.ini", "uwsgi.yaml", "uwsgi.json", "uwsgi.xml"],
    Kind.KUBERNETES: ["k8s/app.yaml"],
    Kind.MAKEFILE: ["Makefile"],
    Kind.JUSTFILE: ["justfile"],
    Kind.PLATFORM: [
        "app.yaml",
        "app.json",
        "heroku.yml",
        "render.yaml",
        "fly.toml",
        "railway.toml",
        "railway.json",
        "nixpacks.toml",
        "manifest.yml",
        "zappa_settings.json",
        "serverless.yml",
        "template.yaml",
        "vercel.json",
        ".devcontainer/devcontainer.json",
        ".ebextensions/a.config",
        ".platform/hooks/a.config",
        "main.bicep",
        "azuredeploy.json",
        "project.toml",
    ],
    Kind.APACHE: ["site.conf"],
    Kind.NGINX: ["nginx.conf"],
    Kind.NGINX_UNIT: ["config.json"],
    Kind.IIS: ["web.config"],
    Kind.POWERSHELL: ["start.ps1"],
    Kind.NPM: ["package.json"],
    Kind.TOX: ["tox.ini"],
    Kind.TASKFILE: ["Taskfile.yml"],
    Kind.CRON: ["crontab"],
    Kind.TERRAFORM: ["main.tf"],
    Kind.NOMAD: ["web.nomad"],
    Kind.CLOUD_BUILD: ["cloudbuild.yaml"],
    Kind.IMAGE_BUILDS: ["docker-bake.hcl", "docker-bake.json", "skaffold.yaml"],
}
