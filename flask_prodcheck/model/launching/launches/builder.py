"""From a head of the project to the chains that serve, and from each chain to a launch with its target resolved."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flask_prodcheck.base import Span, Unknown
from flask_prodcheck.facts.iis import KIND as IIS
from flask_prodcheck.facts.nginx_unit import KIND as UNIT
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.following.follower import Follower
from flask_prodcheck.model.launching.following.python_programs import import_roots
from flask_prodcheck.model.launching.following.source_deploys import BUILDPACK
from flask_prodcheck.model.launching.gunicorn import MORE_ARGUMENTS, settings_table
from flask_prodcheck.model.launching.heads.head import UNSPLIT, Head
from flask_prodcheck.model.launching.installations import Installations
from flask_prodcheck.model.launching.launches.found import Found
from flask_prodcheck.model.launching.listening import NAMES_DYNO, NAMES_SITE, SETS_PORT
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.placed_files import image_files
from flask_prodcheck.model.launching.platform_defaults import platform_default
from flask_prodcheck.model.launching.server_config import file_variables, gunicorn_options
from flask_prodcheck.model.launching.server_environment import gunicorn_variables
from flask_prodcheck.model.launching.server_settings import (
    apache_start,
    granian_settings,
    unit_start,
    uwsgi_settings,
    waitress_settings,
)
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.targets import Target, place_for, resolve_target, target_arguments
from flask_prodcheck.model.launching.wfastcgi import wfastcgi_start
from flask_prodcheck.model.launching.written_files import may_be_made
from flask_prodcheck.model.project import Confidence, Hop, Launch, Purpose, RunSite, Server, Setting
from flask_prodcheck.model.python.execution.loading import imports_closure
from flask_prodcheck.model.python.execution.ways import Ending
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace


class LaunchBuilder:
    """Builds launches for one project; keeps what every chain needs."""

    def __init__(self, facts: Facts, modules: Modules, run_sites: Sequence[RunSite]) -> None:
        self.facts = facts
        self.modules = modules
        self.installations = Installations(facts)
        self.follower = Follower(facts, modules, self.installations)
        self.sites = {(site.span.file, site.span.line): site for site in run_sites}

    # --- from a head to chains -------------------------------------------------------------------------------------

    def follow(self, head: Head) -> list[Found]:
        self.follower.budget.begin()
        if head.kind == "apache":
            return self._apache(head)
        if head.kind == IIS and head.command is None:
            place, start = wfastcgi_start(dict(head.options), self._start_place(head), self.facts, self.modules)
            return [self.found(head, Ended(place, start=start))]
        if head.kind == UNIT:
            return [self.found(head, Ended(self._start_place(head), start=unit_start(dict(head.options))))]
        if head.command is None:
            return self._platform(head)
        place = self._start_place(head)
        found = self.follower.command(head.command, place)
        present = [ended for ended in found if not ended.is_missing]
        return [
            self.found(head, ended)
            for ended in present or found
            if not ended.is_missing
            or (ended.place.certain and not ended.background and self._expected(head, place, ended))
        ]

    def _expected(self, head: Head, place: Place, ended: Ended) -> bool:
        """Whether a program that the project lacks is a launch that fails: the web process of a Procfile, the start of an
        image whose files are all known, or what a platform starts from the repository, where no folder holds it either
        (the folder to start in may be a setting of the platform's)."""
        if head.kind == "procfile":
            return head.service == "web"
        if head.kind == "railway":
            script = ended.ending.target if ended.ending is not None else ""
            held = any(posixpath.basename(path) == posixpath.basename(script) for path in self.facts.paths)
            return "/" not in script and script.endswith(".py") and not held
        if head.kind != "dockerfile" or place.image is None or place.image.opaque:
            return False
        return ended.ending is None or not may_be_made(ended.ending.target, place.image)

    def _start_place(self, head: Head) -> Place:
        """The place where ``head`` starts: what its file says of the process, and the port that a platform chooses."""
        place = head.place if head.container else self._declared_place(head)
        if head.kind in SETS_PORT and "PORT" not in place.env:
            place = place.with_env({"PORT": Unknown("the platform chooses it")})
        if head.kind in NAMES_DYNO and "DYNO" not in place.env:
            place = place.with_env({"DYNO": Unknown("the platform names each process")})
        if head.kind in NAMES_SITE and "WEBSITE_SITE_NAME" not in place.env:
            place = place.with_env({"WEBSITE_SITE_NAME": Unknown("the platform names each site")})
        return place

    def _declared_place(self, head: Head) -> Place:
        file = head.span.file
        for source in (self.facts.start_files.get(file), self.facts.manifests.get(file), self.facts.proxies.get(file)):
            for start in source.starts if source is not None else ():
                if start.command is head.command and (start.command is not None or start.span == head.span):
                    return start_place(start, head.place, self.facts)
        return head.place

    def _platform(self, head: Head) -> list[Found]:
        default = platform_default(head, self.facts)
        if default is None or (head.kind == "azure" and self._commanded(head)):
            return []
        place = self._start_place(head)
        if default.start is not None:
            return [self.found(head, Ended(place, start=default.start))]
        if default.python is not None and default.python.script is not None:
            command = Command(head.span, f"python {default.python.script}", argv=("python", default.python.script))
            return [self.found(head, ended) for ended in self.follower.command(command, place)]
        return []

    def _commanded(self, head: Head) -> bool:
        """Whether another file of the same platform names the command: a Bicep or ARM template sets the startup command
        of the app that ``azure.yaml`` only describes, so the default does not apply."""
        return any(
            start.kind == head.kind and start.command is not None
            for file in self.facts.start_files.values()
            for start in file.starts
        )

    def _apache(self, head: Head) -> list[Found]:
        start = apache_start(dict(head.options), head.place, self.facts)
        return [self.found(head, Ended(head.place, start=start))] if start is not None else []

    # --- from a chain to a launch ------------------------------------------------------------------------------------

    def found(self, head: Head, ended: Ended) -> Found:
        place, launch = self._launch(head, ended)
        if head.kind in _EXECUTED and launch.target_span is not None and launch.module_file == head.span.file:
            bound = Hop(launch.target_span, head.text)  # what the file does before that starts nothing
            launch = replace(launch, hops=(bound,))
        if (UNSPLIT, "true") in head.options:  # what is read is what is meant: no program has that name
            launch = replace(launch, resolves=False, missing="program")
        return Found(head, launch, place.certain, place.hints, ended.awaited, place.folder if place.image is None else "")

    def _launch(self, head: Head, ended: Ended) -> tuple[Place, Launch]:
        if ended.start is not None:
            return self._server_launch(head, ended, ended.start)
        return self._python_launch(head, ended)

    def _base(self, head: Head, place: Place, server: Server, target: str, resolves: bool | None) -> Launch:
        image = place.image
        root: bool | None = None
        if head.container:
            root = _is_root(place)
        return Launch(
            hops=place.hops,
            server=server,
            purpose=Purpose.PRODUCTION,
            purpose_reason="",
            source="platform-default" if head.default else "file",
            command=place.hops[-1].text,
            target=target,
            resolves=resolves,
            confidence=Confidence.HIGH,
            kind=head.kind,
            env=place.env,
            cwd=place.cwd,
            cwd_known=place.cwd_known,
            container=head.container,
            platform=head.platform,
            root_user=root,
            installs=self.installations.all_at(place),
            shell_parent=place.shell_parent,
            wrappers=place.wrappers,
            service=head.service,
            published=head.published,
            public=head.public,
            base_image=image.base if image is not None else "",
            dockerfile=image.dockerfile if image is not None and image.dockerfile else None,
            layout=_layout(place),
            placed=image_files(image, self.facts) if image is not None else {},
        )

    def _server_launch(self, head: Head, ended: Ended, start: ServerStart) -> tuple[Place, Launch]:
        place = ended.place
        end = place.hops[-1].span
        options = {name: (value, end) for name, value in start.options.items()}
        config_file = None
        config_settings: tuple[Setting, ...] = ()
        if start.server is Server.UWSGI:
            place, start, options, read = uwsgi_settings(start, place, options, self.facts)
            self.follower.visited.update(read)
            if MORE_ARGUMENTS in options:
                self.follower.budget.note(options[MORE_ARGUMENTS][1], "the configuration is too large to read to its end")
        elif start.server is Server.GRANIAN:
            options = granian_settings(place, options)
        elif start.server is Server.GUNICORN:
            options, config_settings, config_file = gunicorn_options(start, place, self.facts, self.modules)
            if config_file is not None:
                place = place.with_env(file_variables(config_file, place, self.modules))
            place = place.with_env(gunicorn_variables(options))
            if not start.target and "wsgi_app" in options:
                start = replace(start, target=options["wsgi_app"][0])
            if start.chdir is None and "chdir" in options:
                start = replace(start, chdir=options["chdir"][0])
            if not start.paths and "pythonpath" in options:
                start = replace(start, paths=tuple(filter(None, options["pythonpath"][0].split(","))))
        target_place = place_for(start, place, self.facts)
        roots = import_roots(target_place, self.facts)
        target = resolve_target(start, target_place, self.facts, self.modules, roots)
        if target.resolves is False and MORE_ARGUMENTS in options:
            target = replace(target, resolves=None)  # what a variable adds may name another folder to import from
        if target.file_hop is not None:
            place = place.hop(target.file_hop, target.text)
        base = self._base(head, place, start.server, target.text, target.resolves)
        if start.program == BUILDPACK:
            base = replace(base, source="platform-default")
        if place.reloads and "reload" not in options:
            options = {**options, "reload": ("true", end)}
        arguments, keywords = target_arguments(target.arguments, end) if target.arguments else ((), ())
        launch = replace(
            base,
            factory_args=arguments,
            factory_keywords=keywords,
            missing=target.missing if target.resolves is False else "",
            target_kind=target.kind,
            target_span=target.span,
            app=target.app,
            options={**options, **({"unknown-options": (" ".join(start.unknown), end)} if start.unknown else {})},
            config_file=config_file,
            config_settings=config_settings,
            cwd=target_place.cwd,
            confidence=_confidence(place, target),
            called=target.called,
            module_file=target.module or "",
            imported=imports_closure(self.modules, target.module, roots) if target.module is not None else frozenset(),
        )
        return place, launch

    def _python_launch(self, head: Head, ended: Ended) -> tuple[Place, Launch]:
        place, ending = ended.place, ended.ending
        assert ending is not None
        if ending.missing:
            launch = self._base(head, place, Server.OTHER, ending.target, None if _unseen(place) else False)
            return place, replace(launch, missing="script", confidence=_confidence(place, None))
        server = ending.server
        assert server is not None  # what is installed is known to whoever follows a launch
        site_span = ending.run_site or (ending.hops[-1].span if ending.hops else None)
        site = self.sites.get((site_span.file, site_span.line)) if site_span is not None else None
        target = ending.target or (place.hops[-1].span.file if server.is_development else "")
        launch = self._base(head, place, server, target, True)
        return place, replace(
            launch,
            root_user=None if launch.root_user and self._gives_up_root(place) else launch.root_user,
            run_site=site if server.is_development else None,
            reached=frozenset({site.span} if site is not None else ()),
            confidence=_confidence(place, None),
            target_kind="app",
            app=ending.app,
            options=self._served_options(ending, server, place),
            entered=ending.entered,
            program=ending.program,
            module_file=ending.foreign or place.hops[-1].span.file,
        )

    def _served_options(self, ending: Ending, server: Server, place: Place) -> dict[str, tuple[str, Span]]:
        """The settings of a server that a program serves with: those of a gunicorn of its own may also come from its code."""
        if server is Server.WAITRESS:
            return dict(waitress_settings(ending.call, place, self.modules))
        if server is not Server.GUNICORN:
            return {}
        if ending.settings is None:
            return {MORE_ARGUMENTS: ("load_config", place.hops[-1].span)}
        return {name: (value, span) for name, value, span in ending.settings if name in settings_table()}

    def _gives_up_root(self, place: Place) -> bool:
        """Whether a program on the way changes its user itself, which it can only do as root."""
        modules = [self.facts.modules.get(hop.span.file) for hop in place.hops]
        return any(module is not None and module.calls_one_of(_USER_CHANGES) for module in modules)


#: Heads that are files which a server executes: the start is where such a file binds the application.
_EXECUTED = frozenset({"passenger", "pythonanywhere", "toolforge", "vercel", "wsgi-script"})

#: Functions that make a process another user's: those of ``os`` and the usual names of wrappers around them.
_USER_CHANGES = frozenset(
    {"setuid", "setreuid", "setresuid", "initgroups", "change_user", "drop_privileges", "drop_root", "DropPrivileges"}
)


def _layout(place: Place) -> tuple[tuple[str, str], ...]:
    return tuple((each.image, each.repo) for each in place.mapping)


def _is_root(place: Place) -> bool | None:
    """Whether a container serves as root; None when the base image may have a user of its own."""
    if place.user is not None:
        return place.user.split(":")[0] in ("root", "0")
    if place.image is None or not place.image.dockerfile or not is_plain_base(place.image.base):
        return None
    return True


def _unseen(place: Place) -> bool:
    """Whether it cannot be said what stands at ``place``: the image has files of which nothing is known, or the folder is
    not known."""
    return place.image is not None and (place.image.opaque or not place.folder)


def _confidence(place: Place, target: Target | None) -> Confidence:
    if not place.certain:
        return Confidence.MEDIUM if place.hints else Confidence.LOW
    if target is not None and (target.assumed or target.resolves is None):
        return Confidence.MEDIUM
    return Confidence.HIGH
