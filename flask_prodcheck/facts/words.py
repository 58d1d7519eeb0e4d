"""Shell words: quotes, escapes, parameters and substitutions of one word, resolved into parts.

The rules are those of POSIX "Shell Command Language", sections 2.2 (quoting) and 2.6 (word expansions).
"""

from __future__ import annotations

import re

from flask_prodcheck.facts.types import Lit, Substitution, Var, Word
from flask_prodcheck.patterns import regex

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-]")
_PARAMETER = regex(r"([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(:?[-=?+])?", re.ASCII)
#: What follows a name: cuts, replacements, other letters, a part (``:0:1``; ``:-`` and its like are none).
_TRANSFORMING = regex(r"%%?|##?|/[/#%]?|\^\^?|,,?|:(?![-=?+])")
_ANSI_ESCAPE = regex(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|[0-7]{1,3}|.)", re.DOTALL)
_ANSI = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_MAX_DEPTH = 20


def read_word(text: str) -> Word:
    """The word written as ``text`` (no surrounding blanks). Never raises: what is not closed is literal text."""
    return _word(text, quoted=False, depth=0)


class _Parts:
    """Parts under construction: neighbouring literals of the same quoting become one."""

    def __init__(self) -> None:
        self.done: list[Lit | Var | Substitution] = []
        self._pending: list[str] = []
        self._quoted = False

    def literal(self, text: str, quoted: bool) -> None:
        if self._pending and self._quoted is not quoted:
            self.flush()
        self._quoted = quoted
        self._pending.append(text)

    def add(self, part: Var | Substitution) -> None:
        self.flush()
        self.done.append(part)

    def flush(self) -> None:
        if self._pending:
            text = "".join(self._pending)
            if text or self._quoted:
                self.done.append(Lit(text, self._quoted))
            self._pending = []


def _word(text: str, *, quoted: bool, depth: int) -> Word:
    parts = _Parts()
    index, size = 0, len(text)
    inside = False  # between double quotes of this very word
    opened = 0
    while index < size:
        char = text[index]
        protected = quoted or inside
        if char == "\\":
            following = text[index + 1 : index + 2]
            if following == "\n":
                pass
            elif protected and following not in ("$", "`", '"', "\\"):
                parts.literal("\\" + following, protected)
            else:
                parts.literal(following, protected)
            index += 2
        elif char == '"':
            if inside and opened == index - 1:
                parts.literal("", True)
            inside, opened = not inside, index
            index += 1
        elif char == "'" and not protected:
            end = text.find("'", index + 1)
            end = size if end < 0 else end
            parts.literal(text[index + 1 : end], True)
            index = end + 1
        elif char == "`":
            end = _closing(text, index + 1, "`", protected)
            parts.add(Substitution(text[index + 1 : end], protected))
            index = end + 1
        elif char == "$":
            index = _dollar(text, index, parts, protected, depth)
        elif char in "<>" and text[index + 1 : index + 2] == "(" and not protected:
            end = _closing(text, index + 2, ")", False)
            parts.add(Substitution(text[index + 2 : end], False))
            index = end + 1
        else:
            parts.literal(char, protected)
            index += 1
    parts.flush()
    return Word(tuple(parts.done), text)


def _dollar(text: str, index: int, parts: _Parts, quoted: bool, depth: int) -> int:
    """Read what starts with ``$`` at ``index``; the index just past it."""
    following = text[index + 1 : index + 2]
    if following == "{":
        end = _closing(text, index + 2, "}", quoted)
        if end >= len(text):
            parts.literal(text[index:], quoted)
            return len(text)
        parts.add(_parameter(text[index + 2 : end], quoted, depth))
        return end + 1
    if following == "(":
        end = _closing(text, index + 2, ")", False)
        parts.add(Substitution(text[index + 2 : end], quoted))
        return end + 1
    if following == "'" and not quoted:
        return _ansi(text, index + 2, parts)
    if following == '"' and not quoted:
        return index + 1
    match = _NAME.match(text, index + 1)
    if match is None:
        parts.literal("$", quoted)
        return index + 1
    parts.add(Var(match.group(), quoted=quoted))
    return match.end()


def _ansi(text: str, start: int, parts: _Parts) -> int:
    end = start
    while end < len(text) and text[end] != "'":
        end += 2 if text[end] == "\\" else 1
    parts.literal(_ANSI_ESCAPE.sub(_ansi_escape, text[start:end]), True)
    return end + 1


def _ansi_escape(match: re.Match[str]) -> str:
    code = match.group(1)
    if code[0] in "xu" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code.isdigit():
        return chr(int(code, 8) & 0xFF) if code[0] in "01234567" else code
    return _ANSI.get(code, code)


def _parameter(inner: str, quoted: bool, depth: int) -> Var:
    """The parameter between ``${`` and ``}``."""
    if len(inner) > 1 and inner[0] in "#!":
        plain = _PARAMETER.fullmatch(inner[1:])
        known = plain is not None and plain.group(2) is None
        return Var(inner[1:], ("length" if inner[0] == "#" else "!") if known else "other", quoted=quoted)
    match = _PARAMETER.match(inner)
    if match is None:
        return Var(inner, "other", quoted=quoted)
    name, operator = match.group(1), match.group(2) or ""
    rest = inner[match.end() :]
    if not operator and rest and (cut := _TRANSFORMING.match(rest)) is not None:
        operator, rest = cut.group(), rest[cut.end() :]
    if not operator:
        return Var(name, "other" if rest else "", quoted=quoted)
    if depth >= _MAX_DEPTH:
        return Var(name, "other", quoted=quoted)
    return Var(name, operator, _word(rest, quoted=quoted, depth=depth + 1), quoted)


def _closing(text: str, start: int, closer: str, quoted: bool) -> int:
    """Index of the ``closer`` that ends what was opened just before ``start``; the text's length when none does."""
    stack = [closer]
    index, size = start, len(text)
    while index < size:
        char, top = text[index], stack[-1]
        if top == "'":
            if char == "'":
                stack.pop()
            index += 1
            continue
        if char == "\\":
            index += 2
            continue
        if char == top:
            stack.pop()
            if not stack:
                return index
        elif char == "$" and text[index + 1 : index + 2] in ("{", "("):
            stack.append("}" if text[index + 1] == "{" else ")")
            index += 1
        elif char == "`":
            stack.append("`")
        elif char == '"':
            stack.append('"')
        elif char == "'" and top != '"' and not (quoted and top == "}" and len(stack) == 1):
            stack.append("'")
        elif char == "(" and top == ")":
            stack.append(")")
        index += 1
    return size
