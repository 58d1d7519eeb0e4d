"""Reads setup.cfg, and setup.py as far as its ``setup()`` call is literal. setup.py is never run."""

from __future__ import annotations

import ast
import configparser
import re
import warnings
from collections.abc import Iterator, Mapping

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.pyproject import entry_point
from flask_prodcheck.facts.requirements import parse_requirement
from flask_prodcheck.facts.types import Dependency, EntryPoint, Manifest

_SCRIPT_SECTIONS = ("console_scripts", "gui_scripts")
_NO_PLUGINS = frozenset({*_SCRIPT_SECTIONS, "wsgi_scripts"})


# --- setup.cfg -------------------------------------------------------------------------------------------------------


def read_setup_cfg(path: str, text: str) -> Manifest:
    """What a setup.cfg declares. Raises :class:`ReadError` with the line when it is no configuration file."""
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise ReadError("invalid setup.cfg: a line before the first section", error.lineno) from error
    except configparser.ParsingError as error:
        line = error.errors[0][0] if error.errors else 1
        raise ReadError("invalid setup.cfg: a line is neither a section nor a key", line) from error
    except (configparser.Error, AttributeError) as error:  # AttributeError: a continuation of a key without a value
        raise ReadError(f"invalid setup.cfg: {error}") from error
    places = _cfg_places(text)
    lines = text.split("\n")
    dependencies = list(_cfg_requirements(path, lines, places.get(("options", "install_requires")), "main"))
    for extra in config.options("options.extras_require") if config.has_section("options.extras_require") else ():
        dependencies += _cfg_requirements(path, lines, places.get(("options.extras_require", extra)), extra)
    entries = [entry for kind in _SCRIPT_SECTIONS for entry in _cfg_entry_points(path, lines, places, kind)]
    folders = [
        item.partition("=")[2].strip()
        for _, item in _cfg_items(lines, places.get(("options", "package_dir")))
        if item.startswith("=")
    ]
    folders += [item for _, item in _cfg_items(lines, places.get(("options.packages.find", "where")))]
    return Manifest(
        path=path,
        dependencies=tuple(dependencies),
        entry_points=tuple(entries),
        plugins=tuple(
            entry
            for section, kind in places
            if section in _ENTRY_SECTIONS and kind not in _NO_PLUGINS
            for entry in _cfg_entry_points(path, lines, places, kind)
        ),
        wsgi_scripts=tuple(_cfg_entry_points(path, lines, places, "wsgi_scripts")),
        package_dirs=tuple(dict.fromkeys(folder for folder in folders if folder not in ("", "."))),
        project_name=_cfg_value(config, "metadata", "name"),
        python_requires=_cfg_value(config, "options", "python_requires"),
        open=any(
            item.startswith("file:") for _, item in _cfg_items(lines, places.get(("options", "install_requires")))
        ),
    )


#: setuptools reads the first, pbr the second.
_ENTRY_SECTIONS = ("options.entry_points", "entry_points")


def _cfg_entry_points(
    path: str, lines: list[str], places: Mapping[tuple[str, str], int], kind: str
) -> Iterator[EntryPoint]:
    for section in _ENTRY_SECTIONS:
        for number, item in _cfg_items(lines, places.get((section, kind))):
            name, equals, reference = item.partition("=")
            group = "" if kind in _NO_PLUGINS else kind
            found = entry_point(name.strip(), reference, Span(path, number), group) if equals else None
            if found is not None:
                yield found


def _cfg_value(config: configparser.RawConfigParser, section: str, key: str) -> str | None:
    value = config.get(section, key, fallback=None)
    return value if value and not value.startswith(("attr:", "file:")) else None


def _cfg_places(text: str) -> dict[tuple[str, str], int]:
    """(section, key) -> line; the last one of a repeated key, as configparser takes it."""
    places: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith("["):
            section = line[1:].partition("]")[0]
        elif line and not line[0].isspace() and line[0] not in "#;":
            key = re.split(r"[=:]", line, maxsplit=1)[0].strip().lower()
            places[section, key] = number
    return places


def _cfg_items(lines: list[str], start: int | None) -> Iterator[tuple[int, str]]:
    """The lines of a list value with their numbers: the rest of the key's line, then the indented ones."""
    if start is None:
        return
    first = re.split(r"[=:]", lines[start - 1], maxsplit=1)
    if len(first) == 2 and first[1].strip():
        yield start, first[1].strip()
    for number in range(start + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and not line[0].isspace() and line[0] not in "#;":
            return
        item = line.strip()
        if item and item[0] not in "#;":
            yield number, item


def _cfg_requirements(path: str, lines: list[str], start: int | None, group: str) -> Iterator[Dependency]:
    for number, item in _cfg_items(lines, start):
        if item.startswith("file:"):
            continue
        for part in item.split(";") if start == number and ";" in item and "python" not in item else (item,):
            found = parse_requirement(re.sub(r"\s#.*$", "", part), Span(path, number), group)
            if found is not None:
                yield found


# --- setup.py --------------------------------------------------------------------------------------------------------


def read_setup_py(path: str, text: str) -> Manifest | None:
    """What the literal arguments of ``setup()`` declare; ``open`` when a part is computed. None without such a call.

    Raises :class:`ReadError` with the line for text that is not Python.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes in the audited file are not ours to print
            tree = ast.parse(text)
    except SyntaxError as error:
        raise ReadError(f"invalid Python: {error.msg}", error.lineno or 1) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ReadError(f"invalid Python: {error}") from error
    call = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)), None)
    if call is None:
        return None
    reader = _SetupCall(path, call, _bound(tree))
    return reader.manifest()


def _is_setup(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "setup") or (
        isinstance(function, ast.Attribute) and function.attr == "setup"
    )


def _bound(tree: ast.Module) -> dict[str, ast.expr]:
    """Module-level names bound exactly once, to what; others are not decidable."""
    found: dict[str, ast.expr] = {}
    again: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            if node.id in found:
                again.add(node.id)
            found.setdefault(node.id, node)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
        ):
            again.add(node.func.value.id)  # requires.append(...)
    values = {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    return {name: value for name, value in values.items() if name not in again}


class _SetupCall:
    """The arguments of one ``setup()`` call; ``open`` turns true when one cannot be decided."""

    def __init__(self, path: str, call: ast.Call, names: Mapping[str, ast.expr]) -> None:
        self.path = path
        self.names = names
        self.open = False
        self.arguments: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            if keyword.arg is not None:
                self.arguments[keyword.arg] = keyword.value
                continue
            spread = self.resolved(keyword.value)
            if isinstance(spread, ast.Dict):
                self.arguments.update(dict(self.pairs(spread)))
            else:
                self.open = True

    def manifest(self) -> Manifest:
        dependencies = list(self.requirements(self.arguments.get("install_requires"), "main"))
        dependencies += self.requirements(self.arguments.get("tests_require"), "test")
        extras = self.resolved(self.arguments.get("extras_require"))
        if isinstance(extras, ast.Dict):
            for extra, value in self.pairs(extras):
                dependencies += self.requirements(value, extra.partition(":")[0] or "main")
        elif extras is not None:
            self.open = True
        entries = list(self.entry_points())
        return Manifest(
            path=self.path,
            dependencies=tuple(dependencies),
            entry_points=tuple(each for each in entries if each.group == ""),
            plugins=tuple(each for each in entries if each.group),
            package_dirs=self.package_dirs(),
            project_name=self.text(self.arguments.get("name")),
            python_requires=self.text(self.arguments.get("python_requires")),
            open=self.open,
        )

    def resolved(self, node: ast.expr | None) -> ast.expr | None:
        for _ in range(8):
            if not isinstance(node, ast.Name) or node.id not in self.names:
                break
            node = self.names[node.id]
        return node

    def text(self, node: ast.expr | None) -> str | None:
        node = self.resolved(node)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    def pairs(self, node: ast.Dict) -> Iterator[tuple[str, ast.expr]]:
        for key, value in zip(node.keys, node.values, strict=True):
            name = self.text(key)
            if name is None:
                self.open = True
            else:
                yield name, value

    def items(self, node: ast.expr | None, depth: int = 0) -> Iterator[tuple[str, int]]:
        """The strings of a literal list (or of a text with one per line), with their lines."""
        node = self.resolved(node)
        if node is None:
            return
        if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            for each in node.elts:
                inner = each.value if isinstance(each, ast.Starred) else each
                value = self.text(inner)
                if value is not None:
                    yield value, inner.lineno
                elif isinstance(each, ast.Starred) and depth < 8:
                    yield from self.items(inner, depth + 1)
                else:
                    self.open = True
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for offset, line in enumerate(node.value.split("\n")):
                if line.strip():
                    yield line.strip(), node.lineno + offset
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and depth < 64:
            yield from self.items(node.left, depth + 1)
            yield from self.items(node.right, depth + 1)
        else:
            self.open = True

    def requirements(self, node: ast.expr | None, group: str) -> Iterator[Dependency]:
        for value, line in self.items(node):
            found = parse_requirement(value, Span(self.path, line), group)
            if found is not None:
                yield found

    def entry_points(self) -> Iterator[EntryPoint]:
        """The console scripts, and the plugins, which have a group."""
        node = self.resolved(self.arguments.get("entry_points"))
        if isinstance(node, ast.Dict):
            for section, value in self.pairs(node):
                is_open = self.open
                yield from self.scripts(self.items(value), section)
                self.open = self.open if section in _SCRIPT_SECTIONS else is_open
        elif isinstance(node, ast.Constant):
            sections: dict[str, list[tuple[str, int]]] = {}
            section = ""
            for text, line in self.items(node):
                if text.startswith("["):
                    section = text.strip("[] ")
                elif section:
                    sections.setdefault(section, []).append((text, line))
            for section, items in sections.items():
                yield from self.scripts(iter(items), section)
        elif node is not None:
            self.open = True

    def scripts(self, items: Iterator[tuple[str, int]], section: str) -> Iterator[EntryPoint]:
        group = "" if section in _SCRIPT_SECTIONS else section
        for value, line in items:
            name, equals, reference = value.partition("=")
            found = entry_point(name.strip(), reference, Span(self.path, line), group) if equals else None
            if found is not None:
                yield found

    def package_dirs(self) -> tuple[str, ...]:
        found: list[str] = []
        node = self.resolved(self.arguments.get("package_dir"))
        if isinstance(node, ast.Dict):
            found += [folder for key, value in self.pairs(node) if key == "" and (folder := self.text(value))]
        packages = self.resolved(self.arguments.get("packages"))
        if isinstance(packages, ast.Call):
            where = next(
                (each.value for each in packages.keywords if each.arg == "where"),
                packages.args[0] if packages.args else None,
            )
            folder = self.text(where)
            found += [folder] if folder else []
        return tuple(dict.fromkeys(each.rstrip("/") for each in found if each not in ("", ".")))
