"""Which file of the project a Python command runs, and where Python searches for modules."""

from __future__ import annotations

import posixpath

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.place import Place, brought, locate
from flask_prodcheck.model.launching.placed_files import installed_at
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.references import OWN_FILE

#: Programs that stand as scripts in the environment of a project and are started through Python by their path.
INSTALLED_PROGRAMS = frozenset(
    {"gunicorn", "flask", "uwsgi", "waitress-serve", "uvicorn", "hypercorn", "granian", "celery"}
)


def import_roots(place: Place, facts: Facts) -> tuple[str, ...]:
    """The folders that Python searches at ``place``, in order, as far as they belong to the project."""
    found = [*place.import_paths, place.cwd, *filter(None, [place.left])]
    for entry in place.variables.get("PYTHONPATH", "").split(":"):
        if entry and not is_open(entry):
            inside = locate(entry, place, facts)
            if inside is not None:
                found.append(inside)
    for manifest in facts.manifests.values():
        if manifest.path.endswith(("setup.py", "setup.cfg", "pyproject.toml")):
            folder = posixpath.dirname(manifest.path) or "."
            found += [posixpath.normpath(posixpath.join(folder, each)) for each in manifest.package_dirs]
    return tuple(dict.fromkeys(found))


def placed_module(module: str, place: Place, facts: Facts) -> str | None:
    """The file that a COPY puts where Python finds it as ``module`` at ``place``, under a name that the project's own folders
    do not show."""
    tail = module.replace(".", "/")
    given = place.variables.get("PYTHONPATH", "").split(":")
    folders = (*given, "") if place.image is not None else ()
    paths = [posixpath.join(each, f"{tail}{end}") for each in folders for end in ("/__init__.py", ".py")]
    found = (brought(each, place, facts) for each in paths if not is_open(each))
    return next((each for each in found if each in facts.paths), None)


def script_file(script: str, place: Place, facts: Facts) -> str | None:
    """The file of ``python SCRIPT``, of a folder its ``__main__.py``; None where the project does not hold it."""
    path = script.removeprefix(OWN_FILE) if script.startswith(OWN_FILE) else locate(script, place, facts)
    if path is None and script.startswith("/") and place.image is None:
        path = installed_at(script, facts)
    if path is not None and (path.endswith(("/", ".")) or f"{path}/__main__.py" in facts.paths):
        return f"{path}/__main__.py" if path != "." else "__main__.py"
    return path


def module_file(module: str, place: Place, facts: Facts, modules: Modules) -> str | None:
    """The file of ``python -m MODULE``; None where the project does not hold it."""
    roots = import_roots(place, facts)
    if not place.cwd_known:
        roots = (*roots, ".")  # an image that a clone or an archive brings the code to
    path = modules.path_of(f"{module}.__main__", roots) or modules.path_of(module, roots)
    path = path or placed_module(f"{module}.__main__", place, facts) or placed_module(module, place, facts)
    if path is None and "__init__.py" in facts.paths:
        path = modules.path_of(module.partition(".")[2], (".",))  # the checkout is that package itself
    return path


def is_of_the_project(module: str, facts: Facts) -> bool:
    """Whether the project has the package or the module that ``module`` begins with."""
    top = module.split(".", maxsplit=1)[0]
    return any(path == f"{top}.py" or path.startswith(top + "/") for path in facts.paths)
