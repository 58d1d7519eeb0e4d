"""PC310: a production container should not serve as root."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Launch, Project, compose_order, is_production_path, services_of

MADE_ROOT = "{service} runs as root: it takes back the user that the image has"


def check(project: Project) -> Iterator[Hit]:
    seen: set[str] = set()
    for launch in project.production:
        if launch.dockerfile is None or launch.dockerfile in seen:
            continue
        if launch.setting("user", "uid", "gid") is not None:
            continue
        if launch.root_user:
            seen.add(launch.dockerfile)
            yield Hit(at=launch.head.span, via=launch.hops)
        elif launch.root_user is False and launch.kind == "dockerfile":
            for hit in _made_root(launch, launch.dockerfile, project):
                seen.add(launch.dockerfile)
                yield hit
                break


def _made_root(launch: Launch, dockerfile: str, project: Project) -> Iterator[Hit]:
    """The compose services that run the image as it is, but as root."""
    services = services_of(dockerfile, project.facts)
    for file, service in sorted(services, key=lambda each: compose_order(each[0].path)):
        runs_image = service.command is None and service.entrypoint is None and not service.profiles
        if runs_image and (service.user or "").split(":")[0] in ("root", "0") and is_production_path(file.path):
            yield Hit(
                at=service.span, via=(launch.head, service.span), facts={"service": service.name}, message=MADE_ROOT
            )
