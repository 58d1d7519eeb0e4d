"""Python files beside the programs of a project: tests, examples, what installs it."""

from __future__ import annotations

_FOLDERS = frozenset({"tests", "test", "examples", "docs", "node_modules"})


def is_aside(path: str) -> bool:
    """Whether a Python file is one of them: what it starts, or writes, deploys nothing."""
    parts = path.split("/")
    return (
        not _FOLDERS.isdisjoint(parts) or parts[-1].startswith("test_") or parts[-1] in ("setup.py", "conftest.py")
    )
