"""Fly.io, Netlify, Railway with its builders Nixpacks and Railpack, and Replit."""

from __future__ import annotations

from flask_prodcheck.facts.platforms.options import elements, entries, options_of, split_command
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command, env_mapping, shell_command


def read_fly(path: str, root: YamlNode) -> StartFile:
    """``fly.toml`` (Fly.io: "App configuration"): one start for each of ``[processes]``, or what ``[experimental]``
    overrides, else one without a command (the image decides). Commands are split, no shell runs them. Of a list
    (``[[processes]]``) flyctl takes each ``name`` and ``command``, and nothing else."""
    env = env_mapping(root.get("env"))
    options = options_of(
        root, app="app", dockerfile=("build", "dockerfile"), image=("build", "image"), builder=("build", "builder"),
        internal_port=("http_service", "internal_port"), force_https=("http_service", "force_https"), kill_signal="kill_signal",
        kill_timeout="kill_timeout", min_machines=("http_service", "min_machines_running"),
    )  # fmt: skip
    for service in elements(root.get("services"))[:1]:
        more = options_of(service, internal_port="internal_port", min_machines="min_machines_running")
        options = (*options, *more)
    mounts = root.get("mounts")
    for each in (mounts, *elements(mounts)):
        options = (*options, *options_of(each, mount="destination"))
    starts: list[Start] = []
    deploy = root.get("deploy")
    release = split_command(deploy, "release_command")
    if release is not None:
        starts.append(Start("fly", "release", release.span, release, env=env, role="release", options=options))
    processes = root.get("processes")
    named = [(name, split_command(processes, name)) for name, _, _ in processes.items()] if processes is not None else []
    named += [(each.string("name") or "", split_command(each, "command")) for each in elements(processes)]
    for name, command in named:
        if command is not None:
            starts.append(Start("fly", name, command.span, command, env=env, options=options))
    experimental = root.get("experimental")
    if not any(start.role == "run" for start in starts):
        key = next(
            (
                key
                for key in ("exec", "cmd", "entrypoint")
                if experimental is not None and experimental.get(key) is not None
            ),
            "",
        )
        command = split_command(experimental, key) if key else None
        span = command.span if command is not None else root.key_span("build")
        extra = (("overrides", key),) if key else ()
        starts.append(Start("fly", "app", span, command, env=env, options=(*options, *extra)))
    return StartFile(path, "fly", tuple(starts))


def read_netlify(path: str, root: YamlNode) -> StartFile:
    """``netlify.toml`` (Netlify: "File-based configuration"): the command of the build, of each context that has its own,
    and of ``netlify dev``. A build serves nothing, but its script may go on to start what it has built."""
    base = root.get("build")
    folder = base.string("base") if base is not None else None
    places = [
        ("build", base),
        *((f"build of {name}", value) for name, value in entries(root.get("context"))),
        ("dev", root.get("dev")),
    ]
    starts: list[Start] = []
    for name, node in places:
        command = shell_command(node.get("command"), node.key_span("command")) if node is not None else None
        if command is not None:
            starts.append(Start("netlify", name, command.span, command, folder))
    return StartFile(path, "netlify", tuple(starts))


def read_railway(path: str, root: YamlNode) -> StartFile:
    """``railway.toml`` or ``railway.json`` (Railway: "Config as code"): the start command of each environment that sets
    one, and the common one; without any, the builder's default."""
    starts: list[Start] = []
    options = options_of(
        root, builder=("build", "builder"), dockerfile=("build", "dockerfilePath"), build=("build", "buildCommand"),
        health=("deploy", "healthcheckPath"), replicas=("deploy", "numReplicas"), restart=("deploy", "restartPolicyType"),
    )  # fmt: skip
    places = [
        ("", root.get("deploy")),
        *((name, value.get("deploy")) for name, value in entries(root.get("environments"))),
    ]
    for name, deploy in places:
        if deploy is None:
            continue
        before = any_command(deploy.get("preDeployCommand"), deploy.key_span("preDeployCommand"))
        if before is not None:
            starts.append(Start("railway", name or "web", before.span, before, role="release", options=options))
        command = shell_command(deploy.get("startCommand"), deploy.key_span("startCommand"))
        if command is not None:
            starts.append(Start("railway", name or "web", command.span, command, options=options))
    if not any(start.role == "run" for start in starts):
        starts.append(Start("railway", "web", root.span, None, options=options))
    return StartFile(path, "railway", tuple(starts))


def read_nixpacks(path: str, root: YamlNode) -> StartFile:
    """``nixpacks.toml`` or ``.json``: ``[start] cmd``."""
    start = root.get("start")
    command = shell_command(start.get("cmd"), start.key_span("cmd")) if start is not None else None
    span = command.span if command is not None else root.span
    return StartFile(
        path,
        "nixpacks",
        (
            Start(
                "nixpacks",
                "web",
                span,
                command,
                env=env_mapping(root.get("variables")),
                options=(("builder", "NIXPACKS"),),
            ),
        ),
    )


def read_railpack(path: str, root: YamlNode) -> StartFile:
    """``railpack.json``: ``deploy.startCommand``."""
    deploy = root.get("deploy")
    command = shell_command(deploy.get("startCommand"), deploy.key_span("startCommand")) if deploy is not None else None
    span = command.span if command is not None else root.span
    env = env_mapping(deploy.get("variables")) if deploy is not None else ()
    return StartFile(
        path, "railpack", (Start("railpack", "web", span, command, env=env, options=(("builder", "RAILPACK"),)),)
    )


def read_replit(path: str, root: YamlNode) -> StartFile:
    """``.replit``: ``[deployment] run`` is what is published (name "deployment"); ``run`` is the workspace's button
    (name "run"); without one the button runs the program ``entrypoint``."""
    env: tuple[EnvVar, ...] = env_mapping(root.get("env"))
    starts = []
    for holder, name in ((root.get("deployment"), "deployment"), (root, "run")):
        command = any_command(holder.get("run"), holder.key_span("run")) if holder is not None else None
        if command is not None:
            starts.append(
                Start(
                    "replit",
                    name,
                    command.span,
                    command,
                    env=env,
                    options=options_of(holder, target="deploymentTarget"),
                )
            )
    program = root.string("entrypoint") or ""
    if program.endswith(".py") and not any(start.name == "run" for start in starts):
        span = root.key_span("entrypoint")
        command = Command(span, f"python {program}", argv=("python", program))
        starts.append(Start("replit", "run", span, command, env=env))
    return StartFile(path, "replit", tuple(starts))
