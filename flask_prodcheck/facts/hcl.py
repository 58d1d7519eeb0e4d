"""HCL, the notation of Terraform, Nomad and ``docker buildx bake``: blocks, attributes, and values as far as they are plain.

Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md ("Structural Elements", "Expressions", "Template
Expressions", "Lexical Elements").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: What is not closed ends with the line, or a comment with the file: no text is looked at twice.
_TOKEN = regex(
    r'"(?:[^"\\\n]|\\.)*"?|<<-?[A-Za-z_]\w*\n|[A-Za-z_][\w.-]*|[{}\[\]()=,:\n]|#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|[^\s]'
)
_MAX_DEPTH = 40
_OPENS, _CLOSES = frozenset("{[("), frozenset("}])")


@dataclass(frozen=True, slots=True)
class Value:
    """One value: a ``text`` (what stands for another value is ``${NAME}`` in it), ``items`` of a list or ``entries`` of an
    object; none of them where an expression makes it. ``encoded``: it stands in ``jsonencode``, or is the text of a
    heredoc."""

    line: int
    text: str | None = None
    items: tuple[Value, ...] | None = None
    entries: Mapping[str, Value] | None = None
    encoded: bool = False

    def texts(self) -> tuple[str, ...] | None:
        """The texts of a list that holds nothing else; None for any other value."""
        found = [each.text for each in self.items if each.text is not None] if self.items is not None else []
        return tuple(found) if self.items is not None and len(found) == len(self.items) else None


@dataclass(slots=True)
class Block:
    """One block: ``resource "type" "name" { ... }``. Of an attribute that is given twice the last counts."""

    kind: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, Value] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def all(self, *path: str) -> Iterator[Block]:
        """The blocks below this one, by the kinds on the way."""
        for each in self.blocks:
            if each.kind == path[0]:
                yield from each.all(*path[1:]) if len(path) > 1 else (each,)

    def text(self, name: str) -> str | None:
        """The text of an attribute."""
        value = self.attributes.get(name)
        return value.text if value is not None else None


def read_hcl(text: str) -> Block:
    """The blocks and attributes of a file, in one block without a kind. Never raises."""
    tokens = _Tokens(_tokens(text))
    root = Block("", (), 1)
    while tokens.peek():
        _body(tokens, root, 0)
    return root


@dataclass(slots=True)
class _Tokens:
    """The words of a file, each with its line."""

    items: list[tuple[str, int]]
    at: int = 0

    def next(self) -> str:
        self.at += 1
        return self.items[self.at - 1][0] if self.at <= len(self.items) else ""

    def peek(self) -> str:
        return self.items[self.at][0] if self.at < len(self.items) else ""

    def line(self) -> int:
        return self.items[min(self.at, len(self.items) - 1)][1] if self.items else 1


def _tokens(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    line, at = 1, 0
    while (match := _TOKEN.search(text, at)) is not None:
        token, at = match.group(), match.end()
        if token.startswith("<<"):
            end = _end_of_heredoc(text, at, token.strip("<-\n"))
            token, at = token + text[at:end], end
        if not token.startswith(("#", "//", "/*")):
            found.append((token, line))
        line += token.count("\n")
    return found


def _end_of_heredoc(text: str, start: int, mark: str) -> int:
    """Where the line stands that ends a heredoc; the end of ``text`` where none does."""
    at = start
    while at < len(text):
        end = text.find("\n", at)
        end = end if end >= 0 else len(text)
        if text[at:end].strip() == mark:
            return end
        at = end + 1
    return len(text)


def _body(tokens: _Tokens, block: Block, depth: int) -> None:
    """What a block holds, up to its end."""
    while (word := tokens.peek()) not in ("", "}"):
        line = tokens.line()
        tokens.next()
        if tokens.peek() in ("=", ":") and (word[0] == '"' or word[0] == "_" or word[0].isalpha()):
            tokens.next()
            block.attributes[_string(word)] = _value(tokens, depth + 1)
        elif word[0] == "_" or word[0].isalpha():
            _block(tokens, Block(word, (), line), block, depth)
        elif word in _OPENS:
            _skip(tokens)
    tokens.next()


def _block(tokens: _Tokens, block: Block, outer: Block, depth: int) -> None:
    labels = []
    while tokens.peek()[:1] == '"' or tokens.peek()[:1].isalpha():
        labels.append(_string(tokens.next()))
    if tokens.peek() != "{":
        return
    tokens.next()
    block.labels = tuple(labels)
    if depth >= _MAX_DEPTH:
        _skip(tokens)
    else:
        _body(tokens, block, depth + 1)
        outer.blocks.append(block)


def _value(tokens: _Tokens, depth: int) -> Value:
    """One expression, up to what ends it. What follows a plain value makes it another."""
    line = tokens.line()
    value = _plain(tokens, line, depth)
    if tokens.peek() in ("", "\n", ",", "}", "]", ")"):
        return value
    while tokens.peek() not in ("", "\n", ",", "}", "]", ")"):
        if tokens.next() in _OPENS:
            _skip(tokens)
    return Value(line)


def _plain(tokens: _Tokens, line: int, depth: int) -> Value:
    first = tokens.next()
    if first in _OPENS and depth >= _MAX_DEPTH:
        _skip(tokens)
        return Value(line)
    if first == "[":
        return _list(tokens, line, depth)
    if first == "{":
        return _object(tokens, line, depth)
    if first.startswith("<<"):
        return Value(line, first.partition("\n")[2].rpartition("\n")[0], encoded=True)
    if first.startswith('"'):
        return Value(line, _string(first))
    if first == "jsonencode" and tokens.peek() == "(" and depth < _MAX_DEPTH:
        tokens.next()
        _blank(tokens)
        inner = _value(tokens, depth + 1)
        _blank(tokens)
        if tokens.next() != ")":
            return Value(line)
        return Value(inner.line, inner.text, inner.items, inner.entries, encoded=True)
    if first in ("true", "false") or first.isdigit():
        return Value(line, first)
    if first[:1].isalpha() and tokens.peek() != "(":
        return Value(line, f"${{{first}}}")
    if first in _OPENS:
        _skip(tokens)
    return Value(line)


def _list(tokens: _Tokens, line: int, depth: int) -> Value:
    found = []
    while tokens.peek() not in ("", "]"):
        if tokens.peek() in ("\n", ","):
            tokens.next()
        elif tokens.peek() == "for":
            _skip(tokens)
            return Value(line)
        else:
            at = tokens.at
            found.append(_value(tokens, depth + 1))
            if tokens.at == at or tokens.peek() in ("}", ")"):
                tokens.next()  # what closes something else
    tokens.next()
    return Value(line, items=tuple(found))


def _object(tokens: _Tokens, line: int, depth: int) -> Value:
    found: dict[str, Value] = {}
    while tokens.peek() not in ("", "}"):
        word = tokens.next()
        if tokens.peek() in ("=", ":") and word not in ("\n", ","):
            tokens.next()
            found[_string(word)] = _value(tokens, depth + 1)
        elif word in _OPENS:
            _skip(tokens)
    tokens.next()
    return Value(line, entries=found)


def _blank(tokens: _Tokens) -> None:
    while tokens.peek() == "\n":
        tokens.next()


def _skip(tokens: _Tokens) -> None:
    """To behind what closes the bracket that was just opened."""
    depth = 1
    while depth and (word := tokens.next()):
        depth += (word in _OPENS) - (word in _CLOSES)


def _string(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:].removesuffix('"')) if token.startswith('"') else token


def as_json(value: Value) -> str:
    """``value`` as JSON whose lines are those from that of ``value`` on; what is not plain is ``EXPRESSION``."""
    parts: list[str] = []
    _write(value, parts, [value.line])
    return "".join(parts)


#: What stands for a value that an expression makes.
EXPRESSION = "${EXPRESSION}"


def is_plain_command(words: Sequence[str]) -> bool:
    """Whether the program of a command is known, and of its arguments that each is a text."""
    return bool(words) and "${" not in words[0] and not any(EXPRESSION in word for word in words)


def _write(value: Value, parts: list[str], at: list[int]) -> None:
    parts.append("\n" * (value.line - at[0]))
    at[0] = max(at[0], value.line)
    if value.items is not None:
        parts.append("[")
        for number, each in enumerate(value.items):
            parts.append("," if number else "")
            _write(each, parts, at)
        parts.append("]")
    elif value.entries is not None:
        parts.append("{")
        for number, (name, each) in enumerate(value.entries.items()):
            parts.append("\n" * (each.line - at[0]) + ("," if number else "") + json.dumps(name) + ":")
            at[0] = max(at[0], each.line)
            _write(each, parts, at)
        parts.append("}")
    else:
        parts.append(json.dumps(value.text if value.text is not None else EXPRESSION))
