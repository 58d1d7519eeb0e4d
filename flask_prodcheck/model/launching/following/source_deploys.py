"""What Google's buildpacks start of a folder that holds no Dockerfile and no Procfile: gunicorn, which they install.

Source: GoogleCloudPlatform/buildpacks, ``cmd/python/missing_entrypoint`` (``main.py`` before ``app.py``; from Python 3.13 on
other servers where the project asks for them; a script of ``pyproject.toml`` goes first) and ``cmd/python/webserver``.
"""

from __future__ import annotations

from flask_prodcheck.base import Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.budget import Budget
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.folders import above, join
from flask_prodcheck.model.launching.following.environment import given_variables
from flask_prodcheck.model.launching.installs import production_dependencies
from flask_prodcheck.model.launching.place import Place, enter
from flask_prodcheck.model.launching.steps import ServerStart, SourceDeploy
from flask_prodcheck.model.project import Server
from flask_prodcheck.records import replace

#: The program of a start that buildpacks bring along.
BUILDPACK = "buildpack"
#: What decides the start, in place of a program that is found by its name: each is a start of its own.
_DECIDES = ("Dockerfile", "Procfile")
_MODULES = ("main", "app")
#: Distributions that have the buildpack start something else, from some version of Python on.
_OTHERS = frozenset({"uvicorn", "fastapi", "gradio", "streamlit", "google-adk"})


def deployed_source(deploy: SourceDeploy, place: Place, facts: Facts, budget: Budget) -> list[Ended]:
    """How the image that a platform builds of a folder serves by default; nothing where a file in it says it, as that file
    is a start of its own. Where the project may have something else started, that is noted as unseen."""
    place = enter(place, deploy.folder, facts)
    if any(join(place.cwd, name) in facts.paths for name in _DECIDES):
        return []
    if deploy.told or _has_another_start(place, facts):
        if any(place.cwd in (".", *above(path)) for path in facts.modules):
            budget.unseen.append(place.hops[-1])
        return []
    name = next((each for each in _MODULES if join(place.cwd, f"{each}.py") in facts.paths), "")
    module = facts.modules.get(join(place.cwd, f"{name}.py"))
    if module is None or not module.binds("app"):
        return []
    given = given_variables(deploy.environment, (), place, facts)
    there = replace(place, env={}, shell={}, drafts={}, image=None, mounts=(), shell_parent=None, reloads=False)
    started = there.with_env({**given, "PORT": Unknown("the platform chooses it")})
    return [Ended(started, start=ServerStart(Server.GUNICORN, f"{name}:app", {"bind": ":8080"}, program=BUILDPACK))]


def _has_another_start(place: Place, facts: Facts) -> bool:
    """Whether the buildpack may start something else than gunicorn there: a descriptor of the project sets its variables,
    a script of it goes first, or another server is asked for."""
    names = {dependency.name for dependency in production_dependencies(facts)}
    manifest = facts.manifests.get(join(place.cwd, "pyproject.toml"))
    return (
        join(place.cwd, "project.toml") in facts.paths
        or (manifest is not None and bool(manifest.entry_points))
        or ("gunicorn" not in names and not _OTHERS.isdisjoint(names))
    )
