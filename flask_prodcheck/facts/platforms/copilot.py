"""AWS Copilot: ``copilot/NAME/manifest.yml``, what a service builds and runs.

Source: https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/ (``image.build``, ``image.location``, ``entrypoint``,
``command``, ``variables``, ``secrets``, ``environments``), and the pages of the other types.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.facts.platforms.docker_hosts import joined
from flask_prodcheck.facts.platforms.options import MORE_VARIABLES, Options, entries, split_command
from flask_prodcheck.facts.types import EnvVar, ImageBuild, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_mapping

_STARTING = ("entrypoint", "command")
_JOB = "Scheduled Job"


def read_copilot(path: str, root: YamlNode) -> StartFile:
    """The image that a service builds, which has the name of the file, and what it runs instead of the image's own start: in
    general, and in each environment that says another. A scheduled job serves nothing."""
    build = root.get("image", "build")
    builds = (_build(path, root.string("name") or "", build),) if build is not None else ()
    image = path if build is not None else root.string("image", "location")
    options = (("image", image),) if image else ()
    starts = tuple(_starts(root, options)) if root.string("type") != _JOB else ()
    return StartFile(path, "ecs", starts, builds=builds)


def _build(path: str, name: str, build: YamlNode) -> ImageBuild:
    """Paths are relative to the folder that holds ``copilot``; the context is the Dockerfile's folder by default."""
    folder = path.rpartition("copilot/")[0].rstrip("/") or "."
    file = build.raw if build.is_scalar else build.string("dockerfile")
    context = build.string("context") or posixpath.dirname(file or "") or "."
    args = tuple((arg.name, arg.value) for arg in env_mapping(build.get("args")) if arg.value is not None)
    return ImageBuild(
        build.span, (path,), (folder,), context, file, build.string("target"), args, called=(name,), pushed=True
    )


def _starts(root: YamlNode, options: Options) -> Iterator[Start]:
    environments = list(entries(root.get("environments")))
    silent = [node for _, node in environments if not any(node.get(key) for key in _STARTING)]
    for environment, node in (("", root), *environments):
        own = [split_command(node, key) for key in _STARTING]
        given = [each or split_command(root, key) for each, key in zip(own, _STARTING, strict=True)]
        command, overrides = joined(*given)
        if command is not None and any(own):
            asked = (root.get("env_file"), node.get("env_file"), *(() if environment else map(_given, silent)))
            more = MORE_VARIABLES if any(each is not None for each in asked) else ()
            env = (*_env(root), *(_env(node) if environment else ()))
            name = " ".join(filter(None, (root.string("name"), environment)))
            yield Start("ecs", name, command.span, command, env=env, options=(*options, *overrides, *more))


def _given(environment: YamlNode) -> YamlNode | None:
    """What an environment that starts as the others do has of variables."""
    return environment.get("variables") or environment.get("secrets") or environment.get("env_file")


def _env(node: YamlNode) -> Iterator[EnvVar]:
    """The variables with their values, and the secrets, which stand elsewhere."""
    yield from env_mapping(node.get("variables"))
    secrets = node.get("secrets")
    for name, span, _ in secrets.items() if secrets is not None else ():
        yield EnvVar(name, None, span)
