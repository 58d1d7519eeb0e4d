"""Writing a plan: every file at once or not at all, each replaced in one step."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from flask_prodcheck.edits.changes import Change, Plan
from flask_prodcheck.edits.text_file import decode
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """The paths that were ``written``, and those that were ``kept`` because the user has a file of that name."""

    written: tuple[str, ...]
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Job:
    target: Path
    temporary: Path
    data: bytes
    exists: bool


def write(plan: Plan, root: Path, *, force: bool = False) -> Written:
    """Writes the changes of ``plan`` below the folder ``root``.

    Each file is written beside its target and moved over it, with the mode, line ends and encoding of the file it
    replaces; all are prepared before the first is moved. An existing settings file or entry module of the user's is
    kept unless ``force``. Raises :class:`RefusedError`, with nothing written, when such a file stands in the way of the
    rest, when a file is no longer what the plan was made from, lies outside ``root``, is reached through a link or cannot
    be written.
    """
    jobs: list[_Job] = []
    written: list[str] = []
    kept: list[str] = []
    for change in plan.changes:
        job = _job(change, root)
        if change.keeps_existing and job.exists and not force:
            if change.vital:
                raise RefusedError(f"{change.path} exists and is needed under this name: --force replaces it")
            kept.append(change.path)
            continue
        jobs.append(job)
        written.append(change.path)
    try:
        for job in jobs:
            _prepare(job)
        for job in jobs:
            job.temporary.replace(job.target)
    except OSError as failure:
        raise RefusedError(f"{failure.filename}: cannot be written: {failure.strerror or failure}") from failure
    finally:
        for job in jobs:
            if job.temporary.exists():
                job.temporary.unlink()
    return Written(tuple(written), tuple(kept))


def _job(change: Change, root: Path) -> _Job:
    target = root / change.path
    if not target.resolve().is_relative_to(root.resolve()):
        raise RefusedError(f"{change.path} leads out of the project: it is not written")
    if any((root / each).is_symlink() for each in (Path(change.path), *Path(change.path).parents[:-1])):
        raise RefusedError(f"{change.path} is reached through a link: change the file that the link leads to")
    encoding = "utf-8"
    try:
        exists = target.exists()
        if exists:
            text, encoding = decode(target.read_bytes())
            if change.before is not None and text != change.before:
                raise RefusedError(f"{change.path} has changed since it was read: run the command again")
        if not exists and change.before is not None:
            raise RefusedError(f"{change.path} is gone since it was read: run the command again")
        data = change.after.encode(encoding)
    except OSError as failure:
        raise RefusedError(f"{change.path}: cannot be read: {failure.strerror or failure}") from failure
    except UnicodeEncodeError as failure:
        raise RefusedError(
            f"{change.path}: its encoding, {encoding}, has no {failure.object[failure.start]!r}"
        ) from failure
    if exists and change.before is None and not change.keeps_existing:
        raise RefusedError(f"{change.path} exists but is no part of the project (ignored by git?): it is not replaced")
    return _Job(target, target.with_name(f".{target.name}.prodcheck-{os.getpid()}"), data, exists)


def _prepare(job: _Job) -> None:
    job.target.parent.mkdir(parents=True, exist_ok=True)
    # Opened with the mode a new file has, so that the umask decides; an existing file's own mode is copied after.
    descriptor = os.open(job.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(job.data)
        stream.flush()
        os.fsync(stream.fileno())
    if job.exists:
        shutil.copymode(job.target, job.temporary)
