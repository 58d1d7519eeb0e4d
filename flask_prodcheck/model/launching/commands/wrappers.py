"""Wrappers: programs that run the command behind their own options, each with the way to that command."""

from __future__ import annotations

from collections.abc import Callable

from flask_prodcheck.model.launching.commands.container_tools import command_in_container, command_in_service
from flask_prodcheck.model.launching.commands.daemons import behind_daemon, behind_start_stop_daemon
from flask_prodcheck.model.launching.commands.multiplexers import behind_screen, behind_tmux
from flask_prodcheck.model.launching.commands.options import Words, after_dashes, drop_options, option_value


def _plain(*with_value: str, positional: int = 0) -> Callable[[Words], Words]:
    """A wrapper with options (those in ``with_value`` take a word) and ``positional`` words before the command."""

    def strip(words: Words) -> Words:
        rest = drop_options(words, frozenset(with_value))[positional:]
        return rest[1:] if rest[:1] == ["--"] else rest

    return strip


def _subcommand(name: str, *with_value: str) -> Callable[[Words], Words | None]:
    """``tool [options] NAME [options] command``: None when the tool is called for something else."""

    def strip(words: Words) -> Words | None:
        rest = drop_options(words, frozenset(with_value))
        if not rest or rest[0] != name:
            return None
        return _after_run(rest[1:], frozenset(with_value))

    return strip


def _started_by(*command: str) -> Callable[[Words], Words]:
    """A command of another distribution that starts ``command`` with what it is given."""
    return lambda words: [*command, *words]


def _after_run(words: Words, with_value: frozenset[str]) -> Words:
    rest = drop_options(words, with_value)
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


def _command(words: Words) -> Words | None:
    """``command NAME``; ``command -v NAME`` only says where it is."""
    return None if words[:1] in (["-v"], ["-V"]) else drop_options(words, frozenset())


#: Commands of other distributions that start a server which comes along with them, and its workers' libraries.
BRINGING_COMMANDS = {
    "talisker.gunicorn": ("gunicorn",),
    "talisker.gunicorn.gevent": ("gunicorn", "--worker-class", "gevent"),
    "talisker.gunicorn.eventlet": ("gunicorn", "--worker-class", "eventlet"),
}

WRAPPERS: dict[str, Callable[[Words], Words | None]] = {
    "exec": _plain("-a"),
    "command": _command,
    "builtin": _plain(),
    "nohup": _plain(),
    "start-stop-daemon": behind_start_stop_daemon,
    **dict.fromkeys(("daemon", "start_daemon", "startproc"), behind_daemon),
    "procd_set_param": _subcommand("command"),
    "setsid": _plain(),
    "time": _plain("-f", "-o"),
    "sshpass": _plain("-p", "-f", "-d", "-P"),
    "screen": behind_screen,
    "tmux": behind_tmux,
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
    "s6-applyuidgid": _plain("-u", "-g", "-G"),
    "s6-envdir": _plain(positional=1),
    "s6-setlock": _plain("-t", positional=1),
    "s6-softlimit": _plain("-a", "-c", "-d", "-f", "-l", "-m", "-o", "-p", "-r", "-s", "-t"),
    "envdir": _plain(positional=1),
    "envuidgid": _plain(positional=1),
    "setlock": _plain(positional=1),
    "softlimit": _plain("-a", "-c", "-d", "-f", "-l", "-m", "-o", "-p", "-r", "-s", "-t"),
    "pgrphack": _plain(),
    "prlimit": _plain("-p", "--pid"),
    "systemd-cat": _plain("-t", "-p", "--identifier", "--priority"),
    "systemd-inhibit": _plain(),
    "torsocks": _plain("-u", "-p", "-a", "-P"),
    "proxychains4": _plain("-f"),
    "elasticapm-run": _plain(),
    "splunk-py-trace": _plain(),
    "contrast-python-run": _plain(),
    "pyagent": _subcommand("run", "-c"),
    "chpst": _plain("-u", "-U", "-e", "-n"),
    "runuser": _plain("-u", "-g", "-G"),
    "setpriv": _plain(
        "--reuid", "--ruid", "--euid", "--regid", "--rgid", "--egid", "--groups", "--inh-caps", "--ambient-caps",
        "--bounding-set", "--securebits", "--pdeathsig", "--ptracer", "--selinux-label", "--apparmor-profile",
        "--landlock-access", "--landlock-rule", "--seccomp-filter",
    ),
    "sudo": _plain("-u", "-g", "-C", "-h", "-p", "--user", "--group"),
    "doas": _plain("-u"),
    "chroot": _plain(positional=1),
    "newrelic-admin": _subcommand("run-program"),
    "ddtrace-run": _plain(),
    "opentelemetry-instrument": _plain(
        "--traces_exporter", "--metrics_exporter", "--logs_exporter", "--service_name", "--exporter_otlp_endpoint"
    ),
    **{name: _started_by(*command) for name, command in BRINGING_COMMANDS.items()},
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
    "chamber": after_dashes,
    "aws-vault": after_dashes,
    "vault-env": _plain(),
    "berglas": after_dashes,
    "secretly": _plain(),
    "teller": after_dashes,
    "sops": after_dashes,
    "dotenv": _subcommand("run", "-f", "--file"),
    "dotenvx": _subcommand("run", "-f", "--env-file"),
    "wait-for-it": _wait_for,
    "wait-for-it.sh": _wait_for,
    "wait-for": _wait_for,
    "wait-for.sh": _wait_for,
    "wait_for_it.sh": _wait_for,
    "dockerize": _plain("-wait", "-timeout", "-template", "-stdout", "-stderr", "-wait-retry-interval", "-delims", "-poll"),
    "watchmedo": after_dashes,
    "nodemon": _plain("-w", "--watch", "-e", "--ext", "--delay", "-i", "--ignore", "--signal"),
    "reflex": after_dashes,
    "hupper": _plain("-w", "-x", "-m"),
    "watchexec": _plain("-e", "-w", "-i", "--exts", "--watch"),
    "watchfiles": _plain("--filter", "--ignore-paths"),
    "coverage": _subcommand("run", "--rcfile", "--source", "--omit", "--include", "--data-file", "--context", "--concurrency"),
    "kernprof": _plain("-o"),
    "memray": _subcommand("run", "-o", "--output"),
    "py-spy": after_dashes,
    "arch": _plain(),
    "unbuffer": _plain(),
    "caffeinate": _plain(),
    "docker": command_in_container,
    "podman": command_in_container,
    "docker-compose": command_in_service,
    "kubectl": command_in_container,
    "winpty": _plain(),
    "pythonw": _plain(),
}  # fmt: skip

RELOADING = frozenset({"watchmedo", "nodemon", "reflex", "hupper", "watchexec", "watchfiles"})
PYTHON_WRAPPERS = frozenset({"coverage", "kernprof", "memray"})
SHELL_TEXT_WRAPPERS = frozenset({"nodemon", "watchfiles", "daemon"})


def behind_env(words: Words) -> Words:
    """The command behind ``env`` and its options."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word in ("-u", "--unset", "-C", "--chdir") and rest:
            rest.pop(0)
        elif word in ("-S", "--split-string") and rest:
            rest = rest[0].split() + rest[1:]
    return rest


def user_of_su(words: Words) -> str | None:
    """The user that ``su`` becomes."""
    rest = [word for word in words[1:] if not word.startswith("-")]
    command = option_value(words, ("-c", "--command"))
    return next((word for word in rest if word != command), None)


def dropped_user(program: str, words: Words) -> str | None:
    """The user as whom a wrapper runs the command behind it; None where it changes none."""
    if program in ("gosu", "su-exec", "s6-setuidgid", "setuidgid", "setuser"):
        rest = drop_options(words)
        return rest[0] if rest else None
    if program in ("sudo", "doas", "chpst", "runuser"):
        return option_value(words, ("-u", "--user"))
    if program in ("start-stop-daemon", "daemon"):
        user = option_value(words, ("--chuid", "-c", "--user", "-u"))
        return user.partition(":")[0] if user else None
    if program == "setpriv":
        return option_value(words, ("--reuid",))
    return None
