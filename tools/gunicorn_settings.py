#!/usr/bin/env python3
"""Renew ``flask_prodcheck/model/launching/gunicorn.json``: every gunicorn setting, as the installed gunicorn declares it.

usage: tools/gunicorn_settings.py            (run with the newest gunicorn installed; the audit itself needs none)

Each entry holds the setting's name in a config file, its command-line flags, whether a flag takes a value ("value",
"flag" for store_true/store_false/store_const, "append"), and the default as text. Source: ``gunicorn.config.KNOWN_SETTINGS``.
"""

from __future__ import annotations

import json
from pathlib import Path

import gunicorn
from gunicorn.config import KNOWN_SETTINGS

TARGET = Path(__file__).resolve().parent.parent / "flask_prodcheck" / "model" / "launching" / "gunicorn.json"
FLAG_ACTIONS = {"store_true", "store_false", "store_const"}


def main() -> None:
    settings = {}
    for setting in sorted(KNOWN_SETTINGS, key=lambda each: each.name):
        action = getattr(setting, "action", None) or "store"
        # The default of chdir is the folder the tool runs in: written as ".".
        default = "." if setting.name == "chdir" else setting.default
        settings[setting.name] = {
            "flags": list(setting.cli or []),
            "takes": "flag" if action in FLAG_ACTIONS else "append" if action == "append" else "value",
            "const": str(getattr(setting, "const", ""))
            if action == "store_const"
            else "true"
            if action == "store_true"
            else "false"
            if action == "store_false"
            else "",
            "default": default
            if isinstance(default, (str, int, bool)) or default is None
            else ""
            if callable(default)
            else str(default),
            "type": getattr(setting.type, "__name__", ""),
            "hook": callable(default) and setting.cli is None,
        }
    TARGET.write_text(
        json.dumps({"gunicorn": gunicorn.__version__, "settings": settings}, indent=1, sort_keys=True) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
