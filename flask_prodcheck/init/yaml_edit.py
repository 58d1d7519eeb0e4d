"""Additions to a YAML file by its text, so that comments and layout stay; each is checked by reading the result."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from flask_prodcheck.edits.text_file import Edit, apply, line_stop


def load(text: str) -> object:
    """The data of ``text``; None when it is no YAML that can be read."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def added_item(text: str, key: str, item: str) -> list[Edit] | None:
    """The edit that appends ``item`` (a block sequence of one, its dash in the first column) to the sequence under the
    top-level ``key`` of the plain ``text``. None when it cannot be made with certainty."""
    data, new = load(text), load(item)
    node = _value(text, key)
    if not isinstance(data, Mapping) or not isinstance(new, list) or not isinstance(node, yaml.SequenceNode):
        return None
    old = data[key]
    if node.flow_style:
        if node.value:
            return None
        edits = [Edit(node.start_mark.index, node.end_mark.index, "\n" + _indented(item, 2).rstrip("\n"))]
    else:
        dash = node.start_mark.column
        last = _last_line(text, node, dash)
        at = line_stop(text, last)
        edits = [Edit(at, at, "\n" + _indented(item, dash).rstrip("\n"))]
    return edits if load(apply(text, edits)) == {**data, key: [*old, *new]} else None


def added_key(text: str, block: str) -> list[Edit] | None:
    """The edit that appends ``block``, top-level keys that the plain ``text`` lacks. None when that is not certain."""
    data, new = load(text), load(block)
    if not isinstance(data, Mapping) or not isinstance(new, Mapping) or set(data) & set(new):
        return None
    lead = "" if text.endswith("\n") else "\n"
    edits = [Edit(len(text), len(text), f"{lead}\n{block}")]
    return edits if load(apply(text, edits)) == {**data, **new} else None


def _value(text: str, key: str) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if not isinstance(root, yaml.MappingNode):
        return None
    return next((value for name, value in root.value if name.value == key), None)


def _last_line(text: str, node: yaml.SequenceNode, dash: int) -> int:
    """The 1-based last line of the sequence ``node``, with the comments that stand deeper than its dashes."""
    lines = text.split("\n")
    first = node.start_mark.line + 1
    end = node.end_mark.line + (1 if node.end_mark.column and node.end_mark.line + 1 == len(lines) else 0)
    last = first
    for number in range(first, min(end, len(lines)) + 1):
        line = lines[number - 1]
        stripped = line.strip()
        if not stripped or (stripped.startswith("#") and len(line) - len(line.lstrip()) <= dash):
            continue
        last = number
    return last


def _indented(block: str, width: int) -> str:
    return "".join(f"{' ' * width}{line}\n" for line in block.splitlines())
