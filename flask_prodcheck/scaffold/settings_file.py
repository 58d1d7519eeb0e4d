"""The text of ``gunicorn.conf.py`` for one project."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from flask_prodcheck.facts.syntax import Const
from flask_prodcheck.facts.types import Dockerfile
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.project import Launch, Project
from flask_prodcheck.patterns import regex
from flask_prodcheck.scaffold.render import render
from flask_prodcheck.scaffold.worker import Worker

_DEFAULT_PORT = "8000"
_PORT = regex(r"(\d{1,5})(?:/tcp)?", re.IGNORECASE)
_DURATION = regex(r"(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})(?:\.\d{1,9})?s?)?")
#: Seconds between SIGTERM and SIGKILL where nothing else is set. Docker and compose: 10 (compose specification,
#: ``stop_grace_period``); Kubernetes and Heroku: 30; supervisord ``stopwaitsecs``: 10; circus
#: ``graceful_timeout``: 30; systemd: 90.
_GRACE = {
    "dockerfile": 10, "compose": 10, "supervisor": 10, "circus": 30, "kubernetes": 30, "procfile": 30, "systemd": 90,
}  # fmt: skip
_SAY = {
    "dockerfile": "Docker",
    "compose": "Compose",
    "supervisor": "supervisord",
    "circus": "circus",
    "kubernetes": "Kubernetes",
    "procfile": "The platform",
    "systemd": "systemd",
}
_MOST = 30  # Gunicorn's own default: nobody waits longer for a deploy


def settings_text(
    project: Project, launches: Sequence[Launch], worker: Worker, target: str, kinds: Sequence[str] = ()
) -> str:
    """The file for a server that ``launches`` start, and new files of ``kinds``, pointed at ``target``."""
    grace, grace_reason = _grace(project, launches, kinds)
    port, port_reason = port_of(project, launches)
    return render(
        "gunicorn.conf.py",
        {
            "shown_target": target if re.fullmatch(r"[\w.:-]+", target) else f"'{target}'",
            "counts_cpus": not worker.single,
            "host": _host(project, launches, kinds),
            "port": port,
            "port_reason": port_reason,
            "worker_class": worker.name,
            "worker_reason": worker.reason,
            "threads": worker.threads,
            "threads_reason": worker.threads_reason,
            "workers_reason": worker.workers_reason,
            "most_workers": worker.most,
            "long_lived": worker.long_lived,
            "graceful_timeout": grace,
            "grace_reason": grace_reason,
            "recycles": not worker.keep_reason,
            "keep_reason": worker.keep_reason,
        },
    )


# --- the grace period -------------------------------------------------------------------------------------------------


def grace_seconds(project: Project, launches: Sequence[Launch], kinds: Sequence[str]) -> int:
    """``graceful_timeout`` of the server that ``launches``, and new files of ``kinds``, start."""
    return _grace(project, launches, kinds)[0]


def _grace(project: Project, launches: Sequence[Launch], kinds: Sequence[str] = ()) -> tuple[int, str]:
    """``graceful_timeout``, below the shortest grace period of what supervises the server, and why."""
    new = [(_GRACE[kind], kind) for kind in kinds if kind in _GRACE]
    periods = sorted([*_periods(project, launches), *new]) or [(_GRACE["procfile"], "procfile")]
    seconds, kind = periods[0]
    chosen = max(1, min(_MOST, seconds - max(2, seconds // 6)))
    return chosen, f"{_SAY.get(kind, 'The supervisor')} kills after {seconds}, so it has to be less."


def _periods(project: Project, launches: Sequence[Launch]) -> list[tuple[int, str]]:
    services = [service for file in project.facts.compose.values() for service in file.services]
    found: list[tuple[int, str]] = []
    for launch in launches:
        own = [
            seconds
            for service in services
            if service.stop_grace_period
            and (service.name == launch.service or (service.build is not None and launch.dockerfile is not None))
            and (seconds := _seconds(service.stop_grace_period)) is not None
        ]
        if launch.kind in ("compose", "dockerfile") and own:
            found.append((min(own), "compose"))
        elif launch.kind in _GRACE:
            found.append((_GRACE[launch.kind], launch.kind))
        elif launch.container:
            found.append((_GRACE["dockerfile"], "dockerfile"))
    return found


def _seconds(text: str) -> int | None:
    """A compose duration (``1m30s``) in whole seconds."""
    match = _DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


# --- the address ------------------------------------------------------------------------------------------------------


def _host(project: Project, launches: Sequence[Launch], kinds: Sequence[str]) -> str:
    """Loopback where the project's own proxy stands on the same machine, else every interface."""
    found = [*(launch.kind for launch in launches), *kinds]
    local = bool(found) and all(kind in ("systemd", "supervisor") for kind in found)
    return "127.0.0.1" if local and project.facts.proxies else "0.0.0.0"  # noqa: S104 - what a container needs


def port_of(project: Project, launches: Sequence[Launch]) -> tuple[str, str]:
    """The port without PORT, the one that the deployment already leads to, and why it is that one ("" by default)."""
    for launch in launches:
        for ports, where in (
            (launch.published or (), "the published ports lead to"),
            (_exposed(project, launch), f"{launch.dockerfile} exposes"),
            (_served(launch), "the development server used"),
        ):
            known = sorted({match.group(1) for port in ports if (match := _PORT.fullmatch(port.strip()))})
            if len(known) == 1 and 0 < int(known[0]) < 65536:
                return known[0], f"{known[0]} is what {where}."
    return _DEFAULT_PORT, ""


def _exposed(project: Project, launch: Launch) -> tuple[str, ...]:
    dockerfile: Dockerfile | None = project.facts.dockerfiles.get(launch.dockerfile or "")
    return build_image(dockerfile, project.facts).expose if dockerfile is not None and dockerfile.stages else ()


def _served(launch: Launch) -> tuple[str, ...]:
    """The port given to the development server, where a container's users know it."""
    if not launch.container:
        return ()
    option = launch.setting("port")
    if option is not None:
        return (option[0],)
    if launch.run_site is None:
        return ()
    return tuple(
        str(keyword.value.value)
        for keyword in launch.run_site.node.keywords
        if keyword.name == "port" and isinstance(keyword.value, Const) and type(keyword.value.value) is int
    )


def settings_path(folder: str) -> str:
    """Where the file stands for a server that starts in the project folder ``folder``."""
    return posixpath.normpath(posixpath.join(folder, "gunicorn.conf.py"))
