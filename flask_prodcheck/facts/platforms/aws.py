"""AWS Elastic Beanstalk (``.ebextensions``, saved configurations) and App Runner."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.platforms.options import elements, entries
from flask_prodcheck.facts.types import Command, EnvVar, PlacedText, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_entries, shell_command

_PYTHON = "aws:elasticbeanstalk:container:python"
_ENVIRONMENT = "aws:elasticbeanstalk:application:environment"
#: Whose programs the platform runs when it deploys ("Extending Elastic Beanstalk Linux platforms": platform hooks).
_HOOKS = "/opt/elasticbeanstalk/hooks/"


def read_beanstalk(path: str, root: YamlNode) -> StartFile:
    """Option settings in both notations (a mapping by namespace; a list of ``namespace``/``option_name``/``value``):
    those of the Python container become the options of a start without a command, the environment its variables; all
    become settings. The commands and the hooks (``files`` in a folder of hooks), which run at every deployment, have the
    role "deploy"; the other ``files`` are placed."""
    found: list[tuple[str, str, str, Span]] = []
    container = root.get("option_settings") or root.get("OptionSettings")
    if container is not None and container.is_sequence:
        for each in elements(container):
            name, value = each.string("option_name"), each.get("value")
            if name is not None:
                found.append(
                    (
                        each.string("namespace") or _ENVIRONMENT,
                        name,
                        (value.raw or "") if value is not None else "",
                        each.span,
                    )
                )
    elif container is not None:
        for namespace, _, inner in container.items():
            found.extend((namespace, name, value.raw or "", span) for name, span, value in inner.items())
    env = tuple(EnvVar(name, value, span) for namespace, name, value, span in found if namespace == _ENVIRONMENT)
    python = [(name, value, span) for namespace, name, value, span in found if namespace.startswith(_PYTHON)]
    platform = (
        root.string("global", "default_platform")
        or root.string("Platform", "PlatformArn")
        or root.string("SolutionStack")
    )
    options = tuple((name, value) for name, value, _ in python if not name.startswith("/")) + (
        (("platform", platform),) if platform else ()
    )
    starts: list[Start] = []
    for section in ("commands", "container_commands"):
        for name, value in entries(root.get(section)):
            text = value.get("command")
            command = shell_command(text, text.first_line) if text is not None else None
            if command is not None:
                starts.append(Start("beanstalk", name, command.span, command, value.string("cwd"), env, role="deploy"))
    placed: list[PlacedText] = []
    for name, value in entries(root.get("files")):
        content = value.get("content")
        if content is not None and content.raw:
            placed.append(PlacedText(name, content.raw, content.first_line))
    hooks = [each for each in placed if each.path.startswith(_HOOKS)]
    for hook in hooks:
        command = Command(hook.span, hook.path, shell=hook.text)
        starts.append(Start("beanstalk", hook.path, hook.span, command, env=env, role="deploy"))
    path_span = next((span for name, _, span in python if name == "WSGIPath"), None)
    if path_span is not None or (platform is not None and "python" in platform.lower()):
        common = root.get("global")
        place = common.key_span("default_platform") if common is not None else root.span
        starts.append(Start("beanstalk", "web", path_span or place, None, env=env, options=options))
    elif env:
        # Not a process: carries the environment, which holds for whatever the platform starts.
        starts.append(Start("beanstalk", "environment", env[0].span, None, env=env, role="release"))
    settings = tuple((f"{namespace}:{name}", value) for namespace, name, value, _ in found)
    others = tuple(each for each in placed if each not in hooks)
    return StartFile(path, "beanstalk", tuple(starts), settings, placed=others)


def read_apprunner(path: str, root: YamlNode) -> StartFile:
    """``apprunner.yaml`` (App Runner: "configuration file reference"): ``run.command``; ``pre-run`` has role
    "release"."""
    run = root.get("run")
    if run is None:
        return StartFile(path, "apprunner", ())
    env = env_entries(run.get("env"))
    options = tuple(
        (name, text)
        for name, text in (("runtime", root.string("runtime")), ("port", run.string("network", "port")))
        if text
    )
    starts = []
    before = run.get("pre-run")
    for each in before.elements() if before is not None else ():
        command = shell_command(each)
        if command is not None:
            starts.append(
                Start("apprunner", "pre-run", command.span, command, env=env, role="release", options=options)
            )
    command = shell_command(run.get("command"), run.key_span("command"))
    if command is not None:
        starts.append(Start("apprunner", "web", command.span, command, env=env, options=options))
    return StartFile(path, "apprunner", tuple(starts))
