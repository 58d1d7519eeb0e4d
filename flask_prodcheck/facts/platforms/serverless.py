"""Functions that wrap a WSGI application: Zappa, the Serverless Framework, AWS SAM and Vercel."""

from __future__ import annotations

from flask_prodcheck.facts.platforms.options import elements, entries, options_of
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_mapping

_DEPTH = 5


def read_zappa(path: str, root: YamlNode) -> StartFile:
    """One start for each stage with an ``app_function`` of its own or inherited by ``extends`` (Zappa README)."""
    stages = dict(entries(root))
    starts = []
    for name, stage in stages.items():
        holder: YamlNode | None = stage
        for _ in range(_DEPTH):
            if holder is None or holder.string("app_function") is not None:
                break
            holder = stages.get(holder.string("extends") or "")
        if holder is None or holder.string("app_function") is None:
            continue
        env = (*env_mapping(stage.get("environment_variables")), *env_mapping(stage.get("aws_environment_variables")))
        options = (
            ("app_function", holder.string("app_function") or ""),
            *options_of(stage, runtime="runtime", timeout="timeout_seconds"),
        )
        starts.append(Start("zappa", name, holder.key_span("app_function"), None, env=env, options=options))
    return StartFile(path, "zappa", tuple(starts))


def read_serverless(path: str, root: YamlNode) -> StartFile:
    """``custom.wsgi.app`` (serverless-wsgi README); the handlers of functions are settings."""
    settings = tuple(
        (f"handler.{name}", value.string("handler") or "") for name, value in entries(root.get("functions"))
    )
    wsgi = root.get("custom", "wsgi")
    app = wsgi.string("app") if wsgi is not None else None
    if wsgi is None or app is None:
        return StartFile(path, "serverless", (), settings)
    env = env_mapping(root.get("provider", "environment"))
    start = Start("serverless", "wsgi", wsgi.key_span("app"), None, env=env, options=(("app", app),))
    return StartFile(path, "serverless", (start,), settings)


def read_sam(path: str, root: YamlNode) -> StartFile:
    """The handlers of a template's functions, as settings: the code decides what they wrap."""
    settings = []
    for name, resource in entries(root.get("Resources")):
        handler = resource.string("Properties", "Handler")
        if handler is not None and "Function" in (resource.string("Type") or ""):
            settings.append((f"handler.{name}", handler))
    return StartFile(path, "sam", (), tuple(settings))


def read_vercel(path: str, root: YamlNode) -> StartFile:
    """One start for each Python entry of ``builds`` (or ``functions``): the file's ``app`` is served."""
    starts = []
    env = env_mapping(root.get("env"))
    for build in elements(root.get("builds")):
        source = build.string("src")
        if source is not None and "python" in (build.string("use") or ""):
            starts.append(Start("vercel", source, build.key_span("src"), None, env=env, options=_options(source)))
    functions = root.get("functions")
    for name, span, _ in functions.items() if functions is not None else ():
        if name.endswith(".py"):
            starts.append(Start("vercel", name, span, None, env=env, options=_options(name)))
    return StartFile(path, "vercel", tuple(starts))


def _options(source: str) -> tuple[tuple[str, str], ...]:
    if "*" in source or not source.endswith(".py"):
        return (("src", source),)
    return (("src", source), ("app", source.removeprefix("./").removesuffix(".py").replace("/", ".") + ".app"))
