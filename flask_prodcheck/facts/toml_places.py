"""TOML as the same positioned nodes that YAML files give."""

from __future__ import annotations

from flask_prodcheck.facts.toml_lines import load_toml, places_of
from flask_prodcheck.facts.yaml_nodes import YamlNode, node_of


def read_toml(path: str, text: str) -> YamlNode:
    """The root table. Values have the place of their key; values of inline tables and arrays that of the nearest key
    around them. Raises ReadError with the line of the fault."""
    text = text.removeprefix("\ufeff")
    return node_of(path, text, load_toml(text), places_of(text))
