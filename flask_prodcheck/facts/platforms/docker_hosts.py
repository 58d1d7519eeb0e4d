"""Hosts that run images: ECS task definitions, ``Dockerrun.aws.json``, CapRover's ``captain-definition``, and what
source-to-image (OpenShift) builds with."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.env import read_env
from flask_prodcheck.facts.platforms.options import MORE_VARIABLES, Options, elements, options_of
from flask_prodcheck.facts.types import Command, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, argv_command, env_entries
from flask_prodcheck.records import replace


def read_task_definition(path: str, root: YamlNode) -> StartFile:
    """One start for each container: ``entryPoint`` and ``command`` joined (no shell), None when the image decides.
    The image and the kinds of override are options."""
    definition = root.get("taskDefinition") or root
    starts = []
    for container in elements(definition.get("containerDefinitions")):
        entrypoint = argv_command(container.get("entryPoint"), container.key_span("entryPoint"))
        command = argv_command(container.get("command"), container.key_span("command"))
        options = options_of(container, image="image", user="user")
        for mounted in elements(container.get("mountPoints")):
            options = (*options, *options_of(mounted, mount="containerPath"))
        command, overrides = joined(entrypoint, command)
        options = (*options, *overrides, *_more_variables(container))
        span = command.span if command is not None else container.span
        env = (*env_entries(container.get("environment")), *env_entries(container.get("secrets")))
        starts.append(
            Start(
                "ecs",
                container.string("name") or "",
                span,
                command,
                container.string("workingDirectory"),
                env,
                user=container.string("user"),
                options=options,
            )
        )
    settings = options_of(root, image=("Image", "Name"), version="AWSEBDockerrunVersion")
    return StartFile(path, "ecs", tuple(starts), settings)


def _more_variables(container: YamlNode) -> Options:
    """What files give a container, and what an expression stands for."""
    given = (node for key in ("environment", "secrets") if (node := container.get(key)) is not None)
    plain = all(node.is_sequence or node.is_null for node in given)
    return () if plain and container.get("environmentFiles") is None else MORE_VARIABLES


def joined(entrypoint: Command | None, command: Command | None) -> tuple[Command | None, Options]:
    """What a container runs instead of its image's own start, and what this overrides; None where it overrides nothing."""
    if entrypoint is None or not entrypoint.argv:
        return (command, ()) if command is not None and command.argv else (None, ())
    rest = command.argv if command is not None and command.argv is not None else ()
    text = f"{entrypoint.text} {command.text}" if command is not None else entrypoint.text
    return replace(entrypoint, argv=(*entrypoint.argv, *rest), text=text), (("overrides", "entrypoint"),)


def read_captain(path: str, root: YamlNode) -> StartFile:
    """The Dockerfile or image that CapRover runs, as settings; the lines of an inline Dockerfile too."""
    lines = root.get("dockerfileLines")
    inline = (("dockerfileLines", "\n".join(lines.strings())),) if lines is not None else ()
    return StartFile(
        path,
        "captain",
        (),
        (*options_of(root, dockerfile="dockerfilePath", image="imageName", template="templateId"), *inline),
    )


def read_s2i(path: str, text: str) -> StartFile:
    """``.s2i/environment``: the variables of the build and of the container. What they start depends on the files beside
    them: one start without a command."""
    env = read_env(path, text).variables
    return StartFile(path, "s2i", (Start("s2i", "environment", env[0].span if env else Span(path, 1), None, env=env),))
