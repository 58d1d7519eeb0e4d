"""YAML (and JSON) as nodes that keep their places: aliases and merge keys resolved lazily, templates tolerated.

Nothing is constructed: scalars stay the text that the file holds. Work is counted, so that a file which expands
exponentially through aliases ends in a :class:`~flask_prodcheck.errors.ReadError` instead of filling the memory.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.types import Command, EnvVar
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

# PyYAML's stubs leave out what its nodes carry (``id``, ``style``).
Node = Any

MAX_VISITS = 200_000
"""How many entries of mappings and lists the views of one file may hand out."""
MAX_DEPTH = 200
"""How deep collections may nest (the composer is recursive)."""

_BOOL = "tag:yaml.org,2002:bool"
_OTHER_NUMBER = regex(r"[-+]?(?:0[0-9o_]|[0-9][0-9_.]*[_:])")
_OTHER_TEXT = regex(r"[-+]?(?:0o[0-7_]+|[0-9][0-9_.]*[eE][-+]?[0-9]+)\Z")
_NULL = "tag:yaml.org,2002:null"
_STRING = "tag:yaml.org,2002:str"
_NULL_TEXTS = ("", "~", "null", "Null", "NULL")
_MERGE = "tag:yaml.org,2002:merge"
_MARK = regex("\ue000([0-9]+)\ue001")
_TEMPLATE_OPEN = regex(r"\{\{|\{%|\{#|<%")
_JSON = regex(r"\s*(?:\{(?![{%#])|\[)")
_TABS = regex(r"^[ \t]*\t", re.MULTILINE)
_SURROGATE = regex(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_LINE = 2_000
_PLAIN_DEPTH = 50
#: How many lines of a template may stand for one value.
_TEMPLATE_LINES = 12
_BLOCK_END = regex(r"\{\{-?\s*(?:end|else)\b")
_WITH = regex(r"\{\{-?\s*with\s+(\$?\.Values[\w.]+)\s*-?\}\}")
_DOT = regex(r"(\{\{-?\s*(?:toYaml\s+|toJson\s+)?)\.(?=\s)")
_TEMPLATE_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>"}


@dataclass(slots=True)
class _State:
    """What the views of one file share: the visit count, resolved mappings, and the template expressions replaced."""

    file: str
    source: str
    templates: tuple[str, ...] = ()
    template_lines: tuple[int, ...] = ()
    visits: int = 0
    mappings: dict[int, dict[str, tuple[Node, Node]]] = field(default_factory=dict)

    def visit(self, node: Node, count: int = 1) -> None:
        self.visits += count
        if self.visits > MAX_VISITS:
            raise ReadError("the file expands to too many values", node.start_mark.line + 1)


@dataclass(frozen=True, slots=True, eq=False)
class YamlNode:
    """One value of a document. Accessors never fail on the wrong shape: a scalar has no items, a mapping no text."""

    _node: Node
    _state: _State

    @property
    def identity(self) -> int:
        """Equal for two views of the same written value (an anchor and its aliases)."""
        return id(self._node)

    @property
    def span(self) -> Span:
        return _span(self._node, self._state)

    @property
    def first_line(self) -> Span:
        """Where the text of a scalar begins: below its key where it is a block."""
        span = self.span
        return Span(span.file, span.line + 1) if self.is_scalar and self._node.style in ("|", ">") else span

    @property
    def tag(self) -> str:
        return str(self._node.tag)

    @property
    def is_mapping(self) -> bool:
        return bool(self._node.id == "mapping")

    @property
    def is_sequence(self) -> bool:
        return bool(self._node.id == "sequence")

    @property
    def is_scalar(self) -> bool:
        return bool(self._node.id == "scalar")

    @property
    def is_null(self) -> bool:
        if not self.is_scalar:
            return False
        # A custom tag (compose's ``!reset null``) hides what the plain text would have been resolved to.
        tagged = str(self._node.tag).startswith("!") and not self._node.style and self._node.value in _NULL_TEXTS
        return tagged or bool(self._node.tag == _NULL)

    @property
    def marked(self) -> str | None:
        """The scalar with each template expression as one opaque word (see :meth:`restore`); None for null and
        collections."""
        return str(self._node.value) if self.is_scalar and not self.is_null else None

    @property
    def raw(self) -> str | None:
        """The scalar's text, template expressions as written."""
        marked = self.marked
        return None if marked is None else self.restore(marked)

    @property
    def dynamic(self) -> bool:
        """Whether a template expression decides (a part of) this scalar."""
        marked = self.marked
        return marked is not None and _MARK.search(marked) is not None

    @property
    def text(self) -> str | None:
        """The scalar's text; None for null, collections and what a template decides."""
        return None if self.dynamic else self.marked

    @property
    def templated(self) -> bool:
        """Whether a template expression stands anywhere on the lines of this value."""
        first, last = self._node.start_mark.line + 1, self._node.end_mark.line + 1
        return any(first <= line <= last for line in self._state.template_lines)

    def restore(self, text: str) -> str:
        """``text`` (from :attr:`marked`) with the template expressions as written."""
        templates = self._state.templates
        if not templates:
            return text

        def original(match: re.Match[str]) -> str:
            index = int(match.group(1)) if len(match.group(1)) < 9 else len(templates)
            return templates[index] if index < len(templates) else match.group()

        return _MARK.sub(original, text)

    def get(self, *path: str) -> YamlNode | None:
        """The value at ``path`` of nested mappings, None where it is missing."""
        node: YamlNode | None = self
        for name in path:
            entry = _mapping(node._node, node._state).get(name) if node is not None else None
            node = None if entry is None or node is None else YamlNode(entry[1], node._state)
        return node

    def key_span(self, name: str) -> Span:
        """The place of the key ``name``, of the mapping itself when it has none."""
        entry = _mapping(self._node, self._state).get(name)
        return self.span if entry is None else _span(entry[0], self._state)

    def template_of(self, name: str) -> str:
        """The template expressions on the lines of their own that stand below the key ``name`` for its value, on one
        line; "" where there are none. The dot of a ``with`` above the key is written out."""
        lines = self._state.source.split("\n")
        line = self.key_span(name).line
        found: list[str] = []
        for each in lines[line : line + _TEMPLATE_LINES]:
            bare = each.strip()
            if bare and (not _only_templates(bare) or _BLOCK_END.match(bare)):
                break
            found += [bare] if bare else []
        above = _WITH.fullmatch(lines[line - 2].strip()) if line > 1 else None
        text = " ".join(found)
        return _DOT.sub(lambda match: f"{match[1]}{above[1]}", text, count=1) if above is not None else text

    def items(self) -> Iterator[tuple[str, Span, YamlNode]]:
        """``(key, place of the key, value)`` of a mapping, in order, the last of duplicate keys only."""
        entries = _mapping(self._node, self._state)
        self._state.visit(self._node, len(entries))
        for name, (key, value) in entries.items():
            yield name, _span(key, self._state), YamlNode(value, self._state)

    def written(self) -> dict[str, list[tuple[Span, YamlNode]]]:
        """``(place of the key, value)`` of the entries that the mapping itself writes, by key: more than one where a
        template chooses."""
        found: dict[str, list[tuple[Span, YamlNode]]] = {}
        for key, value in self._node.value if self.is_mapping else ():
            if key.id == "scalar":
                found.setdefault(str(key.value), []).append((_span(key, self._state), YamlNode(value, self._state)))
        return found

    def elements(self) -> Iterator[YamlNode]:
        """The elements of a list."""
        if self.is_sequence:
            self._state.visit(self._node, len(self._node.value))
            for each in self._node.value:
                yield YamlNode(each, self._state)

    def string(self, *path: str) -> str | None:
        """The text of the scalar at ``path``."""
        node = self.get(*path)
        return None if node is None else node.text

    def strings(self) -> tuple[str, ...]:
        """The known texts of a list of scalars, or of one scalar."""
        if self.is_scalar:
            return () if self.text is None else (self.text,)
        return tuple(each.text for each in self.elements() if each.text is not None)

    def plain(self, *, core: bool = False, depth: int = 0) -> object:
        """The value as PyYAML's safe loader constructs it, or (``core``) as a loader of YAML 1.2, where ``on`` is a text.
        Raises ReadError where a template or a tag of its own decides, and where it nests too deeply."""
        if depth > _PLAIN_DEPTH or self.dynamic:
            raise ReadError("a value that is not plain", self.span.line)
        if self.is_mapping:
            return {name: value.plain(core=core, depth=depth + 1) for name, _, value in self.items()}
        if self.is_sequence:
            return [each.plain(core=core, depth=depth + 1) for each in self.elements()]
        text = str(self._node.value)
        if core and self.tag == _BOOL and text.lower() not in ("true", "false"):
            return text
        pattern = _OTHER_NUMBER if self.tag != _STRING else _OTHER_TEXT
        if core and not self._node.style and pattern.match(text):
            raise ReadError("a number that versions of YAML read differently", self.span.line)
        return plain_scalar(self._node, self.span.line)

    def one_line(self) -> str:
        """The value as source on one line: a scalar's text, a list in flow form."""
        if self.is_sequence:
            return "[" + ", ".join(json.dumps(each.raw or "", ensure_ascii=False) for each in self.elements()) + "]"
        return " ".join((self.raw or "").split())


def plain_scalar(node: Node, line: int = 1) -> object:
    """What PyYAML's safe loader makes of a scalar. Raises ReadError for one that it refuses."""
    import yaml

    try:
        return yaml.constructor.SafeConstructor().construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise ReadError("a value that is not plain", line) from error


def scalar_of(text: str) -> object:
    """``text`` as an unquoted scalar of a YAML file: ``yes`` is true, ``8`` a number. Raises ReadError."""
    import yaml

    tag = yaml.SafeLoader("").resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return plain_scalar(yaml.ScalarNode(tag, text))


def read_yaml(path: str, text: str) -> tuple[YamlNode, ...]:
    """The documents of a YAML or JSON file, empty ones left out. Raises ReadError with the line of the fault."""
    text = text.removeprefix("\ufeff")
    if _JSON.match(text):
        # JSON that YAML refuses: tabs that indent, and characters written as two surrogate escapes.
        text = _SURROGATE.sub(r"\\ufffd", _TABS.sub(lambda found: " " * len(found.group()), text))
    if _TEMPLATE_OPEN.search(text):
        plain, templates, lines = _without_templates(text)
        if templates or lines:
            try:
                return _compose(plain, _State(path, text, templates, lines))
            except ReadError:
                # Braces that only look like a template: the file as it stands decides, and words the error.
                pass
    return _compose(text, _State(path, text))


def _compose(text: str, state: _State) -> tuple[YamlNode, ...]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _check_depth(text)
    try:
        nodes = list(yaml.compose_all(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not valid"
        raise ReadError(f"invalid YAML: {problem}", 1 if mark is None else mark.line + 1) from error
    except UnicodeError as error:
        raise ReadError("invalid YAML: characters that cannot be encoded") from error
    except RecursionError as error:
        raise ReadError("invalid YAML: nested too deeply") from error
    return tuple(YamlNode(node, state) for node in nodes)


def _check_depth(text: str) -> None:
    """Refuses what could overflow the recursive composer. Counts openings without regard to quotes: real files stay far
    below the limits."""
    depth = 0
    for match in re.finditer(r"[\[\]{}]|\n", text):
        char = match.group()
        if char in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise ReadError("invalid YAML: nested too deeply", text.count("\n", 0, match.start()) + 1)
        elif char != "\n" and depth:
            depth -= 1
    for number, line in enumerate(text.split("\n"), 1):
        indicators = re.match(r"(?:[-?:][ \t]+)*", line.lstrip(" "))
        if (indicators is not None and indicators.end() > 2 * MAX_DEPTH) or line.startswith(" " * (20 * MAX_DEPTH)):
            raise ReadError("invalid YAML: nested too deeply", number)


def _span(node: Node, state: _State) -> Span:
    return Span(state.file, node.start_mark.line + 1, node.start_mark.column + 1)


def _mapping(node: Node, state: _State) -> dict[str, tuple[Node, Node]]:
    """The entries of a mapping by key text, merge keys resolved (YAML merge type: own keys first, then the merged
    mappings in order). Iterative by an explicit stack of what must be resolved first."""
    if node.id != "mapping":
        return {}
    if id(node) in state.mappings:
        return state.mappings[id(node)]
    pending = [node]
    active: set[int] = set()
    while pending:
        current = pending[-1]
        if id(current) in state.mappings:
            pending.pop()
            continue
        merged = _merged(current)
        missing = [
            each for each in merged if id(each) not in state.mappings and id(each) not in active and each is not current
        ]
        if missing and id(current) not in active:
            active.add(id(current))
            pending.extend(missing)
            state.visit(current, len(missing))
            continue
        pending.pop()
        entries: dict[str, tuple[Node, Node]] = {}
        for key, value in current.value:
            if key.id == "scalar" and not _is_merge(key):
                entries[str(key.value)] = (key, value)
        state.visit(current, len(current.value))
        for each in merged:
            source = state.mappings.get(id(each), {})
            state.visit(current, len(source))
            for name, entry in source.items():
                entries.setdefault(name, entry)
        state.mappings[id(current)] = entries
    return state.mappings[id(node)]


def _is_merge(key: Node) -> bool:
    return bool(key.tag == _MERGE)


def _merged(node: Node) -> list[Node]:
    found: list[Node] = []
    for key, value in node.value:
        if key.id == "scalar" and _is_merge(key):
            candidates = value.value if value.id == "sequence" else [value]
            found.extend(each for each in candidates if each.id == "mapping")
    return found


def _without_templates(text: str) -> tuple[str, tuple[str, ...], tuple[int, ...]]:
    """``text`` with template expressions made harmless, line for line: a line that holds nothing else is blanked, an
    inline expression becomes one opaque word. Also the expressions replaced and the lines touched."""
    out: list[str] = []
    templates: list[str] = []
    touched: list[int] = []
    position, line = 0, 1
    # Markers are private-use characters; a text that holds them itself must not be taken for one.
    text = text.replace("\ue000", " ").replace("\ue001", " ")
    while True:
        match = _TEMPLATE_OPEN.search(text, position)
        end = -1 if match is None else text.find(_TEMPLATE_CLOSE[match.group()], match.end())
        if match is None or end < 0:
            break
        end += 2
        start = match.start()
        line += text.count("\n", position, start)
        out.append(text[position:start])
        expression = text[start:end]
        breaks = expression.count("\n")
        # Only short lines are looked at whole: one endless line must not cost its length for each expression.
        before, newline, tail = text[max(0, start - _LINE) : start].rpartition("\n")
        before = tail if newline else before + tail
        after = text[end : end + _LINE].partition("\n")[0]
        touched.extend(range(line, line + breaks + 1))
        alone = len(before) < _LINE and len(after) < _LINE and _only_templates(before) and _only_templates(after)
        if not alone:
            out.append(f"\ue000{len(templates)}\ue001")
            templates.append(" ".join(expression.split()))
        out.append("\n" * breaks)
        line += breaks
        position = end
    out.append(text[position:])
    return "".join(out), tuple(templates), tuple(touched)


def _only_templates(part: str) -> bool:
    """Whether ``part`` of a line holds nothing but blanks and whole template expressions."""
    part = part.strip()
    while part:
        close = _TEMPLATE_CLOSE.get(part[:2])
        end = -1 if close is None else part.find(close, 2)
        if end < 0:
            return False
        part = part[end + 2 :].lstrip()
    return True


# --- what many formats share --------------------------------------------------------------------------------------------


def shell_command(node: YamlNode | None, span: Span | None = None) -> Command | None:
    """The command that a scalar holds, run by a shell; None when there is none. ``span``: the place of its key."""
    if node is None or not node.raw or not node.raw.strip():
        return None
    return Command(span or node.span, node.one_line(), shell=node.raw.strip())


def argv_command(node: YamlNode | None, span: Span | None = None) -> Command | None:
    """The command that a list of words holds, run without a shell; None when there is no list."""
    if node is None or not node.is_sequence:
        return None
    words = tuple(each.raw or "" for each in node.elements())
    return Command(span or node.span, node.one_line(), argv=words)


def any_command(node: YamlNode | None, span: Span | None = None) -> Command | None:
    """A list without a shell, a scalar with one."""
    return argv_command(node, span) if node is not None and node.is_sequence else shell_command(node, span)


def env_mapping(node: YamlNode | None) -> tuple[EnvVar, ...]:
    """The variables of a mapping ``NAME: value``; what is no known scalar has the value None."""
    return () if node is None else tuple(EnvVar(name, value.text, span) for name, span, value in node.items())


def env_entries(node: YamlNode | None, name: str = "name", value: str = "value") -> tuple[EnvVar, ...]:
    """The variables of a list of ``{name: X, value: y}`` (also with keys ``key``...), of ``X=y`` texts, or of a
    mapping."""
    if node is None:
        return ()
    if node.is_mapping:
        return env_mapping(node)
    found = []
    for each in node.elements():
        if each.is_mapping:
            key = each.string(name)
            if key:
                found.append(EnvVar(key, each.string(value), each.span))
        elif each.marked:
            key, equals, rest = each.marked.partition("=")
            known = equals and not _MARK.search(rest)
            found.append(EnvVar(each.restore(key.strip()), rest if known else None, each.span))
    return tuple(found)


def node_of(path: str, text: str, data: object, places: dict[tuple[str, ...], int]) -> YamlNode:
    """Plain ``data`` (dicts, lists, scalars) as a node. ``places``: the line of a value by its path, list members by
    their index; what is missing stands where its parent does."""
    import yaml

    def build(value: object, where: tuple[str, ...], line: int) -> Node:
        line = places.get(where, line)
        mark = yaml.Mark(path, 0, line - 1, 0, None, 0)
        if isinstance(value, dict):
            pairs = []
            for key, inner in value.items():
                below = (*where, str(key))
                own = yaml.Mark(path, 0, places.get(below, line) - 1, 0, None, 0)
                pairs.append((yaml.ScalarNode(_STRING, str(key), own, own, '"'), build(inner, below, line)))
            return yaml.MappingNode("tag:yaml.org,2002:map", pairs, mark, mark)
        if isinstance(value, list):
            return yaml.SequenceNode(
                "tag:yaml.org,2002:seq",
                [build(inner, (*where, str(index)), line) for index, inner in enumerate(value)],
                mark,
                mark,
            )
        if isinstance(value, str):
            return yaml.ScalarNode(_STRING, value, mark, mark)
        return yaml.ScalarNode(
            "tag:yaml.org,2002:scalar", str(value).lower() if isinstance(value, bool) else str(value), mark, mark
        )

    return YamlNode(build(data, (), 1), _State(path, text))
