"""uWSGI configuration in its four notations (ini, yaml, json, xml), by the uWSGI manual ("Configuring uWSGI")."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.ini import read_ini
from flask_prodcheck.facts.types import UwsgiConfig, UwsgiOption
from flask_prodcheck.facts.xml_elements import read_xml
from flask_prodcheck.facts.yaml_nodes import read_yaml


def read_uwsgi(path: str, text: str) -> UwsgiConfig:
    """The options in order, the notation decided by the content. Options of sections such as ``[uwsgi:prod]`` come
    before those of ``[uwsgi]``, which uWSGI reads by default. A key without a value is "true"."""
    text = text.removeprefix("\ufeff")
    start = text.lstrip()
    if start.startswith("<"):
        return UwsgiConfig(path, tuple(_xml(path, text)))
    name = path.lower()
    if (
        (start.startswith("{") and not start.startswith(("{{", "{%", "{#")))
        or name.endswith((".yaml", ".yml"))
        or start.startswith("uwsgi:")
    ):
        return UwsgiConfig(path, tuple(_yaml(path, text)))
    return _ini(path, text)


def _ini(path: str, text: str) -> UwsgiConfig:
    sections: list[tuple[str, tuple[UwsgiOption, ...]]] = []
    for section in read_ini(text, continuation="none", delimiters="="):
        options = [
            (entry.key, "true" if entry.value is None else entry.value, Span(path, entry.line, entry.column))
            for entry in section.entries
        ]
        sections.append((section.name, tuple(options)))
    named = [option for name, options in sections if name.startswith("uwsgi:") for option in options]
    default = [option for name, options in sections if name == "uwsgi" for option in options]
    return UwsgiConfig(path, (*named, *default), tuple(sections))


def _yaml(path: str, text: str) -> list[UwsgiOption]:
    found: list[UwsgiOption] = []
    for document in read_yaml(path, text):
        section = document.get("uwsgi")
        for key, span, value in section.items() if section is not None else ():
            if value.is_sequence:
                found.extend((key, each.raw or "", each.span) for each in value.elements())
            elif value.is_scalar:
                found.append((key, "true" if value.is_null else value.raw or "", span))
    return found


def _xml(path: str, text: str) -> list[UwsgiOption]:
    """The children of every ``<uwsgi>`` element."""
    elements = read_xml(path, text)
    return [
        (each.name, each.text or "true", each.span)
        for each in elements
        if each.parent >= 0 and elements[each.parent].name == "uwsgi"
    ]
