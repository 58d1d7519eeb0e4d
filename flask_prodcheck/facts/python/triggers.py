"""Triggers: the names that launches and configurations are written with, by which functions are kept."""

from __future__ import annotations

import ast
import re

from flask_prodcheck.facts.python.walk import FunctionNode, walk
from flask_prodcheck.patterns import regex

#: What a function mentions that may launch or configure an application.
TRIGGERS = frozenset(
    [
        "run",
        "run_server",
        "run_app",
        "run_simple",
        "run_with_reloader",
        "run_forever",
        "serve",
        "serve_forever",
        "make_server",
        "WSGIServer",
        "Flask",
        "Dash",
        "FlaskApp",
        "APIFlask",
        "SocketIO",
        "create_app",
        "make_app",
        "build_app",
        "from_object",
        "from_pyfile",
        "from_envvar",
        "from_prefixed_env",
        "from_file",
        "from_mapping",
        "from_json",
        "AioHttpApp",
        "AsyncApp",
        "App",
        "OpenAPI",
        "Quart",
        "Manager",
        "FlaskGroup",
        "Eve",
        "Sanic",
        "get_app",
        "init_app",
        "configure_app",
        "setup_app",
        "app_factory",
        "application_factory",
        "run_command",
        "serve_paste",
        "pywsgi",
        "WSGIContainer",
        "HTTPServer",
        "ThreadedWSGIServer",
        "ForkingWSGIServer",
        "BaseWSGIServer",
        "Server",
        "BaseApplication",
        "Application",
        "WSGIApplication",
        "WSGIApp",
        "Granian",
        "Config",
        "start",
        "launch",
        "main",
        "execv",
        "execve",
        "execvp",
        "execvpe",
        "execl",
        "execle",
        "execlp",
        "execlpe",
        "spawnl",
        "spawnlp",
        "spawnv",
        "spawnvp",
        "posix_spawn",
        "Fire",
        "dispatch_command",
        "dispatch_commands",
        "auto_cli",
        "run_module",
        "run_path",
        "execfile",
        "exec_module",
        "spawn",
        "spawn_later",
        "spawn_n",
        "system",
        "popen",
        "Popen",
        "call",
        "check_call",
        "check_output",
        "getoutput",
        "local",
        "sudo",
        "shell_env",
        "config",
        "environ",
        "getenv",
        "env",
        "secret_key",
        "session_interface",
        "SECRET_KEY",
        "debug",
        "DEBUG",
        "testing",
        "wsgi_app",
        "asgi_app",
        "load_dotenv",
        "dotenv_values",
        "from_toml",
        "Talisman",
        "SeaSurf",
        "CSRFProtect",
        "ProxyFix",
        "CORS",
        "Limiter",
        "Cache",
        "Session",
        "DebugToolbarExtension",
        "DispatcherMiddleware",
        "argv",
        "argparse",
        "ArgumentParser",
        "parse_args",
        "set_defaults",
        "click",
        "typer",
        "Typer",
        "FlaskCLI",
        "ScriptInfo",
        "monkey",
        "patch_all",
        "register_blueprint",
        "wrap_app",
        "Thread",
        "Process",
        "BackgroundScheduler",
        "create_all",
    ]
)
#: What a function that starts a server calls.
SERVERS = frozenset(
    [
        "run",
        "run_server",
        "run_app",
        "run_simple",
        "serve",
        "serve_forever",
        "make_server",
        "WSGIServer",
        "execv",
        "execvp",
        "execlp",
        "Popen",
        "check_call",
    ]
)
#: What functions are called that make an application.
FACTORY_NAME = regex(
    r"(?:create|make|build|get|init|setup|configure|new)_?\w*(?:app|application|server|flask|web|http)\w*$"
)
_APP_NAME = regex(
    r"(?:^|_)(?:app|application|server|flask|wsgi|dash|socketio|sio|connexion)(?:_|$)",
    re.IGNORECASE,
)
_MAX_SEEN = 65536
_SEEN: set[str] = set()
_NAMING: set[str] = set()


def mentions_trigger(node: FunctionNode) -> bool:
    """Whether the function uses one of :data:`TRIGGERS`, binds a name of its module, or returns an application."""
    # Annotations name frameworks without using them.
    inner = (item for part in (*node.body, *node.args.defaults) for item in walk(part))
    for item in inner:
        if isinstance(item, ast.Name):
            if item.id in TRIGGERS:
                return True
        elif isinstance(item, ast.Attribute):
            if item.attr in TRIGGERS:
                return True
        elif isinstance(item, ast.Global):
            return True  # a name of the module, which may become an application, a server, a configuration
        elif isinstance(item, ast.alias):
            if item.name.rpartition(".")[2] in TRIGGERS:
                return True
        elif isinstance(item, ast.Return) and item.value is not None:
            value = item.value.func if isinstance(item.value, ast.Call) else item.value
            name = value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")
            if isinstance(name, str) and _APP_NAME.search(name):
                return True
    return False


def naming_applications(words: frozenset[str]) -> frozenset[str]:
    """Those of ``words`` that may name an application."""
    if len(_SEEN) > _MAX_SEEN:
        _SEEN.clear()
        _NAMING.clear()
    new = words - _SEEN
    if new:  # the files of a project share most of their words
        _SEEN.update(new)
        _NAMING.update([word for word in new if _APP_NAME.search(word) is not None])
    return words & _NAMING
