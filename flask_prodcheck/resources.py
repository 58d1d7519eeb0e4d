"""Where the tool's own data lives: inside the installed package, or beside the package in a checkout."""

from __future__ import annotations

import re
from pathlib import Path

from flask_prodcheck.errors import ProdcheckError
from flask_prodcheck.patterns import regex

_PACKAGE = Path(__file__).resolve().parent
_OWN_NAME = regex(r'^name\s*=\s*"flask-prodcheck"\s*$', re.MULTILINE)


def rules_folder() -> Path:
    """The folder that holds one folder per rule. Raises :class:`ProdcheckError` when the installation is incomplete."""
    return _find("_rules", "rules")


def lesson_file() -> Path:
    """``lesson.toml``. Raises :class:`ProdcheckError` when the installation is incomplete."""
    return _find("_lesson.toml", "docs/lesson.toml")


def sample_folder() -> Path:
    """The small application of the lesson. Raises :class:`ProdcheckError` when the installation is incomplete."""
    return _find("_sample", "fixtures/lesson")


def _find(packaged: str, in_checkout: str) -> Path:
    inside = _PACKAGE / packaged
    if inside.exists():
        return inside
    project = _PACKAGE.parent / "pyproject.toml"
    if project.is_file() and _OWN_NAME.search(project.read_text(encoding="utf-8")):
        return _PACKAGE.parent / in_checkout
    raise ProdcheckError(
        f"this installation is incomplete: {packaged} is missing from the package; reinstall flask-prodcheck"
    )
