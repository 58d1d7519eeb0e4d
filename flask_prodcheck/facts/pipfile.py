"""Reads Pipfile, and the names and versions in the lock files of Pipenv, Poetry, PDM, uv and pip (pylock.toml)."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.pyproject import table_dependency
from flask_prodcheck.facts.toml_lines import line_of, load_toml
from flask_prodcheck.facts.types import Command, Dependency, Manifest, Start
from flask_prodcheck.patterns import regex

_SETTINGS = frozenset({"source", "requires", "scripts", "pipenv"})
_JSON_KEY = regex(r'\s*"([^"\\]+)"\s*:')


def read_pipfile(path: str, text: str) -> Manifest:
    """What a Pipfile declares. Raises :class:`ReadError` for invalid TOML."""
    data = load_toml(text)
    dependencies: list[Dependency] = []
    starts: list[Start] = []
    for section, table in data.items():
        if section in _SETTINGS or not isinstance(table, Mapping):
            continue
        group = {"packages": "main", "dev-packages": "dev"}.get(section, section)
        for name, value in table.items():
            dependencies.append(table_dependency(name, value, group, Span(path, line_of(text, section, name))))
    scripts = data.get("scripts")
    for name, script in scripts.items() if isinstance(scripts, Mapping) else ():
        value = script.get("cmd") if isinstance(script, Mapping) else script
        if isinstance(value, str) and value.strip():
            span = Span(path, line_of(text, "scripts", name))
            starts.append(Start("package-script", name, span, Command(span, value.strip(), shell=value.strip())))
    requires = data.get("requires")
    version = (
        requires.get("python_version") or requires.get("python_full_version") if isinstance(requires, Mapping) else None
    )
    return Manifest(
        path,
        tuple(dependencies),
        starts=tuple(starts),
        python_requires=f"=={version}.*" if isinstance(version, str) else None,
    )


def read_lock(path: str, text: str) -> Manifest:
    """The locked distributions, all in group "lock". Raises :class:`ReadError` for invalid TOML or JSON."""
    found = _pipenv_lock(path, text) if posixpath.basename(path).lower() == "pipfile.lock" else _toml_lock(path, text)
    return Manifest(path, tuple(found))


def _toml_lock(path: str, text: str) -> Iterator[Dependency]:
    data = load_toml(text)
    key = "packages" if "packages" in data and "package" not in data else "package"
    packages = data.get(key)
    lines = [
        number for number, line in enumerate(text.split("\n"), 1) if line.replace(" ", "").startswith(f"[[{key}]]")
    ]
    for index, package in enumerate(packages if isinstance(packages, list) else ()):
        if not isinstance(package, Mapping) or not isinstance(package.get("name"), str):
            continue
        source = package.get("source")
        if isinstance(source, Mapping) and ("virtual" in source or source.get("editable") == "."):
            continue  # uv lists the project itself
        version = package.get("version")
        line = lines[index] if index < len(lines) else 1
        yield _locked(str(package["name"]), f"=={version}" if isinstance(version, str) else "", Span(path, line))


def _pipenv_lock(path: str, text: str) -> Iterator[Dependency]:
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReadError(f"invalid JSON: {error.msg}", error.lineno) from error
    except RecursionError as error:
        raise ReadError("invalid JSON: nested too deeply") from error
    places: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        match = _JSON_KEY.match(line)
        if match:
            places.setdefault(match.group(1), number)
    default = data.get("default") if isinstance(data, Mapping) else None
    for name, entry in default.items() if isinstance(default, Mapping) else ():
        version = entry.get("version") if isinstance(entry, Mapping) else None
        yield _locked(name, version if isinstance(version, str) else "", Span(path, places.get(name, 1)))


def _locked(name: str, specifier: str, span: Span) -> Dependency:
    return Dependency(canonicalize_name(name), specifier, span, "lock")
