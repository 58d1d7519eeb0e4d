"""Names that mean production: of a class, a key, a mode, a section of a file."""

from __future__ import annotations

from flask_prodcheck.patterns import regex

_PARTS = regex(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def is_production_name(name: str) -> bool:
    """Whether ``name`` means production."""
    return any(part.lower() in ("prod", "production") for part in _PARTS.findall(name))
