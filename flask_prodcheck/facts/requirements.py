"""Reads pip requirements and constraints files, and single requirement strings of other manifests."""

from __future__ import annotations

import posixpath
import re

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Dependency, EnvFileRef, Manifest
from flask_prodcheck.patterns import regex

_GROUPS = (
    ("constraint", ("constraint", "constraints")),
    ("dev", ("dev", "develop", "development", "local", "debug")),
    ("test", ("test", "tests", "testing", "ci", "e2e")),
    ("docs", ("docs", "doc", "documentation", "rtd", "readthedocs", "sphinx")),
    ("lint", ("lint", "linting", "style", "typing", "mypy", "precommit")),
)
_INCLUDE = regex(r"(?:-r|-c|--requirements?|--constraints?)(?:\s*=\s*|\s+|(?<=-[rc]))(\S.*)$")
_EDITABLE = regex(r"(?:-e|--editable)(?:\s*=\s*|\s+|(?<=-e))(\S.*)$")
_COMMENT = regex(r"(?:^|\s)#.*$")
_PER_LINE_OPTION = regex(r"\s--?[A-Za-z]")
_EGG = regex(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[([^\]]*)\])?")
_VCS = regex(r"(?:(?:git|hg|svn|bzr)\+|https?://|ssh://|file:)")
_LOOSE_NAME = regex(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(.*)$")
_LOOSE_SPECIFIER = regex(r"(?:===|==|~=|!=|<=|>=|=|<|>|\^|~)")
_WHEEL = regex(r"([A-Za-z0-9][A-Za-z0-9._]*)-[^-/]+(?:-[^/]*)?\.(?:whl|tar\.gz|zip)$")


def read_requirements(path: str, data: bytes) -> Manifest:
    """The dependencies and includes of a requirements file. Lines that pip would reject are passed over."""
    text = decode(data)
    group = group_of(path)
    dependencies: list[Dependency] = []
    includes: list[EnvFileRef] = []
    for number, line in _logical_lines(text):
        found = read_line(line, Span(path, number), group)
        if isinstance(found, EnvFileRef):
            includes.append(found)
        elif found is not None:
            dependencies.append(found)
    return Manifest(path, tuple(dependencies), includes=tuple(includes))


def read_line(line: str, span: Span, group: str) -> Dependency | EnvFileRef | None:
    """One line of a requirements file, its comment cut: what it asks for, or the file that it includes. None for another
    option and for what pip would reject."""
    include = _INCLUDE.match(line)
    if include:
        return EnvFileRef(include.group(1).strip().strip("\"'"), span)
    editable = _EDITABLE.match(line)
    if editable:
        return _local_or_url(editable.group(1).strip().strip("\"'"), span, group, editable=True)
    return None if line.startswith("-") else parse_requirement(line, span, group)


def group_of(path: str) -> str:
    """The group that the name of a requirements file says: "main" unless it names another purpose."""
    words = re.split(r"[^a-z0-9]+", posixpath.splitext(posixpath.basename(path))[0].lower())
    parent = posixpath.basename(posixpath.dirname(path)).lower()
    for group, names in _GROUPS:
        if any(word in names for word in words) or parent in names:
            return group
    return "main"


def parse_requirement(line: str, span: Span, group: str = "main") -> Dependency | None:
    """One requirement as pip accepts it (PEP 508, a URL, a local path), or None when it is none."""
    line = line.strip()
    option = _PER_LINE_OPTION.search(line)
    if option:
        line = line[: option.start()].rstrip()
    if not line:
        return None
    try:
        requirement = Requirement(line)
    except (InvalidRequirement, RecursionError):
        if (
            line.startswith((".", "/", "~/"))
            or _VCS.match(line)
            or _WHEEL.search(line.split(";")[0].split("#")[0].strip())
        ):
            return _local_or_url(line, span, group, editable=False)
        return _loose(line, span, group)
    return Dependency(
        name=canonicalize_name(requirement.name),
        specifier=f"@ {requirement.url}" if requirement.url else _as_written(line, str(requirement.specifier)),
        span=span,
        group=group,
        extras=tuple(sorted(requirement.extras)),
        marker=str(requirement.marker) if requirement.marker else "",
    )


def decode(data: bytes) -> str:
    """The text of a requirements file: UTF-8 or UTF-16 by its mark (Windows shells write the latter), UTF-16 without a
    mark by its zero bytes, else UTF-8 with Latin-1 for what is not."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").lstrip("\ufeff")
    if len(data) > 3 and data[1:2] == b"\0" and data[3:4] == b"\0":
        return data.decode("utf-16-le", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _logical_lines(text: str) -> list[tuple[int, str]]:
    """Lines with continuations joined and comments removed, with the number of their first line."""
    found: list[tuple[int, str]] = []
    parts: list[str] = []
    start = 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if not parts:
            start = number
        if line.endswith("\\") and not line.lstrip().startswith("#"):
            parts.append(line[:-1])
            continue
        joined = _COMMENT.sub("", " ".join([*parts, line])).strip()
        parts = []
        if joined:
            found.append((start, joined))
    if parts:
        found.append((start, _COMMENT.sub("", " ".join(parts)).strip()))
    return found


def _as_written(line: str, fallback: str) -> str:
    """The specifier in the order of the source: packaging sorts it."""
    match = _LOOSE_NAME.match(line.split(";", 1)[0])
    text = re.sub(r"\s+", "", match.group(3)).strip("()") if match else ""
    return text if text and _LOOSE_SPECIFIER.match(text) else fallback


def _loose(line: str, span: Span, group: str) -> Dependency | None:
    """A requirement that PEP 508 rejects but whose name is certain (``flask=2.0``, ``flask==2.*.1``)."""
    head, _, marker = line.partition(";")
    match = _LOOSE_NAME.match(head.strip())
    if match is None:
        return None
    name, extras, rest = match.group(1), match.group(2), match.group(3).strip()
    if rest and not _LOOSE_SPECIFIER.match(rest):
        return None
    listed = tuple(sorted(extra.strip() for extra in (extras or "").split(",") if extra.strip()))
    return Dependency(canonicalize_name(name), re.sub(r"\s+", "", rest), span, group, listed, marker.strip())


def _local_or_url(text: str, span: Span, group: str, *, editable: bool) -> Dependency | None:
    egg = _EGG.search(text)
    if egg:
        listed = tuple(sorted(extra.strip() for extra in (egg.group(2) or "").split(",") if extra.strip()))
        return Dependency(canonicalize_name(egg.group(1)), f"@ {text.split('#', 1)[0]}", span, group, listed)
    bare = text.split(";", 1)[0].split("#", 1)[0].strip()
    if _VCS.match(bare):
        wheel = _WHEEL.search(posixpath.basename(bare))
        name = (
            wheel.group(1)
            if wheel
            else re.sub(r"(?:@[^/]*)?$", "", bare).rstrip("/").rpartition("/")[2].removesuffix(".git")
        )
        return (
            Dependency(canonicalize_name(name), f"@ {bare}", span, group)
            if re.fullmatch(r"[A-Za-z0-9][\w.-]*", name)
            else None
        )
    wheel = _WHEEL.search(posixpath.basename(bare))
    if wheel:
        return Dependency(canonicalize_name(wheel.group(1)), f"@ {bare}", span, group)
    if not editable and not bare.startswith((".", "/", "~/")):
        return None
    folder, _, rest = bare.partition("[")
    listed = tuple(sorted(extra.strip() for extra in rest.rstrip("] ").split(",") if extra.strip()))
    return Dependency("", "", span, group, listed, editable_path=folder.strip() or ".")
