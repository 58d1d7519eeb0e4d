"""Terraform and OpenTofu: the commands of the resources that run an application, where they are plain; where expressions
decide what a resource starts it is only said, not followed.

Sources: the documentation of the resources in the registry: hashicorp/aws (``aws_ecs_task_definition``,
``aws_apprunner_service``), hashicorp/google (``google_cloud_run_service``, ``google_cloud_run_v2_service``,
``google_app_engine_standard_app_version``), hashicorp/azurerm (``azurerm_linux_web_app``), hashicorp/kubernetes
(``kubernetes_deployment``), digitalocean/digitalocean (``digitalocean_app``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.hcl import Block, Value, as_json, is_plain_command, read_hcl
from flask_prodcheck.facts.platforms.docker_hosts import read_task_definition
from flask_prodcheck.facts.platforms.options import MORE_VARIABLES, Options
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import read_yaml
from flask_prodcheck.records import replace

KIND = "terraform"
_MAX_STARTS = 500


def read_terraform(path: str, text: str) -> StartFile:
    """The commands of resources as starts; one start without a command, of role "unknown", for each resource that runs an
    application and of which not every command is plain. Never raises."""
    starts: list[Start] = []
    for resource in read_hcl(text).all("resource"):
        kind, name = (*resource.labels, "", "")[:2]
        if kind not in _RESOURCES or len(starts) >= _MAX_STARTS:
            continue
        read = _RESOURCES[kind]
        found = list(read(path, name, resource)) if read is not None else []
        starts += [each for each in found if each is not None]
        if not found or None in found:
            starts.append(Start(KIND, kind, Span(path, resource.line), None, role="unknown"))
    return StartFile(path, KIND, tuple(starts))


Starts = Iterator[Start | None]
"""The starts of a resource; None for one that is not plain."""


#: Blocks that bring variables, by kind and label, and attributes that hold variables by name.
_MORE = {("env_from", ()), ("dynamic", ("env",)), ("dynamic", ("env_from",))}
_MAPS = ("app_settings", "env_variables", "runtime_environment_variables", "runtime_environment_secrets")


def given_environment(path: str, values: Iterable[tuple[str, Value]]) -> tuple[EnvVar, ...]:
    """Variables with their values; what stands for another value in one is open as a variable of the shell is."""
    return tuple(EnvVar(name, value.text, Span(path, value.line)) for name, value in values)


def _of_blocks(path: str, blocks: Iterable[Block], name: str = "name") -> tuple[tuple[EnvVar, ...], Options]:
    """The variables that the ``env`` blocks in ``blocks`` set, those from elsewhere without a value, and whether there may be
    more."""
    blocks = list(blocks)
    entries = [each for block in blocks for each in block.all("env")]
    values = [(key, each.attributes.get("value", Value(each.line))) for each in entries if (key := each.text(name))]
    inside = (each for block in blocks for each in block.blocks)
    made = ((each.kind, each.labels[:1] if each.kind == "dynamic" else ()) for each in inside)
    more = not _MORE.isdisjoint(made)
    return given_environment(path, values), MORE_VARIABLES if more else ()


def _of_maps(path: str, blocks: Iterable[Block]) -> tuple[tuple[EnvVar, ...], Options]:
    """The variables that attributes of ``blocks`` set by name, and whether there may be more."""
    maps = [value for block in blocks for key in _MAPS if (value := block.attributes.get(key)) is not None]
    values = (pair for each in maps for pair in (each.entries or {}).items())
    return given_environment(path, values), MORE_VARIABLES if any(each.entries is None for each in maps) else ()


def _task_definition(path: str, _: str, resource: Block) -> Starts:
    """``container_definitions``: JSON by ``jsonencode`` or as a heredoc, read as a task definition of its own is."""
    value = resource.attributes.get("container_definitions")
    if value is None or not value.encoded:
        yield None
        return
    text = "\n" + value.text if value.text is not None else as_json(value)
    try:
        documents = list(read_yaml(path, '{"containerDefinitions": ' + text + "}"))
    except ReadError:
        yield None
        return

    def moved(span: Span) -> Span:
        return replace(span, line=span.line + value.line - 1)

    for document in documents:
        for start in read_task_definition(path, document).starts:
            if start.command is None or not is_plain_command(start.command.argv or ()):
                yield None
                continue
            command = replace(start.command, span=moved(start.command.span))
            env = tuple(replace(var, span=moved(var.span)) for var in start.env)
            yield replace(start, span=moved(start.span), command=command, env=env)


def _containers(path: str, name: str, resource: Block) -> Starts:
    """The containers of a template: ``command`` stands for the ENTRYPOINT of the image, ``args`` for its CMD."""
    for block in (*_below(resource, "containers"), *_below(resource, "container")):
        values = [block.attributes.get(key) for key in ("command", "args")]
        given = [value.texts() for value in values if value is not None]
        words = tuple(word for each in given for word in each or ())
        if not is_plain_command(words) or None in given:
            yield None
            continue
        line = next(value.line for value in values if value is not None)
        options = tuple((key, text) for key in ("image",) if (text := block.text(key)))
        options = (*options, *((("overrides", "entrypoint"),) if values[0] is not None and values[0].items else ()))
        env, more = _of_blocks(path, (block,))
        span, options = Span(path, line), (*options, *more)
        yield Start(KIND, name, span, Command(span, " ".join(words), argv=words), env=env, options=options)


def _below(block: Block, kind: str) -> Iterator[Block]:
    for each in block.blocks:
        if each.kind == kind:
            yield each
        else:
            yield from _below(each, kind)


def _line(*path: str, kind: str = KIND) -> Callable[[str, str, Block], Starts]:
    """The command line that an attribute holds: the last of ``path``, in blocks of the kinds before it."""

    def read(file: str, name: str, resource: Block) -> Starts:
        for block in resource.all(*path[:-1]):
            value = block.attributes.get(path[-1])
            if value is None or not value.text or value.text.startswith("${"):
                yield None
                continue
            span, text = Span(file, value.line), value.text
            env, more = _of_blocks(file, (*resource.all("spec"), block), "key")
            by_name, others = _of_maps(file, (resource, block))
            command, env = Command(span, text, shell=text), (*env, *by_name)
            yield Start(kind, name, span, command, block.text("source_dir"), env, options=more or others)

    return read


#: The resources that run an application, each with the reader of its starts: None where nothing of it is read.
_RESOURCES: dict[str, Callable[[str, str, Block], Starts] | None] = {
    "aws_ecs_task_definition": _task_definition,
    "aws_apprunner_service": _line(
        "source_configuration", "code_repository", "code_configuration", "code_configuration_values", "start_command"
    ),
    "azurerm_linux_web_app": _line("site_config", "app_command_line", kind="azure"),
    "google_app_engine_standard_app_version": _line("entrypoint", "shell"),
    "google_app_engine_flexible_app_version": _line("entrypoint", "shell"),
    "digitalocean_app": _line("spec", "service", "run_command"),
    **dict.fromkeys(
        ("google_cloud_run_service", "google_cloud_run_v2_service", "kubernetes_deployment", "kubernetes_deployment_v1"),
        _containers,
    ),
    **dict.fromkeys(
        (
            "aws_elastic_beanstalk_environment", "azurerm_web_app", "azurerm_app_service", "azurerm_container_app",
            "azurerm_container_group", "heroku_formation",
        )
    ),
}  # fmt: skip
