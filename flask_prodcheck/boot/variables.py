"""Variables that the user gives for a run: an environment file, read as Docker and Flask read theirs."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from flask_prodcheck.errors import UsageError


def read_variables(paths: Iterable[Path]) -> dict[str, str]:
    """The variables of the files, later ones winning. Raises :class:`UsageError` when one cannot be read."""
    return {name: value for path in paths for name, value in read_file(path).items()}


def read_file(path: Path) -> dict[str, str]:
    """The variables of the file; references to others (``${NAME}``) are filled in from the file itself. Raises
    :class:`UsageError` when it cannot be read."""
    from dotenv.main import DotEnv

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as failure:
        raise UsageError(f"{path}: cannot be read: {getattr(failure, 'strerror', None) or failure}") from failure
    found = DotEnv(None, stream=io.StringIO(text), override=False, interpolate=True).dict()
    return {name: value for name, value in found.items() if value is not None}
