"""Platforms whose file lists services with a start command: App Engine, Render, DigitalOcean, Koyeb, Cloud Foundry."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.platforms.options import MORE_VARIABLES, elements, options_of
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, any_command, env_entries, env_mapping, shell_command
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def read_app_engine(path: str, root: YamlNode) -> StartFile:
    """``app.yaml`` (Google Cloud: "app.yaml configuration file"): without ``entrypoint`` the runtime starts its
    default; that of the first generation imports what the handlers name. Files of other runtimes than Python start nothing
    here."""
    runtime = root.string("runtime") or ""
    flexible = root.string("env") in ("flex", "flexible")
    if not _RUNTIME.fullmatch(runtime) and not (runtime == "custom" or root.get("entrypoint") is not None):
        return StartFile(path, "app-engine", ())
    command = shell_command(root.get("entrypoint"), root.key_span("entrypoint"))
    if command is None and runtime == "custom":
        return StartFile(path, "app-engine", ())
    options = options_of(
        root, runtime="runtime", env="env", instance_class="instance_class", instances=("manual_scaling", "instances"),
        max_instances=("automatic_scaling", "max_instances"),
    )  # fmt: skip
    options = (*options, *options_of(root.get("basic_scaling"), max_instances="max_instances"))
    options = (*options, *options_of(root.get("automatic_scaling"), max_instances="max_num_instances"))  # flexible
    if flexible:
        options = (*options, ("flexible", "true"))
    name = root.string("service") or root.string("module") or "default"
    env = env_mapping(root.get("env_variables"))
    if runtime in _FIRST_GENERATION and not flexible and root.get("vm") is None:
        start = Start("app-engine", name, root.span, None, env=env, options=options)
        return StartFile(path, "app-engine", tuple(_scripts(root, start)))
    span = command.span if command is not None else root.key_span("runtime")
    return StartFile(path, "app-engine", (Start("app-engine", name, span, command, env=env, options=options),))


#: How App Engine calls its runtimes; other platforms write ``python3.9``.
_RUNTIME = regex(r"python\d*")
_FIRST_GENERATION = frozenset({"python27", "python"})


def _scripts(root: YamlNode, start: Start) -> Iterator[Start]:
    """What the handlers of the first generation name (Google Cloud: "Python 2.7 runtime", "app.yaml reference",
    "Script handlers"): an application in the notation of modules is served, one start for each; a file, which runs as
    a CGI script, is unknown."""
    seen = set()
    for handler in elements(root.get("handlers")):
        script = handler.string("script")
        if script is None or script in seen or script.startswith("google.appengine."):  # of the platform itself
            continue
        seen.add(script)
        options = (*start.options, ("script", script))
        if script.endswith(".py"):
            yield replace(start, name=script, span=handler.key_span("script"), role="unknown")
        elif _OBJECT.fullmatch(script):
            yield replace(start, name=script, span=handler.key_span("script"), options=options)


_OBJECT = regex(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")


def read_render(path: str, root: YamlNode) -> StartFile:
    """``render.yaml`` (Render Blueprint specification): ``startCommand``, or ``dockerCommand`` for images. Static
    sites, cron jobs and data stores are no processes of the app. The option ``variables`` is "elsewhere" where groups,
    or databases of the file, may give a service more variables than it lists."""
    starts: list[Start] = []
    databases = bool(elements(root.get("databases")))
    for service in elements(root.get("services")):
        kind = service.string("type") or "web"
        runtime = service.string("runtime") or service.string("env") or ""
        if kind in ("redis", "keyvalue", "static", "cron") or runtime == "static":
            continue
        name = service.string("name") or kind
        env = env_entries(service.get("envVars"), "key")
        folder = service.string("rootDir")
        options = options_of(
            service, type="type", runtime="runtime", env="env", root="rootDir", dockerfile="dockerfilePath", context="dockerContext",
            plan="plan", build="buildCommand", health="healthCheckPath", instances="numInstances",
            mount=("disk", "mountPath"),
        )  # fmt: skip
        if databases or any(each.get("fromGroup") is not None for each in elements(service.get("envVars"))):
            options += MORE_VARIABLES
        before = shell_command(service.get("preDeployCommand"), service.key_span("preDeployCommand"))
        if before is not None:
            starts.append(Start("render", name, before.span, before, folder, env, role="release", options=options))
        key = "startCommand" if service.get("startCommand") is not None else "dockerCommand"
        command = shell_command(service.get(key), service.key_span(key))
        span = command.span if command is not None else service.span
        starts.append(Start("render", name, span, command, folder, env, options=options))
    return StartFile(path, "render", tuple(starts))


def read_digitalocean(path: str, root: YamlNode) -> StartFile:
    """An App Platform specification: ``run_command`` of services, workers and jobs."""
    spec = root.get("spec") or root
    common = env_entries(spec.get("envs"), "key")
    starts = []
    for group in ("services", "workers", "jobs"):
        for part in elements(spec.get(group)):
            command = shell_command(part.get("run_command"), part.key_span("run_command"))
            options = (
                ("group", group),
                *options_of(
                    part,
                    root="source_dir",
                    dockerfile="dockerfile_path",
                    port="http_port",
                    runtime="environment_slug",
                    instances="instance_count",
                ),
            )
            role = "release" if group == "jobs" else "run"
            span = command.span if command is not None else part.span
            env = (*common, *env_entries(part.get("envs"), "key"))
            starts.append(
                Start(
                    "digitalocean",
                    part.string("name") or group,
                    span,
                    command,
                    part.string("source_dir"),
                    env,
                    role=role,
                    options=options,
                )
            )
    return StartFile(path, "digitalocean", tuple(starts))


def read_koyeb(path: str, root: YamlNode) -> StartFile:
    """``koyeb.yaml``: ``run_command`` or ``command`` with ``args`` of each service, wherever it is nested."""
    starts = []
    for service in elements(root.get("services")) or [root]:
        holder = next(
            (
                found
                for keys in (("git", "buildpack"), ("buildpack",), ("git",), ("docker",))
                if (found := service.get(*keys)) is not None and found.is_mapping
            ),
            service,
        )
        key = next((key for key in ("run_command", "command") if holder.get(key) is not None), "command")
        command = any_command(holder.get(key), holder.key_span(key))
        span = command.span if command is not None else service.span
        starts.append(
            Start(
                "koyeb",
                service.string("name") or "web",
                span,
                command,
                env=env_entries(service.get("env"), "key"),
                options=options_of(service, type="type"),
            )
        )
    return StartFile(path, "koyeb", tuple(starts))


def read_cloudfoundry(path: str, root: YamlNode) -> StartFile:
    """``manifest.yml`` (Cloud Foundry: "App manifest attribute reference"): ``command`` of each application or of its
    processes; without one the buildpack decides."""
    starts: list[Start] = []
    for application in elements(root.get("applications")):
        name = application.string("name") or ""
        env = env_mapping(application.get("env"))
        options = options_of(application, instances="instances", buildpack="buildpack", root="path", memory="memory")
        processes = [
            process for process in elements(application.get("processes")) if process.get("command") is not None
        ]
        for part in processes or [application]:
            command = shell_command(part.get("command"), part.key_span("command"))
            span = command.span if command is not None else part.span
            kind = (("type", part.string("type") or "web"),) if processes else ()
            starts.append(
                Start("cloudfoundry", name, span, command, application.string("path"), env, options=(*options, *kind))
            )
    return StartFile(path, "cloudfoundry", tuple(starts))
