"""What Google's buildpacks start of a folder that holds no Dockerfile and no Procfile: gunicorn, which they install.

Source: GoogleCloudPlatform/buildpacks, ``cmd/python/missing_entrypoint`` (``main.py`` before ``app.py``; from Python 3.13 on
other servers where the project asks for them; a script of ``pyproject.toml`` goes first) and ``cmd/python/webserver``.
"""

from __future__ import annotations

import posixpath

from flask_prodcheck.base import Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.following.environment import given_variables
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.place import Place, enter
from flask_prodcheck.model.launching.steps import ServerStart, SourceDeploy
from flask_prodcheck.model.project import Server
from flask_prodcheck.records import replace

#: The program of a start that buildpacks bring along.
BUILDPACK = "buildpack"
#: What decides the start, in place of a program that is found by its name.
_DECIDES = ("Dockerfile", "Procfile", "project.toml")
_MODULES = ("main", "app")
#: Distributions that have the buildpack start something else, from some version of Python on.
_OTHERS = frozenset({"uvicorn", "fastapi", "gradio", "streamlit", "google-adk"})


def deployed_source(deploy: SourceDeploy, place: Place, facts: Facts) -> list[Ended]:
    """How the image that a platform builds of a folder serves by default; nothing where a file in it says it, as that file
    is a start of its own, or where the project may have another server started."""
    place = enter(place, deploy.folder, facts)
    names = {dependency.name for dependency in production_dependencies(facts)}
    manifest = facts.manifests.get(_beside("pyproject.toml", place))
    if any(_beside(name, place) in facts.paths for name in _DECIDES) or (manifest is not None and manifest.entry_points):
        return []
    if "gunicorn" not in names and not _OTHERS.isdisjoint(names):
        return []
    name = next((each for each in _MODULES if _beside(f"{each}.py", place) in facts.paths), "")
    module = facts.modules.get(_beside(f"{name}.py", place))
    if module is None or not module.binds("app"):
        return []
    given = given_variables(deploy.environment, (), place, facts)
    there = replace(place, env={}, shell={}, drafts={}, image=None, mounts=(), shell_parent=None, reloads=False)
    started = there.with_env({**given, "PORT": Unknown("the platform chooses it")})
    return [Ended(started, start=ServerStart(Server.GUNICORN, f"{name}:app", {"bind": ":8080"}, program=BUILDPACK))]


def _beside(name: str, place: Place) -> str:
    return posixpath.normpath(posixpath.join(place.cwd, name))
