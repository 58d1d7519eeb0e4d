"""Where a chain stands while it is followed: the hops so far, the folder, the environment, the container."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.base import Known, Origin, Span, Unknown, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import EnvVar
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.folders import folders_of
from flask_prodcheck.model.launching.images import Image, Mapped, is_without_code, project_path
from flask_prodcheck.model.launching.words import as_value, expand, is_open
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.kinds import stripped

Environment = Mapping[str, Value[str]]


#: The folder of whoever starts a process; of Azure App Service the one that holds ``site/wwwroot``.
_HOME = "${HOME}"
#: The program by which a shell of another machine is reached, as a wrapper of what runs there.
SSH = "ssh"


@dataclass(frozen=True, slots=True)
class Place:
    """One state of a followed chain.

    ``cwd`` is a project folder ("." = root); ``cwd_known`` is false where it is assumed. ``args`` are the positional
    parameters; ``args_open`` when the caller may pass more. ``shell`` holds the variables of the running shell that no
    command inherits, unless ``exports_all`` (``set -a``). ``mapping`` holds bind mounts on top of the image's own.
    ``hints`` are words of undecided branches that were taken ("development" side or "production" side);
    ``certain`` is false behind one. ``shell_parent``: the shell that stays as parent of what runs. ``drafts`` are shell
    variables whose text is known but for some ``${NAME}`` in it: commands that a script puts together and runs later.
    ``script``: the script that runs; ``starts``: it is called to start a service; ``folder``: the absolute one on the
    machine, in a container the one inside, "" where it is not known; ``outside``: it stands among the sources of something
    else. ``left``: the project folder in which the server began, where that stays on its path ("" = none but ``cwd``).
    """

    hops: tuple[Hop, ...]
    cwd: str = "."
    cwd_known: bool = True
    env: Environment = field(default_factory=dict)
    args: tuple[str, ...] = ()
    args_open: bool = False
    image: Image | None = None
    mounts: tuple[Mapped, ...] = ()
    user: str | None = None
    certain: bool = True
    hints: tuple[str, ...] = ()
    wrappers: tuple[str, ...] = ()
    shell_parent: Span | None = None
    reloads: bool = False
    import_paths: tuple[str, ...] = ()
    drafts: Mapping[str, str] = field(default_factory=dict)
    shell: Environment = field(default_factory=dict)
    exports_all: bool = False
    script: str = ""
    starts: bool = False
    folder: str = ""
    left: str = ""
    outside: bool = False

    def hop(self, span: Span, text: str) -> Place:
        """This place after one more step (the same place twice in a row counts once)."""
        if self.hops and self.hops[-1].span.file == span.file and self.hops[-1].span.line == span.line:
            return self
        return replace(self, hops=(*self.hops, Hop(span, _one_line(text))))

    @property
    def mapping(self) -> tuple[Mapped, ...]:
        """What COPY instructions and mounts put where, in order."""
        return (*(self.image.mapping if self.image is not None else ()), *self.mounts)

    @property
    def variables(self) -> dict[str, str]:
        """The known part of the environment as text."""
        return {name: value.value for name, value in self.env.items() if isinstance(value, Known)}

    def with_env(self, variables: Mapping[str, Value[str]]) -> Place:
        return replace(self, env={**self.env, **variables}) if variables else self

    def assigned(self, variables: Mapping[str, Value[str]]) -> Place:
        """This place after the running shell assigned ``variables``: what is in the environment already stays there."""
        if self.exports_all:
            return self.with_env(variables)
        inherited = {name: value for name, value in variables.items() if name in self.env}
        own = {name: value for name, value in variables.items() if name not in self.env}
        return replace(self.with_env(inherited), shell={**self.shell, **own} if own else self.shell)

    def exported(self, names: Iterable[str]) -> Place:
        """This place after ``export NAME``."""
        return self.with_env({name: self.shell[name] for name in names if name in self.shell})

    def in_new_shell(self) -> Place:
        """What another shell inherits: the environment only."""
        return replace(self, shell={}, exports_all=False, drafts={})

    def on_another_machine(self) -> Place:
        """What a shell has that ``ssh`` starts: nothing of what is set, mounted or built here."""
        wrappers = (*self.wrappers, SSH)
        return replace(self, env={}, shell={}, drafts={}, image=None, mounts=(), cwd_known=False, folder="", wrappers=wrappers)


def _one_line(text: str) -> str:
    return " ".join(text.split())[:400]


def known_variables(variables: tuple[EnvVar, ...], scope: Mapping[str, str]) -> dict[str, Value[str]]:
    """Variables that a file sets, as values with their origin; a name without a value, or one that cannot be expanded,
    is unknown."""
    found: dict[str, Value[str]] = {}
    for var in variables:
        origin = (Origin(var.span, f"{var.name}={var.value if var.value is not None else ''}"),)
        if var.value is None:
            found[var.name] = Unknown("set outside the project", origin)
            continue
        text = expand(var.value, dict(scope))
        found[var.name] = as_value(text, origin)
    return found


def variables_of_file(path: str, place: Place, facts: Facts) -> dict[str, Value[str]]:
    """The variables of the environment file that ``path`` names, {} where the project has none there."""
    file = facts.env_files.get(locate(path, place, facts) or "")
    return known_variables(file.variables, place.variables) if file is not None else {}


def locate(path: str, place: Place, facts: Facts) -> str | None:
    """The project path of the file or folder that ``path`` names at ``place``; None when the project does not hold it."""
    if is_open(path):
        path = expand(path, place.variables)
        if path.startswith(_HOME) and not is_open(path[len(_HOME) :]) and place.image is None:
            return _by_suffix(path[len(_HOME) :], facts)  # a folder of the host, of which nothing is known
        if is_open(path):
            tail = re.split(r"[})]", path)[-1].lstrip('/"')
            beside = posixpath.normpath(posixpath.join(place.cwd, tail)) if tail else ""
            return next((each for each in (beside, tail) if each in facts.paths), None)
    if path.startswith("/"):
        return _absolute(path, place, facts)
    inside = brought(path, place, facts)
    if inside is not None:
        return inside
    candidate = posixpath.normpath(posixpath.join(place.cwd, path))
    if candidate in facts.paths or candidate in folders_of(facts):
        return candidate
    unseen = place.image is not None and place.image.opaque and is_without_code(place.image, facts)
    return _by_suffix(path, facts) if not place.cwd_known or unseen else None


def _folder_inside(place: Place) -> str | None:
    """The folder of the image in which ``place`` stands; None where no COPY or mount says which one it is."""
    if place.image is None:
        return None
    if place.folder:
        return place.folder
    for each in reversed(place.mapping):
        inside = each.holds_at(place.cwd)
        if inside is not None:
            return posixpath.normpath(inside)
    return None


def brought(path: str, place: Place, facts: Facts) -> str | None:
    """The file or folder of the project that a COPY or a mount brings to ``path`` of a container, whatever it is called in
    the project; a relative one is seen from the folder in which ``place`` stands."""
    folder = "/" if path.startswith("/") else _folder_inside(place)
    inside = project_path(place.mapping, posixpath.join(folder, path), facts) if folder is not None else None
    return inside if inside is not None and (inside in facts.paths or inside in folders_of(facts)) else None


def _absolute(path: str, place: Place, facts: Facts) -> str | None:
    if place.image is not None or place.mounts:
        inside = brought(path, place, facts)
        if inside is not None:
            return inside
        if place.image is not None and not place.image.opaque and place.mapping:
            return None
        if place.image is not None and not place.image.dockerfile and facts.dockerfiles:
            return _by_folders(path, facts)  # the image is none of those that the project builds
    return _by_suffix(path, facts)


def _by_suffix(path: str, facts: Facts) -> str | None:
    """The project file whose path is the longest suffix of ``path``: where a host's folders are not known."""
    if (found := _by_folders(path, facts)) is not None:
        return found
    name = posixpath.basename(posixpath.normpath(path))
    if "." not in name:
        return _program_by_folder(path, facts)
    same = [each for each in facts.paths if posixpath.basename(each) == name]
    if (
        not same
    ):  # a template or a sample of the file that stands on the host; one of variables does not say their values
        same = [
            each
            for each in facts.paths
            if each.startswith(name, each.rfind("/") + 1)
            and stripped(posixpath.basename(each)) == name
            and each not in facts.env_files
        ]
    return same[0] if len(same) == 1 else _closest(path, same)


def _closest(path: str, files: Sequence[str]) -> str | None:
    """The one of ``files`` that stands in more of the folders that ``path`` names than the others do."""
    wanted = posixpath.normpath(path).split("/")[:-1]
    shared = {each: _common(each.split("/")[:-1], wanted) for each in files}
    most = max(shared.values(), default=0)
    nearest = [each for each in files if shared[each] == most > 0]
    return nearest[0] if len(nearest) == 1 else None


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts two lists of folders end in alike."""
    alike = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(reversed(one), reversed(other), strict=False))
    return sum(1 for _ in alike)


def _program_by_folder(path: str, facts: Facts) -> str | None:
    """The one Python file without an ending that is called like ``path`` and stands in a folder called like its folder
    (programs of the machine, which stand in ``bin``, are none)."""
    ends = posixpath.normpath(path).split("/")[-2:]
    if len(ends) < 2 or ends[0] in ("", "bin", "sbin"):
        return None
    same = [each for each in facts.modules if each.split("/")[-2:] == ends]
    return same[0] if len(same) == 1 else None


def _by_folders(path: str, facts: Facts) -> str | None:
    """The project file or folder whose whole path is the longest suffix of ``path``."""
    parts = [part for part in posixpath.normpath(path).split("/") if part not in ("", "..", ".")]
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if candidate in facts.paths or (candidate in folders_of(facts) and "." not in parts[-1]):
            return candidate
    return None


def standing_at(path: str, place: Place) -> list[str]:
    """Every path at which the project file ``path`` stands in the container."""
    return [inside for each in place.mapping if (inside := each.holds_at(path)) is not None]


def on_path(name: str, place: Place, facts: Facts) -> str | None:
    """The project file that a bare program ``name`` means because the image puts it into a folder of PATH."""
    if place.image is None:
        return None
    path = place.image.env.get("PATH")
    own = [each for each in (path.value or "").split(":") if each.startswith("/")] if path is not None else []
    for folder in (*own, "/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"):
        inside = project_path(place.mapping, f"{folder}/{name}", facts)
        if inside is not None and inside in facts.paths:
            return inside
    return None


def is_there(operator: str, path: str, place: Place, facts: Facts) -> bool:
    """Whether a test of the shell (``-f``, ``-d``, ``-e``) finds what a COPY of the image puts at ``path``. What no COPY
    brings may still be there: a RUN line or a volume may have made it."""
    if place.image is None or not (path.startswith("/") or place.cwd_known):
        return False
    mapping = place.mapping
    folder = _folder_inside(place)
    if not path.startswith("/") and folder is None:
        return False
    inside = project_path(mapping, posixpath.join(folder or "/", path), facts)
    if inside is None:
        return False
    is_folder = inside in folders_of(facts)
    return is_folder if operator == "-d" else not is_folder and inside in facts.paths if operator == "-f" else True


def user_id(place: Place) -> str | None:
    """What ``id -u`` prints in a container: "0" for root, else a text that is not; None where it is not known."""
    if place.image is None:
        return None
    if place.user is None:
        return "0" if place.image.dockerfile and is_plain_base(place.image.base) else None
    name = place.user.partition(":")[0]
    return None if is_open(name) else "0" if name in ("root", "0") else name


def enter(place: Place, directory: str, facts: Facts) -> Place:
    """``place`` after ``cd directory``."""
    text = expand(directory, place.variables)
    if text in ("", "."):
        return place
    if place.outside and not text.startswith(("/", "~", "$", "-", "..")):
        return place
    place = replace(place, outside=_is_unpacked(text, place, facts))
    if place.outside or text == "-" or text.startswith("~"):
        return replace(place, cwd_known=False, folder="")
    if is_open(text):
        if "dirname" in text or "BASH_SOURCE" in text:
            return place
        tail = text.rsplit("}", 1)[-1].strip("/")
        return replace(place, cwd=tail if tail in folders_of(facts) else place.cwd, cwd_known=False, folder="")
    found = locate(text, place, facts)
    # A relative path leads on from a folder that is known, an absolute one from anywhere.
    known = text.startswith("/") or bool(place.folder)
    place = replace(place, folder=posixpath.normpath(posixpath.join(place.folder, text)) if known else "")
    if found is not None and found in folders_of(facts):
        return replace(
            place, cwd=found, cwd_known=place.cwd_known or (text.startswith("/") and place.image is not None)
        )
    return replace(place, cwd_known=False)


#: A temporary folder, or a variable that may hold one, and folders below it.
_BELOW = regex(r"(?:\$\{(\w+)\}|/tmp|/var/tmp)/+([^/$]+/[^$]+)")


def _is_unpacked(text: str, place: Place, facts: Facts) -> bool:
    """Whether the folder ``text`` is one several levels below a temporary folder that the project does not hold: somebody
    else's sources, which a script fetched to build them there."""
    found = _BELOW.fullmatch(text)
    if found is None or (found[1] is not None and not place.drafts.get(found[1], "").startswith("$(mktemp")):
        return False
    return _by_folders(found[2], facts) is None and locate(text, place, facts) is None
