"""PC607: what visitors upload outlives the container, and every process finds it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Confidence,
    Hit,
    Launch,
    Project,
    UploadFolder,
    loses_files,
    loses_folder,
    replicas,
    upload_folders,
)


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is None or launch.confidence is Confidence.LOW:
            continue
        for folder in upload_folders(project, configuration):
            if folder.variable and not loses_files(project, launch):
                continue  # the variable may name the volume
            if loses_folder(project, launch, folder.path):
                yield _hit(project, launch, folder)


def _hit(project: Project, launch: Launch, folder: UploadFolder) -> Hit:
    first, *others = sorted(folder.uploads, key=lambda upload: upload.span)
    count = replicas(project, launch) or 1
    named = () if folder.named is None or folder.named == first.span else (folder.named,)
    return Hit(
        at=first.span,
        via=(*launch.hops, *named, *[upload.span for upload in others]),
        facts={
            "function": first.function,
            "folder": folder.path,
            "unless": f", unless {folder.variable} is set" if folder.variable else "",
            "reason": f"each of {count} replicas has its own" if count > 1 else "the next deploy starts without them",
        },
        confidence="medium" if folder.variable else None,
    )
