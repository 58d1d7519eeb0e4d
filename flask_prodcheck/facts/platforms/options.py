"""Scalars of a node as options of a start."""

from __future__ import annotations

from flask_prodcheck.facts.yaml_nodes import YamlNode

Options = tuple[tuple[str, str], ...]


def options_of(node: YamlNode | None, **names: str | tuple[str, ...]) -> Options:
    """``(option, text)`` for each of ``names`` (option name = key, or path of keys) that ``node`` gives a text."""
    found = []
    for option, where in names.items():
        keys = (where,) if isinstance(where, str) else where
        value = node.get(*keys) if node is not None else None
        if value is not None and value.raw:
            found.append((option, value.raw))
    return tuple(found)


def elements(node: YamlNode | None) -> list[YamlNode]:
    """The mappings of a list."""
    return [] if node is None else [each for each in node.elements() if each.is_mapping]


def entries(node: YamlNode | None) -> list[tuple[str, YamlNode]]:
    """The mappings of a mapping, by key."""
    return [] if node is None else [(name, value) for name, _, value in node.items() if value.is_mapping]
