"""Who can connect to a launch: what the project's files say about its port and about servers in front of it."""

from __future__ import annotations

import enum

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.listening import SETS_PORT, listens
from flask_prodcheck.model.launching.supply import absent_env_file, has_more_variables
from flask_prodcheck.model.project import Launch
from flask_prodcheck.patterns import regex

_FRONT = regex(r"\b(nginx|openresty|caddy|haproxy|apache2|httpd|traefik|envoy|lighttpd|supervisord?)\b")

#: Platforms whose own router or front server is all that connects to the process.
_ROUTED = SETS_PORT | {"beanstalk", "azure", "apprunner", "kubernetes"}


class Exposure(enum.Enum):
    """Who connects: everyone, a proxy or neighbours only, or not said."""

    PUBLIC = "public"
    INSIDE = "inside"
    UNKNOWN = "unknown"


def exposure(launch: Launch, facts: Facts) -> Exposure:
    """Who can connect to ``launch``, as far as the project's files say."""
    addresses = listens(launch, facts)
    if addresses is not None and all(each.unix or each.loopback for each in addresses):
        return Exposure.INSIDE
    if launch.kind in _ROUTED or launch.public is False:
        return Exposure.INSIDE
    if launch.public and launch.container:
        return Exposure.PUBLIC
    return Exposure.UNKNOWN


def open_environment(launch: Launch, facts: Facts) -> bool:
    """Whether variables that the project does not show may reach ``launch``: its image builds on one that may set some, or
    a deploy file takes them from a file or an object that is not there."""
    if launch.container and launch.installs is None:
        return True
    for file in facts.compose.values():
        for service in file.services:
            if launch.service in ("", service.name) and absent_env_file(file, service, facts):
                return True
    workload = facts.kubernetes.get(launch.head.span.file)
    if workload is not None and any(each.env_from for each in workload.containers):
        return True
    return has_more_variables(launch, facts)


def shares_container(launch: Launch, facts: Facts) -> bool:
    """Whether something else in the same container (or pod, or network) may stand in front of ``launch``: its image
    installs or copies a front server or a process manager, or the container uses another's network."""
    if any(hop.span.file in facts.start_files or hop.span.file.endswith(".ini") for hop in launch.hops[1:]):
        return True
    for file in facts.compose.values():
        for service in file.services:
            mine = launch.service in ("", service.name)
            if mine and service.network_mode and service.network_mode not in ("bridge", "default"):
                return True
    workload = facts.kubernetes.get(launch.head.span.file)
    if workload is not None and [each.workload for each in workload.containers].count(launch.service) > 1:
        return True
    dockerfile = facts.dockerfiles.get(launch.dockerfile or "")
    if dockerfile is None:
        return True
    texts = [launch.base_image, *(hop.text for hop in launch.hops)]
    for stage in dockerfile.stages:
        texts += [stage.base, *(run.command.text for run in stage.runs)]
        texts += [word for copy in stage.copies for word in (*copy.sources, copy.target)]
    return any(_FRONT.search(text) for text in texts)
