"""PC320: where no shell reads the command, a variable in it stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import SHELLS, Hit, Launch, Project, Span, base_name

VARIABLE = re.compile(r"\$(\{\w+[^}]*\}|[A-Za-z_]\w*)")

# Options that a server checks, or that decide what it serves; the rest is text for people.
DECISIVE = frozenset(
    {"bind", "port", "host", "listen", "workers", "threads", "timeout", "http", "socket", "http-socket"}
)


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        argv = _argv(launch, project)
        if (
            argv is None
            or launch.end.span in seen
            or any(base_name(word) in SHELLS | {"envsubst", "eval"} for word in argv)
        ):
            continue
        word = next((word for word in argv if VARIABLE.search(word)), None)
        if word is None or "%(" in word:
            continue
        seen.add(launch.end.span)
        what, decisive = _meaning(word, launch)
        facts = {"what": what, "server": launch.server.value, "word": VARIABLE.search(word).group(0)}  # type: ignore[union-attr]
        yield Hit(
            at=launch.end.span,
            via=launch.hops,
            facts=facts,
            severity=None if decisive and launch.kind != "kubernetes" else "warning",
        )


def _argv(launch: Launch, project: Project) -> tuple[str, ...] | None:
    """The argument list by which the last step of ``launch`` starts the server without a shell; None when a shell, or
    something that replaces variables, stands between."""
    span = launch.end.span
    dockerfile = project.facts.dockerfiles.get(span.file)
    for stage in dockerfile.stages if dockerfile is not None else ():
        for command in (stage.cmd, stage.entrypoint):
            if command is not None and command.span == span:
                return command.argv
    kubernetes = project.facts.kubernetes.get(span.file)
    for container in kubernetes.containers if kubernetes is not None else ():
        for command in (container.command, container.args):
            if command is not None and command.span == span and not container.dynamic:
                # A template of OpenShift, or envsubst, fills in ${NAME} before anything is applied.
                return tuple("" if "${" in word else word for word in command.argv or ())
    compose = project.facts.compose.get(span.file)
    for service in compose.services if compose is not None else ():
        for command in (service.command, service.entrypoint):
            if command is not None and command.span == span and command.argv is not None:
                return tuple(word.replace("$$", "$") if "$$" in word else "" for word in command.argv)
    return None


def _meaning(word: str, launch: Launch) -> tuple[str, bool]:
    bare = VARIABLE.sub("", word)
    for name, (text, _) in launch.options.items():
        if VARIABLE.search(text) and VARIABLE.sub("", text) in bare:
            return name, name in DECISIVE
    return ("the target", True) if launch.target and VARIABLE.search(launch.target) else ("an argument", False)
