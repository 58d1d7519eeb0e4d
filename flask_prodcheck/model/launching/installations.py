"""What is installed where a chain stands: by the image that it runs in, and by the project's manifests."""

from __future__ import annotations

import posixpath

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.model.launching.commands.wrappers import BRINGING_COMMANDS
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.model.launching.installs import Installs, installs_of, production_dependencies
from flask_prodcheck.model.launching.place import Place

_INSTALLERS = frozenset({"pip", "pip3", "python", "python3", "uv", "poetry", "pipenv", "conda"})
#: The distribution whose server is that of another one which is installed beside it.
_SOCKETIO = "flask-socketio"


class Installations:
    """The installations of one project's images, each read once."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.asked = frozenset(dep.name for dep in production_dependencies(facts))
        self._known: dict[tuple[str, str], Installs] = {}

    def all_at(self, place: Place) -> frozenset[str] | None:
        """The distributions that the image of ``place`` installs; None where it may hold others as well."""
        image = place.image
        if image is None or not image.dockerfile or any(self._installs_packages(hop.span.file) for hop in place.hops):
            return None
        if any(wrapper in BRINGING_COMMANDS for wrapper in place.wrappers):
            return None  # and a distribution that is asked for may bring the command itself
        found = self._of(image)
        return found.names if found.certain else None

    def seen_at(self, place: Place) -> frozenset[str]:
        """The distributions that are seen to be installed at ``place``: those of an image that brings Flask-SocketIO and
        is known as a whole; else what the project asks for, and what the image installs beside it."""
        known = self.all_at(place)
        if known is not None and _SOCKETIO in known:
            return known
        beside = self._of(place.image).names if place.image is not None and place.image.dockerfile else frozenset()
        return self.asked | beside

    def _of(self, image: Image) -> Installs:
        key = (image.dockerfile, image.stage)
        if key not in self._known:
            self._known[key] = installs_of(image, self.facts)
        return self._known[key]

    def _installs_packages(self, path: str) -> bool:
        """Whether a script on the way installs distributions when the container starts."""
        script = self.facts.scripts.get(path)
        return script is not None and any(
            "install" in [word.text for word in command.words]
            and posixpath.basename(command.words[0].text) in _INSTALLERS
            for command in every_command(script.body)
        )
