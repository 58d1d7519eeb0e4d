"""A chain that serves, before it is judged, and the kinds of heads that are no deployment."""

from __future__ import annotations

from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.project import Launch
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A chain that serves, before its purpose is judged. ``folder``: where its shell stood on the machine, as written."""

    head: Head
    launch: Launch
    certain: bool
    hints: tuple[str, ...]
    awaited: bool = False
    folder: str = ""


#: The kind of what jobs of a workflow run on their own machine.
CHECK = "check"
#: Formats of people at work, and of builds of what is served as files: a project that has nothing else has no deploy file.
NO_DEPLOYMENT = frozenset({
    "makefile", "npm", "justfile", "tox", "package-script", "devcontainer", "batch", "powershell", "netlify", "told-processes", CHECK,
})  # fmt: skip
