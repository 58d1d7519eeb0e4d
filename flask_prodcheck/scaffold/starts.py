"""The start commands that deploy files hold already, changed to the production server in their place."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.text_file import Edit, line_start, line_stop
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.built_images import stage_index
from flask_prodcheck.model.launching.images import Image, build_image, project_path
from flask_prodcheck.model.project import Hop, Launch, Project
from flask_prodcheck.records import dataclass
from flask_prodcheck.scaffold.dockerfile_edit import before, copied, stage_of, start_edits
from flask_prodcheck.scaffold.served_app import ServedApp
from flask_prodcheck.scaffold.start_command import (
    StartCommand,
    is_shell_form,
    replaced_argv,
    replaced_shell,
    start_index,
)
from flask_prodcheck.scaffold.unit_edit import replaced_program, replaced_unit
from flask_prodcheck.scaffold.yaml_edit import replaced_words

WHY = "starts the production server instead of the development server"


@dataclass(slots=True)
class Starts:
    """Edits of ``drafts`` that make the wrong launches of ``project`` start ``served`` with the settings file
    ``config``. ``by_hand``: file and text of the steps that only a person can change."""

    project: Project
    drafts: Drafts
    served: ServedApp
    config: str
    by_hand: set[tuple[str, str]] = field(default_factory=set)

    def replace(self, launch: Launch) -> list[str]:
        """Replaces the start of one launch, or says how a person does it."""
        if launch.source == "platform-default":
            return []
        hop = last_deploy_hop(launch, self.project)
        image = self._image(launch)
        command = self._command(launch, image)
        if command is None or hop is None:
            return [self._note(launch, hop or launch.head, StartCommand(self.served.target))]
        start, needs_copy = command
        done = self._edit(hop, image, start)
        if done and image is not None and needs_copy:
            self._copy_into(image)
        return [] if done else [self._note(launch, hop, start)]

    def _image(self, launch: Launch) -> Image | None:
        """The image that ``launch`` runs in: of the stage whose command it is, or that its compose service builds."""
        facts = self.project.facts
        dockerfile = facts.dockerfiles.get(launch.dockerfile or "")
        if dockerfile is None:
            return None
        if launch.head.span.file == dockerfile.path:
            return build_image(dockerfile, facts, target=stage_of(dockerfile, facts, launch.head.span.line))
        targets = [
            service.build.target
            for file in facts.compose.values()
            if file.path == launch.head.span.file
            for service in file.services
            if service.name == launch.service and service.build is not None and service.build.target
        ]
        return build_image(dockerfile, facts, target=stage_index(dockerfile, targets[0]) if targets else None)

    def _command(self, launch: Launch, image: Image | None) -> tuple[StartCommand, bool] | None:
        """The start for the place of ``launch``, and whether the image has to be given the new files there; None when
        it is not known where the application stands."""
        target, cwd, config = self.served.target, self.served.cwd, self.config
        if launch.cwd_known:
            return StartCommand(
                target, posixpath.relpath(config, launch.cwd), posixpath.relpath(cwd, launch.cwd)
            ), False
        if image is None:
            begin = self._host_folder(launch)
            if begin is None:
                return None
            return StartCommand(target, posixpath.relpath(config, begin), posixpath.relpath(cwd, begin)), False
        folder = _image_folder(image, cwd, self.project)
        if folder is not None:
            settings = _image_folder(image, posixpath.dirname(config) or ".", self.project)
            named = posixpath.basename(config)
            if settings is not None:
                named = posixpath.relpath(posixpath.join(settings, named), image.workdir)
            return StartCommand(target, named, posixpath.relpath(folder, image.workdir)), settings is None
        module = posixpath.relpath(self.served.app.module, cwd)
        found = project_path(image.mapping, posixpath.join(image.workdir, module), self.project.facts)
        return (StartCommand(target), True) if found == self.served.app.module else None

    def _host_folder(self, launch: Launch) -> str | None:
        """The project folder that a service of a machine starts in: its working directory is a path of that machine,
        which the path of the script it runs ties to the project. None when nothing does."""
        file = self.project.facts.start_files.get(launch.head.span.file)
        module = self.served.app.module
        if file is None or launch.module_file != module:
            return None
        for each in file.starts:
            command = each.command
            if command is None or command.span != launch.head.span or not each.cwd:
                continue
            script = next((word for word in command.argv or () if word.endswith(".py")), None)
            if script is None:
                return self.served.cwd  # the module is imported from where the service starts
            if not script.startswith("/"):
                relative = posixpath.normpath(script)
                return "." if module == relative else module.removesuffix(f"/{relative}") or None
            root = script.removesuffix(f"/{module}")
            inside = root != script and (each.cwd == root or each.cwd.startswith(f"{root}/"))
            return posixpath.relpath(each.cwd, root) if inside else None
        return None

    def _edit(self, hop: Hop, image: Image | None, start: StartCommand) -> bool:
        facts = self.project.facts
        file = hop.span.file
        if file in facts.dockerfiles and image is not None:
            edits = start_edits(self.drafts.text(file), image.entrypoint, image.cmd, start)
            return edits is not None and self.drafts.edit(file, edits, WHY)
        if file in facts.scripts:
            return self._in_script(hop, start)
        if file in facts.compose:
            pairs = [(each.entrypoint, each.command) for each in facts.compose[file].services]
            return self._in_yaml(hop, pairs, start)
        if file in facts.kubernetes:
            own = [each for each in facts.kubernetes[file].containers if not each.chosen_command]
            return self._in_yaml(hop, [(each.command, each.args) for each in own], start)
        kind = facts.start_files[file].kind if file in facts.start_files else ""
        if kind == "procfile":
            return self._in_line(hop, start, exec_=False)
        if kind in ("systemd", "supervisor"):
            replaced = replaced_unit if kind == "systemd" else replaced_program
            edit = replaced(self.drafts.text(file), hop.span.line, start)
            return edit is not None and self.drafts.edit(file, [edit], WHY)
        return False

    def _in_yaml(self, hop: Hop, pairs: Sequence[tuple[Command | None, Command | None]], start: StartCommand) -> bool:
        """Replaces the words of a container's entrypoint and command, one of which stands at ``hop``."""
        for entrypoint, command in pairs:
            if not any(each is not None and each.span == hop.span for each in (entrypoint, command)):
                continue
            changes = _replaced_pair(entrypoint, command, start)
            edits = replaced_words(self.drafts.text(hop.span.file), changes) if changes else None
            return edits is not None and self.drafts.edit(hop.span.file, edits, WHY)
        return False

    def _copy_into(self, image: Image) -> None:
        """Puts the new files beside the application in an image that takes its files one by one."""
        path = image.dockerfile
        lines = [command.span.line for command in (image.entrypoint, image.cmd) if command is not None]
        text = self.drafts.text(path)
        new = [self.config, *([posixpath.join(self.served.cwd, "wsgi.py")] if self.served.entry is not None else [])]
        instruction = copied(new, image.context)
        if lines:
            self.drafts.edit(path, [before(text, min(lines), instruction)], "the image needs the new files")

    def _in_script(self, hop: Hop, start: StartCommand) -> bool:
        text = self.drafts.text(hop.span.file)
        rest = text.split("\n")[max(hop.span.line, hop.span.end_line) :]
        is_last = not any(line.strip() and not line.strip().startswith("#") for line in rest)
        return self._in_line(hop, start, exec_=is_last)

    def _in_line(self, hop: Hop, start: StartCommand, *, exec_: bool) -> bool:
        """Replaces the shell command that stands at ``hop``."""
        text = self.drafts.text(hop.span.file)
        span = hop.span
        begin = line_start(text, span.line) + span.column - 1
        end = line_start(text, span.end_line) + span.end_column - 1 if span.end_line else line_stop(text, span.line)
        new = replaced_shell(text[begin:end], start, exec_=exec_)
        if new is None:
            return False
        return self.drafts.edit(span.file, [Edit(begin, end, new)], WHY)

    def _note(self, launch: Launch, hop: Hop, start: StartCommand) -> str:
        self.by_hand |= {(each.span.file, each.text) for each in launch.hops}
        return f"{hop.span} still starts {said(launch)}: its command should be: {start.text}"


def last_deploy_hop(launch: Launch, project: Project) -> Hop | None:
    """The last step of the chain outside Python. A script that runs its arguments hands on to the step before."""
    found = [hop for hop in launch.hops if not hop.span.file.endswith(".py")]
    while (
        len(found) > 1
        and found[-1].span.file in project.facts.scripts
        and ('"$@"' in found[-1].text or "$*" in found[-1].text)
    ):
        found.pop()
    return found[-1] if found else None


def said(launch: Launch) -> str:
    """What a launch that has to change starts, in words."""
    return "the development server" if launch.server.is_development else launch.server.value


def _replaced_pair(
    entrypoint: Command | None, command: Command | None, start: StartCommand
) -> dict[Span, tuple[str, ...]] | None:
    """The new words of the keys that replace an image's ENTRYPOINT and CMD. A part that only wraps stays as it is."""
    first = entrypoint.argv or () if entrypoint is not None else ()
    second = command.argv or () if command is not None else ()
    whole = (*first, *second)
    new = replaced_argv(whole, start)
    if new is None:
        return None
    index = start_index(whole)
    cut = len(first)
    if not is_shell_form(whole) and index is not None and index < cut:
        cut = index + 1 if second else len(new)
    found = {}
    if entrypoint is not None and new[:cut] != first:
        found[entrypoint.span] = new[:cut]
    if command is not None and new[cut:] != second:
        found[command.span] = new[cut:]
    return found


def _image_folder(image: Image, folder: str, project: Project) -> str | None:
    """Where the whole project folder ``folder`` stands in ``image``; None when no COPY brings it as a folder."""
    for each in reversed(image.mapping):
        if each.repo in project.facts.paths:
            continue
        inside = each.holds_at(folder)
        if inside is not None:
            return posixpath.normpath(inside)
    return None
