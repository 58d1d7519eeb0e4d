"""The name of the package that a checkout itself is, where its files say into which folder a host puts it.

The layout of many mod_wsgi guides: ``/srv/shop/shop`` holds the repository with an ``__init__.py`` at its root, and the
``.wsgi`` file beside it puts ``/srv/shop`` on ``sys.path`` and imports ``shop``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Call, Const, ExprStmt, PyModule


def own_package(facts: Facts, distributions: frozenset[str]) -> str:
    """What the ``.wsgi`` files at the root import from the root's own ``__init__.py``, when a folder of that name is on
    the path of the host by their own words or those of an Apache configuration; "" when they do not say so or differ.
    ``distributions``: what is imported by these names (lower case) is not the project's."""
    root = facts.modules.get("__init__.py")
    if root is None:
        return ""
    scripts = [module for path, module in facts.modules.items() if "/" not in path and path.endswith(".wsgi")]
    hosts = {part for text in _apache_paths(facts) for part in text.split("/")}
    names = set()
    for script in scripts:
        folders = hosts.union(part for text in _searched_folders(script) for part in text.split("/"))
        names |= {
            name
            for name in script.imports & folders
            if name.lower() not in distributions and _is_root(name, script, root, facts)
        }
    return names.pop() if len(names) == 1 else ""


def _is_root(name: str, script: PyModule, root: PyModule, facts: Facts) -> bool:
    """Whether all that ``script`` imports from ``name`` is in the root's package, and nothing else is called so."""
    if f"{name}.py" in facts.paths or any(path.startswith(f"{name}/") for path in facts.paths):
        return False
    parts = {dotted.split(".")[1] for dotted in script.imported if dotted.startswith(f"{name}.")}
    return root.is_open or all(
        root.binds(part) or not facts.paths.isdisjoint({f"{part}.py", f"{part}/__init__.py"}) for part in parts
    )


def _searched_folders(script: PyModule) -> Iterator[str]:
    """The absolute paths that ``script`` puts on ``sys.path`` or hands to ``site.addsitedir``."""
    for stmt in script.body:
        call = stmt.value if isinstance(stmt, ExprStmt) else None
        for arg in call.args if isinstance(call, Call) else ():
            if isinstance(arg, Const) and isinstance(arg.value, str) and posixpath.isabs(arg.value):
                yield arg.value


def _apache_paths(facts: Facts) -> Iterator[str]:
    for file in facts.start_files.values():
        for start in file.starts if file.kind == "apache" else ():
            yield from (value for name, value in start.options if name in ("script", "home", "python-path"))
