"""Words of PowerShell: quotes, variables, groups and comments, by its reference (about_Parsing, about_Quoting_Rules,
about_Variables, about_Special_Characters).

What a variable holds is asked for when its word is read. What cannot be known stays in the word as ``${name}``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Sequence

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: What stands for a text of which nothing is known.
UNKNOWN = "${expression}"

#: What stands in a text for the folder that holds the script.
ROOT = "\ue000"

_ASSIGNMENT = regex(
    r"(?:\[\w[\w.]*(?:\[\])?\][ \t]*)?\$(?:\{([^{}\n]+)\}|((?:[A-Za-z]+:)?[A-Za-z_]\w*))[ \t]*([-+*/%?]{0,2})=(?!=)"
)
_VARIABLE = regex(r"\$(?:\{([^{}\n]+)\}|((?:[A-Za-z]+:)?[A-Za-z_]\w*|[?$^]))")
_MEMBER = regex(r"(?:\.|::)[A-Za-z_]\w*|\[[^\]\n]*\]")
_REDIRECTION = regex(r"[0-9*]?>>?(&[0-9])?[ \t]*")
_PLAIN = regex(r"[^\s;|&{},()'\"`$>]+")
_SPECIAL = regex(r'[`$"]')
_MARK = regex(r"`[\s\S]|\$\(|<#|[(){}'\"#]")
_HERE_STRING = regex(r"@['\"][ \t]*\n")
_NONE: tuple[str, ...] = ()
_NUMBER = regex(r"-?[0-9]+(?:\.[0-9]+)?")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "", "a": "", "b": "", "f": "", "v": "", "e": "", "\n": ""}
_PATHS = frozenset({"resolve-path", "convert-path", "get-item"})
#: Where a script says that it stands itself, as a member of an automatic variable.
_OWN_PATH = frozenset({".mycommand.path", ".mycommand.definition", ".mycommand.source"})
_DEEPEST = 8  # groups, one in another

Lookup = Callable[[str], Sequence[str] | None]
"""What the variable of a name in small letters holds: None where this is not known."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word, or what stands between words. ``kind``: word, string, variable, group, unknown, assignment (``words``: the
    name, and the operator in front of the equals sign), or the character itself of ``; | & , { }``."""

    kind: str
    words: tuple[str, ...]
    start: int
    line: int


def powershell_tokens(text: str, lookup: Lookup, depth: int = 0) -> Iterator[Token]:
    """The tokens of ``text``, in which lines end with a line feed. A new line is a ``;`` unless the statement goes on."""
    lexer = _Lexer(text, lookup, depth)
    index, line, counted, size = 0, 1, 0, len(text)
    fresh, last = True, ";"
    while index < size:
        char, start = text[index], index
        kind, words = "", _NONE
        if char == "`" and text.startswith("\n", index + 1):
            index += 2
        elif char == "#":
            index = _found(text, "\n", index)
        elif text.startswith("<#", index):
            index = _found(text, "#>", index + 2) + 2
        elif char == "\n" and last == ",":
            index += 1
        elif char in "\n;|&{},":
            doubled = char in "|&" and text.startswith(char, index + 1)
            kind = ";" if doubled or char == "\n" else char
            index += 2 if doubled else 1
        elif char.isspace() or char == ")":
            index += 1
        elif fresh and (match := _ASSIGNMENT.match(text, index)) is not None:
            kind, words, index = "assignment", ((match[1] or match[2]).lower(), match[3]), match.end()
        elif (match := _REDIRECTION.match(text, index)) is not None:
            index = match.end() if match[1] else lexer.word(match.end())[2]
        else:
            kind, words, index = lexer.word(index)
        if kind:
            line += text.count("\n", counted, start)
            counted = start
            yield Token(kind, words, start, line)
            fresh, last = kind in (";", "|", "&", "{", "}"), kind


def value_of(tokens: Sequence[Token]) -> tuple[str, ...] | None:
    """The texts that an expression gives; None where this is not known. Read are texts, lists and sums of texts, and the
    commands that put paths together."""
    if not tokens:
        return ()
    first = tokens[0].words[0].lower() if tokens[0].words else ""
    if tokens[0].kind == "word" and _NUMBER.fullmatch(first) is None:
        return _path_of(first, [each for each in tokens[1:] if each.kind != ","])
    found: list[str] = []
    for index, each in enumerate(tokens):
        if index % 2:
            sums = each.kind == "word" and each.words == ("+",)
            if each.kind != "," and not sums:
                return None
        elif each.kind in ("string", "variable", "group") or (each.kind == "word" and _NUMBER.fullmatch(each.words[0])):
            if index and tokens[index - 1].kind != ",":
                found[-1:] = ["".join((*found[-1:], *each.words))]
            else:
                found += each.words
        else:
            return None
    return None if UNKNOWN in found else tuple(found)


def _path_of(command: str, tokens: Sequence[Token]) -> tuple[str, ...] | None:
    words = [each.words[0].replace("\\", "/") for each in tokens if each.words and not _is_option(each)]
    if command in ("get-location", "pwd") and not words:
        return (".",)
    if not words or any(len(each.words) != 1 for each in tokens):
        return None
    if command == "join-path":
        return ("/".join(each.strip("/") if index else each.rstrip("/") for index, each in enumerate(words)),)
    options = {each.words[0].lower() for each in tokens if _is_option(each)}
    if command == "split-path" and len(words) == 1 and options <= {"-parent", "-path"}:
        above = posixpath.join(words[0], "..") if words[0].endswith(("..", ROOT)) else posixpath.dirname(words[0])
        return (above,) if above else None
    return (words[0],) if command in _PATHS and len(words) == 1 else None


def _is_option(token: Token) -> bool:
    return token.kind == "word" and token.words[0].startswith("-")


def _is_call(parts: Sequence[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether a parenthesis right behind the word belongs to it: ``app:create_app()``, but not ``if(``."""
    kind, words = parts[-1]
    return kind == "word" and not words[0].isalnum()


class _Lexer:
    def __init__(self, text: str, lookup: Lookup, depth: int) -> None:
        self._text = text
        self._lookup = lookup
        self._depth = depth

    def word(self, index: int) -> tuple[str, tuple[str, ...], int]:
        """The kind and the texts of the word at ``index``, and where it ends: at least one character further."""
        text, begin = self._text, index
        parts: list[tuple[str, tuple[str, ...]]] = []
        while index < len(text):
            char = text[index]
            if (match := _PLAIN.match(text, index)) is not None and not (char == "@" and index == begin):
                parts.append(("word", (match.group(),)))
                index = match.end()
            elif char == "'":
                index = self._literal(index, parts)
            elif char == '"':
                end = _closing(text, index + 1, '"')
                while text.startswith('"', end + 1):
                    end = _closing(text, end + 2, '"')
                parts.append(("string", (self._expanded(text[index + 1 : end]),)))
                index = end + 1
            elif char == "`" and not text.startswith("\n", index + 1):
                parts.append(("word", (text[index + 1 : index + 2],)))
                index += 2
            elif char == "$":
                index = self._dollar(index, parts, first=index == begin)
            elif char == "(" and parts:
                if not _is_call(parts):
                    break
                end = _closing(text, index + 1, ")")
                parts.append(("word", (text[index : end + 1],)))
                index = end + 1
            elif char == "(":
                end = _closing(text, index + 1, ")")
                index = self._members(end + 1, parts, self._group(text[index + 1 : end]))
            elif char == "@" and index == begin:
                index = self._at(index, parts)
            else:
                break
        if not parts:
            return "word", (text[begin : begin + 1],), begin + 1
        if len(parts) == 1:
            return (*parts[0], index)
        return "word", ("".join(" ".join(words) for _, words in parts),), index

    def _literal(self, index: int, parts: list[tuple[str, tuple[str, ...]]]) -> int:
        """A text in single quotes, in which two of them stand for one."""
        pieces = []
        while True:
            end = _found(self._text, "'", index + 1)
            pieces.append(self._text[index + 1 : end])
            index = end + 1
            if not self._text.startswith("'", index):
                break
        parts.append(("string", ("'".join(pieces),)))
        return index

    def _dollar(self, index: int, parts: list[tuple[str, tuple[str, ...]]], *, first: bool) -> int:
        text = self._text
        if text.startswith("(", index + 1):
            end = _closing(text, index + 2, ")")
            value = self._group(text[index + 2 : end])
            return self._members(end + 1, parts, value) if first else self._add(end + 1, parts, value)
        match = _VARIABLE.match(text, index)
        if match is None:
            return self._add(index + 1, parts, ("$",))
        name = (match[1] or match[2]).lower()
        known = self._known(name)
        if not first:
            return self._add(match.end(), parts, known)
        if name == "myinvocation":
            member = _past_members(text, match.end())
            own = text[match.end() : member].lower() in _OWN_PATH
            return self._add(member, parts, self._known("pscommandpath") if own else None, "variable")
        return self._members(match.end(), parts, known, "variable")

    def _members(self, end: int, parts: list[tuple[str, tuple[str, ...]]], value: Sequence[str] | None, kind: str = "group") -> int:
        """Adds ``value``; what a member of it is, or gives when it is called, is not known, but for the path of a path."""
        past = _past_members(self._text, end)
        member = self._text[end:past].lower()
        if member in (".path", ".fullname", ".providerpath"):
            member = ""
        if self._text.startswith("(", past):
            past = _closing(self._text, past + 1, ")") + 1
            return self._members(past, parts, None)
        return self._add(past, parts, None if member else value, kind)

    @staticmethod
    def _add(end: int, parts: list[tuple[str, tuple[str, ...]]], value: Sequence[str] | None, kind: str = "group") -> int:
        parts.append((kind, tuple(value)) if value is not None else ("unknown", (UNKNOWN,)))
        return end

    def _at(self, index: int, parts: list[tuple[str, tuple[str, ...]]]) -> int:
        """A list, a table, a text over several lines, or a variable whose texts become words of their own."""
        text, following = self._text, self._text[index + 1 : index + 2]
        if following == "(":
            end = _closing(text, index + 2, ")")
            return self._add(end + 1, parts, self._group(text[index + 2 : end]))
        if following == "{":
            return self._add(_closing(text, index + 2, "}") + 1, parts, None)
        if _HERE_STRING.match(text, index) is not None:
            return self._add(_found(text, f"\n{following}@", index) + 3, parts, None)
        match = _PLAIN.match(text, index + 1)
        if match is None:
            return self._add(index + 1, parts, ("@",))
        return self._add(match.end(), parts, self._known(match.group().lower()), "variable")

    def _known(self, name: str) -> Sequence[str]:
        value = self._lookup(name)
        return value if value is not None else (f"${{{name.rpartition(':')[2]}}}",)

    def _group(self, inner: str) -> tuple[str, ...] | None:
        """What the expression between parentheses gives."""
        if self._depth == _DEEPEST:
            return None
        tokens = [each for each in powershell_tokens(inner, self._lookup, self._depth + 1) if each.kind != ";"]
        return value_of(tokens)

    def _expanded(self, inner: str) -> str:
        """A text between double quotes."""
        pieces: list[str] = []
        index = 0
        within = _Lexer(inner, self._lookup, self._depth)
        while (match := _SPECIAL.search(inner, index)) is not None:
            pieces.append(inner[index : match.start()])
            index = match.end()
            if match.group() == "$":
                found: list[tuple[str, tuple[str, ...]]] = []
                index = within._dollar(match.start(), found, first=False)
                pieces += (" ".join(words) for _, words in found)
            else:
                following = inner[index : index + 1]
                pieces.append('"' if match.group() == '"' else _ESCAPES.get(following, following))
                index += 1
        return "".join((*pieces, inner[index:]))


def _past_members(text: str, index: int) -> int:
    """Where the members end that are named behind ``index``."""
    while (match := _MEMBER.match(text, index)) is not None:
        index = match.end()
    return index


def _found(text: str, what: str, index: int) -> int:
    """Where ``what`` stands next, or the end."""
    found = text.find(what, index)
    return found if found >= 0 else len(text)


def _closing(text: str, index: int, closer: str) -> int:
    """Where the ``closer`` stands that ends what was opened just before ``index``; the end where none does."""
    stack = [closer]
    while (match := _MARK.search(text, index)) is not None:
        mark, index, top = match.group(), match.end(), stack[-1]
        if top == "'":
            if mark.endswith("'"):
                stack.pop()
        elif mark == top:
            stack.pop()
        elif mark == "$(" or (top != '"' and mark == "("):
            stack.append(")")
        elif top == '"':
            continue
        elif mark in "'\"":
            stack.append(mark)
        elif mark == "{":
            stack.append("}")
        elif mark == "<#":
            index = _found(text, "#>", index) + 2
        elif mark == "#" and text[match.start() - 1].isspace():
            index = _found(text, "\n", index)
        if not stack:
            return match.end() - 1
    return len(text)
