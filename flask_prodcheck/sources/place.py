"""Where an audited project lies, seen from another folder."""

from __future__ import annotations

from pathlib import Path


def prefix_of(root: Path, folder: Path) -> str:
    """What leads from ``folder`` to ``root``, with a final ``/``; "" when they are the same or ``root`` is not inside."""
    try:
        inside = root.resolve().relative_to(folder.resolve()).as_posix()
    except (OSError, ValueError):
        return ""
    return "" if inside == "." else f"{inside}/"
