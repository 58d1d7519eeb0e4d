"""What platforms write alike: scalars of a node as options of a start, commands that no shell runs."""

from __future__ import annotations

from flask_prodcheck.facts.quoting import split_words
from flask_prodcheck.facts.types import Command
from flask_prodcheck.facts.yaml_nodes import YamlNode, argv_command

Options = tuple[tuple[str, str], ...]

#: Of a start that may have more variables than its file lists.
MORE_VARIABLES: Options = (("variables", "elsewhere"),)


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


def split_command(node: YamlNode | None, key: str) -> Command | None:
    """The command under ``key``, run without a shell: a list of words, or a text that is split into words."""
    value = node.get(key) if node is not None else None
    if node is None or value is None:
        return None
    span = node.key_span(key)
    if value.is_sequence:
        return argv_command(value, span)
    return Command(span, value.one_line(), argv=split_words(value.raw)) if value.raw else None
