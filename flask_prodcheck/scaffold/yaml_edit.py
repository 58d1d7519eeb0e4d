"""Replacing one value of a YAML file by its text, so that everything else stays as it was written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flask_prodcheck.base import Span
from flask_prodcheck.edits.text_file import Edit, apply, line_start

# PyYAML's stubs leave out what its nodes carry.
Node = Any


def replaced_words(text: str, changes: Mapping[Span, Sequence[str]]) -> list[Edit] | None:
    """The edits that give each key of the plain ``text`` that stands at one of ``changes`` the list of words as its
    value, in flow form. None when the file is a template, or a value is not written in one piece behind its key."""
    edits: list[Edit] = []
    for place, words in changes.items():
        value = _value_at(text, place)
        if value is None:
            return None
        start, end = value
        edits.append(Edit(start, end, f" {flow_list(words)}"))
    return edits if _is_yaml(apply(text, edits)) else None


def flow_list(words: Sequence[str]) -> str:
    """``words`` as a list on one line, which is also JSON."""
    return json.dumps(list(words), ensure_ascii=False)


def _value_at(text: str, place: Span) -> tuple[int, int] | None:
    """From just past the colon of the key at ``place`` to just past its value."""
    for document in _documents(text):
        for key, value in _pairs(document):
            if (key.start_mark.line + 1, key.start_mark.column + 1) != (place.line, place.column):
                continue
            start = text.find(":", _offset(text, key.end_mark)) + 1
            first, last = _offset(text, value.start_mark), _end(text, value)
            # An anchor or a tag would be lost with the value that it stands on.
            return (start, last) if start and first >= start and not text[start:first].strip("- \n") else None
    return None


def _end(text: str, node: Node) -> int:
    """Just past the last character of ``node``. The mark of a block collection stands at the next thing in the file."""
    while node.id == "sequence" and not node.flow_style and node.value:
        node = node.value[-1]
    end = _offset(text, node.end_mark)
    return len(text[:end].rstrip()) if node.id == "scalar" and node.style in ("|", ">") else end


def _offset(text: str, mark: Any) -> int:
    return line_start(text, mark.line + 1) + int(mark.column)


def _pairs(root: Node) -> list[tuple[Node, Node]]:
    found: list[tuple[Node, Node]] = []
    pending, seen = [root], set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.id == "mapping":
            found += node.value
            pending += [value for _, value in node.value]
        elif node.id == "sequence":
            pending += node.value
    return found


def _documents(text: str) -> list[Node]:
    import yaml

    try:
        return list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError):
        return []


def _is_yaml(text: str) -> bool:
    return bool(_documents(text))
