"""Whether the files that an application writes outlive its container."""

from __future__ import annotations

from flask_prodcheck.model.project import Launch, Project


def loses_files(project: Project, launch: Launch) -> bool:
    """Whether the launch runs in a container that no compose file of the project gives a volume. False where that cannot
    be told: other orchestrators mount folders elsewhere, and which folder a volume keeps is not compared."""
    if not launch.container or launch.kind not in ("dockerfile", "compose"):
        return False
    return not any(
        service.volumes
        for file in project.facts.compose.values()
        for service in file.services
        if service.build is not None or service.name == launch.service
    )
