"""Azure: the services of ``azure.yaml``, and the App Service settings of Bicep files and ARM templates."""

from __future__ import annotations

import re

from flask_prodcheck.base import Span
from flask_prodcheck.facts.platforms.options import Options, entries, options_of
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode
from flask_prodcheck.patterns import regex

_PROPERTY = regex(r"^[ \t]*(appCommandLine|linuxFxVersion)[ \t]*:[ \t]*('(?:[^'\\\n]|\\.)*'|[^\n]*)", re.MULTILINE)


def read_azure_yaml(path: str, root: YamlNode) -> StartFile:
    """Services on App Service written in Python: the platform starts its default unless the infrastructure files
    give a command."""
    starts = []
    for name, service in entries(root.get("services")):
        if service.string("host") == "appservice" and service.string("language") in ("py", "python"):
            options = options_of(service, host="host", language="language", root="project")
            starts.append(Start("azure", name, service.span, None, service.string("project"), options=options))
    return StartFile(path, "azure", tuple(starts))


def read_bicep(path: str, text: str) -> StartFile:
    """``appCommandLine`` texts as starts; ``linuxFxVersion`` as an option. Values that are expressions or parameters
    are not decided. Never raises."""
    starts: list[Start] = []
    found = [
        (match.group(1), match.group(2).strip(), text.count("\n", 0, match.start(1)) + 1)
        for _, match in zip(range(200), _PROPERTY.finditer(text), strict=False)
    ]
    versions = [value.strip("'") for name, value, _ in found if name == "linuxFxVersion"]
    options: Options = (("linuxFxVersion", versions[0]),) if len(versions) == 1 else ()
    for name, value, line in found:
        literal = (
            value[1:-1].replace("\\'", "'") if len(value) > 2 and value.startswith("'") and value.endswith("'") else ""
        )
        if name == "appCommandLine" and literal.strip() and not literal.startswith("${"):
            span = Span(path, line)
            starts.append(Start("azure", "web", span, Command(span, literal, shell=literal), options=options))
    return StartFile(path, "azure", tuple(starts), tuple((name, value) for name, value, _ in found))


def read_arm(path: str, root: YamlNode) -> StartFile:
    """The ``siteConfig`` mappings of an ARM template, wherever they stand. Expressions (``[...]``) are not decided."""
    starts: list[Start] = []
    settings: list[tuple[str, str]] = []
    pending, seen = [root], set[int]()
    while pending:
        node = pending.pop()
        if node.identity in seen:
            continue
        seen.add(node.identity)
        children = list(node.elements()) if node.is_sequence else [value for _, _, value in node.items()]
        pending.extend(reversed([each for each in children if not each.is_scalar]))
        version = node.string("linuxFxVersion")
        if version is not None:
            settings.append(("linuxFxVersion", version))
        command = node.string("appCommandLine")
        if command and not command.startswith("["):
            span = node.key_span("appCommandLine")
            options = options_of(node, linuxFxVersion="linuxFxVersion")
            starts.append(
                Start(
                    "azure",
                    "web",
                    span,
                    Command(span, command, shell=command),
                    env=_settings(node.get("appSettings")),
                    options=options,
                )
            )
    return StartFile(path, "azure", tuple(starts), tuple(settings))


def _settings(node: YamlNode | None) -> tuple[EnvVar, ...]:
    found = []
    for each in node.elements() if node is not None else ():
        name, value = each.string("name"), each.string("value")
        if name is not None:
            found.append(EnvVar(name, None if value is None or value.startswith("[") else value, each.span))
    return tuple(found)
