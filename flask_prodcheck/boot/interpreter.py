"""The Python that the project runs with."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from flask_prodcheck.errors import UsageError

_FOLDERS = (".venv", "venv")
#: What the project's processes get of prodcheck's own environment. Everything else, credentials first, stays out.
_INHERITED = frozenset({"PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TZ", "USER", "LOGNAME", "LD_LIBRARY_PATH"})
#: What describes the machine or the image that a deploy file was written for, not this one.
_ELSEWHERE = frozenset({"PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "LD_PRELOAD"})


def interpreter_for(root: Path, chosen: Path | None = None) -> Path:
    """``chosen``, else that of the virtual environment in ``root`` (``.venv`` or ``venv``), else the running one. Raises
    :class:`UsageError` when ``chosen`` is no program."""
    if chosen is not None:
        program = _program(chosen)
        if program is None:
            raise UsageError(f"--python {chosen}: no such program")
        return program
    for folder in _FOLDERS:
        program = _program(root / folder)
        if program is not None:
            return program
    return Path(sys.executable)


def environment(python: Path, own: dict[str, str], port: int) -> dict[str, str]:
    """The environment of the server: what any program needs from ours, the deploy files' and the user's variables
    (``own``), and the folder of ``python`` first on the path. PORT is what platforms give when nothing sets it."""
    found = {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("LC_")}
    found |= {name: value for name, value in own.items() if name not in _ELSEWHERE and not name.startswith("PYTHON")}
    paths = [part for part in own.get("PYTHONPATH", "").split(os.pathsep) if part and not part.startswith("/")]
    if paths:
        found["PYTHONPATH"] = os.pathsep.join(paths)
    folder = python.parent
    found["PATH"] = os.pathsep.join([str(folder), found.get("PATH", os.defpath)])
    if (folder.parent / "pyvenv.cfg").is_file():
        found["VIRTUAL_ENV"] = str(folder.parent)
    found.setdefault("PORT", str(port))
    # Nothing is written beside the project's sources, and what is printed is seen when it is printed.
    return found | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}


def shown(python: Path, root: Path) -> str:
    """``python`` for a reader: relative to the project where it lies inside."""
    absolute = root.absolute()
    return python.relative_to(absolute).as_posix() if python.is_relative_to(absolute) else str(python)


def _program(path: Path) -> Path | None:
    """The interpreter at ``path``: itself, or inside the virtual environment of that folder. Not resolved: a virtual
    environment is known by the path of its link."""
    for candidate in (path, path / "bin" / "python", path / "Scripts" / "python.exe"):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.absolute()
    return None
