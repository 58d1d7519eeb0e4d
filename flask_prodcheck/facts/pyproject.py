"""Reads pyproject.toml: dependencies of every common tool, console scripts, tasks and where packages live."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from flask_prodcheck.base import Span
from flask_prodcheck.facts.requirements import parse_requirement
from flask_prodcheck.facts.toml_lines import line_of, load_toml, value_line
from flask_prodcheck.facts.types import Command, Dependency, EntryPoint, EnvFileRef, EnvVar, Manifest, Start
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Document:
    path: str
    text: str
    data: Mapping[str, object]

    def at(self, *keys: str) -> object:
        """The value at ``keys``, or None."""
        value: object = self.data
        for key in keys:
            if not isinstance(value, Mapping):
                return None
            value = value.get(key)
        return value

    def table(self, *keys: str) -> Mapping[str, object]:
        value = self.at(*keys)
        return value if isinstance(value, Mapping) else {}

    def span(self, *keys: str) -> Span:
        return Span(self.path, line_of(self.text, *keys))

    def item_span(self, value: str, *keys: str) -> Span:
        return Span(self.path, value_line(self.text, line_of(self.text, *keys), value))


def read_pyproject(path: str, text: str) -> Manifest:
    """What a pyproject.toml declares. Raises :class:`~flask_prodcheck.errors.ReadError` for invalid TOML."""
    document = _Document(path, text, load_toml(text))
    name = document.at("project", "name") or document.at("tool", "poetry", "name")
    requires = document.at("project", "requires-python") or _poetry_python(document)
    dynamic = document.at("project", "dynamic")
    return Manifest(
        path=path,
        dependencies=tuple(_dependencies(document)),
        entry_points=tuple(_entry_points(document)),
        plugins=tuple(_plugins(document)),
        starts=tuple(_tasks(document)),
        package_dirs=_package_dirs(document),
        project_name=name if isinstance(name, str) else None,
        python_requires=requires if isinstance(requires, str) else None,
        open=isinstance(dynamic, list) and "dependencies" in dynamic,
    )


# --- dependencies ----------------------------------------------------------------------------------------------------


def _dependencies(document: _Document) -> Iterator[Dependency]:
    yield from _listed(document, "main", "project", "dependencies")
    for extra in document.table("project", "optional-dependencies"):
        yield from _listed(document, extra, "project", "optional-dependencies", extra)
    for group in document.table("dependency-groups"):
        yield from _listed(document, group, "dependency-groups", group)
    for group in document.table("tool", "pdm", "dev-dependencies"):
        yield from _listed(document, "dev", "tool", "pdm", "dev-dependencies", group)
    yield from _listed(document, "dev", "tool", "uv", "dev-dependencies")
    yield from _listed(document, "dev", "tool", "rye", "dev-dependencies")
    for name in document.table("tool", "hatch", "envs"):
        for key in ("dependencies", "extra-dependencies"):
            yield from _listed(document, "dev" if name == "default" else name, "tool", "hatch", "envs", name, key)
    yield from _poetry_table(document, "main", "tool", "poetry", "dependencies")
    yield from _poetry_table(document, "dev", "tool", "poetry", "dev-dependencies")
    for group in document.table("tool", "poetry", "group"):
        yield from _poetry_table(document, group, "tool", "poetry", "group", group, "dependencies")


def _listed(document: _Document, group: str, *keys: str) -> Iterator[Dependency]:
    items = document.at(*keys)
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, str):
            continue  # {include-group = ...}: the group's own members are listed under its name
        editable = item.startswith("-e ")
        found = parse_requirement(item[3:] if editable else item, document.item_span(item, *keys), group)
        if found is not None:
            yield found


def _poetry_table(document: _Document, group: str, *keys: str) -> Iterator[Dependency]:
    for name, value in document.table(*keys).items():
        if name.lower() == "python":
            continue
        yield table_dependency(name, value, group, document.span(*keys, name))


def table_dependency(name: str, value: object, group: str, span: Span) -> Dependency:
    """A dependency of a Poetry or Pipenv table: a version, or a table (or list of tables) with extras and origin."""
    if isinstance(value, list):
        value = next((each for each in value if isinstance(each, Mapping)), {})
    if isinstance(value, str):
        return Dependency(canonicalize_name(name), "" if value == "*" else value, span, group)
    table: Mapping[str, object] = value if isinstance(value, Mapping) else {}

    def text(key: str) -> str:
        found = table.get(key)
        return found if isinstance(found, str) else ""

    origin = text("git") or text("url") or text("file")
    version = text("version")
    extras = table.get("extras")
    path = text("path")
    return Dependency(
        name=canonicalize_name(name),
        specifier=f"@ {origin}" if origin else ("" if version == "*" else version),
        span=span,
        group=group,
        extras=tuple(sorted(str(extra) for extra in extras)) if isinstance(extras, list) else (),
        marker=text("markers"),
        editable_path=path or None,
    )


def _poetry_python(document: _Document) -> str | None:
    value = document.at("tool", "poetry", "dependencies", "python")
    return value if isinstance(value, str) else None


# --- scripts ---------------------------------------------------------------------------------------------------------


def entry_point(name: str, reference: str, span: Span, group: str = "") -> EntryPoint | None:
    """The console script, or the plugin of ``group``, ``name = module:function [extras]``; None when ``reference`` is no
    such thing."""
    module, colon, function = reference.split("[", 1)[0].strip().partition(":")
    if not colon or not module.strip() or not function.strip():
        return None
    return EntryPoint(name, module.strip(), function.strip(), span, group)


def _plugins(document: _Document) -> Iterator[EntryPoint]:
    for keys in (("project", "entry-points"), ("tool", "poetry", "plugins")):
        for group in document.table(*keys):
            for name, value in document.table(*keys, group).items():
                span = document.span(*keys, group, name)
                found = entry_point(name, value, span, group) if isinstance(value, str) else None
                if found is not None:
                    yield found


def _entry_points(document: _Document) -> Iterator[EntryPoint]:
    for keys in (("project", "scripts"), ("project", "gui-scripts"), ("tool", "poetry", "scripts")):
        for name, script in document.table(*keys).items():
            value = script.get("reference") or script.get("callable") if isinstance(script, Mapping) else script
            found = entry_point(name, value, document.span(*keys, name)) if isinstance(value, str) else None
            if found is not None:
                yield found
    for name, script in document.table("tool", "pdm", "scripts").items():
        call = script.get("call") if isinstance(script, Mapping) else None
        found = (
            entry_point(name, call.partition("(")[0], document.span("tool", "pdm", "scripts", name))
            if isinstance(call, str)
            else None
        )
        if found is not None:
            yield found


def _tasks(document: _Document) -> Iterator[Start]:
    yield from _hatch_scripts(document, "tool", "hatch", "envs")
    shared = document.table("tool", "pdm", "scripts", "_")
    env = _variables(document, "tool", "pdm", "scripts", "_", "env")
    for script, value in document.table("tool", "pdm", "scripts").items():
        if script != "_":
            table = value if isinstance(value, Mapping) else {}
            files = _environment_file(table.get("env_file") or shared.get("env_file"), document, script)
            for start in _task("pdm", script, value, document, env, "tool", "pdm", "scripts", script):
                yield replace(start, env_files=files)
    for tool in ("poe", "taskipy"):
        env = _variables(document, "tool", tool, "env")
        for script, value in document.table("tool", tool, "tasks").items():
            yield from _task("package-script", script, value, document, env, "tool", tool, "tasks", script)
    for script, value in document.table("tool", "rye", "scripts").items():
        yield from _task("package-script", script, value, document, (), "tool", "rye", "scripts", script)


def _hatch_scripts(document: _Document, *keys: str) -> Iterator[Start]:
    for name in document.table(*keys):
        env = _variables(document, *keys, name, "env-vars")
        for script, value in document.table(*keys, name, "scripts").items():
            yield from _task("hatch", script, value, document, env, *keys, name, "scripts", script)


def read_hatch(path: str, text: str) -> Manifest:
    """What a ``hatch.toml`` declares: the scripts of its environments (the tables of ``[tool.hatch]`` without that
    prefix). Raises :class:`~flask_prodcheck.errors.ReadError` for invalid TOML."""
    document = _Document(path, text, load_toml(text))
    return Manifest(path=path, starts=tuple(_hatch_scripts(document, "envs")))


def _environment_file(value: object, document: _Document, script: str) -> tuple[EnvFileRef, ...]:
    """PDM's ``env_file``: a path, or a table whose ``override`` is one."""
    path = value.get("override") if isinstance(value, Mapping) else value
    return (EnvFileRef(path, document.span("tool", "pdm", "scripts", script)),) if isinstance(path, str) else ()


def _task(
    kind: str, name: str, value: object, document: _Document, env: tuple[EnvVar, ...], *keys: str
) -> Iterator[Start]:
    cwd: str | None = None
    steps: list[object] = [value]
    if isinstance(value, Mapping):
        env = (*env, *_variables(document, *keys, "env"))
        folder = value.get("cwd") or value.get("working_dir")
        cwd = folder if isinstance(folder, str) else None
        steps = [value[key] for key in ("cmd", "shell", "chain") if key in value]
        steps += [each for key in ("sequence", "composite") for each in _as_list(value.get(key))]
    elif isinstance(value, list):
        steps = list(value)
    for each in steps:
        step = each.get("cmd") or each.get("shell") if isinstance(each, Mapping) else each
        if isinstance(step, list) and step and all(isinstance(word, str) for word in step):
            argv = tuple(str(word) for word in step)
            command = Command(document.span(*keys), " ".join(argv), argv=argv)
        elif isinstance(step, str) and step.strip():
            text = _ARGUMENTS.sub(r"\1", step)
            command = Command(document.item_span(step, *keys), re.sub(r"\s+", " ", step.strip()), shell=text)
        else:
            continue
        yield Start(kind, name, command.span, command, cwd=cwd, env=env)


#: Where Hatch and PDM put what the caller adds, with what stands there without any.
_ARGUMENTS = regex(r"\{args(?::([^{}]*))?\}")


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _variables(document: _Document, *keys: str) -> tuple[EnvVar, ...]:
    found = []
    for name, variable in document.table(*keys).items():
        value = variable.get("default") if isinstance(variable, Mapping) else variable
        if isinstance(value, (str, int)):
            found.append(EnvVar(name, str(value), document.span(*keys, name)))
    return tuple(found)


# --- packages --------------------------------------------------------------------------------------------------------


#: Where a build backend is told which packages there are, so that it does not look for them.
_NAMES_PACKAGES = (
    ("tool", "setuptools", "packages"),
    ("tool", "setuptools", "py-modules"),
    ("tool", "setuptools", "package-dir"),
    ("tool", "poetry", "packages"),
    ("tool", "hatch", "build", "packages"),
    ("tool", "hatch", "build", "targets", "wheel", "packages"),
    ("tool", "flit", "module"),
)


def _package_dirs(document: _Document) -> tuple[str, ...]:
    found: list[str] = []
    package_dir = document.table("tool", "setuptools", "package-dir")
    found += [value for key, value in package_dir.items() if key == "" and isinstance(value, str)]
    where = document.at("tool", "setuptools", "packages", "find", "where")
    found += [where] if isinstance(where, str) else [each for each in _as_list(where) if isinstance(each, str)]
    for package in _as_list(document.at("tool", "poetry", "packages")):
        if isinstance(package, Mapping) and isinstance(package.get("from"), str):
            found.append(str(package["from"]))
    for keys in (("tool", "hatch", "build"), ("tool", "hatch", "build", "targets", "wheel")):
        for each in _as_list(document.at(*keys, "packages")):
            if isinstance(each, str) and posixpath.dirname(each.rstrip("/")):
                found.append(posixpath.dirname(each.rstrip("/")))
        found += [each for each in _as_list(document.at(*keys, "dev-mode-dirs")) if isinstance(each, str)]
        found += [source for source in document.table(*keys, "sources") if source]
        found += [each for each in _as_list(document.at(*keys, "sources")) if isinstance(each, str)]
    root = document.at("tool", "pdm", "build", "package-dir") or document.at(
        "tool", "uv", "build-backend", "module-root"
    )
    found += [root] if isinstance(root, str) else []
    if not found and document.table("build-system") and not any(document.at(*keys) for keys in _NAMES_PACKAGES):
        found.append("src")  # every build backend looks there by itself
    return tuple(dict.fromkeys(each for each in (posixpath.normpath(each) for each in found if each) if each != "."))
