"""Files that stand somewhere else once the project is installed: what COPY, ``cp``, ``mv`` and ``install`` put in place.

A template that the image or the installation script copies (``cp settings.py.example settings.py``) is what the
application then reads.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import commands_of, every_command
from flask_prodcheck.facts.types import ShellCommand
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.images import Image, project_path

_PROGRAMS = frozenset({"cp", "mv", "install", "ln"})
_VALUED = frozenset({"-m", "-o", "-g", "--mode", "--owner", "--group", "-S", "--suffix"})
_READ = (".py", ".cfg", ".conf", ".ini", ".toml", ".json", ".env")


def image_files(image: Image, facts: Facts) -> dict[str, str]:
    """Project path -> the project file that stands there inside ``image``, where that is another one."""
    found: dict[str, str] = {}
    folders = folders_of(facts)
    inside = [each for each in image.mapping if each.repo in folders]
    for each in image.mapping:
        if each.repo not in facts.paths or not each.image.endswith(_READ):
            continue
        place = project_path(inside, each.image, facts)
        # A target without a slash may be a file or a folder: the mapping holds both.
        if place is not None and place != each.repo and not posixpath.dirname(place).endswith(_READ):
            found[place] = each.repo
    for command, folder in image.runs:
        cwd = folder
        for each_command in commands_of(command) or ():
            words = _words(each_command)
            if words[:1] == ["cd"] and len(words) > 1:
                cwd = posixpath.normpath(posixpath.join(cwd, words[1]))
                continue
            for source, target in _copies(words):
                origin = project_path(image.mapping, posixpath.join(cwd, source), facts)
                place = project_path(inside, posixpath.join(cwd, target), facts)
                _note(found, origin, place, facts)
    return found


def script_files(facts: Facts) -> dict[str, str]:
    """The same for the shell scripts of the project, where the place is empty in the repository."""
    found: dict[str, str] = {}
    for path, script in sorted(facts.scripts.items()):
        for command in every_command(script.body):
            for source, target in _copies(_words(command)):
                folders = (posixpath.dirname(path), "")
                origin = next((each for each in _places(source, folders) if each in facts.paths), None)
                if origin is None:
                    continue
                base = _base_of(origin, source)
                place = posixpath.normpath(posixpath.join(base, _tail(target))) if base is not None else None
                if not posixpath.basename(place or "").startswith(".env"):
                    _note(found, origin, place, facts)
    return found


def installed_at(path: str, facts: Facts) -> str | None:
    """The project file that a shell script of the project puts at ``path`` of a host: the one that ends with the folder
    and the name which the script takes it from, wherever it was unpacked."""
    for _, script in sorted(facts.scripts.items()):
        for command in every_command(script.body):
            for source, target in _copies(_words(command)):
                there = posixpath.join(target, posixpath.basename(source)) if target.endswith("/") else target
                if there != path:
                    continue
                tail = "/".join(_tail(source).split("/")[-2:])
                found = [each for each in facts.paths if "/" in tail and f"/{each}".endswith(f"/{tail}")]
                if len(found) == 1:
                    return found[0]
    return None


def _words(command: ShellCommand) -> list[str]:
    words = [word.text.strip("\"'") for word in command.words]
    while words and words[0] in ("sudo", "exec", "command"):
        words = words[1:]
    return words


def _copies(words: Sequence[str]) -> Iterable[tuple[str, str]]:
    if not words or posixpath.basename(words[0]) not in _PROGRAMS:
        return ()
    valued = {index + 1 for index, word in enumerate(words) if word in _VALUED}
    operands = [w for index, w in enumerate(words) if index and index not in valued and not w.startswith("-")]
    if len(operands) != 2 or any("*" in word for word in operands):
        return ()
    return ((operands[0], operands[1]),)


def _tail(word: str) -> str:
    """The part of a path behind the variables that name its folder."""
    for closing in ("}", ")"):
        word = word.rsplit(closing, 1)[-1]
    head, _, rest = word.partition("/")
    return (rest if head.startswith("$") else word).lstrip("/")


def _places(word: str, folders: Sequence[str]) -> Iterable[str]:
    tail = _tail(word)
    return (posixpath.normpath(posixpath.join(folder, tail)) for folder in folders) if tail else ()


def _base_of(origin: str, word: str) -> str | None:
    """The folder from which ``word`` names ``origin``."""
    tail = posixpath.normpath(_tail(word))
    return origin[: -len(tail)] if origin.endswith(tail) else None


def _note(found: dict[str, str], origin: str | None, place: str | None, facts: Facts) -> None:
    if origin is None or place is None or origin not in facts.paths or place.startswith(".."):
        return
    if place in folders_of(facts):
        place = posixpath.join(place, posixpath.basename(origin))
    if place != origin and place not in facts.paths and place.endswith(_READ):
        found[place] = origin
