"""What stands for a value that cannot be decided; inside text it stays visible as ``${name}``, as everywhere in commands."""

from __future__ import annotations


class _Open:
    """The one value that stands for "not decidable"."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN = _Open()


def is_open_text(value: object) -> bool:
    """Whether a part of the text ``value`` is not decided."""
    return isinstance(value, str) and "${" in value
