"""The plan of a scaffold: what would be written for this project, and what is left to a person."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from flask_prodcheck.errors import UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.containers import start_stage
from flask_prodcheck.model.images import Image, build_image, project_path
from flask_prodcheck.model.installs import is_plain_base
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Hop, Launch, Project, Server
from flask_prodcheck.scaffold.changes import Plan
from flask_prodcheck.scaffold.dockerfile_edit import added_start, before, copied, stage_of, start_edits
from flask_prodcheck.scaffold.drafts import Drafts
from flask_prodcheck.scaffold.overlay import overlay
from flask_prodcheck.scaffold.requirement import add_requirement
from flask_prodcheck.scaffold.served_app import ServedApp, served_app
from flask_prodcheck.scaffold.settings_file import settings_path, settings_text
from flask_prodcheck.scaffold.start_command import StartCommand, replaced_shell
from flask_prodcheck.scaffold.text_file import Edit, appended, line_start, line_stop
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
    wrong = [launch for launch in project.production if _is_wrong(launch)]
    fine = [launch for launch in project.production if launch not in wrong]
    other = [launch for launch in fine if launch.server is not Server.GUNICORN]
    if other and not wrong and len(other) == len(fine):
        first = other[0]
        return Plan((), (f"{first.head.span} already starts {first.server.value}, a production server: nothing to do",))
    return _Planner(project, Drafts(tree), served, wrong, fine).plan(tree)


def _is_wrong(launch: Launch) -> bool:
    """Whether a production launch cannot stay: it ends in a development server, or its server cannot start the app."""
    if launch.server.is_development:
        return True
    if launch.server is Server.OTHER and launch.missing == "script":
        return True
    if launch.server is not Server.GUNICORN:
        return False
    return launch.resolves is False or (launch.resolves is True and launch.target_kind == "factory" and not launch.called)


@dataclass(slots=True)
class _Planner:
    project: Project
    drafts: Drafts
    served: ServedApp
    wrong: list[Launch]
    fine: list[Launch]

    def plan(self, tree: Tree) -> Plan:
        worker = worker_for(self.project)
        folder = self._folder()
        own = next((launch.config_file for launch in self.fine if launch.server is Server.GUNICORN and launch.config_file), None)
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
            self.drafts.create(path, self.served.entry, "an importable application for the server", keeps_existing=True, vital=True)
        for launch in self.wrong:
            notes += self._start(launch, config)
        if not self.project.production or any(launch.source == "platform-default" for launch in self.wrong):
            notes += self._first_start(folder, config)
        notes += add_requirement(self.project, [launch for launch in launches if _by_gunicorn(launch, self.wrong)], self.drafts, worker, folder)
        notes += worker.notes
        changes = self.drafts.changes()
        notes += _unproven(self.project, tree, Plan(changes), notes)
        return Plan(changes, tuple(dict.fromkeys(notes)))

    # --- where the server starts ---------------------------------------------------------------------------------

    def _folder(self) -> str:
        """The project folder that the server starts in, which is where it looks for its settings."""
        for launch in (*self.wrong, *self.fine):
            if launch.source == "platform-default":
                continue
            if launch.cwd_known and (launch in self.wrong or launch.server is Server.GUNICORN) and "chdir" not in launch.options:
                return launch.cwd
        cwd = self.served.cwd
        if any((posixpath.dirname(path) or ".") == cwd for path in self.project.facts.manifests) or self.wrong:
            return cwd
        return "." if not self.project.production and not _under_manifest(self.project, cwd) else cwd

    def _command(self, launch: Launch, config: str, image: Image | None) -> StartCommand | None:
        """The start for the place of ``launch``; None when it is not known where the application stands there."""
        if image is not None and not launch.cwd_known:
            module = posixpath.relpath(self.served.app.module, self.served.cwd)
            found = project_path(image.mapping, posixpath.join(image.workdir, module), self.project.facts)
            return StartCommand(self.served.target) if found == self.served.app.module else None
        if not launch.cwd_known:
            return None
        return StartCommand(self.served.target, posixpath.relpath(config, launch.cwd), posixpath.relpath(self.served.cwd, launch.cwd))

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
        start = self._command(launch, config, image)
        if start is None or hop is None:
            return [_by_hand(launch, hop or launch.head, StartCommand(self.served.target))]
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
        if done and image is not None and not launch.cwd_known:
            self._copy_into(image, config)
        return [] if done else [_by_hand(launch, hop, start)]

    def _last_deploy_hop(self, launch: Launch) -> Hop | None:
        """The last step of the chain outside Python. A script that runs its arguments hands on to the step before."""
        found = [hop for hop in launch.hops if not hop.span.file.endswith(".py")]
        while len(found) > 1 and found[-1].span.file in self.project.facts.scripts and ('"$@"' in found[-1].text or "$*" in found[-1].text):
            found.pop()
        return found[-1] if found else None

    def _copy_into(self, image: Image, config: str) -> None:
        """Puts the new files beside the application in an image that takes its files one by one."""
        path = image.dockerfile
        first = min(command.span.line for command in (image.entrypoint, image.cmd) if command is not None)
        new = [config, *([posixpath.join(self.served.cwd, "wsgi.py")] if self.served.entry is not None else [])]
        self.drafts.edit(path, [before(self.drafts.text(path), first, copied(new, image.context))], "the image needs the new files")

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

    def _first_start(self, folder: str, config: str) -> list[str]:
        """A start command for a project whose files do not start it in production."""
        facts = self.project.facts
        start = StartCommand(self.served.target, posixpath.relpath(config, folder), posixpath.relpath(self.served.cwd, folder))
        if self.project.unknown_starts:
            hop = self.project.unknown_starts[0]
            return [f"{hop.span}: what this starts is not in the project; its command should be: {start.text}"]
        procfile = next((path for path in sorted(facts.start_files) if facts.start_files[path].kind == "procfile" and posixpath.basename(path) == "Procfile"), None)
        if procfile is not None:
            text = self.drafts.text(procfile)
            self.drafts.edit(procfile, [appended(text, f"web: {start.text}")], "the process that serves requests")
            return []
        for path in sorted(facts.dockerfiles):
            dockerfile = facts.dockerfiles[path]
            image = build_image(dockerfile, facts, target=start_stage(dockerfile))
            if image.cmd is None and image.entrypoint is None and is_plain_base(image.base) and not _is_started(self.project, path):
                self.drafts.edit(path, [added_start(self.drafts.text(path), start)], "the image starts the production server")
                return []
        path = posixpath.normpath(posixpath.join(folder, "Procfile"))
        self.drafts.create(path, f"web: {start.text}\n", "the start command that platforms and process managers read")
        return []


def _by_gunicorn(launch: Launch, wrong: Sequence[Launch]) -> bool:
    return launch in wrong or launch.server is Server.GUNICORN


def _is_started(project: Project, dockerfile: str) -> bool:
    return any(launch.dockerfile == dockerfile for launch in project.launches)


def _under_manifest(project: Project, folder: str) -> bool:
    return any((posixpath.dirname(path) or ".") == folder for path in project.facts.manifests)


def _by_hand(launch: Launch, hop: Hop, start: StartCommand) -> str:
    return f"{hop.span} still starts {_said(launch)}: its command should be: {start.text}"


def _said(launch: Launch) -> str:
    return "the development server" if launch.server.is_development else launch.server.value


# --- the proof --------------------------------------------------------------------------------------------------------


def _unproven(project: Project, tree: Tree, made: Plan, notes: Sequence[str]) -> list[str]:
    """Launches of the changed project that still cannot stay and that no note names: the audit's own reading of the
    result, so that a plan never promises more than it does."""
    if not made.changes:
        return []
    changed = link(parse(overlay(tree, made)), name=project.name)
    return [
        f"{launch.head.span} still starts {_said(launch)} after these changes: see `prodcheck graph`, and change it by hand"
        for launch in changed.production
        if _is_wrong(launch) and not any(str(hop.span) in note for hop in launch.hops for note in notes)
    ]


