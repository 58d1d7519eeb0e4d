"""Paths of the file system, with one name for the folder of the project: ``os.path`` and ``pathlib``."""

from __future__ import annotations

import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, depending, known, merged, unknown
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

ROOT = "/\ufdd0project"  # stands for the folder of the project in paths; no text holds this code point
HOME = "/\ufdd0home"  # stands for the home folder of the user who runs the program
EXISTENCE = "whether the file exists is not known"
_PATH_LIKE = frozenset({"join", "dirname", "basename", "normpath", "split", "splitext", "isabs"})


def project_path(path: str) -> str | None:
    """``path`` relative to the project's root; None when it lies elsewhere."""
    normal = posixpath.normpath(path)
    if normal == ROOT:
        return "."
    return normal[len(ROOT) + 1 :] if normal.startswith(ROOT + "/") else None


def shown_path(path: str) -> str:
    """``path`` for a reader: the folders that are not known by what everybody calls them."""
    return path.replace(ROOT, "<project>").replace(HOME, "~")


def expanded_user(path: str) -> str:
    """``path`` with the home folder in the place of a leading ``~``; another user's stays as it is."""
    return HOME + path[1:] if path == "~" or path.startswith("~/") else path


def make_path(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return machine.plain_result(list(args.positional), lambda values: PurePosixPath(*cast("list[str]", values)))


def path_method(machine: Machine, receiver: Evaluated, item: PurePosixPath, name: str, args: Arguments) -> Evaluated:
    if name in ("resolve", "absolute"):
        return receiver if item.is_absolute() else unknown("the current folder is not known", receiver)
    if name == "expanduser":
        return machine.plain_result([receiver], lambda values: PurePosixPath(expanded_user(str(values[0]))))
    if name in ("exists", "is_file", "is_dir"):
        return exists(machine, str(item), receiver)
    if name in ("joinpath", "with_suffix", "with_name", "as_posix", "relative_to"):
        count = len(args.positional)
        return machine.plain_result(
            [receiver, *args.positional], lambda values: getattr(values[0], name)(*values[1 : count + 1])
        )
    if name in ("mkdir", "touch", "write_text", "write_bytes", "chmod"):
        return known(None)
    return unknown(f"{name}() reads the file system", receiver)


def path_call(machine: Machine, name: str, args: Arguments) -> Evaluated:
    if name in ("abspath", "realpath") and args.positional:
        try:
            value = machine.plain(args.positional[0])
        except NotPlainError:
            value = None
        if isinstance(value, str | PurePosixPath) and str(value).startswith("/"):
            return depending(known(posixpath.normpath(str(value))), args.positional[0])
        return unknown("the current folder is not known", *args.all)
    if name == "expanduser" and args.positional:
        return machine.plain_result([args.positional[0]], lambda values: expanded_user(str(values[0])))
    if name in _PATH_LIKE:
        return machine.plain_result(
            list(args.positional),
            lambda values: getattr(posixpath, name)(*(str(v) if isinstance(v, PurePosixPath) else v for v in values)),
        )
    if name in ("exists", "isfile", "isdir") and args.positional:
        try:
            return exists(machine, str(machine.plain(args.positional[0])), *args.positional)
        except NotPlainError:
            pass
    return unknown(f"os.path.{name}() is not evaluated", *args.all)


def exists(machine: Machine, path: str, *parts: Evaluated) -> Evaluated:
    relative = project_path(path)
    paths = machine.modules.facts.paths
    if relative is not None and (relative in paths or relative == "." or machine.modules.is_file(relative)):
        return depending(known(True), *parts)
    asked = unknown(EXISTENCE, *parts)
    return replace(asked, files=merged((relative or shown_path(path),), asked.files))
