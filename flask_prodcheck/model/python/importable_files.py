"""The Python files of a project, and which of them an import loads, found without importing anything.

Paths are relative to the audited root. An *import root* is a folder that is (or may be) on ``sys.path``, as a relative
path, ``"."`` for the audited root. Facts: https://docs.python.org/3/reference/import.html
"""

from __future__ import annotations

import itertools
import posixpath
import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.python.distributions import distributed, import_name
from flask_prodcheck.model.python.own_package import own_package
from flask_prodcheck.patterns import regex

_NEVER_PROJECT = frozenset(sys.stdlib_module_names) | {
    "celery", "dash", "flask", "flask_script", "flask_socketio", "gunicorn", "jinja2", "redis", "sqlalchemy", "werkzeug",
}  # fmt: skip
#: A part of a dotted name that servers import: they ask the import system by name, so it need not be an identifier.
_IMPORTABLE = regex(r"[\w-]+")


class _Surroundings(NamedTuple):
    """Of the files in one folder: the folder from which they import, the packages around them, outermost first, and what
    may be on ``sys.path``, the likeliest alone and all."""

    top: str
    packages: tuple[str, ...]
    strong: tuple[str, ...]
    roots: tuple[str, ...]


class ImportableFiles:
    """The Python files of a project as the import system finds them. Answers are memoised; the facts never change."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._files = frozenset(path for path in facts.paths | frozenset(facts.modules) if path.endswith(".py"))
        folders: set[str] = set()
        for path in self._files:
            folder = posixpath.dirname(path)
            while folder and folder not in folders:
                folders.add(folder)
                folder = posixpath.dirname(folder)
        self._folders = frozenset(folders)
        self._package_roots = tuple(
            dict.fromkeys(
                _join(posixpath.dirname(path) or ".", folder)
                for path, manifest in sorted(facts.manifests.items())
                for folder in manifest.package_dirs
            )
        )
        own = {import_name(each.project_name).lower() for each in facts.manifests.values() if each.project_name}
        asked = {
            import_name(dependency.name).lower()
            for manifest in facts.manifests.values()
            for dependency in manifest.dependencies
        }
        self._external = _NEVER_PROJECT | (asked - own)  # a workspace asks for its own members
        self._own = own_package(facts, self._external)
        self._distributed = distributed(facts)
        self._surroundings: dict[str, _Surroundings] = {}  # of the files in each folder
        self._importers: dict[str, list[str]] | None = None
        self._roots_having: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = {}
        self._located: dict[tuple[str, str], str | None] = {}
        self._import_files: dict[tuple[str, str, int], str | None] = {}

    def __iter__(self) -> Iterator[PyModule]:
        """The parsed modules, by path."""
        for path in sorted(self.facts.modules):
            yield self.facts.modules[path]

    def module(self, path: str) -> PyModule | None:
        """The facts of the file ``path``; None when it does not exist or was screened out."""
        return self.facts.modules.get(path)

    def is_file(self, path: str) -> bool:
        """Whether the project has the Python file ``path``."""
        return path in self._files

    def path_of(self, dotted: str, roots: Sequence[str]) -> str | None:
        """The file that ``import dotted`` would load from the first of ``roots`` that has it: a package's
        ``__init__.py`` goes before a module file. None when there is no file (also for a namespace package)."""
        found = self.locate(dotted, roots)
        return None if found is None or found.endswith("/") else found

    def exists(self, dotted: str, roots: Sequence[str]) -> bool:
        """Whether ``import dotted`` finds something of the project; namespace packages count."""
        return self.locate(dotted, roots) is not None

    def locate(self, dotted: str, roots: Sequence[str]) -> str | None:
        """Like :meth:`path_of`, with the folder and a ``/`` for a namespace package (only if no root has a file)."""
        namespace: str | None = None
        for root in self._having(dotted.partition(".")[0], tuple(roots)):
            found = self._locate_in(dotted, root)
            if found is not None and not found.endswith("/"):
                return found
            namespace = namespace or found
        return namespace

    def _having(self, name: str, roots: tuple[str, ...]) -> tuple[str, ...]:
        """Those of ``roots`` that have a module or a folder called ``name``: few have what a file imports."""
        key = (name, roots)
        known = self._roots_having.get(key)
        if known is None:
            known = self._roots_having[key] = tuple([root for root in roots if self._has(name, root)])
        return known

    def _has(self, name: str, root: str) -> bool:
        stem = name if root in (".", "") else f"{root}/{name}"
        return (
            f"{stem}.py" in self._files
            or stem in self._folders  # as is that of every package
            or (stem == name == self._own)
        )

    def _locate_in(self, dotted: str, root: str) -> str | None:
        key = (dotted, root)
        if key not in self._located:
            self._located[key] = self._search(dotted, root)
        return self._located[key]

    def _search(self, dotted: str, root: str) -> str | None:
        parts = dotted.split(".")
        if not all(_IMPORTABLE.fullmatch(part) for part in parts):
            return None
        folder = "" if root in (".", "") else root
        if not folder and parts[0] == self._own:
            return self._search(".".join(parts[1:]), root) if parts[1:] else "__init__.py"
        for index, part in enumerate(parts):
            stem = f"{folder}/{part}" if folder else part
            last = index == len(parts) - 1
            if f"{stem}/__init__.py" in self._files:
                if last:
                    return None if self._is_only_called_flask(stem) else f"{stem}/__init__.py"
            elif f"{stem}.py" in self._files:
                return f"{stem}.py" if last else None
            elif stem in self._folders:
                if index == 0 and part.lower() in self._external:
                    return None  # a folder without __init__.py loses against a distribution further down sys.path
                if last:
                    return f"{stem}/"
            else:
                return None
            folder = stem
        return None

    def _is_only_called_flask(self, folder: str) -> bool:
        """Whether the package in ``folder`` is called like Flask and binds nothing: what is imported from ``flask`` is
        not in it. (Its modules are found by their whole names.)"""
        module = self.module(f"{folder}/__init__.py") if posixpath.basename(folder) == "flask" else None
        return module is not None and not module.names and not module.is_open

    def top(self, path: str) -> str:
        """The folder from which ``path`` imports as a module of its outermost regular package ("." = the root)."""
        return self._around(path).top

    def dotted(self, path: str, root: str = ".") -> str | None:
        """The name under which ``path`` imports from ``root``; None when it lies elsewhere or is not importable."""
        relative = path
        if root not in (".", ""):
            if not path.startswith(root + "/"):
                return None
            relative = path[len(root) + 1 :]
        if not relative.endswith(".py"):
            return None
        parts = relative[:-3].split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts) if parts and all(map(_IMPORTABLE.fullmatch, parts)) else None

    def packages_above(self, path: str) -> tuple[str, ...]:
        """The ``__init__.py`` of every package around ``path``, outermost first, ``path`` itself left out."""
        found = self._around(path).packages
        return found[:-1] if found and found[-1] == path else found

    def roots_for(self, path: str) -> tuple[str, ...]:
        """The folders that may be on ``sys.path`` when ``path`` runs, likeliest first: the parent of its top package,
        the audited root, the packages' folders that manifests name, ``src``, and the folders above the file."""
        return self._around(path).roots

    def _around(self, path: str) -> _Surroundings:
        """What is the same for all files of the folder of ``path``."""
        folder = path.rpartition("/")[0]
        known = self._surroundings.get(folder)
        if known is None:
            known = self._surroundings[folder] = self._surrounding(folder)
        return known

    def _surrounding(self, folder: str) -> _Surroundings:
        above = [folder] if folder else []
        while outer := posixpath.dirname(above[-1] if above else ""):
            above.append(outer)
        around = list(itertools.takewhile(lambda each: f"{each}/__init__.py" in self._files, above))
        top = (posixpath.dirname(around[-1]) if around else folder) or "."
        strong = [top, ".", *self._package_roots]
        if "src" in self._folders and "src/__init__.py" not in self._files:
            strong.append("src")
        return _Surroundings(
            top,
            tuple([f"{each}/__init__.py" for each in reversed(around)]),
            tuple(dict.fromkeys(strong)),
            tuple(dict.fromkeys((*strong, *above))),
        )

    def imported_file(self, path: str, module: str, level: int) -> str | None:
        """What ``from <level dots><module> import ...`` in ``path`` loads: a file, a folder with a trailing ``/`` for a
        namespace package, or None when it is not the project's."""
        key = (path, module, level)
        if key not in self._import_files:
            self._import_files[key] = self.find_imported(path, module, level)
        return self._import_files[key]

    def find_imported(self, path: str, module: str, level: int) -> str | None:
        """:meth:`imported_file` for questions that are asked once: the answer is not kept."""
        if level:
            folder = posixpath.dirname(path)
            for _ in range(level - 1):
                if not folder:
                    return None
                folder = posixpath.dirname(folder)
            if module:
                return self._locate_in(module, folder or ".")
            package = f"{folder}/__init__.py" if folder else "__init__.py"
            return package if package in self._files else f"{folder or '.'}/"
        head = module.partition(".")[0]
        around = self._around(path)
        found = self.locate(module, around.strong if head.lower() in self._external else around.roots)
        if found is None and (siblings := self._distributed.get(head)):
            return self.locate(module, siblings)
        return None if found == path and module.count(".") == 0 and head in _NEVER_PROJECT else found

    def absolute_imports(self, path: str) -> tuple[str, ...]:
        """The dotted names that ``path`` imports without dots, anywhere in the file; ``from a import b`` gives "a" and
        "a.b"."""
        module = self.module(path)
        return tuple([name for name in module.imported if name[:1] != "."]) if module is not None else ()

    def importers_of(self, dotted: str) -> tuple[str, ...]:
        """The files that import something by the dotted name ``dotted``."""
        if self._importers is None:
            self._importers = {}
            for path in sorted(self.facts.modules):
                for name in self.absolute_imports(path):
                    self._importers.setdefault(name, []).append(path)
        return tuple(self._importers.get(dotted, ()))


def _join(folder: str, relative: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, relative))
    return "." if joined in ("", ".") or joined.startswith("..") else joined
