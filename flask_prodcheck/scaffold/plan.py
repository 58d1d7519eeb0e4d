"""The plan of a scaffold: what would be written for this project, and what is left to a person."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import field

from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.overlay import overlay
from flask_prodcheck.edits.text_file import appended
from flask_prodcheck.errors import UsageError
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.containers import start_stage
from flask_prodcheck.model.launching.images import build_image
from flask_prodcheck.model.launching.installs import DEVELOPMENT_GROUPS, image_installs
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Launch, Project, Server
from flask_prodcheck.records import dataclass
from flask_prodcheck.scaffold.deploy_files import FILES, dockerfile, dockerignore, environment_example
from flask_prodcheck.scaffold.dockerfile_edit import added_start
from flask_prodcheck.scaffold.ground import Ground, ground, holds_proxy_fix
from flask_prodcheck.scaffold.requirement import Start, add_requirement
from flask_prodcheck.scaffold.served_app import ServedApp, served_app
from flask_prodcheck.scaffold.settings_file import settings_path, settings_text
from flask_prodcheck.scaffold.start_command import StartCommand
from flask_prodcheck.scaffold.starts import Starts, last_deploy_hop, said
from flask_prodcheck.scaffold.worker import Worker, worker_for
from flask_prodcheck.sources.tree import Tree

KINDS = ("gunicorn", "wsgi", "procfile", "docker", "compose", "systemd", "nginx", "kubernetes")
"""What can be scaffolded, each by itself."""
ALL = ("gunicorn", "procfile", "docker", "compose", "systemd", "nginx")
"""What ``all`` stands for: ``wsgi.py`` comes where it is needed, Kubernetes where it is asked for."""

#: The format of a new file as the reader of its launches names it.
_FORMATS = {"docker": "dockerfile", "procfile": "procfile"}
_SERVING = frozenset(KINDS) - {"wsgi", "nginx"}
_IN_IMAGE = frozenset({"docker", "compose", "kubernetes"})
_SAMPLES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env", "sample.env")


def plan(project: Project, tree: Tree, what: str, *, force: bool = False) -> Plan:
    """The changes that make production start ``project``, which was linked from ``tree``, with Gunicorn, and the files
    that ``what`` asks for: one of :data:`KINDS`, or ``all``.

    Launches that already end in a production server with a target that resolves stay as they are. A deploy file that
    exists stays, only its start is changed, unless ``force`` writes it anew. Raises :class:`RefusedError` when the
    application is not certain, :class:`UsageError` when ``what`` is unknown.
    """
    if what not in (*KINDS, "all"):
        raise UsageError(f"{what!r} cannot be scaffolded: choose {', '.join((*KINDS, 'all'))}")
    kinds = ALL if what == "all" else (what,)
    proxied = ("nginx" in kinds or bool(project.facts.proxies)) and not holds_proxy_fix(project, tree)
    served = served_app(project, entry="wsgi" in kinds, proxied=proxied)
    production = [launch for launch in project.production if launch.server is not Server.OTHER]
    wrong = [launch for launch in production if _is_wrong(launch)]
    fine = [launch for launch in production if launch not in wrong]
    other = fine and not wrong and not any(launch.server is Server.GUNICORN for launch in fine)
    if other and set(kinds) & _SERVING:
        first = fine[0]
        return Plan((), (f"{first.head.span} already starts {first.server.value}, a production server: nothing to do",))
    planner = _Planner(project, tree, Drafts(tree), served, worker_for(project, tree), wrong, fine, kinds, force)
    return planner.plan(proxied=proxied)


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
    tree: Tree
    drafts: Drafts
    served: ServedApp
    worker: Worker
    wrong: list[Launch]
    fine: list[Launch]
    kinds: Sequence[str]
    force: bool
    notes: list[str] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    def plan(self, *, proxied: bool) -> Plan:
        if set(self.kinds) & {"compose", "kubernetes"} and not self.project.facts.dockerfiles:
            self.kinds = tuple(dict.fromkeys(("docker", *self.kinds)))  # they run an image
        folder = self._folder()
        own = next(
            (launch.config_file for launch in self.fine if launch.server is Server.GUNICORN and launch.config_file),
            None,
        )
        config = own if own is not None else settings_path(folder)
        launches = [*self.wrong, *self.fine]
        filled = ground(
            self.project, self.tree, self.drafts, self.served, self.worker, folder, config, launches, self._formats()
        )
        self.notes += self.served.notes
        if set(self.kinds) & _SERVING:
            self._settings(own, config, launches)
        self._entry()
        replaced = self._new_files(filled)
        changed = Starts(self.project, self.drafts, self.served, config)
        for launch in self.wrong:
            if self._concerns(launch) and not {hop.span.file for hop in launch.hops} & replaced:
                self.notes += changed.replace(launch)
                if launch.source == "file":
                    self.starts.append(Start(launch.dockerfile, launch.head.span.line, launch.installs))
        if "procfile" in self.kinds:
            self._procfile(filled)
        elif self.kinds == ("gunicorn",) and (
            not launches or any(launch.source == "platform-default" for launch in self.wrong)
        ):
            self._first_start(filled)
        if set(self.kinds) & _SERVING:
            self._requirement(folder)
            self.notes += self.worker.notes
        if "docker" in self.kinds:
            self._docker(filled)
        if set(self.kinds) & {"docker", "compose", "systemd", "kubernetes"}:
            self._environment(filled)
        if proxied and self.served.entry is None and "nginx" in self.kinds:
            self.notes.append(
                "the application sees the proxy, not its clients, until the module that makes it says "
                "app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)"
            )
        changes = self.drafts.changes()
        if self.starts:
            self.notes += self._unproven(Plan(changes), changed.by_hand)
        return Plan(changes, tuple(dict.fromkeys(self.notes)))

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

    def _formats(self) -> tuple[str, ...]:
        return tuple(_FORMATS[kind] for kind in self.kinds if kind in _FORMATS)

    def _settings(self, own: str | None, config: str, launches: Sequence[Launch]) -> None:
        if own is None:
            text = settings_text(self.project, launches, self.worker, self.served.target, self._formats())
            self.drafts.create(config, text, "the server's settings, each with its reason", keeps_existing=True)
        elif not self.wrong:
            self.notes.append(f"{own} holds the server's settings already: it stays as it is")

    def _entry(self) -> None:
        path = posixpath.normpath(posixpath.join(self.served.cwd, "wsgi.py"))
        if self.served.entry is not None:
            self.drafts.create(
                path, self.served.entry, "an importable application for the server", keeps_existing=True, vital=True
            )
        elif "wsgi" in self.kinds:
            self.notes.append(f"{path} exists: it stays as it is, and {self.served.target} is what a server is given")

    # --- the start commands --------------------------------------------------------------------------------------

    def _concerns(self, launch: Launch) -> bool:
        """Whether this plan is about the file that holds the start of ``launch``."""
        if "gunicorn" in self.kinds:
            return True
        hop = last_deploy_hop(launch, self.project)
        facts = self.project.facts
        file = hop.span.file if hop is not None else ""
        kind = facts.start_files[file].kind if file in facts.start_files else ""
        return (
            ("docker" in self.kinds and (file in facts.dockerfiles or (file in facts.scripts and launch.container)))
            or ("compose" in self.kinds and launch.kind == "compose")
            or ("kubernetes" in self.kinds and launch.kind == "kubernetes")
            or (kind in self.kinds)
            or launch.kind in self.kinds
        )

    def _first_start(self, filled: Ground) -> None:
        """A start command for a project whose files do not start it in production."""
        facts = self.project.facts
        start = filled.start(filled.folder)
        unseen = [
            launch.head
            for launch in self.project.production
            if launch.kind in ("dockerfile", "procfile") and launch.server is Server.OTHER
        ]
        if self.project.unknown_starts or unseen:
            hop = (*self.project.unknown_starts, *unseen)[0]
            self.starts.append(Start())
            self.notes.append(
                f"{hop.span}: what this starts is not in the project; its command should be: {start.text}"
            )
            return
        if not any(posixpath.basename(path) == "Procfile" for path in facts.start_files):
            for path in sorted(facts.dockerfiles):
                if self._add_start(path, start):
                    return
        self._procfile(filled)

    def _add_start(self, path: str, start: StartCommand) -> bool:
        """Adds a CMD to a Dockerfile without one, if its base image starts nothing by itself."""
        facts = self.project.facts
        image = build_image(facts.dockerfiles[path], facts, target=start_stage(facts.dockerfiles[path]))
        if image.cmd is not None or image.entrypoint is not None or not is_plain_base(image.base):
            return False
        if any(launch.dockerfile == path for launch in self.project.launches):
            return False
        edit = added_start(self.drafts.text(path), start)
        self.drafts.edit(path, [edit], "the image starts the production server")
        self.starts.append(Start(path, installs=image_installs(image, facts)))
        return True

    def _procfile(self, filled: Ground) -> None:
        """The web process of a Procfile; an existing one that starts it, well or not, is no matter of this."""
        facts = self.project.facts
        start = filled.start(filled.folder)
        existing = next((path for path in sorted(facts.start_files) if posixpath.basename(path) == "Procfile"), None)
        if existing is None:
            path = posixpath.normpath(posixpath.join(filled.folder, "Procfile"))
            self.drafts.create(
                path, f"web: {start.text}\n", "the start command that platforms and process managers read"
            )
        elif not any(each.name == "web" for each in facts.start_files[existing].starts):
            line = appended(self.drafts.text(existing), f"web: {start.text}")
            self.drafts.edit(existing, [line], "the process that serves requests")
        else:
            return
        self.starts.append(Start())

    # --- new files -----------------------------------------------------------------------------------------------

    def _new_files(self, filled: Ground) -> set[str]:
        """Writes the files of the kinds asked for that do not exist; the paths of existing ones that are replaced."""
        facts = self.project.facts
        units = [path for path, file in facts.start_files.items() if file.kind == "systemd"]
        existing = {"compose": facts.compose, "systemd": units, "nginx": facts.proxies, "kubernetes": facts.kubernetes}
        replaced: set[str] = set()
        for kind in self.kinds:
            if kind not in FILES:
                continue
            place, why, text = FILES[kind]
            path = place(filled)
            found = sorted(existing[kind])
            if (found or self.drafts.exists(path)) and not self.force:
                self.notes.append(
                    f"{(found or [path])[0]} exists: only its start is changed; --force writes {path} anew"
                )
                continue
            self.drafts.create(path, text(filled), why, keeps_existing=True)
            replaced.add(path)
            if kind in _SERVING and kind not in _IN_IMAGE:
                self.starts.append(Start())
        if "docker" in self.kinds and self._writes_dockerfile(filled):
            replaced.add(filled.path("Dockerfile"))
        return replaced

    def _writes_dockerfile(self, filled: Ground) -> bool:
        production = any(launch.dockerfile is not None for launch in self.project.production)
        path = filled.path("Dockerfile")
        return self.force or not (production or path in self.project.facts.dockerfiles or self.drafts.exists(path))

    def _docker(self, filled: Ground) -> None:
        path = filled.path("Dockerfile")
        if self._writes_dockerfile(filled):
            requirement = "" if self._is_named(filled) else self.worker.requirement
            self.drafts.create(path, dockerfile(filled, requirement), "builds the image", keeps_existing=True)
        else:
            first = sorted(self.project.facts.dockerfiles) or [path]
            self.notes.append(f"{first[0]} exists: only its start is changed; --force writes {path} anew")
        ignore = filled.path(".dockerignore")
        if not self.drafts.exists(ignore):
            self.drafts.create(ignore, dockerignore(filled), "keeps secrets and history out of the image")
        elif not any(line.lstrip("/*").startswith(".env") for line in self.project.facts.dockerignore.get(ignore, ())):
            self.notes.append(f"{ignore} lets .env into the image: add a line for it")

    def _is_named(self, filled: Ground) -> bool:
        """Whether what the new image installs names the server, as it is or by this plan."""
        manifests = self.project.facts.manifests
        if not manifests:
            return filled.install.manager != "conda"  # a new requirements.txt names it
        installed = filled.install.manifests
        changed = {change.path for change in self.drafts.changes()}
        return bool(changed & set(installed)) or any(
            each.name == "gunicorn" and each.group not in DEVELOPMENT_GROUPS
            for path in installed
            if path in manifests
            for each in manifests[path].dependencies
        )

    def _environment(self, filled: Ground) -> None:
        """``.env.example`` and the line that keeps ``.env`` itself out of git."""
        if not filled.variables:
            return
        places = {filled.path(name) for name in _SAMPLES} | set(_SAMPLES)
        if not places & self.tree.paths:
            self.drafts.create(
                filled.path(".env.example"), environment_example(filled), "names what the environment has to hold"
            )
        if ".gitignore" not in self.tree.paths:
            self.drafts.create(".gitignore", "# Secrets of one machine.\n.env\n", "keeps secrets out of git")
        else:
            text = self.drafts.text(".gitignore")
            if not any(line.strip().lstrip("/*") in (".env", ".env*", "env", ".env.*") for line in text.split("\n")):
                lines = "# Secrets of one machine.\n.env"
                self.drafts.edit(".gitignore", [appended(text, lines)], "keeps secrets out of git")

    def _requirement(self, folder: str) -> None:
        """Adds the server to what is installed. The image of a conda environment installs it by itself."""
        if ("docker" in self.kinds and not self.starts and self.project.facts.manifests) or (
            "docker" in self.kinds and not self.starts and not self._is_conda()
        ):
            self.starts.append(Start())
        running = [each for each in self.fine if each.server is Server.GUNICORN and not _brings_server(each)]
        stay = [Start(each.dockerfile, each.head.span.line, each.installs, new=False) for each in running]
        self.notes += add_requirement(self.project, [*self.starts, *stay], self.drafts, self.worker, folder)

    def _is_conda(self) -> bool:
        return any(posixpath.basename(path) in ("environment.yml", "environment.yaml") for path in self.tree.paths)

    # --- what is left --------------------------------------------------------------------------------------------

    def _unproven(self, made: Plan, by_hand: set[tuple[str, str]]) -> list[str]:
        """Launches of the changed project that still cannot stay and that no note names: the audit's own reading of the
        result, so that a plan never promises more than it does."""
        tree = overlay(self.tree, made)
        changed = link(parse(tree), name=self.project.name, read=tree.read)
        return [
            f"{launch.head.span} still starts {said(launch)} after these changes: change it by hand"
            for launch in changed.production
            if _is_wrong(launch) and (launch.end.span.file, launch.end.text) not in by_hand and self._concerns(launch)
        ]


def _brings_server(launch: Launch) -> bool:
    """Whether the platform of ``launch`` supplies Gunicorn: where it starts it by itself, and in Azure's Python images."""
    return launch.source == "platform-default" or launch.kind == "azure"


def _has_manifest(project: Project, folder: str) -> bool:
    return any((posixpath.dirname(path) or ".") == folder for path in project.facts.manifests)
