"""The quickest answer: to the same command line, while nothing that the answer came from has been touched.

An audit that was answered from the cache leaves a list of everything that its answer depended on (``witness``): files
and folders with what the file system says of them, and places where nothing was. Here they are looked at again, and
nothing else is: no settings are read, no tree is walked, git is not asked, and hardly a module is imported. When one of
them differs, or the list is not whole, there is no answer here and the audit takes its usual way.
"""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Mapping, Sequence

from flask_prodcheck import __version__
from flask_prodcheck.cache.place import default_folder, is_own

SECONDS = 987654321.125
"""Stands for the time taken in a remembered text."""

FOLDER = "recall"
ABSENT = "-"

_FORMAT = "prodcheck-recall-1"
_SECONDS = "987654321."
_TYPE, _FOLDER = 0o170000, 0o040000  # of a mode (``stat`` would have to be imported)
_MAX_BYTES = 64 * 1024 * 1024
# Variables that say where things are looked for, or how they are shown.
_VARIABLES = ("HOME", "PATH", "XDG_CONFIG_HOME", "NO_COLOR", "TERM", "PRODCHECK_DEBUG")


def question(words: Sequence[str], environment: Mapping[str, str], *, is_terminal: bool) -> str:
    """What is asked: the ``words`` of the command line, where, and by which Python and tool. One line."""
    told = {name: environment.get(name) for name in _VARIABLES}
    return ascii((__version__, sys.version, sys.path, os.getcwd(), list(words), told, is_terminal))


def recalled(words: Sequence[str], environment: Mapping[str, str], *, is_terminal: bool) -> tuple[str, int] | None:
    """The text (with :data:`SECONDS` for the time taken) and exit code of the same question, if still true."""
    folder = default_folder(environment)
    if folder is None or sys.platform == "win32":
        return None
    try:
        asked = question(words, environment, is_terminal=is_terminal)
        if not is_own(folder):
            return None
        with open(place_of(folder, asked), "rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
        return _answer(data, asked)
    except (OSError, ValueError):
        return None  # nothing is kept, what is kept is not whole, or the current folder is gone


def place_of(folder: str, asked: str) -> str:
    """The file for a question. Others may share it: the question is kept in it as well."""
    data = asked.encode()
    return os.path.join(folder, FOLDER, f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}")


def packed(asked: str, root: str, marks: Mapping[str, str], text: str, exit_code: int) -> bytes | None:
    """The file that :func:`recalled` reads; None when a path holds what ends a path there. ``marks`` are the
    :func:`mark_of` every place, ``root`` the audited folder."""
    if any("\0" in place or "\n" in place for place in (root, *marks)):
        return None
    lines = [asked, str(exit_code), f"{root}\0{os.path.realpath(root)}", str(len(marks))]
    lines += [f"{place}\0{mark}" for place, mark in marks.items()]
    body = "\n".join((*lines, text)).encode("utf-8", "surrogateescape")
    return f"{_FORMAT} {zlib.crc32(body):08x} {len(body)}\n".encode() + body


def _answer(data: bytes, asked: str) -> tuple[str, int] | None:
    head, _, body = data.partition(b"\n")
    if head != f"{_FORMAT} {zlib.crc32(body):08x} {len(body)}".encode():
        return None
    kept, code, roots, count, rest = body.decode("utf-8", "surrogateescape").split("\n", 4)
    root, _, real = roots.partition("\0")
    if kept != asked or code not in ("0", "1", "2") or os.path.realpath(root) != real:
        return None
    *marks, text = rest.split("\n", int(count))
    if len(marks) != int(count):
        return None
    for line in marks:
        place, _, mark = line.partition("\0")
        if mark_of(place) != mark:
            return None
    return text, int(code)


def mark_of(place: str) -> str:
    """What the file system says of ``place``: another one after any change of it. Raises OSError where it says nothing."""
    try:
        status = os.stat(place)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    mark = (
        f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size} {status.st_ino} {status.st_dev} "
        f"{status.st_mode} {status.st_uid}"
    )
    if status.st_mode & _TYPE == _FOLDER:
        # Not every file system renews the time stamps of a folder when something comes or goes.
        names = "\0".join(sorted(os.listdir(place)))
        mark += f" {zlib.crc32(names.encode('utf-8', 'surrogateescape'))}"
    return mark


def with_seconds(text: str, seconds: float) -> str:
    """``text`` with ``seconds`` in place of :data:`SECONDS`, to as many decimals."""
    first, *others = text.split(_SECONDS)
    parts = [first]
    for other in others:
        rest = other.lstrip("0123456789")
        parts.append(f"{seconds:.{len(other) - len(rest)}f}{rest}" if len(rest) < len(other) else _SECONDS + other)
    return "".join(parts)
