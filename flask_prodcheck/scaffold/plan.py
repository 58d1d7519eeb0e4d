"""The plan of a scaffold: what would be written for this project, and what is left to a person."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.edits.text_file import Edit, appended, line_start, line_stop
from flask_prodcheck.errors import UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.containers import start_stage
from flask_prodcheck.model.launching.images import Image, build_image, project_path
from flask_prodcheck.model.launching.installs import image_installs
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Hop, Launch, Project, Server
from flask_prodcheck.scaffold.dockerfile_edit import added_start, before, copied, stage_of, start_edits
from flask_prodcheck.scaffold.requirement import Start, add_requirement
from flask_prodcheck.scaffold.served_app import ServedApp, served_app
from flask_prodcheck.scaffold.settings_file import settings_path, settings_text
from flask_prodcheck.scaffold.start_command import StartCommand, replaced_shell
from flask_prodcheck.scaffold.worker import worker_for
from flask_prodcheck.sources.tree import Tree

KINDS = ("gunicorn",)
"""What can be scaffolded."""

_WHY_START = "starts the production server instead of the development server"


def plan(project: Project, tree: Tree, what: str) -> Plan:
    """The changes that make production start ``project``, which was linked from ``tree``, with Gunicorn.

    Launches that already end in a production server with a target that resolves stay as they are. Raises
    :class:`RefusedError` when the application is not certain, :class:`UsageError` when ``what`` is unknown.
    """
    if what not in KINDS:
        raise UsageError(f"{what!r} cannot be scaffolded: choose {', '.join(KINDS)}")
    served = served_app(project)
    production = [launch for launch in project.production if launch.server is not Server.OTHER]
    wrong = [launch for launch in production if _is_wrong(launch)]
    fine = [launch for launch in production if launch not in wrong]
    if fine and not wrong and not any(launch.server is Server.GUNICORN for launch in fine):
        first = fine[0]
        return Plan((), (f"{first.head.span} already starts {first.server.value}, a production server: nothing to do",))
    return _Planner(project, Drafts(tree), served, wrong, fine).plan(tree)


def _is_wrong(launch: Launch) -> bool:
    """Whether a production launch cannot stay: it ends in a development server, or Gunicorn cannot start its app."""
    if launch.server is not Server.GUNICORN:
        return launch.server.is_development
    return launch.resolves is False or (
        launch.resolves is True and launch.target_kind == "factory" and not launch.called
    )


@dataclass(slots=True)
class _Planner:
    project: Project
    drafts: Drafts
    served: ServedApp
    wrong: list[Launch]
    fine: list[Launch]
    by_hand: set[tuple[str, str]] = field(default_factory=set)  # file and text of the starts that notes name

    def plan(self, tree: Tree) -> Plan:
        worker = worker_for(self.project)
        folder = self._folder()
        own = next(
            (launch.config_file for launch in self.fine if launch.server is Server.GUNICORN and launch.config_file),
            None,
        )
        config = own if own is not None else settings_path(folder)
        notes = list(self.served.notes)
        launches = [*self.wrong, *self.fine]
        if own is None:
            text = settings_text(self.project, launches, worker, self.served.target)
            self.drafts.create(config, text, "the server's settings, each with its reason", keeps_existing=True)
        elif not self.wrong:
            notes.append(f"{own} holds the server's settings already: it stays as it is")
        if self.served.entry is not None:
            path = posixpath.normpath(posixpath.join(self.served.cwd, "wsgi.py"))
            self.drafts.create(
                path, self.served.entry, "an importable application for the server", keeps_existing=True, vital=True
            )
        for launch in self.wrong:
            notes += self._start(launch, config)
        starts = [
            Start(each.dockerfile, each.head.span.line, each.installs) for each in self.wrong if each.source == "file"
        ]
        if not launches or any(launch.source == "platform-default" for launch in self.wrong):
            first, more = self._first_start(folder, config)
            starts += first
            notes += more
        running = [each for each in self.fine if each.server is Server.GUNICORN and not _brings_server(each)]
        stay = [Start(each.dockerfile, each.head.span.line, each.installs, new=False) for each in running]
        notes += add_requirement(self.project, [*starts, *stay], self.drafts, worker, folder)
        notes += worker.notes
        changes = self.drafts.changes()
        if starts:
            notes += self._unproven(tree, Plan(changes))
        return Plan(changes, tuple(dict.fromkeys(notes)))

    # --- where the server starts ---------------------------------------------------------------------------------

    def _folder(self) -> str:
        """The project folder that the server starts in, which is where it looks for its settings."""
        for launch in (*self.wrong, *self.fine):
            if launch.source == "platform-default":
                continue
            if (
                launch.cwd_known
                and (launch in self.wrong or launch.server is Server.GUNICORN)
                and "chdir" not in launch.options
            ):
                return launch.cwd
        return self.served.cwd if self.wrong or _has_manifest(self.project, self.served.cwd) else "."

    def _command(self, launch: Launch, config: str, image: Image | None) -> tuple[StartCommand, bool] | None:
        """The start for the place of ``launch``, and whether the image has to be given the new files there; None when
        it is not known where the application stands."""
        target, cwd = self.served.target, self.served.cwd
        if launch.cwd_known:
            return StartCommand(
                target, posixpath.relpath(config, launch.cwd), posixpath.relpath(cwd, launch.cwd)
            ), False
        if image is None:
            return None
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

    # --- the start commands --------------------------------------------------------------------------------------

    def _start(self, launch: Launch, config: str) -> list[str]:
        """Replaces the start of one launch, or says how a person does it."""
        if launch.source == "platform-default":
            return []
        facts = self.project.facts
        hop = self._last_deploy_hop(launch)
        dockerfile = facts.dockerfiles.get(launch.dockerfile or "")
        image = None
        if dockerfile is not None:
            image = build_image(dockerfile, facts, target=stage_of(dockerfile, facts, launch.head.span.line))
        command = self._command(launch, config, image)
        if command is None or hop is None:
            return [self._by_hand(launch, hop or launch.head, StartCommand(self.served.target))]
        start, needs_copy = command
        file = hop.span.file
        if file in facts.dockerfiles and image is not None:
            edits = start_edits(self.drafts.text(file), image.entrypoint, image.cmd, start)
            done = edits is not None and self.drafts.edit(file, edits, _WHY_START)
        elif file in facts.start_files and facts.start_files[file].kind == "procfile":
            done = self._in_line(hop, start, exec_=False)
        elif file in facts.scripts:
            done = self._in_script(hop, start)
        else:
            done = False
        if done and image is not None and needs_copy:
            self._copy_into(image, config)
        return [] if done else [self._by_hand(launch, hop, start)]

    def _last_deploy_hop(self, launch: Launch) -> Hop | None:
        """The last step of the chain outside Python. A script that runs its arguments hands on to the step before."""
        found = [hop for hop in launch.hops if not hop.span.file.endswith(".py")]
        while (
            len(found) > 1
            and found[-1].span.file in self.project.facts.scripts
            and ('"$@"' in found[-1].text or "$*" in found[-1].text)
        ):
            found.pop()
        return found[-1] if found else None

    def _copy_into(self, image: Image, config: str) -> None:
        """Puts the new files beside the application in an image that takes its files one by one."""
        path = image.dockerfile
        first = min(command.span.line for command in (image.entrypoint, image.cmd) if command is not None)
        new = [config, *([posixpath.join(self.served.cwd, "wsgi.py")] if self.served.entry is not None else [])]
        self.drafts.edit(
            path, [before(self.drafts.text(path), first, copied(new, image.context))], "the image needs the new files"
        )

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
        return self.drafts.edit(span.file, [Edit(begin, end, new)], _WHY_START)

    def _first_start(self, folder: str, config: str) -> tuple[list[Start], list[str]]:
        """A start command for a project whose files do not start it in production; and what is left to say."""
        facts = self.project.facts
        start = StartCommand(
            self.served.target, posixpath.relpath(config, folder), posixpath.relpath(self.served.cwd, folder)
        )
        unseen = [
            launch.head
            for launch in self.project.production
            if launch.kind in ("dockerfile", "procfile") and launch.server is Server.OTHER
        ]
        if self.project.unknown_starts or unseen:
            hop = (*self.project.unknown_starts, *unseen)[0]
            note = f"{hop.span}: what this starts is not in the project; its command should be: {start.text}"
            return [Start()], [note]
        procfile = next((path for path in sorted(facts.start_files) if posixpath.basename(path) == "Procfile"), None)
        if procfile is not None:
            line = appended(self.drafts.text(procfile), f"web: {start.text}")
            self.drafts.edit(procfile, [line], "the process that serves requests")
            return [Start()], []
        for path in sorted(facts.dockerfiles):
            dockerfile = facts.dockerfiles[path]
            image = build_image(dockerfile, facts, target=start_stage(dockerfile))
            if image.cmd is not None or image.entrypoint is not None or not is_plain_base(image.base):
                continue
            if any(launch.dockerfile == path for launch in self.project.launches):
                continue
            why = "the image starts the production server"
            self.drafts.edit(path, [added_start(self.drafts.text(path), start)], why)
            return [Start(path, installs=image_installs(image, facts))], []
        path = posixpath.normpath(posixpath.join(folder, "Procfile"))
        why = "the start command that platforms and process managers read"
        self.drafts.create(path, f"web: {start.text}\n", why)
        return [Start()], []

    # --- what is left --------------------------------------------------------------------------------------------

    def _by_hand(self, launch: Launch, hop: Hop, start: StartCommand) -> str:
        self.by_hand |= {(each.span.file, each.text) for each in launch.hops}
        return f"{hop.span} still starts {_said(launch)}: its command should be: {start.text}"

    def _unproven(self, tree: Tree, made: Plan) -> list[str]:
        """Launches of the changed project that still cannot stay and that no note names: the audit's own reading of the
        result, so that a plan never promises more than it does."""
        changed = link(parse(overlay(tree, made)), name=self.project.name)
        return [
            f"{launch.head.span} still starts {_said(launch)} after these changes: change it by hand"
            for launch in changed.production
            if _is_wrong(launch) and (launch.end.span.file, launch.end.text) not in self.by_hand
        ]


def _image_folder(image: Image, folder: str, project: Project) -> str | None:
    """Where the whole project folder ``folder`` stands in ``image``; None when no COPY brings it as a folder."""
    for each in reversed(image.mapping):
        if each.repo in project.facts.paths:
            continue
        if each.repo == "." or folder == each.repo or folder.startswith(each.repo + "/"):
            return posixpath.normpath(posixpath.join(each.image, posixpath.relpath(folder, each.repo)))
    return None


def _brings_server(launch: Launch) -> bool:
    """Whether the platform of ``launch`` supplies Gunicorn: where it starts it by itself, and in Azure's Python images."""
    return launch.source == "platform-default" or launch.kind == "azure"


def _has_manifest(project: Project, folder: str) -> bool:
    return any((posixpath.dirname(path) or ".") == folder for path in project.facts.manifests)


def _said(launch: Launch) -> str:
    return "the development server" if launch.server.is_development else launch.server.value
