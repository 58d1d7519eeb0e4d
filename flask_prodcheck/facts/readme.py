"""What a README shows: the code in its blocks and sentences and the files that it links to, each with the headings above
it and the words around it.

A README is prose. Markdown and reStructuredText mark it up, in dialects that no one grammar holds; of all that, only
headings, code and links count here, and lines are enough to see them. What is read wrongly is a sentence less.
"""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_LINES = 5_000
_LONG = 1_000  # characters of a line


@dataclass(frozen=True, slots=True)
class Shown:
    """Code, or the target of a link. ``headings`` stand above it, the outermost first; ``said`` is its sentence or the one
    that leads to its block; ``block`` counts the blocks of lines, 0 in a sentence."""

    line: int
    code: str
    headings: tuple[str, ...]
    said: str
    block: int = 0


@dataclass(frozen=True, slots=True)
class Readme:
    """``title`` is the heading with which it begins, ``lead`` its first paragraph; ``headings`` are all of them."""

    title: str = ""
    lead: str = ""
    headings: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()


def read_readme(text: str, *, restructured: bool = False) -> Readme:
    """What the README ``text`` shows."""
    reader = _Reader(restructured)
    for number, line in enumerate(text.splitlines()[:_LINES], 1):
        reader.take(number, line[:_LONG].rstrip())
    reader.end_paragraph()
    return Readme(reader.title, reader.lead, tuple(reader.all_headings), tuple(reader.shown))


_FENCE = regex(r"\s*(?:[-*+>]\s+|\d{1,3}[.)]\s+)?(`{3,}|~{3,})\s*([\w+-]*)")
#: What blocks of commands are written in; one without a name may be another.
_SHELLS = frozenset({
    "", "bash", "sh", "shell", "console", "zsh", "terminal", "text", "txt", "plaintext", "cmd", "powershell", "bat",
    "shell-session", "sh-session",
})  # fmt: skip
_ATX = regex(r" {0,3}(#{2,6}|#(?=\s))\s*(\S.*)")
_TAGGED = regex(r"\s*<(h[1-6]|summary)\b[^>]*>([^<]+)<", re.IGNORECASE)
_BOLD = regex(r"(?:[-*+]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__)([^*_`]{2,80})(?:\*\*|__):?")
_RULE = regex(r"([=\-~^\"'`+*#:._])\1{2,}")
_ITEM = regex(r"\s*(?:[-*+]|\d{1,3}[.)])\s+")
_DIRECTIVE = regex(r"\s*\.\.\s+(?:code-block|code|sourcecode|prompt|parsed-literal)::\s*(\S*)")
_PROMPT = regex(r"(?:\([\w.-]+\)\s*)?[$>%]\s+")
_CODE = regex(r"(`{1,2})([^`]+)\1")
_LINK = regex(r"\]\(([^)\s]+)|^\s*\[[^\]]+\]:\s*(\S+)|<([^<>\s]+)>`_")
_LINK_TEXT = regex(r"!?\[([^\]]*)\]\([^)]*\)")
_LEVEL_OF_BOLD = 7


class _Reader:
    """The lines so far. A block is a fenced one, an indented one, or the one that a colon pair or a directive begins."""

    def __init__(self, restructured: bool) -> None:
        self.title = ""
        self.lead = ""
        self.all_headings: list[str] = []
        self.shown: list[Shown] = []
        self._restructured = restructured
        self._rules: list[str] = []  # reStructuredText gives its marks their levels as they come
        self._open: list[tuple[int, str]] = []
        self._paragraph: list[tuple[int, str]] = []
        self._said = ""
        self._fence = ""
        self._blocks = 1
        self._indented = False
        self._announced = False  # a colon pair stood at the end of the last sentence
        self._shell = True
        self._remark = ""  # a comment inside the block says more of what follows than the sentence before it
        self._begun: tuple[int, str] | None = None  # a command that goes on in the next line

    def take(self, number: int, line: str) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence is not None and fence[1].startswith(self._fence) and not line.strip(" `~>"):
                self._leave_block()
            else:
                self._block_line(number, line)
            return
        if fence is not None and not self._restructured:
            self.end_paragraph()
            self._fence, self._shell = fence[1], fence[2].lower() in _SHELLS
            return
        if not line.strip():
            self.end_paragraph()
            return
        indent = len(line) - len(line.lstrip())
        deep = indent >= 4 or line.startswith("\t")
        if (self._indented or not self._paragraph) and (
            (deep and not _ITEM.match(line)) or (self._announced and indent)
        ):
            self._indented = True
            self._block_line(number, line)
            return
        if self._indented:
            self._leave_block()
        self._prose(number, line)

    def _prose(self, number: int, line: str) -> None:
        directive = _DIRECTIVE.fullmatch(line)
        if directive is not None:
            self.end_paragraph()
            self._announced, self._shell = True, directive[1].lower() in _SHELLS
            return
        self._announced = False
        heading = _ATX.match(line) if not self._restructured else None
        if heading is not None:
            self.end_paragraph()
            self._heading(number, len(heading[1]), heading[2].rstrip("# "))
            return
        rule = _RULE.fullmatch(line.strip())
        if rule is not None:
            title = self._paragraph[0][1].strip() if len(self._paragraph) == 1 else ""
            if title and (self._restructured or rule[1] in "=-"):
                self._paragraph = []
                self._heading(number - 1, self._level_of(rule[1]), title)
            return
        named = _TAGGED.match(line) or _BOLD.fullmatch(line.strip())
        if named is not None:
            self.end_paragraph()
            tag = named[1].lower() if named.re.groups == 2 else ""
            self._heading(number, int(tag[1]) if tag.startswith("h") else _LEVEL_OF_BOLD, named[2] if tag else named[1])
            return
        if _ITEM.match(line) or line.lstrip().startswith("|"):
            self.end_paragraph()  # each item and each row of a table is a sentence of its own
        self._paragraph.append((number, line))

    def _level_of(self, mark: str) -> int:
        if not self._restructured:
            return 1 if mark == "=" else 2
        if mark not in self._rules:
            self._rules.append(mark)
        return self._rules.index(mark) + 1

    def _heading(self, number: int, level: int, text: str) -> None:
        plain = _LINK_TEXT.sub(r"\1", text).strip()
        self._open = [each for each in self._open if each[0] < level]
        self._open.append((level, plain))
        if not self.all_headings and not self.lead:
            self.title = plain
        self.all_headings.append(plain)
        self._said = ""
        self._show_all(number, text, plain)

    def end_paragraph(self) -> None:
        if not self._paragraph:
            return
        said = " ".join(line.strip() for _, line in self._paragraph)
        self._said = self._said if said == "::" else said
        self._announced = said.endswith("::")
        self._shell = True
        if not self.lead and not self._said.startswith(("[!", "![", "|", "<", ".. ")):
            self.lead = self._said
        for number, line in self._paragraph:
            self._show_all(number, line, self._said)
        self._paragraph = []

    def _show_all(self, number: int, line: str, said: str) -> None:
        codes = [match[2] for match in _CODE.finditer(line)]
        links = [match[1] or match[2] or match[3] for match in _LINK.finditer(line)]
        for code in (*codes, *links):
            self.shown.append(Shown(number, code.strip(), self._headings, said))

    @property
    def _headings(self) -> tuple[str, ...]:
        return tuple(text for _, text in self._open)

    def _block_line(self, number: int, line: str) -> None:
        text = line.strip()
        if not self._shell or not text:
            return
        text = _PROMPT.sub("", text, count=1) if _PROMPT.match(text) else text
        if text.startswith("#"):
            self._remark = text.lstrip("# ")
            return
        if self._begun is not None:
            number, text = self._begun[0], f"{self._begun[1]} {text}"
        self._begun = (number, text.removesuffix("\\").rstrip()) if text.endswith("\\") else None
        if self._begun is None:
            self.shown.append(Shown(number, text, self._headings, self._remark or self._said, self._blocks))

    def _leave_block(self) -> None:
        self._fence, self._indented, self._announced, self._shell = "", False, False, True
        self._remark, self._begun = "", None
        self._blocks += 1
