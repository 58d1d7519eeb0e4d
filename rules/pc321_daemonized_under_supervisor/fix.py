"""PC321: the server stays with what watches it."""

from __future__ import annotations

from flask_prodcheck.rulekit import DropOption, Fix, Hit, Project, safe


def fix(project: Project, hit: Hit) -> Fix | None:
    for launch in project.production:
        for name in ("daemon", "daemonize"):
            setting = launch.setting(name)
            if setting is not None and setting[1] == hit.at:
                written = "D" if name == "daemon" and "--daemon" not in launch.end.text else name
                return safe(f"drop {name}", DropOption(hit.at, written, setting[0]))
    return None
