"""Copies of a deploy file that are kept beside it and that nothing names: what was deployed once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import every_command
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.services import services_of
from flask_prodcheck.patterns import regex

#: What a name has more than that of its original: ``Dockerfile.old``, ``fly_backup.toml``, ``docker-compose.yml~``.
_ASIDE = regex(
    r"(?:[._ -](?:backup|bak|copy|deprecated|disabled|obsolete|old|orig|original|save|saved|unused)[0-9]*|~)(?=(?:\.[a-z]+)?$)",
    re.IGNORECASE,
)


def kept_copies(heads: Sequence[Head], facts: Facts) -> list[str]:
    """The files of ``heads`` that are kept copies. Kubernetes applies a whole folder of files, whatever they are called."""
    files = {each.span.file for each in heads if each.kind != "kubernetes"}
    return sorted(path for path in files if _is_kept_copy(path, facts))


def _is_kept_copy(path: str, facts: Facts) -> bool:
    """Whether the file at ``path`` is called as a copy that was put aside, its original stands beside it, and nothing that
    builds, runs or calls files names it."""
    folder, name = posixpath.split(path)
    found = _ASIDE.search(name)
    if found is None:
        return False
    original = posixpath.join(folder, name[: found.start()] + name[found.end() :])
    return original in facts.paths and not _is_named(path, facts)


def _is_named(path: str, facts: Facts) -> bool:
    if any(built.dockerfile == path for built in facts.builds) or services_of(path, facts):
        return True
    name = posixpath.basename(path)
    return any(name in text for text in _texts(facts))


def _texts(facts: Facts) -> Iterator[str]:
    """What the project's own files run, and what they say of it."""
    for script in facts.scripts.values():
        yield from (command.text for command in every_command(script.body))
    for source in (facts.start_files, facts.manifests):
        for file in source.values():
            for start in file.starts:
                yield from (value for _, value in start.options)
                if start.command is not None:
                    yield start.command.shell or start.command.text
