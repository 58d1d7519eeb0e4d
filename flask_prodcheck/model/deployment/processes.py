"""How many processes serve an application, on how many hosts, as far as the project's own files say it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.types import Container, Start
from flask_prodcheck.model.deployment.worker_formulas import least_workers
from flask_prodcheck.model.launching.beside import platform_starts
from flask_prodcheck.model.launching.heads.development import is_development
from flask_prodcheck.model.launching.heads.pods import container_of
from flask_prodcheck.model.launching.heads.services import services_of
from flask_prodcheck.model.project import Launch, Project, Server
from flask_prodcheck.numerals import numeral


def worker_processes(launch: Launch) -> int | None:
    """The number of processes on one host; None when only the running system decides it."""
    if launch.server.is_development:
        return 1
    found = launch.setting("workers", "processes")
    if found is None:
        return 1 if launch.server in (Server.WAITRESS, Server.CHEROOT, Server.BJOERN, Server.GEVENT) else None
    return numeral(found[0])


def fewest_processes(launch: Launch) -> int:
    """The least number of processes on one host that is certain."""
    return worker_processes(launch) or least_workers(launch) or 1


def processes(project: Project, launch: Launch) -> tuple[int, str]:
    """The least number of processes on all hosts that is certain, and how a reader is told."""
    count = max(fewest_processes(launch), replicas(project, launch) or 1)
    formula = worker_processes(launch) is None and count == least_workers(launch)
    return count, f"at least {count}" if formula else str(count)


def loads_once(launch: Launch) -> bool:
    """Whether one process imports the application and the workers are forked from it, so that what an import draws or
    starts is there once.

    Sources: gunicorn ``preload_app`` (https://docs.gunicorn.org/en/stable/settings.html#preload-app); uWSGI forks after it
    has loaded the application unless it is told ``lazy-apps`` or ``lazy``
    (https://uwsgi-docs.readthedocs.io/en/latest/ThingsToKnow.html).
    """
    if launch.server is Server.UWSGI:
        return not _is_on(launch, "lazy-apps", "lazy")
    return launch.server is Server.GUNICORN and _is_on(launch, "preload_app")


def _is_on(launch: Launch, *names: str) -> bool:
    """Whether one of the server's switches ``names`` is not off: what cannot be read may be on."""
    found = [launch.setting(name) for name in names]
    return any(each is not None and each[0].lower() not in ("false", "0", "no", "") for each in found)


#: The options by which a platform's file says how many instances it runs, or never goes below.
#: Sources: https://render.com/docs/blueprint-spec (numInstances), https://fly.io/docs/reference/configuration/
#: (min_machines_running), https://docs.railway.com/reference/config-as-code (numReplicas),
#: https://docs.digitalocean.com/products/app-platform/reference/app-spec/ (instance_count) and
#: https://docs.cloudfoundry.org/devguide/deploy-apps/manifest-attributes.html (instances).
_INSTANCES = frozenset({"instances", "min_machines", "replicas"})


def replicas(project: Project, launch: Launch) -> int | None:
    """The number of hosts or containers that the head of the launch asks for, or what runs its image as it is; None when
    nothing says it."""
    return max(_counts(project, launch), default=None)


def _counts(project: Project, launch: Launch) -> Iterator[int]:
    facts, path = project.facts, launch.head.span.file
    compose, manifest = facts.compose.get(path), facts.kubernetes.get(path)
    if compose is not None:
        yield from (each.replicas or 0 for each in compose.services if each.name == launch.service and each.replicas)
    elif manifest is not None:
        found = [each for each in manifest.containers if launch.service in (each.name, each.workload)]
        if len(found) == 1:
            yield from _pods(project, found[0])
    elif path in facts.start_files:
        head = launch.head.span
        for each in facts.start_files[path].starts:
            span = (each.command or each).span
            if span.line == head.line and span == head and each.role == "run":
                yield from _instances(each)
    elif launch.kind == "dockerfile":
        for file, service in services_of(path, facts):
            plain = service.command is None and service.entrypoint is None and not is_development(file, service)
            if plain and service.replicas:
                yield service.replicas
        for start in platform_starts(path, "dockerfile", facts):
            yield from _instances(start)
        pod = container_of(path, facts)
        if pod is not None:
            yield from _pods(project, pod)


def _pods(project: Project, container: Container) -> Iterator[int]:
    if container.replicas is not None:
        yield container.replicas
    for manifest in project.facts.kubernetes.values():
        yield from (least for workload, least in manifest.scaled if workload == container.workload)


def _instances(start: Start) -> Iterator[int]:
    for name, value in start.options:
        if name in _INSTANCES and (count := numeral(value)) is not None:
            yield count


def runs_several(project: Project, launch: Launch) -> bool:
    """Whether more than one process is certain to serve at the same time."""
    return processes(project, launch)[0] > 1


def kept_apart(project: Project, launch: Launch) -> str:
    """What the memory of the application exists once in, where requests reach several of it: processes, hosts, or the
    instances that a platform starts as requests come, and stops. "" where there may be one alone.

    Sources: https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html (an environment serves one request at a
    time), https://docs.cloud.google.com/appengine/docs/standard/how-instances-are-managed and
    https://knative.dev/docs/serving/autoscaling/scale-bounds/ (no upper bound unless one is set).
    """
    count, written = processes(project, launch)
    if count > 1:
        return f"each of {written} processes"
    if launch.server is Server.LAMBDA:
        return "each instance of the function"
    return "each instance that the platform starts" if _is_elastic(project, launch) else ""


def _is_elastic(project: Project, launch: Launch) -> bool:
    """Whether the platform's file leaves it to the platform how many instances there are."""
    facts, path = project.facts, launch.head.span.file
    if path in facts.kubernetes:
        own = [each for each in facts.kubernetes[path].containers if launch.service in (each.name, each.workload)]
        return len(own) == 1 and own[0].elastic
    if launch.kind == "dockerfile":
        pod = container_of(path, facts)
        return pod is not None and pod.elastic
    if launch.kind != "app-engine":
        return False
    options = {name: value for start in facts.start_files[path].starts for name, value in start.options}
    return "instances" not in options and options.get("max_instances") not in ("0", "1")
