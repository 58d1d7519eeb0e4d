"""The formats a report can be written in, by name. Each is loaded only when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from flask_prodcheck.policy.report import Report

_MODULES = {
    "json": "flask_prodcheck.reports.json_v1",
    "sarif": "flask_prodcheck.reports.sarif",
    "github": "flask_prodcheck.reports.github",
}


def renderer(name: str) -> Callable[[Report], str]:
    """The function that writes a report in the machine format ``name``. Raises :class:`KeyError`."""
    render: Callable[[Report], str] = importlib.import_module(_MODULES[name]).render
    return render
