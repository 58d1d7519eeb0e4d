"""Docker, Podman, Compose and kubectl: a command in a container that runs already, or a container to start."""

from __future__ import annotations

import re

from flask_prodcheck.model.launching.commands.options import Words, drop_options, option_values
from flask_prodcheck.model.launching.steps import ContainerRun, Nothing, Step

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


def command_in_container(words: Words) -> Words | None:
    """``docker exec CONTAINER command``, also through compose and kubectl: None for every other subcommand."""
    rest = drop_options(words, _EXEC_VALUE_OPTIONS)
    if rest[:1] == ["compose"]:
        return command_in_service(rest[1:])
    if rest[:1] != ["exec"]:
        return None
    rest = drop_options(rest[1:], _EXEC_VALUE_OPTIONS)[1:]
    return rest[1:] if rest[:1] == ["--"] else rest


def command_in_service(words: Words) -> Words | None:
    """``compose exec SERVICE command`` and ``compose run SERVICE command``, whose command stands in for the service's;
    None for every other subcommand, and for a service that runs its own."""
    rest = drop_options(words, _EXEC_VALUE_OPTIONS)
    if rest[:1] not in (["exec"], ["run"]) or (rest[0] == "run" and "--entrypoint" in rest):
        return None
    rest = drop_options(rest[1:], _EXEC_VALUE_OPTIONS if rest[0] == "exec" else _RUN_VALUE_OPTIONS)[1:]
    return (rest[1:] if rest[:1] == ["--"] else rest) or None


# https://docs.docker.com/reference/cli/docker/container/run/: the options that take a value.
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
        "--network-alias",
        "--net-alias",
        "--volumes-from",
        "--volume-driver",
        "--group-add",
        "--pid",
        "--ipc",
        "--uts",
        "--userns",
        "--cgroupns",
        "--cgroup-parent",
        "--memory-swap",
        "--memory-reservation",
        "--memory-swappiness",
        "--kernel-memory",
        "-c",
        "--cpu-shares",
        "--cpu-period",
        "--cpu-quota",
        "--cpuset-cpus",
        "--cpuset-mems",
        "--pids-limit",
        "--blkio-weight",
        "--device-cgroup-rule",
        "--oom-score-adj",
        "--health-cmd",
        "--health-interval",
        "--health-retries",
        "--health-timeout",
        "--health-start-period",
        "--cidfile",
        "--label-file",
        "--stop-signal",
        "--stop-timeout",
        "--sysctl",
        "--runtime",
        "--isolation",
        "--ip6",
        "--link-local-ip",
        "--mac-address",
        "--dns-search",
        "--dns-option",
        "--dns-opt",
        "--domainname",
        "--storage-opt",
        "--annotation",
        "--detach-keys",
    ]
)


def container_to_start(program: str, words: Words) -> Step:
    """A tool called for something other than running a command: a container to start, or nothing to follow."""
    if program in ("docker", "podman"):
        rest = drop_options(words, _EXEC_VALUE_OPTIONS)
        if rest[:1] == ["run"]:
            rest = drop_options(rest[1:], _DOCKER_RUN_VALUE_OPTIONS)
            while len(rest) > 1 and re.fullmatch(r"\$\{[A-Za-z_]+\}", rest[0]) and "IMAGE" not in rest[0].upper():
                rest = drop_options(rest[1:], _DOCKER_RUN_VALUE_OPTIONS)  # options kept in a variable
            if not rest:
                return Nothing("docker run")
            options = words[: len(words) - len(rest)]
            files = option_values(options, ("--env-file",))
            return ContainerRun(rest[0], tuple(rest[1:]), _container_variables(options), files)
    return Nothing(" ".join([program, *words[:1]]))


def _container_variables(options: Words) -> dict[str, str]:
    """``-e NAME=value``; a bare name takes the value that the caller has."""
    pairs = [each.partition("=") for each in option_values(options, ("-e", "--env"))]
    return {name: value if has_value else f"${{{name}}}" for name, has_value, value in pairs}
