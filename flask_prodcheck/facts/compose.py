"""Compose files, by the Compose specification (and version 1, where services are the top level)."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.conditionals import possible_texts
from flask_prodcheck.facts.template_blocks import Condition, conditions
from flask_prodcheck.facts.types import Build, Command, ComposeFile, ComposeService, EnvFileRef, Port
from flask_prodcheck.facts.yaml_nodes import YamlNode, argv_command, env_entries, read_yaml
from flask_prodcheck.numerals import numeral
from flask_prodcheck.records import replace

_NOT_SERVICES = frozenset(
    {"version", "name", "volumes", "networks", "configs", "secrets", "include", "services", "models"}
)
_TRUE = frozenset({"true", "yes", "on"})
_HEADER_LINES = 20


def read_compose(path: str, text: str) -> ComposeFile:
    """The services of a compose file. Raises ReadError for invalid YAML and commands that cannot be split."""
    documents = read_yaml(path, text)
    if not documents:
        return ComposeFile(path, ())
    root = documents[0]
    services = root.get("services")
    if services is None and root.get("version") is None:
        found = [(name, span, node) for name, span, node in root.items() if _is_version_one_service(name, node)]
    else:
        found = [] if services is None else list(services.items())
    chosen = conditions(text)
    written = (root if services is None else services).written() if chosen else {}
    return ComposeFile(
        path,
        tuple(
            _one_of(
                [_as_chosen(_service(name, *each), each[1], chosen) for each in written.get(name, [(span, node)])]
            )
            for name, span, node in found
            if not name.startswith("x-")
        ),
        _includes(root.get("include")),
        _header(text),
    )


def _header(text: str) -> str:
    """The comment lines that open the file, joined."""
    lines = itertools.takewhile(lambda line: line.startswith("#"), text.lstrip("\ufeff").splitlines())
    return " ".join(line.lstrip("# \t").strip() for line in itertools.islice(lines, _HEADER_LINES))


def _is_version_one_service(name: str, node: YamlNode) -> bool:
    keys = ("image", "build", "command", "extends")
    return name not in _NOT_SERVICES and node.is_mapping and any(node.get(key) is not None for key in keys)


def _service(name: str, span: Span, node: YamlNode) -> ComposeService:
    return ComposeService(
        name=name,
        span=span,
        image=_raw(node, "image"),
        build=_build(node.get("build"), node.string("dockerfile")),
        command=_command(node, "command", name),
        entrypoint=_command(node, "entrypoint", name),
        working_dir=_raw(node, "working_dir"),
        environment=env_entries(node.get("environment")),
        env_files=_env_files(node.get("env_file")),
        ports=tuple(port for each in _elements(node.get("ports")) if (port := _port(each)) is not None),
        expose=tuple(text.partition("/")[0] for text in _strings(node.get("expose"))),
        volumes=tuple(pair for each in _elements(node.get("volumes")) if (pair := _volume(each)) is not None),
        profiles=_strings(node.get("profiles")),
        user=node.string("user"),
        extends=_extends(node.get("extends")),
        replicas=numeral(node.string("deploy", "replicas") or node.string("scale")),
        stop_grace_period=node.string("stop_grace_period"),
        network_mode=node.string("network_mode") or node.string("net"),
        labels=_labels(node.get("labels")),
        needs=_needs(node),
    )


def _as_chosen(service: ComposeService, node: YamlNode, chosen: Mapping[int, Condition]) -> ComposeService:
    """``service`` with what conditions of a template inside of it decide as not known."""

    def inside(span: Span) -> Condition | None:
        condition = chosen.get(span.line)
        return condition if condition is not None and condition.line > service.span.line else None

    environment = tuple(
        replace(each, value=None) if inside(each.span) is not None else each for each in service.environment
    )
    service = replace(service, environment=environment)
    entries = node.written()
    written = [(key, span, value) for key in _STARTING for span, value in entries.get(key, ())]
    around = [inside(span) for _, span, _ in written]
    several = any("{%" in (value.raw or "") for _, _, value in written)
    if not several and not any(around):
        return service
    choices = [each for key, span, value in written for each in _choices(key, span, value, service.name)]
    if not several and not all(each is not None and each.complete for each in around):
        choices.append(_started(replace(service, command=None, entrypoint=None)))
    return replace(service, command=None, entrypoint=None, choices=tuple(choices))


def _one_of(services: Sequence[ComposeService]) -> ComposeService:
    """The service that stands several times under one name, where a template chooses among them: what they share."""
    last = services[-1]
    if len(services) == 1:
        return last
    choices = [command for each in services for command in each.choices or (_started(each),)]
    values = [{var.name: var.value for var in each.environment} for each in services]
    environment = tuple(
        var if all(each.get(var.name) == var.value for each in values) else replace(var, value=None)
        for var in {var.name: var for each in services for var in each.environment}.values()
    )
    return replace(last, command=None, entrypoint=None, choices=tuple(choices), environment=environment)


def _started(service: ComposeService) -> Command:
    return service.command or service.entrypoint or Command(service.span, service.image or service.name, argv=())


_STARTING = ("command", "entrypoint")


def _choices(key: str, span: Span, value: YamlNode, service: str) -> Iterator[Command]:
    """What one ``command`` of a service may become."""
    if not value.is_scalar:
        found = argv_command(value, span)
        yield from () if found is None else (found,)
        return
    for text in possible_texts(value.raw or "")[0]:
        yield Command(span, text, argv=tuple(_split(text, key, service, span)))


def _raw(node: YamlNode, key: str) -> str | None:
    found = node.get(key)
    return None if found is None else found.raw


def _elements(node: YamlNode | None) -> list[YamlNode]:
    """The elements of a list; a scalar stands for a list of one."""
    if node is None or node.is_null:
        return []
    return [node] if node.is_scalar else list(node.elements())


def _strings(node: YamlNode | None) -> tuple[str, ...]:
    return () if node is None else node.strings()


def _flag(node: YamlNode, key: str) -> bool:
    return (node.string(key) or "").lower() in _TRUE


def _command(node: YamlNode, key: str, service: str) -> Command | None:
    """``command`` or ``entrypoint``: null is none at all; a string is split like a shell would, without running one."""
    value = node.get(key)
    if value is None or value.is_null or value.is_mapping:
        return None
    span = node.key_span(key)
    if value.is_sequence:
        return argv_command(value, span)
    words = _split(value.marked or "", key, service, span)
    return Command(span, value.one_line(), argv=tuple(value.restore(word) for word in words))


def _split(text: str, key: str, service: str, span: Span) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ReadError(f"{key} of service {service} cannot be split: {error}", span.line) from error


def _build(node: YamlNode | None, dockerfile: str | None) -> Build | None:
    """``build``; version 1 has ``dockerfile`` beside it."""
    if node is None or node.is_null:
        return None
    if node.is_scalar:
        return Build(node.raw or ".", dockerfile)
    return Build(
        _raw(node, "context") or ".",
        _raw(node, "dockerfile") or dockerfile,
        node.string("target"),
        env_entries(node.get("args")),
        tuple(
            (entry.name, entry.value)
            for named in (node.get("additional_contexts"), node.get("x-bake", "contexts"))
            for entry in env_entries(named)
            if entry.value is not None
        ),
    )


def _env_files(node: YamlNode | None) -> tuple[EnvFileRef, ...]:
    found = []
    for each in [node] if node is not None and node.is_mapping else _elements(node):
        path = each.get("path") if each.is_mapping else each
        if path is not None and path.raw:
            required = (
                (each.string("required") or "true").lower() not in ("false", "no", "off") if each.is_mapping else True
            )
            found.append(EnvFileRef(path.raw, each.span, required))
    return tuple(found)


def split_colons(text: str) -> list[str]:
    """``text`` split at the colons outside ``${...}`` and ``[...]``."""
    parts, depth, start = [], 0, 0
    for index, char in enumerate(text):
        if char == "[" or (char == "{" and text[index - 1 : index] == "$"):
            depth += 1
        elif char in "]}" and depth:
            depth -= 1
        elif char == ":" and not depth:
            parts.append(text[start:index])
            start = index + 1
    return [*parts, text[start:]]


def _port(node: YamlNode) -> Port | None:
    if node.is_mapping:
        target = node.string("target")
        return (
            None
            if target is None
            else Port(target, node.string("published") or "", node.string("host_ip") or "", node.span)
        )
    text = node.raw
    if not text:
        return None
    parts = split_colons(text)
    number, slash, protocol = parts[-1].rpartition("/")
    container = number if slash and protocol.isalpha() else parts[-1]
    host = ":".join(parts[:-2]).strip("[]")
    return Port(container, parts[-2] if len(parts) > 1 else "", host, node.span)


def _volume(node: YamlNode) -> tuple[str, str] | None:
    if node.is_mapping:
        target = _raw(node, "target")
        return None if target is None or node.string("type") == "tmpfs" else (_raw(node, "source") or "", target)
    text = node.raw
    if not text:
        return None
    parts = split_colons(text)
    if len(parts) > 1 and len(parts[0]) == 1 and parts[0].isalpha() and parts[1][:1] in ("\\", "/"):
        parts[:2] = [f"{parts[0]}:{parts[1]}"]
    return ("", parts[0]) if len(parts) == 1 else (parts[0], parts[1])


def _extends(node: YamlNode | None) -> tuple[str | None, str] | None:
    if node is None:
        return None
    if node.is_mapping:
        service = node.string("service")
        return None if service is None else (node.string("file"), service)
    return None if node.text is None else (None, node.text)


def _needs(node: YamlNode) -> tuple[str, ...]:
    """``depends_on``, in both its forms, and ``links`` without their aliases."""
    needed = node.get("depends_on")
    named = [name for name, _, _ in needed.items()] if needed is not None else []
    links = [text.partition(":")[0] for text in _strings(node.get("links"))]
    return (*_strings(needed), *named, *links)


def _labels(node: YamlNode | None) -> tuple[tuple[str, str], ...]:
    return tuple((label.name, label.value or "") for label in env_entries(node))


def _includes(node: YamlNode | None) -> tuple[str, ...]:
    found: list[str] = []
    for each in _elements(node):
        path = each.get("path") if each.is_mapping else each
        found.extend(_strings(path))
    return tuple(found)
