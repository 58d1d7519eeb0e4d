"""How a command is read: wrappers are taken off one by one until the program that matters is left.

``read_command(argv)`` is pure: it knows nothing of the project. What the step means there (which file, which task, which
app) is the launch graph's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask_prodcheck.facts.shell import spawned_commands
from flask_prodcheck.model.launching.servers import MODULES, READERS
from flask_prodcheck.model.launching.steps import (
    ConsoleRun,
    ContainerRun,
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

Words = list[str]


def _drop_options(words: Words, with_value: frozenset[str] = frozenset()) -> Words:
    """``words`` after the leading options; ``with_value`` are those that take the next word. A ``--`` ends them."""
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        if word in with_value and rest:
            rest.pop(0)
    return rest


def _plain(*with_value: str, positional: int = 0) -> Callable[[Words], Words]:
    """A wrapper with options (those in ``with_value`` take a word) and ``positional`` words before the command."""

    def strip(words: Words) -> Words:
        rest = _drop_options(words, frozenset(with_value))[positional:]
        return rest[1:] if rest[:1] == ["--"] else rest

    return strip


def _after_dashes(words: Words) -> Words:
    """The command after ``--``; without one, after the leading options."""
    return words[words.index("--") + 1 :] if "--" in words else _drop_options(words)


def _subcommand(name: str, *with_value: str) -> Callable[[Words], Words | None]:
    """``tool [options] NAME [options] command``: None when the tool is called for something else."""

    def strip(words: Words) -> Words | None:
        rest = _drop_options(words, frozenset(with_value))
        if not rest or rest[0] != name:
            return None
        return _after_run(rest[1:], frozenset(with_value))

    return strip


def _after_run(words: Words, with_value: frozenset[str]) -> Words:
    rest = _drop_options(words, with_value)
    return rest[1:] if rest[:1] == ["--"] else rest


def _wait_for(words: Words) -> Words:
    if "--" in words:
        return words[words.index("--") + 1 :]
    rest = list(words)
    while rest and (rest[0].startswith("-") or (":" in rest[0] and "/" not in rest[0])):
        word = rest.pop(0)
        if word in ("-t", "--timeout", "-h", "-p") and rest:
            rest.pop(0)
    return rest


_EXEC_VALUE_OPTIONS = frozenset(
    {
        "-e",
        "--env",
        "-u",
        "--user",
        "-w",
        "--workdir",
        "-f",
        "--file",
        "-p",
        "--project-name",
        "-n",
        "--namespace",
        "-c",
        "--container",
        "--env-file",
    }
)


_RUN_VALUE_OPTIONS = _EXEC_VALUE_OPTIONS | {
    "-v", "--volume", "--publish", "-l", "--label", "--name", "--cap-add", "--cap-drop", "--pull",
}  # fmt: skip


def _container_exec(words: Words) -> Words | None:
    """``docker exec CONTAINER command``, also through compose and kubectl: None for every other subcommand."""
    rest = _drop_options(words, _EXEC_VALUE_OPTIONS)
    if rest[:1] == ["compose"]:
        return _compose_exec(rest[1:])
    if rest[:1] != ["exec"]:
        return None
    rest = _drop_options(rest[1:], _EXEC_VALUE_OPTIONS)[1:]
    return rest[1:] if rest[:1] == ["--"] else rest


def _compose_exec(words: Words) -> Words | None:
    """``compose exec SERVICE command`` and ``compose run SERVICE command``, whose command stands in for the service's;
    None for every other subcommand, and for a service that runs its own."""
    rest = _drop_options(words, _EXEC_VALUE_OPTIONS)
    if rest[:1] not in (["exec"], ["run"]) or (rest[0] == "run" and "--entrypoint" in rest):
        return None
    rest = _drop_options(rest[1:], _EXEC_VALUE_OPTIONS if rest[0] == "exec" else _RUN_VALUE_OPTIONS)[1:]
    return (rest[1:] if rest[:1] == ["--"] else rest) or None


def _command(words: Words) -> Words | None:
    """``command NAME``; ``command -v NAME`` only says where it is."""
    return None if words[:1] in (["-v"], ["-V"]) else _drop_options(words, frozenset())


_WRAPPERS: dict[str, Callable[[Words], Words | None]] = {
    "exec": _plain("-a"),
    "command": _command,
    "builtin": _plain(),
    "nohup": _plain(),
    "setsid": _plain(),
    "time": _plain("-f", "-o"),
    "nice": _plain("-n", "--adjustment"),
    "ionice": _plain("-c", "-n", "-p"),
    "chrt": _plain(positional=1),
    "taskset": _plain("-c", positional=1),
    "numactl": _plain("-N", "-m", "-C"),
    "stdbuf": _plain("-i", "-o", "-e"),
    "timeout": _plain("-k", "-s", "--kill-after", "--signal", positional=1),
    "strace": _plain("-e", "-o", "-s", "-p"),
    "xvfb-run": _plain("-s", "-n", "-e"),
    "flock": _plain("-w", "-E", positional=1),
    "tini": _plain("-p", "-e"),
    "tini-static": _plain("-p", "-e"),
    "docker-init": _plain(),
    "dumb-init": _plain("-r", "--rewrite"),
    "catatonit": _plain(),
    "pid1": _plain(),
    "with-contenv": _plain(),
    "s6-setuidgid": _plain(positional=1),
    "setuidgid": _plain(positional=1),
    "setuser": _plain(positional=1),
    "gosu": _plain(positional=1),
    "su-exec": _plain(positional=1),
    "chpst": _plain("-u", "-U", "-e", "-n"),
    "runuser": _plain("-u", "-g", "-G"),
    "setpriv": _plain(),
    "sudo": _plain("-u", "-g", "-C", "-h", "-p", "--user", "--group"),
    "doas": _plain("-u"),
    "chroot": _plain(positional=1),
    "newrelic-admin": _subcommand("run-program"),
    "ddtrace-run": _plain(),
    "opentelemetry-instrument": _plain(
        "--traces_exporter", "--metrics_exporter", "--logs_exporter", "--service_name", "--exporter_otlp_endpoint"
    ),
    "scout-apm": _subcommand("run"),
    "instana": _plain(),
    "scalyr-agent": _plain(),
    "ld-preload": _plain(),
    "jemalloc.sh": _plain(),
    "poetry": _subcommand("run", "-C", "-P", "--directory", "--project"),
    "pipenv": _subcommand("run"),
    "uv": _subcommand(
        "run", "--with", "--extra", "--group", "--only-group", "--no-group", "--python", "-p", "--env-file", "--project", "--directory", "--package",
        "--with-requirements", "--with-editable", "--no-extra", "--index", "--index-url", "--config-file", "--cache-dir",
    ),
    "rye": _subcommand("run"),
    "conda": _subcommand("run", "-n", "--name", "-p", "--prefix", "--cwd"),
    "mamba": _subcommand("run", "-n", "--name", "-p", "--prefix", "--cwd"),
    "micromamba": _subcommand("run", "-n", "--name", "-p", "--prefix", "--cwd", "-r", "--root-prefix", "-a", "--attach", "-e", "--env", "--label"),
    "pixi": _subcommand("run", "-e", "--environment", "--manifest-path"),
    "doppler": _subcommand("run", "-p", "-c", "--project", "--config", "--token"),
    "infisical": _subcommand("run", "--env", "--path", "--projectId", "--token"),
    "op": _subcommand("run", "--env-file"),
    "chamber": _after_dashes,
    "aws-vault": _after_dashes,
    "vault-env": _plain(),
    "berglas": _after_dashes,
    "secretly": _plain(),
    "teller": _after_dashes,
    "sops": _after_dashes,
    "dotenv": _subcommand("run", "-f", "--file"),
    "dotenvx": _subcommand("run", "-f", "--env-file"),
    "wait-for-it": _wait_for,
    "wait-for-it.sh": _wait_for,
    "wait-for": _wait_for,
    "wait-for.sh": _wait_for,
    "wait_for_it.sh": _wait_for,
    "dockerize": _plain("-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval", "-delims", "-poll"),
    "watchmedo": _after_dashes,
    "nodemon": _plain("-w", "--watch", "-e", "--ext", "--delay", "-i", "--ignore", "--signal"),
    "reflex": _after_dashes,
    "hupper": _plain("-w", "-x", "-m"),
    "watchexec": _plain("-e", "-w", "-i", "--exts", "--watch"),
    "watchfiles": _plain("--filter", "--ignore-paths"),
    "coverage": _subcommand("run", "--rcfile", "--source", "--omit", "--include", "--data-file", "--context", "--concurrency"),
    "kernprof": _plain("-o"),
    "memray": _subcommand("run", "-o", "--output"),
    "py-spy": _after_dashes,
    "arch": _plain(),
    "unbuffer": _plain(),
    "caffeinate": _plain(),
    "docker": _container_exec,
    "podman": _container_exec,
    "docker-compose": _compose_exec,
    "kubectl": _container_exec,
    "winpty": _plain(),
    "pythonw": _plain(),
}  # fmt: skip

_RELOADING = frozenset({"watchmedo", "nodemon", "reflex", "hupper", "watchexec", "watchfiles"})
_PYTHON_WRAPPERS = frozenset({"coverage", "kernprof", "memray"})
_SHELL_TEXT_WRAPPERS = frozenset({"nodemon", "watchfiles"})

#: Programs that serve no Flask app, whatever their arguments. Not exhaustive: an unknown program serves nothing either,
#: but these need no look-up among the project's console scripts and files.
_NOT_WEB = frozenset(
    ["celery", "rq", "rqworker", "huey_consumer", "dramatiq", "arq", "alembic", "pip", "pip3", "apt", "apt-get", "apk", "yum", "dnf", "brew", "npm-install", "mkdir", "echo", "printf", "rm", "cp", "mv", "ln", "cat", "touch", "chmod", "chown", "sleep", "test", "[", "[[", "true", "false", "curl", "wget", "git", "nginx", "httpd", "apache2", "redis-server", "memcached", "postgres", "mysqld", "psql", "mysql", "mongod", "rabbitmq-server", "export", "set", "unset", "pytest", "tox-run", "nosetests", "ruff", "black", "mypy", "flake8", "pylint", "isort", "systemctl", "service", "kill", "killall", "pkill", "ls", "grep", "sed", "awk", "find", "tar", "unzip", "openssl", "ssh", "scp", "rsync", "read", "local", "declare", "readonly", "trap", "shift", "return", "exit", "ulimit", "umask", "wait", "source-map", "printenv", "which", "whoami", "id", "date", "head", "tail", "tee", "sort", "wc", "xargs", "jupyter", "ipython", "locust", "wkhtmltopdf", "ffmpeg", "node", "docker", "docker-compose", "kubectl", "helm", "terraform", "gcloud", "az", "aws", "heroku-cli", "flyctl", "fly", "certbot", "crond", "cron", "babel", "sphinx-build", "mkdocs", "alias", "type", "hash", "getopts", "let", "eval-nothing", "cut", "tr", "basename", "dirname", "readlink", "realpath", "seq", "yes", "nc", "ping", "dig", "host", "ip", "ifconfig"]
)  # fmt: skip


#: Options with which a server says something, or looks at its settings, and ends.
_ASKS = frozenset({"--version", "--help", "--check-config", "--print-config"})


def read_command(argv: Sequence[str]) -> Reading:
    """What ``argv`` (expanded words, the program first) does. An empty argv is :class:`Nothing`."""
    words = [word for index, word in enumerate(argv) if index or word != "!"]
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
            folder = _option_value(words[: len(words) - len(_strip_env(words[1:]))], ("-C", "--chdir"))
            reading = replace(reading, directory=folder or reading.directory)
            words = _strip_env(words[1:])
            continue
        if (
            program in ("su", "runuser", "script", "nix-shell")
            and (text := _option_value(words, ("-c", "--command", "--run"))) is not None
        ):
            return replace(
                reading,
                step=ShellRun(text),
                environment=environment,
                wrappers=(*wrappers, program),
                user=_su_user(words),
            )
        strip = _WRAPPERS.get(program)
        if strip is None:
            break
        user = _dropped_user(program, words[1:])
        inner = strip(words[1:])
        if program == "nodemon" and (text := _option_value(words, ("--exec", "-x"))) is not None:
            behind = words[words.index(text) + 1 :] if text in words else []
            inner = [*text.split(), *_drop_options(behind, frozenset({"-w", "--watch", "-e", "--ext", "--delay"}))]
        if program in ("doppler", "infisical") and (text := _option_value(words, ("--command",))) is not None:
            return replace(reading, step=ShellRun(text), environment=environment, wrappers=(*wrappers, program))
        if inner is None:
            return replace(
                reading, step=_runner_task(program, words[1:]), environment=environment, wrappers=tuple(wrappers)
            )
        if program == "dotenv" and (file := _option_value(words, ("-f", "--file"))) is not None:
            env_files.append(file)
        if program == "uv" and (file := _option_value(words, ("--env-file",))) is not None:
            env_files.append(file)
        if program in _PYTHON_WRAPPERS:
            inner = ["python", *(["-m", *words[words.index("-m") + 1 :]] if "-m" in words else inner)]
        elif (
            program in ("uv", "conda")
            and inner[:1]
            and ((inner[0].endswith(".py") and "/" not in inner[0]) or inner[0] == "-m")
        ):
            inner = ["python", *inner]
        if program in _SHELL_TEXT_WRAPPERS and len(inner) == 1 and " " in inner[0]:
            inner = inner[0].split()
        directory = (
            _option_value(words, ("--directory", "--cwd", "-C")) if program in ("poetry", "uv", "conda") else None
        )
        wrappers.append(program)
        reading = replace(
            reading,
            user=user or reading.user,
            reloads=reading.reloads or program in _RELOADING,
            directory=directory or reading.directory,
            replaces_shell=reading.replaces_shell or (program == "exec" and len(wrappers) == 1),
        )
        words = inner
    step = _step(words) if words else Nothing("")
    if isinstance(step, ServerStart) and not _ASKS.isdisjoint(words):
        step = Nothing(words[0])
    return replace(reading, step=step, environment=environment, env_files=tuple(env_files), wrappers=tuple(wrappers))


def _strip_env(words: Words) -> Words:
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word in ("-u", "--unset", "-C", "--chdir") and rest:
            rest.pop(0)
        elif word in ("-S", "--split-string") and rest:
            rest = rest[0].split() + rest[1:]
    return rest


_DOCKER_RUN_VALUE_OPTIONS = frozenset(
    [
        "-e",
        "--env",
        "--env-file",
        "-p",
        "--publish",
        "-v",
        "--volume",
        "--name",
        "--network",
        "--net",
        "-w",
        "--workdir",
        "-u",
        "--user",
        "--entrypoint",
        "-h",
        "--hostname",
        "-m",
        "--memory",
        "--cpus",
        "--mount",
        "--add-host",
        "--link",
        "-l",
        "--label",
        "--restart",
        "--platform",
        "--log-driver",
        "--log-opt",
        "--shm-size",
        "--ulimit",
        "--gpus",
        "--device",
        "--cap-add",
        "--cap-drop",
        "--security-opt",
        "--tmpfs",
        "--dns",
        "--ip",
        "--pull",
        "--expose",
        "-a",
        "--attach",
    ]
)


def _option_value(words: Words, names: tuple[str, ...]) -> str | None:
    for index, word in enumerate(words):
        if word in names and index + 1 < len(words):
            return words[index + 1]
        for name in names:
            if name.startswith("--") and word.startswith(name + "="):
                return word[len(name) + 1 :]
    return None


def _su_user(words: Words) -> str | None:
    rest = [word for word in words[1:] if not word.startswith("-")]
    command = _option_value(words, ("-c", "--command"))
    return next((word for word in rest if word != command), None)


def _dropped_user(program: str, words: Words) -> str | None:
    if program in ("gosu", "su-exec", "s6-setuidgid", "setuidgid", "setuser"):
        rest = _drop_options(words)
        return rest[0] if rest else None
    if program in ("sudo", "doas", "chpst", "runuser"):
        return _option_value(words, ("-u", "--user"))
    if program == "setpriv":
        return _option_value(words, ("--reuid",))
    return None


def _runner_task(program: str, words: Words) -> Step:
    """A tool called for something other than running a command: a container to start, or nothing to follow."""
    if program in ("docker", "podman"):
        rest = _drop_options(words, _EXEC_VALUE_OPTIONS)
        if rest[:1] == ["run"]:
            rest = _drop_options(rest[1:], _DOCKER_RUN_VALUE_OPTIONS)
            while len(rest) > 1 and re.fullmatch(r"\$\{[A-Za-z_]+\}", rest[0]) and "IMAGE" not in rest[0].upper():
                rest = _drop_options(rest[1:], _DOCKER_RUN_VALUE_OPTIONS)  # options kept in a variable
            if not rest:
                return Nothing("docker run")
            options = words[: len(words) - len(rest)]
            files = _option_values(options, ("--env-file",))
            return ContainerRun(rest[0], tuple(rest[1:]), _container_variables(options), files)
    return Nothing(" ".join([program, *words[:1]]))


def _option_values(words: Words, names: tuple[str, ...]) -> tuple[str, ...]:
    """Every value of an option that may be given more than once."""
    found = []
    for index, word in enumerate(words):
        name, glued, value = word.partition("=")
        if word in names and index + 1 < len(words):
            found.append(words[index + 1])
        elif glued and name in names:
            found.append(value)
    return tuple(found)


def _container_variables(options: Words) -> dict[str, str]:
    """``-e NAME=value``; a bare name takes the value that the caller has."""
    pairs = [each.partition("=") for each in _option_values(options, ("-e", "--env"))]
    return {name: value if has_value else f"${{{name}}}" for name, has_value, value in pairs}


#: A script with variables right behind it, each of which holds a blank and an option, or nothing.
_GLUED = regex(r"([^$]+\.py)((?:\$\{\w+\})+)")
_PYTHON_VALUE_OPTIONS = frozenset({"-W", "-X", "--check-hash-based-pycs"})


def _python(words: Words) -> Step:
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "-m" or (
            word.startswith("-") and not word.startswith("--") and word.endswith("m") and len(word) > 2
        ):
            return _module(rest)
        if word == "-c":
            return PythonRun(code=rest[0] if rest else "", args=tuple(rest[1:]))
        if word in _PYTHON_VALUE_OPTIONS and rest:
            rest.pop(0)
    if not rest or rest[0] == "-":
        return Nothing("python")
    glued = _GLUED.fullmatch(rest[0])
    if glued is not None:
        return PythonRun(script=glued[1], args=(glued[2], *rest[1:]))
    return PythonRun(script=rest[0], args=tuple(rest[1:]))


_MODULE_WRAPPERS = {
    "coverage": "coverage", "kernprof": "kernprof", "memray": "memray", "dotenv": "dotenv", "watchfiles": "watchfiles",
    "ddtrace": "ddtrace-run", "newrelic": "newrelic-admin", "newrelic.admin": "newrelic-admin", "opentelemetry.instrumentation.auto_instrumentation": "opentelemetry-instrument",
}  # fmt: skip


def _module(words: Words) -> Step:
    if not words:
        return Nothing("python -m")
    name, rest = words[0], words[1:]
    if name in MODULES:
        return READERS[MODULES[name]](rest)
    if name in ("debugpy", "ptvsd"):
        inner = _drop_options(rest, frozenset({"--listen", "--connect", "--log-to", "--host", "--port", "-c"}))
        if "-m" in rest:
            return _module(rest[rest.index("-m") + 1 :])
        return _python(inner)
    if name in ("pdb", "cProfile", "profile", "trace", "scalene", "pyinstrument"):
        if "-m" in rest:
            return _module(rest[rest.index("-m") + 1 :])
        return _python(_drop_options(rest, frozenset({"-o", "-s", "-c"})))
    if name in _MODULE_WRAPPERS:
        return read_command([_MODULE_WRAPPERS[name], *rest]).step
    if name in ("poetry", "pipenv", "uv", "pdm", "hatch", "invoke", "fabric", "nox", "tox"):
        return read_command([name, *rest]).step
    if name in (
        "http.server",
        "pip",
        "venv",
        "pytest",
        "unittest",
        "compileall",
        "celery",
        "alembic",
        "build",
        "smtpd",
    ):
        return Nothing(f"python -m {name}")
    return PythonRun(module=name, args=tuple(rest))


def _shell(program: str, words: Words) -> Step:
    rest = list(words)
    while rest and rest[0].startswith(("-", "+")) and rest[0] not in ("-", "--"):
        word = rest.pop(0)
        if word in ("-o", "+o", "-O", "--rcfile", "--init-file") and rest:
            rest.pop(0)
        elif not word.startswith("--") and word.startswith("-") and "c" in word[1:]:
            return ShellRun(rest[0] if rest else "", tuple(rest[1:]), program)
    if rest[:1] in (["-"], ["--"]):
        rest.pop(0)
    return ScriptRun(rest[0], tuple(rest[1:]), shell=True) if rest else Nothing(program)


def _make(words: Words) -> Step:
    rest, names, file, directory = list(words), [], None, None
    while rest:
        word = rest.pop(0)
        if word in ("-f", "--file", "--makefile") and rest:
            file = rest.pop(0)
        elif word in ("-C", "--directory") and rest:
            directory = rest.pop(0)
        elif word.startswith("-") or "=" in word:
            continue
        else:
            names.append(word)
    return TaskRun("make", tuple(names) or ("",), file=file, directory=directory)


def _npm(words: Words) -> Step:
    rest = _drop_options(words, frozenset({"--prefix", "-C", "--cwd"}))
    if rest[:1] in (["run"], ["run-script"]) and len(rest) > 1:
        return TaskRun("npm", (rest[1],), tuple(word for word in rest[2:] if word != "--"))
    return TaskRun("npm", ("start",)) if rest[:1] == ["start"] else Nothing("npm")


def _positional(words: Words, with_value: frozenset[str]) -> Words:
    """The words that are neither options nor the values of those in ``with_value``."""
    found, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        if word in with_value:
            rest = rest[1:]
        elif not word.startswith("-"):
            found.append(word)
    return found


def _named_task(runner: str, *skip: str) -> Callable[[Words], Step]:
    def read(words: Words) -> Step:
        rest = _drop_options(
            words, frozenset({"-c", "--collection", "-r", "-f", "--file", "-p", "--project", "-e", "--root"})
        )
        if skip:
            if rest[:1] != [skip[0]]:
                return Nothing(runner)
            rest = _drop_options(rest[1:], frozenset({"-e", "--env"}))
        return TaskRun(runner, (rest[0],), tuple(rest[1:])) if rest else Nothing(runner)

    return read


def _invoke(words: Words) -> Step:
    """Several tasks may stand in one line, each with options: every bare word is a candidate, the project's tasks decide."""
    rest = _drop_options(
        words, frozenset({"-c", "--collection", "-r", "--search-root", "-f", "--config", "-H", "--hosts"})
    )
    names = tuple(word for word in rest if not word.startswith("-") and re.fullmatch(r"[A-Za-z_][\w.-]*", word))
    return TaskRun("invoke", names, tuple(rest)) if names else Nothing("invoke")


def _pdm(words: Words) -> Step:
    rest = _drop_options(words, frozenset({"-p", "--project"}))
    if rest[:1] == ["run"]:
        rest = _drop_options(rest[1:], frozenset({"-p", "--project", "--venv"}))
    return TaskRun("pdm", (rest[0],), tuple(rest[1:])) if rest else Nothing("pdm")


def _hatch(words: Words) -> Step:
    rest = _drop_options(words, frozenset({"-e", "--env", "-p", "--project"}))
    if rest[:1] != ["run"]:
        return Nothing("hatch")
    rest = _drop_options(rest[1:])
    return TaskRun("hatch", (rest[0].rsplit(":", 1)[-1],), tuple(rest[1:])) if rest else Nothing("hatch")


def _procfile(words: Words) -> Step:
    if "start" not in words and words[:1] != ["local"]:
        return read_command(words[words.index("run") + 1 :]).step if "run" in words else Nothing("honcho")
    file = _option_value(words, ("-f", "--procfile"))
    rest = words[words.index("start") + 1 :] if "start" in words else words[1:]
    names = _positional(rest, frozenset({"-f", "--procfile", "-p", "--port", "-e", "--env", "-c", "-d"}))
    return TaskRun("procfile", tuple(names), file=file)


def _supervisord(words: Words) -> Step:
    return TaskRun("supervisor", (), file=_option_value(words, ("-c", "--configuration")))


def _circusd(words: Words) -> Step:
    files = _positional(
        words, frozenset({"--log-level", "--log-output", "--logger-config", "--pidfile", "--loggerconfig"})
    )
    return TaskRun("circus", (), file=files[0] if files else None)


def _services(words: Words) -> Step:
    """runit, s6 and daemontools: every folder below the one that is named holds a service, whose ``run`` is started."""
    folders = _positional(words, frozenset({"-c", "-C", "-d", "-t", "-X"}))
    return TaskRun("runit", (), file=folders[0]) if folders else Nothing("svscan")


def _my_init(words: Words) -> Step:
    """The init of phusion/baseimage: runit, or beside it the command behind its options."""
    rest = _drop_options(words)
    return read_command(rest).step if rest else TaskRun("runit", (), file="/etc/service")


def _source(words: Words) -> Step:
    return ScriptRun(words[0], tuple(words[1:]), sourced=True) if words else Nothing("source")


def _start_stop_daemon(words: Words) -> Step:
    program = _option_value(words, ("--exec", "-x", "--startas", "-a"))
    return (
        read_command([program, *_after_dashes(words)]).step
        if program and "--" in words
        else Nothing("start-stop-daemon")
    )


def _expect(words: Words) -> Step:
    text = _option_value(words, ("-c",))
    if text is not None:
        spawned = spawned_commands(text)
        return ShellRun(spawned[0]) if spawned else Nothing("expect")
    rest = _drop_options([word for word in words if word != "-f"])
    return ScriptRun(rest[0], tuple(rest[1:])) if rest else Nothing("expect")


_PROGRAMS: dict[str, Callable[[Words], Step]] = {
    "make": _make,
    "gmake": _make,
    "just": _named_task("just"),
    "task": _named_task("task"),
    "npm": _npm,
    "yarn": _npm,
    "pnpm": _npm,
    "poe": _named_task("package-script"),
    "taskipy": _named_task("package-script"),
    "pdm": _pdm,
    "hatch": _hatch,
    "invoke": _invoke,
    "inv": _invoke,
    "fab": _invoke,
    "honcho": _procfile,
    "foreman": _procfile,
    "forego": _procfile,
    "goreman": _procfile,
    "overmind": _procfile,
    "hivemind": _procfile,
    "heroku": _procfile,
    "supervisord": _supervisord,
    "circusd": _circusd,
    "runsvdir": _services,
    "s6-svscan": _services,
    "svscan": _services,
    "runsvdir-start": lambda _: TaskRun("runit", (), file="/etc/service"),
    "my_init": _my_init,
    "source": _source,
    ".": _source,
    "eval": lambda words: ShellRun(" ".join(words)),
    "start-stop-daemon": _start_stop_daemon,
    "expect": _expect,
}


_VARIABLE_PROGRAM = regex(r"\$\{([A-Z]+)\d?(?:_(?:BIN|CMD|EXE|COMMAND))?\}")


#: A program as distributions name it for one Python: gunicorn3, flask-3, mod_wsgi-express-3.12.
_OF_A_PYTHON = regex(r"(.+?)-?\d(?:\.\d+)?")


def _step(words: Words) -> Step:
    program = words[0].rsplit("/", 1)[-1]
    if (match := _VARIABLE_PROGRAM.fullmatch(program)) is not None and (
        match.group(1).lower() in READERS or match.group(1).lower() in ("python", "make")
    ):
        program = match.group(1).lower()  # $(GUNICORN), ${FLASK}: the variable is called what it holds
    rest = words[1:]
    if program in READERS:
        return READERS[program](rest)
    if (versioned := _OF_A_PYTHON.fullmatch(program)) is not None and versioned[1] in READERS:
        return READERS[versioned[1]](rest)
    if program.startswith("uwsgi") and re.fullmatch(r"uwsgi[_-](?:python|core)?\d*(?:\.\d+)?", program):
        return READERS["uwsgi"](rest)
    if _PYTHON.fullmatch(program):
        return _python(rest)
    if program in _SHELLS:
        return _shell(program, rest)
    if program in _PROGRAMS:
        return _PROGRAMS[program](rest)
    if program in _NOT_WEB and "/" not in words[0]:
        return Nothing(program)
    if "/" in words[0] or words[0].endswith((".sh", ".py", ".bash")):
        return ScriptRun(words[0], tuple(rest))
    for index, word in enumerate(rest[:_MAX_WRAPPERS]):
        name = word.rsplit("/", 1)[-1]
        if name in READERS and name != "flask":
            wrapped = READERS[name](rest[index + 1 :])  # an unknown wrapper in front of a complete server command
            if isinstance(wrapped, ServerStart) and ":" in wrapped.target:
                return wrapped
    return ConsoleRun(words[0], tuple(rest))
