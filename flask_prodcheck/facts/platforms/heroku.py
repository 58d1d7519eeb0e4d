"""Heroku: ``heroku.yml`` and ``app.json``, by its manifest references."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.platforms.options import options_of
from flask_prodcheck.facts.types import EnvVar, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command, env_mapping, shell_command


def read_heroku_yml(path: str, root: YamlNode) -> StartFile:
    """``run`` commands by process; a process that is only built (``build.docker``) starts what its image says."""
    starts: list[Start] = []
    docker = {name: value.raw or "" for name, _, value in _items(root.get("build", "docker"))}
    env = env_mapping(root.get("setup", "config"))
    run = root.get("run")
    named = set()
    for name, span, value in _items(run):
        command = any_command(value.get("command") if value.is_mapping else value, span)
        named.add(name)
        options = (("dockerfile", docker[name]),) if docker.get(name) else ()
        starts.append(Start("heroku-yml", name, span, command, env=env, options=options))
    for name, dockerfile in docker.items():
        if name not in named:
            starts.append(Start("heroku-yml", name, root.span, None, env=env, options=(("dockerfile", dockerfile),)))
    release = root.get("release")
    if release is not None:
        command = any_command(release.get("command"), release.key_span("command"))
        if command is not None:
            starts.insert(0, Start("heroku-yml", "release", command.span, command, env=env, role="release"))
    return StartFile(path, "heroku-yml", tuple(starts))


def read_app_json(path: str, root: YamlNode) -> StartFile:
    """``scripts`` (``postdeploy``...) with role "release"; Dokku's ``scripts.dokku.*`` too. Processes come from the
    Procfile, their variables from ``env``; ``formation`` and the stack are settings."""
    env = []
    for name, span, value in _items(root.get("env")):
        env.append(EnvVar(name, value.string("value") if value.is_mapping else value.text, span))
    starts = []
    scripts = root.get("scripts")
    for name, span, value in _items(scripts):
        for inner, place, text in (
            ((f"dokku.{key}", place, each) for key, place, each in value.items())
            if value.is_mapping
            else ((name, span, value),)
        ):
            command = shell_command(text, place)
            if command is not None:
                starts.append(Start("app-json", inner, place, command, env=tuple(env), role="release"))
    if env:  # not a process: carries the environment of those that the Procfile starts
        starts.append(Start("app-json", "environment", env[0].span, None, env=tuple(env), role="release"))
    settings = [
        (f"formation.{name}", value.string("quantity") or "") for name, _, value in _items(root.get("formation"))
    ]
    return StartFile(path, "app-json", tuple(starts), (*settings, *options_of(root, stack="stack")))


def _items(node: YamlNode | None) -> list[tuple[str, Span, YamlNode]]:
    return [] if node is None else list(node.items())
