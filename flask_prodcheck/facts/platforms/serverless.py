"""Functions that wrap a WSGI application: Zappa, the Serverless Framework, AWS SAM and Vercel."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.platforms.options import elements, entries, options_of
from flask_prodcheck.facts.types import Command, Start, StartFile
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
    """The functions that serverless-wsgi's handler answers for with ``custom.wsgi.app`` (its README, "Flask configuration
    example"), else the functions' own handlers, which the code may hand to a WSGI application; the handlers are settings
    as well."""
    functions = entries(root.get("functions"))
    settings = tuple((f"handler.{name}", value.string("handler") or "") for name, value in functions)
    env = env_mapping(root.get("provider", "environment"))
    wsgi = root.get("custom", "wsgi")
    app = wsgi.string("app") if wsgi is not None else None
    if wsgi is not None and app is not None:
        answering = [
            (name, function.key_span("handler"), (*env, *env_mapping(function.get("environment"))))
            for name, function in functions
            if function.string("handler") in _OF_SERVERLESS_WSGI
        ] or [("wsgi", wsgi.key_span("app"), env)]
        starts = [
            Start("serverless", name, span, None, env=given, options=(("app", app),)) for name, span, given in answering
        ]
        return StartFile(path, "serverless", tuple(starts), settings)
    runtime = root.string("provider", "runtime")
    starts = [
        Start(
            "serverless",
            name,
            function.key_span("handler"),
            None,
            env=(*env, *env_mapping(function.get("environment"))),
            options=(("handler", handler),),
        )
        for name, function in functions
        if (handler := function.string("handler")) is not None
        and _is_python(function.string("runtime") or runtime)
        and "." in handler
    ]
    return StartFile(path, "serverless", tuple(starts), settings)


#: The module was called ``wsgi`` in the first releases of serverless-wsgi.
_OF_SERVERLESS_WSGI = ("wsgi_handler.handler", "wsgi.handler")


def _is_python(runtime: str | None) -> bool:
    return runtime is None or runtime.startswith(("python", "provided", "$"))


#: The wrapper of AWS Lambda Web Adapter: the handler is then a script that starts a web server (its README, "Zip").
_WEB_ADAPTER = "/opt/bootstrap"


def read_sam(path: str, root: YamlNode) -> StartFile:
    """The functions of a CloudFormation or SAM template: a handler is Python that the code may hand to a WSGI
    application, or, behind Lambda Web Adapter, the script that starts a web server; the handlers are settings as well."""
    shared = root.get("Globals", "Function")
    settings: list[tuple[str, str]] = []
    starts: list[Start] = []
    for name, resource in entries(root.get("Resources")):
        own = resource.get("Properties")
        handler = own.string("Handler") if own is not None else None
        if own is None or handler is None or "Function" not in (resource.string("Type") or ""):
            continue
        settings.append((f"handler.{name}", handler))
        if not _is_python(own.string("Runtime") or (shared.string("Runtime") if shared is not None else None)):
            continue
        env = (
            *env_mapping(shared.get("Environment", "Variables") if shared is not None else None),
            *env_mapping(own.get("Environment", "Variables")),
        )
        folder, span = own.string("CodeUri"), own.key_span("Handler")
        if any(each.name == "AWS_LAMBDA_EXEC_WRAPPER" and each.value == _WEB_ADAPTER for each in env):
            command = Command(span, f"Handler: {handler}", argv=(f"./{handler}",))
            starts.append(Start("sam", name, span, command, folder, env))
        elif "." in handler:
            starts.append(Start("sam", name, span, None, folder, env, options=(("handler", handler),)))
    return StartFile(path, "sam", tuple(starts), tuple(settings))


def read_vercel(path: str, root: YamlNode) -> StartFile:
    """One start for each Python entry of ``builds`` (or ``functions``): the file's ``app`` is served. Settings are the
    files of ``api/`` that requests are sent to (``rewrites``, ``routes``), and that ``builds`` lists all there is."""
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
    return StartFile(path, "vercel", tuple(starts), tuple(_destinations(root)))


def _destinations(root: YamlNode) -> Iterator[tuple[str, str]]:
    if root.get("builds") is not None:
        yield "builds", ""
    for key, name in (("rewrites", "destination"), ("routes", "dest")):
        for rule in elements(root.get(key)):
            target = (rule.string(name) or "").partition("?")[0].lstrip("/")
            if target.startswith("api/") and "$" not in target and ":" not in target:
                yield key, target if target.endswith(".py") else f"{target}.py"


def _options(source: str) -> tuple[tuple[str, str], ...]:
    if "*" in source or not source.endswith(".py"):
        return (("src", source),)
    return (("src", source), ("app", source.removeprefix("./").removesuffix(".py").replace("/", ".") + ".app"))
