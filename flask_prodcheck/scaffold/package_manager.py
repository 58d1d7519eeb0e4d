"""How the project's dependencies are installed, and the Dockerfile lines that do it."""

from __future__ import annotations

import posixpath

import tomli

from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Manifest
from flask_prodcheck.model.launching.installs import normalised, production_dependencies
from flask_prodcheck.records import dataclass, replace

_LOCKS = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock", "pipenv": "Pipfile.lock"}
#: Distributions without wheels for Linux, and the Debian packages that their builds need (their own installation guides).
_BUILDS = {
    "psycopg2": ("gcc", "libc6-dev", "libpq-dev"),
    "mysqlclient": ("gcc", "libc6-dev", "pkg-config", "default-libmysqlclient-dev"),
    "python-ldap": ("gcc", "libc6-dev", "libldap2-dev", "libsasl2-dev"),
    "uwsgi": ("gcc", "libc6-dev"),
    "pycairo": ("gcc", "libc6-dev", "pkg-config", "libcairo2-dev"),
    "flask-mysqldb": ("gcc", "libc6-dev", "pkg-config", "default-libmysqlclient-dev"),
    "pyodbc": ("gcc", "g++", "unixodbc-dev"),
}


@dataclass(frozen=True, slots=True)
class Installation:
    """``manager`` is pip, poetry, pipenv, uv, pdm or conda. ``first`` are the files that the image gets before the rest;
    ``commands`` the RUN lines between the two copies, ``later`` those that need the whole project; ``environment`` the
    variables they rely on; ``manifests`` the project files that name what is installed. ``system`` are the Debian packages that a build needs. ``reason`` is a sentence."""

    manager: str
    reason: str
    first: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    system: tuple[str, ...] = ()
    folder: str = "."  # the project folder that has to be the build context
    manifests: tuple[str, ...] = ()


def installation(facts: Facts, drafts: Drafts, manifest: Manifest | None, folder: str) -> Installation:
    """How a server in the project folder ``folder``, whose requirements ``manifest`` names, is installed."""
    found = _installation(facts, drafts, manifest, folder)
    return found if found.manifests or manifest is None else replace(found, manifests=(manifest.path,))


def _installation(facts: Facts, drafts: Drafts, manifest: Manifest | None, folder: str) -> Installation:
    system = tuple(
        dict.fromkeys(
            package
            for dependency in production_dependencies(facts)
            for package in _BUILDS.get(normalised(dependency.name), ())
        )
    )
    if manifest is None:
        environment = next(
            (
                each
                for each in ("environment.yml", "environment.yaml")
                if posixpath.join(folder, each) in facts.paths or each in facts.paths
            ),
            None,
        )
        if environment is not None:
            return _conda(environment)
        return _pip(("requirements.txt",), "requirements.txt", system, folder)
    name = posixpath.basename(manifest.path).lower()
    place = posixpath.dirname(manifest.path) or "."
    root = _common(place, folder)
    if name == "pipfile":
        return _pipenv(facts, place, system)
    if name == "pyproject.toml":
        return _pyproject(facts, drafts, manifest, place, system)
    if name in ("setup.py", "setup.cfg"):
        return Installation(
            "pip",
            f"{manifest.path} names what it needs.",
            later=("pip install --no-cache-dir .",),
            system=system,
            folder=place,
        )
    return _requirements(facts, manifest, system, root)


def _common(one: str, other: str) -> str:
    if one == other:
        return one
    inside = other == "." or one.startswith(other + "/")
    return other if inside else "."


def _requirements(facts: Facts, manifest: Manifest, system: tuple[str, ...], root: str) -> Installation:
    files: list[str] = []
    pending = [manifest.path]
    local = False
    while pending:
        path = pending.pop()
        if path in files:
            continue
        files.append(path)
        found = facts.manifests.get(path)
        pending += [
            posixpath.normpath(posixpath.join(posixpath.dirname(path), each.path))
            for each in (found.includes if found is not None else ())
        ]
        local = local or any(
            each.editable_path is not None for each in (found.dependencies if found is not None else ())
        )
        local = local or any(posixpath.relpath(each, root).startswith("..") for each in files)
    shown = posixpath.relpath(manifest.path, root)
    if local:  # a requirement is the project itself: nothing can be installed before it is there
        return Installation(
            "pip",
            f"{manifest.path} names what the application needs.",
            later=(f"pip install --no-cache-dir -r {shown}",),
            system=system,
            folder=root,
            manifests=tuple(files),
        )
    made = _pip(tuple(posixpath.relpath(each, root) for each in files), shown, system, root)
    return replace(made, manifests=tuple(files))


def _pip(files: tuple[str, ...], shown: str, system: tuple[str, ...], root: str) -> Installation:
    return Installation(
        "pip",
        f"{shown} names what the application needs.",
        files,
        (f"pip install --no-cache-dir -r {shown}",),
        system=system,
        folder=root,
    )


def _pipenv(facts: Facts, place: str, system: tuple[str, ...]) -> Installation:
    locked = posixpath.normpath(posixpath.join(place, "Pipfile.lock")) in facts.paths
    flag = "--deploy" if locked else "--skip-lock"
    return Installation(
        "pipenv",
        "Pipfile names what the application needs."
        + (" --deploy stops when the lock file does not fit it." if locked else ""),
        ("Pipfile", *(["Pipfile.lock"] if locked else [])),
        ("pip install --no-cache-dir pipenv", f"pipenv install --system {flag}"),
        system=system,
        folder=place,
    )


def _pyproject(facts: Facts, drafts: Drafts, manifest: Manifest, place: str, system: tuple[str, ...]) -> Installation:
    data = _toml(drafts, manifest.path)
    tool = data.get("tool")
    tables = set(tool) if isinstance(tool, dict) else set()

    def locked(manager: str) -> bool:
        return posixpath.normpath(posixpath.join(place, _LOCKS[manager])) in facts.paths

    manager = next((each for each in ("uv", "poetry", "pdm") if locked(each)), None) or next(
        (each for each in ("poetry", "pdm", "uv") if each in tables), "pip"
    )
    builds = "build-system" in data
    first = ("pyproject.toml", *([_LOCKS[manager]] if manager != "pip" and locked(manager) else []))
    path = (("PATH", "/app/.venv/bin:$PATH"),)
    if manager == "poetry":
        return Installation(
            manager,
            "Poetry manages the dependencies. Development groups stay out.",
            first,
            (
                "pip install --no-cache-dir poetry",
                "poetry config virtualenvs.create false && poetry install --only main --no-root --no-interaction",
            ),
            system=system,
            folder=place,
        )
    if manager == "uv":
        frozen = " --locked" if locked("uv") else ""
        return Installation(
            manager,
            "uv manages the dependencies. --locked stops when the lock file does not fit."
            if frozen
            else "uv manages the dependencies.",
            first,
            ("pip install --no-cache-dir uv", f"uv sync{frozen} --no-dev --no-install-project"),
            (f"uv sync{frozen} --no-dev",) if builds else (),
            path,
            system,
            place,
        )
    if manager == "pdm":
        return Installation(
            manager,
            "PDM manages the dependencies. Development groups stay out.",
            first,
            (
                "pip install --no-cache-dir pdm",
                "pdm sync --prod --no-self" if locked("pdm") else "pdm install --prod --no-self",
            ),
            environment=path,
            system=system,
            folder=place,
        )
    return Installation(
        "pip",
        f"{manifest.path} names what the application needs.",
        later=("pip install --no-cache-dir .",),
        system=system,
        folder=place,
    )


def _conda(file: str) -> Installation:
    return Installation(
        "conda",
        f"{file} names what the application needs; the base environment of the image takes it.",
        (file,),
        (f"conda env update --name base --file {file} && conda clean --all --yes",),
    )


def _toml(drafts: Drafts, path: str) -> dict[str, object]:
    try:
        return tomli.loads(drafts.text(path))
    except (tomli.TOMLDecodeError, ReadError, RecursionError):
        return {}
