"""PC305: the server starts without watching its files."""

from __future__ import annotations

from flask_prodcheck.rulekit import DropOption, Fix, Hit, Project, safe, unsafe

NAMES = ("reload", "py-autoreload", "py-auto-reload", "python-autoreload", "python-auto-reload", "reload-on-changes")


def fix(project: Project, hit: Hit) -> Fix | None:
    for name in NAMES:
        users = [launch for launch in project.launches if launch.options.get(name, ("", None))[1] == hit.at]
        if users:
            value = users[0].options[name][0]
            make = safe if all(launch.is_production for launch in users) else unsafe
            return make(f"drop the option {name}", DropOption(hit.at, name, value))
    return None
