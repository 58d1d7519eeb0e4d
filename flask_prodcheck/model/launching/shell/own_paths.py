"""Paths that a shell works out from where its script stands, or from the folder in which it is.

Sources: POSIX, "Shell Command Language" (2.5.2, the parameter 0), "dirname", "realpath", "readlink", "pwd"; Bash Reference
Manual, "Bash Variables" (BASH_SOURCE).
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flask_prodcheck.base import Known, Span, Unknown
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import Lit, ShellCommand, ShellList, ShellStmt, Substitution, Var, Word
from flask_prodcheck.model.launching.place import SSH, Place, standing_at
from flask_prodcheck.model.launching.shell.parameters import transformed
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_MAX_DEPTH = 8  # of variables that are worked out from one another
_CANONICAL = frozenset({"-f", "-e", "-m", "--canonicalize", "--canonicalize-existing", "--canonicalize-missing"})
_REALPATH_OPTIONS = frozenset({"-e", "-m", "-P", "-L", "-s", "-q", "--"})
_READLINKS, _REALPATHS = frozenset({"readlink", "greadlink"}), frozenset({"realpath", "grealpath"})
_MOVES = frozenset({"cd", "pushd"})
_ENDS_CUT = frozenset({"%", "%%"})  # what leaves the beginning of a path
#: The file that runs, as an element of an array: alone, with a default, or the folder that holds it.
_FIRST_SOURCE = regex(r"\"?\$\{BASH_SOURCE\[0\](?::?-[^}]*|(?P<folder>%/\*))?\}\"?")


def own_path(word: Word, file: str, place: Place) -> str | None:
    """The path that ``word`` of the script ``file`` is, as seen from the folder in which the shell at ``place`` stands; None
    where its words work out no path, or one that is not known."""
    parts = word.parts
    option = ""
    if len(parts) > 1 and isinstance(parts[0], Lit) and parts[0].text.startswith("--") and parts[0].text.endswith("="):
        option, parts = parts[0].text, parts[1:]  # ``--chdir="$HERE"``
    if not parts or isinstance(parts[0], Lit) or not place.script or SSH in place.wrappers:
        return None
    if isinstance(parts[0], Var) and isinstance(place.env.get(parts[0].name) or place.shell.get(parts[0].name), Known):
        return None
    path = _Reader(place, file).joined(parts, word.text)
    return None if path is None else option + _seen_from_here(path, place)


def _seen_from_here(path: str, place: Place) -> str:
    if path.startswith("/"):
        return path
    seen = posixpath.relpath(path, place.cwd)
    return seen if seen.startswith(".") else f"./{seen}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads paths of one script. In a container they are those inside, elsewhere those of the project. ``moved``: the shell
    may stand elsewhere by now, so that only what hangs on the script's own place is known."""

    place: Place
    file: str
    moved: bool = False
    depth: int = 0

    def joined(self, parts: Sequence[object], text: str) -> str | None:
        """The path of a word: what its first part is, with the literal text behind it."""
        first, *rest = parts
        tail = "".join(part.text if isinstance(part, Lit) else "$" for part in rest)
        if "$" in tail or (tail and not tail.startswith("/")):
            return None
        path = self._part(first, text)
        if path is None:
            return None
        path = posixpath.normpath(path + tail)
        return None if path.startswith("..") else path

    def _part(self, part: object, text: str) -> str | None:
        if isinstance(part, Substitution):
            return self._printed(part.text)
        if isinstance(part, Lit):
            return self._relative(part.text)
        assert isinstance(part, Var)
        if part.name == "BASH_SOURCE":
            return self._source(part, text)
        if part.name == "0":
            same = self.file == self.place.script or not self.moved
            return _changed(part, self._stands(self.place.script)) if same else None
        return self._variable(part)

    def _source(self, part: Var, text: str) -> str | None:
        own = self._stands(self.file)
        if part.op != "other":
            return _changed(part, own)
        element = _FIRST_SOURCE.match(text)
        if element is None or own is None:
            return None
        return posixpath.dirname(own) or "." if element["folder"] else own

    def _variable(self, part: Var) -> str | None:
        """The path that a variable holds which was worked out before."""
        value = self.place.env.get(part.name) or self.place.shell.get(part.name)
        if isinstance(value, Known) and not part.op:
            return self._relative(value.value)
        if not isinstance(value, Unknown) or part.op or not value.origin or self.depth >= _MAX_DEPTH:
            return None
        origin = value.origin[0].span.file
        held = _word(value.text, Span(origin, 1))
        if held is None or isinstance(held.parts[0], Lit) or "BASH_SOURCE" in getattr(held.parts[0], "name", ""):
            return None  # what an operator made of it is not kept
        return replace(self, file=origin, moved=True, depth=self.depth + 1).joined(held.parts, held.text)

    def _relative(self, path: str) -> str | None:
        """A path that is written, seen from the folder of the shell."""
        if path.startswith("/"):
            return path if self._is_inside else None
        here = None if self.moved or not path else self._here()
        return None if here is None else posixpath.normpath(posixpath.join(here, path))

    def _here(self) -> str | None:
        return self.place.folder or None if self._is_inside else self.place.cwd

    @property
    def _is_inside(self) -> bool:
        return self.place.image is not None or bool(self.place.mounts)

    def _stands(self, file: str) -> str | None:
        """Where ``file`` of the project stands."""
        if not self._is_inside:
            return file
        inside = set(standing_at(file, self.place))
        return inside.pop() if len(inside) == 1 else None

    def _printed(self, text: str) -> str | None:
        """The path that commands print."""
        if self.depth >= _MAX_DEPTH:
            return None
        try:
            commands = _sequence(parse_command_line(text.strip(), Span(self.file, 1)))
        except ReadError:
            return None
        reader = replace(self, depth=self.depth + 1)
        if not commands or any(each.assigns or not each.words for each in commands):
            return None
        *before, last = commands
        name = posixpath.basename(last.words[0].text)
        options = {word.text for word in last.words[1:] if word.text.startswith("-")}
        operands = [word for word in last.words[1:] if not word.text.startswith("-")]
        if before:
            moves = len(before) == 1 and before[0].words[0].text in _MOVES and name == "pwd"
            named = [word for word in before[0].words[1:] if not word.text.startswith("-")]
            return reader._operand(named) if moves else None
        if name == "pwd" and not operands:
            return None if self.moved else self._here()
        if name == "dirname":
            path = reader._operand(operands)
            return None if path is None else posixpath.dirname(path) or "."
        canonical = (name in _READLINKS and options & _CANONICAL) or (name in _REALPATHS and options <= _REALPATH_OPTIONS)
        return reader._operand(operands) if canonical else None

    def _operand(self, words: Sequence[Word]) -> str | None:
        return self.joined(words[0].parts, words[0].text) if len(words) == 1 and words[0].parts else None


def _changed(part: Var, path: str | None) -> str | None:
    """``path`` after the operator of ``part``."""
    if path is None or part.op in ("", ":-", "-", ":?", "?"):
        return path
    operand = part.operand.parts if part.operand is not None else ()
    if part.op not in _ENDS_CUT or not all(isinstance(each, Lit) for each in operand):
        return None
    held = path if "/" in path else f"./{path}"
    return transformed(held, part.op, "".join(each.text for each in operand if isinstance(each, Lit)))


def _word(text: str | None, span: Span) -> Word | None:
    """``text``, which a variable holds, as the word that it was."""
    try:
        statements = parse_command_line(f": {text}", span) if text else ()
    except ReadError:
        return None
    if len(statements) != 1 or not isinstance(statements[0], ShellCommand) or len(statements[0].words) != 2:
        return None
    return statements[0].words[1] if statements[0].words[1].parts else None


def _sequence(statements: Sequence[ShellStmt]) -> list[ShellCommand]:
    """The commands of ``statements`` that run one after the other where each succeeds; none where there is anything else."""
    found: list[ShellCommand] = []
    for each in statements:
        items: Sequence[ShellStmt] = (each,)
        if isinstance(each, ShellList):
            items = each.items if each.op == "&&" else each.items[:1] if each.op == "||" else ()
        if not items or not all(isinstance(item, ShellCommand) for item in items):
            return []
        found += [item for item in items if isinstance(item, ShellCommand)]
    return found
