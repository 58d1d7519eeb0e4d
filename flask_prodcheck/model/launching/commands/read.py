"""How a command is read: wrappers are taken off one by one until the program that matters is left.

``read_command(argv)`` is pure: it knows nothing of the project. What the step means there (which file, which task, which
app) is the launch graph's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask_prodcheck.facts.windows_words import windows_shell
from flask_prodcheck.model.launching.commands.behind import Behind
from flask_prodcheck.model.launching.commands.container_tools import container_to_start
from flask_prodcheck.model.launching.commands.deploy_tools import read_az, read_gcloud
from flask_prodcheck.model.launching.commands.interpreters import (
    is_for_python,
    read_expect,
    read_python,
    read_sage,
    read_shell,
    read_source,
)
from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_value
from flask_prodcheck.model.launching.commands.process_managers import (
    read_circusd,
    read_my_init,
    read_procfile,
    read_services,
    read_supervisord,
)
from flask_prodcheck.model.launching.commands.ssh import read_ssh
from flask_prodcheck.model.launching.commands.task_runners import (
    named_task,
    read_hatch,
    read_invoke,
    read_make,
    read_npm,
    read_pdm,
)
from flask_prodcheck.model.launching.commands.web_servers import APACHE_PROGRAMS, read_httpd, read_service, read_unitd
from flask_prodcheck.model.launching.commands.windows_shells import WINDOWS_SHELLS
from flask_prodcheck.model.launching.commands.wrappers import (
    PYTHON_WRAPPERS,
    RELOADING,
    SHELL_TEXT_WRAPPERS,
    WRAPPERS,
    behind_env,
    dropped_user,
    user_of_su,
)
from flask_prodcheck.model.launching.servers import READERS
from flask_prodcheck.model.launching.steps import (
    ConsoleRun,
    Nothing,
    PythonRun,
    Reading,
    ScriptRun,
    ServerStart,
    ShellRun,
    Step,
    TaskRun,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_ASSIGNMENT = regex(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_PYTHON = regex(
    r"(?:python|pypy|\$\{PYTHON[A-Z_]*\})(?:\d+(?:\.\d+)?|\$\{\w*PY(?:THON)?_?VER(?:SION)?\})?(?:\.exe)?",
    re.ASCII | re.IGNORECASE,
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
_MAX_WRAPPERS = 24


#: Programs that serve no Flask app, whatever their arguments. Not exhaustive: an unknown program serves nothing either,
#: but these need no look-up among the project's console scripts and files.
_NOT_WEB = frozenset(
    ["celery", "rq", "rqworker", "huey_consumer", "dramatiq", "arq", "alembic", "pip", "pip3", "apt", "apt-get", "apk", "yum", "dnf", "brew", "npm-install", "mkdir", "echo", "printf", "rm", "cp", "mv", "ln", "cat", "touch", "chmod", "chown", "sleep", "test", "[", "[[", "true", "false", "curl", "wget", "git", "nginx", "redis-server", "memcached", "postgres", "mysqld", "psql", "mysql", "mongod", "rabbitmq-server", "export", "set", "unset", "pytest", "tox-run", "nosetests", "ruff", "black", "mypy", "flake8", "pylint", "isort", "systemctl", "kill", "killall", "pkill", "ls", "grep", "sed", "awk", "find", "tar", "unzip", "openssl", "scp", "rsync", "read", "local", "declare", "readonly", "trap", "shift", "return", "exit", "ulimit", "umask", "wait", "source-map", "printenv", "which", "whoami", "id", "date", "head", "tail", "tee", "sort", "wc", "xargs", "jupyter", "ipython", "locust", "wkhtmltopdf", "ffmpeg", "node", "docker", "docker-compose", "kubectl", "helm", "terraform", "aws", "heroku-cli", "flyctl", "fly", "certbot", "crond", "cron", "babel", "sphinx-build", "mkdocs", "alias", "type", "hash", "getopts", "let", "eval-nothing", "cut", "tr", "basename", "dirname", "readlink", "realpath", "seq", "yes", "nc", "ping", "dig", "host", "ip", "ifconfig"]
)  # fmt: skip


#: Those of them that Python distributions install: one of these may be the project itself.
_OF_DISTRIBUTIONS = frozenset({
    "celery", "rq", "rqworker", "huey_consumer", "dramatiq", "arq", "alembic", "jupyter", "ipython", "locust", "mkdocs",
})  # fmt: skip


#: The options of wrappers that name the folder in which they run what is behind them.
_FOLDERS_OF_WRAPPERS = {
    **dict.fromkeys(("poetry", "uv", "conda"), ("--directory", "--cwd", "-C")),
    "start-stop-daemon": ("--chdir", "-d"),
}


#: Options with which a server says something, or looks at its settings, and ends.
_ASKS = frozenset({"--version", "--help", "--check-config", "--print-config"})


#: The path of a program, which the shell looks up: of those that stand before or behind an interpreter.
_LOCATED = regex(r"""^["']?(?:\$\(|`)\s*(?:which|command -v|type -[pP]) +([\w.-]+)\s*[)`]["']?$""")


def read_command(argv: Sequence[str]) -> Reading:
    """What ``argv`` (expanded words, the program first) does. An empty argv is :class:`Nothing`."""
    words = [_LOCATED.sub(r"/bin/\1", word) for index, word in enumerate(argv) if index or word != "!"]
    wrappers: list[str] = []
    environment: dict[str, str] = {}
    env_files: list[str] = []
    reading = Reading(Nothing(""))
    for _ in range(_MAX_WRAPPERS):
        while words and (match := _ASSIGNMENT.fullmatch(words[0])):
            environment[match.group(1)] = match.group(2)
            words.pop(0)
        if not words:
            return replace(reading, environment=environment, wrappers=tuple(wrappers))
        program = words[0].rsplit("/", 1)[-1]
        if program == "env":
            folder = option_value(words[: len(words) - len(behind_env(words[1:]))], ("-C", "--chdir"))
            reading = replace(reading, directory=folder or reading.directory)
            words = behind_env(words[1:])
            continue
        if (
            program in ("su", "runuser", "script", "nix-shell")
            and (text := option_value(words, ("-c", "--command", "--run"))) is not None
        ):
            return replace(
                reading,
                step=ShellRun(text),
                environment=environment,
                wrappers=(*wrappers, program),
                user=user_of_su(words),
            )
        strip = WRAPPERS.get(program)
        if strip is None:
            break
        user = dropped_user(program, words[1:])
        inner = strip(words[1:])
        if program == "nodemon" and (text := option_value(words, ("--exec", "-x"))) is not None:
            behind = words[words.index(text) + 1 :] if text in words else []
            inner = [*text.split(), *drop_options(behind, frozenset({"-w", "--watch", "-e", "--ext", "--delay"}))]
        if program in ("doppler", "infisical") and (text := option_value(words, ("--command",))) is not None:
            return replace(reading, step=ShellRun(text), environment=environment, wrappers=(*wrappers, program))
        if inner is None:
            return replace(
                reading, step=container_to_start(program, words[1:]), environment=environment, wrappers=tuple(wrappers)
            )
        if program == "dotenv" and (file := option_value(words, ("-f", "--file"))) is not None:
            env_files.append(file)
        if program == "uv" and (file := option_value(words, ("--env-file",))) is not None:
            env_files.append(file)
        if program in PYTHON_WRAPPERS:
            inner = ["python", *(["-m", *words[words.index("-m") + 1 :]] if "-m" in words else inner)]
        elif (
            program in ("uv", "conda")
            and inner[:1]
            and ((inner[0].endswith(".py") and "/" not in inner[0]) or inner[0] == "-m")
        ):
            inner = ["python", *inner]
        if program in SHELL_TEXT_WRAPPERS and len(inner) == 1 and " " in inner[0]:
            inner = inner[0].split()
        directory = option_value(words, _FOLDERS_OF_WRAPPERS.get(program, ()))
        wrappers.append(program)
        reading = replace(
            reading,
            user=user or reading.user,
            reloads=reading.reloads or program in RELOADING,
            directory=directory or reading.directory,
            replaces_shell=reading.replaces_shell or (program == "exec" and len(wrappers) == 1),
        )
        words = inner
    step = _step(words) if words else Nothing("")
    if isinstance(step, ServerStart) and not _ASKS.isdisjoint(words):
        step = Nothing(words[0])
    return replace(reading, step=step, environment=environment, env_files=tuple(env_files), wrappers=tuple(wrappers))


_PROGRAMS: dict[str, Callable[[Words], Step | Behind]] = {
    "make": read_make,
    "gmake": read_make,
    "just": named_task("just"),
    "task": named_task("task"),
    "npm": read_npm,
    "yarn": read_npm,
    "pnpm": read_npm,
    "poe": named_task("package-script"),
    "taskipy": named_task("package-script"),
    "pdm": read_pdm,
    "hatch": read_hatch,
    "invoke": read_invoke,
    "inv": read_invoke,
    "fab": read_invoke,
    "honcho": read_procfile,
    "foreman": read_procfile,
    "forego": read_procfile,
    "goreman": read_procfile,
    "overmind": read_procfile,
    "hivemind": read_procfile,
    "heroku": read_procfile,
    "supervisord": read_supervisord,
    "circusd": read_circusd,
    "runsvdir": read_services,
    "s6-svscan": read_services,
    "svscan": read_services,
    "runsvdir-start": lambda _: TaskRun("runit", (), file="/etc/service"),
    "my_init": read_my_init,
    "source": read_source,
    ".": read_source,
    "eval": lambda words: ShellRun(" ".join(words)),
    "expect": read_expect,
    "sage": read_sage,
    "service": read_service,
    "unitd": read_unitd,
    "ssh": read_ssh,
    "az": read_az,
    "gcloud": read_gcloud,
    **dict.fromkeys(APACHE_PROGRAMS, read_httpd),
}


#: Names that a program of the project's own may have as well, in a folder of its own.
_OF_SYSTEMS = frozenset({"service", "ssh", "az", "gcloud"})
_FOLDERS_OF_SYSTEMS = frozenset({"", "/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin"})


_VARIABLE_PROGRAM = regex(r"\$\{([A-Z]+)\d?(?:_(?:BIN|CMD|EXE|COMMAND))?\}")


_VARIABLE = regex(r"\$\{\w+\}")


#: A program as distributions name it for one Python: gunicorn3, flask-3, mod_wsgi-express-3.12.
_OF_A_PYTHON = regex(r"(.+?)-?\d(?:\.\d+)?")


def _step(words: Words) -> Step:
    """The step that ``words`` take, of the command behind the program where it runs one."""
    started = _started(words)
    return read_command(started.words).step if isinstance(started, Behind) else started


def _started(words: Words) -> Step | Behind:
    program = words[0].rsplit("/", 1)[-1]
    if (match := _VARIABLE_PROGRAM.fullmatch(program)) is not None and (
        match.group(1).lower() in READERS or match.group(1).lower() in ("python", "make")
    ):
        program = match.group(1).lower()  # $(GUNICORN), ${FLASK}: the variable is called what it holds
    rest = words[1:]
    if _VARIABLE.fullmatch(words[0]):
        if isinstance(read_command(rest).step, (ServerStart, PythonRun)):
            return Behind(rest)  # ``$GOSU gunicorn ...``: a wrapper, or nothing, stands in front of a command
        if is_for_python(rest):
            return read_python(rest)
    if program in READERS:
        return READERS[program](rest)
    if (versioned := _OF_A_PYTHON.fullmatch(program)) is not None and versioned[1] in READERS:
        return READERS[versioned[1]](rest)
    if program.startswith("uwsgi") and re.fullmatch(r"uwsgi[_-](?:python|core)?\d*(?:\.\d+)?", program):
        return READERS["uwsgi"](rest)
    if _PYTHON.fullmatch(program):
        return read_python(rest)
    if program in _SHELLS:
        return read_shell(program, rest)
    if (shell := windows_shell(words[0])) != "":
        return WINDOWS_SHELLS[shell](rest)
    if program in _PROGRAMS and (program not in _OF_SYSTEMS or words[0].rpartition("/")[0] in _FOLDERS_OF_SYSTEMS):
        return _PROGRAMS[program](rest)
    if program in _NOT_WEB and "/" not in words[0]:
        return Nothing(program, ConsoleRun(program, tuple(rest)) if program in _OF_DISTRIBUTIONS else None)
    if "/" in words[0] or words[0].endswith((".sh", ".py", ".bash", ".ps1", ".bat", ".cmd")):
        return ScriptRun(words[0], tuple(rest))
    for index, word in enumerate(rest[:_MAX_WRAPPERS]):
        name = word.rsplit("/", 1)[-1]
        if name in READERS and name != "flask":
            wrapped = READERS[name](rest[index + 1 :])  # an unknown wrapper in front of a complete server command
            if isinstance(wrapped, ServerStart) and ":" in wrapped.target:
                return wrapped
    return ConsoleRun(words[0], tuple(rest))
