"""PC202: the deployment no longer turns debug mode on."""

from __future__ import annotations

from flask_prodcheck.rulekit import DropOption, DropVariable, Fix, Hit, Project, unsafe


def fix(_project: Project, hit: Hit) -> Fix | None:
    what = hit.facts["what"]
    if what == "--debug":
        return unsafe("drop --debug from the command", DropOption(hit.at, "debug"))
    name = what.rpartition(" sets ")[2].partition("=")[0]  # ".flaskenv sets FLASK_DEBUG=1, which"
    if name.startswith("-"):
        return None  # which value the project's own option needs instead is not known
    return unsafe(f"remove {name}", DropVariable(hit.at, name))
