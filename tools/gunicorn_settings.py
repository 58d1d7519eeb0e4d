#!/usr/bin/env python3
"""Renew ``flask_prodcheck/model/launching/gunicorn.json``: every gunicorn setting and worker, as the releases declare them.

usage: tools/gunicorn_settings.py            (needs pip and a package index; the audit itself needs neither)

``settings``: the settings of the newest release, ``removed``: those that only older ones have. Each entry holds the
command-line flags, whether a flag takes a value ("value", "flag" for store_true/store_false/store_const, "append"), the
default as text, the name of gunicorn's own validator in ``check`` ("callable:2" for a hook of two parameters), and the
releases of ``releases`` between which it exists: ``since`` is "" when the oldest has it, ``until`` is "" when the newest
has it, else the first without it. ``workers`` does the same for worker aliases. Source: ``gunicorn.config.KNOWN_SETTINGS``
and ``gunicorn.workers.SUPPORTED_WORKERS`` of each release.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parent.parent / "flask_prodcheck" / "model" / "launching" / "gunicorn.json"

#: Oldest first. One of each series, and the releases in which settings or workers came or went.
RELEASES = (
    "19.9.0", "20.0.4", "20.1.0", "21.2.0", "22.0.0", "23.0.0", "24.1.1", "25.0.3", "25.1.0", "25.3.0", "26.0.0", "26.1.0",
    "26.2.0", "27.0.1",
)  # fmt: skip

#: Run in a child with the release first on the path: what one release declares, as JSON.
_DECLARED = r"""
import json
from gunicorn.config import KNOWN_SETTINGS
from gunicorn.workers import SUPPORTED_WORKERS

def check(setting):
    function = getattr(setting.validator, "__func__", setting.validator)
    if function is None:
        return ""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    arity = [cell for cell in cells if isinstance(cell, int)]
    if function.__name__ == "_validate_callable":
        return f"callable:{arity[0]}"
    return function.__name__

def const(action, setting):
    return {"store_const": str(getattr(setting, "const", "")), "store_true": "true", "store_false": "false"}.get(action, "")

settings = {}
for setting in KNOWN_SETTINGS:
    action = getattr(setting, "action", None) or "store"
    # The default of chdir is the folder the tool runs in: written as ".".
    default = "." if setting.name == "chdir" else setting.default
    plain = isinstance(default, (str, int, bool)) or default is None
    settings[setting.name] = {
        "flags": list(setting.cli or []),
        "takes": "append" if action == "append" else "value" if action == "store" else "flag",
        "const": const(action, setting),
        "default": default if plain else "" if callable(default) else str(default),
        "type": getattr(setting.type, "__name__", ""),
        "hook": callable(default) and setting.cli is None,
        "check": check(setting),
    }
    if setting.name == "control_socket":
        settings[setting.name]["default"] = "gunicorn.ctl"
print(json.dumps({"settings": settings, "workers": sorted(SUPPORTED_WORKERS)}))
"""


def declared(release: str) -> dict[str, Any]:
    """What ``release`` declares. setuptools gives the oldest ones their ``pkg_resources``."""
    with tempfile.TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", folder]
        subprocess.run([*install, f"gunicorn=={release}", "setuptools<81", "packaging"], check=True)
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", _DECLARED],
            cwd=folder,
            env={"PYTHONPATH": folder, "HOME": "/root"},
            check=True,
            capture_output=True,
            text=True,
        )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def lifetime(name: str, having: Sequence[Any]) -> dict[str, str]:
    """Between which releases ``name`` exists."""
    present = [release for release, names in zip(RELEASES, having, strict=True) if name in names]
    gone = RELEASES.index(present[-1]) + 1
    return {
        "since": "" if present[0] == RELEASES[0] else present[0],
        "until": RELEASES[gone] if gone < len(RELEASES) else "",
    }


def main() -> None:
    found = [declared(release) for release in RELEASES]
    having = [each["settings"] for each in found]
    rows = {name: {**row, **lifetime(name, having)} for each in having for name, row in each.items()}
    workers = [each["workers"] for each in found]
    table = {
        "gunicorn": RELEASES[-1],
        "releases": RELEASES,
        "settings": {name: row for name, row in rows.items() if not row["until"]},
        "removed": {name: row for name, row in rows.items() if row["until"]},
        "workers": {name: lifetime(name, workers) for each in workers for name in each},
    }
    TARGET.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
