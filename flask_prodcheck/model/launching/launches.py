"""Launches: each head of the project followed to what serves, resolved, and judged for its purpose."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence

from flask_prodcheck.base import Known, Problem, Span, Unknown
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.syntax import Call, FunctionDef, Name, Return
from flask_prodcheck.facts.types import Command, ShellScript
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.launching.base_images import is_plain_base
from flask_prodcheck.model.launching.commands import read_command
from flask_prodcheck.model.launching.embedded import embedded_files
from flask_prodcheck.model.launching.follow import Ended, Follower, start_place
from flask_prodcheck.model.launching.gunicorn import MORE_ARGUMENTS, settings_table
from flask_prodcheck.model.launching.heads import (
    UNSPLIT,
    Head,
    decided,
    find_heads,
    is_development,
    is_test_place,
    services_of,
    start_file_heads,
)
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.images import build_image, effective_start
from flask_prodcheck.model.launching.installs import image_installs, production_dependencies
from flask_prodcheck.model.launching.listening import NAMES_DYNO, SETS_PORT
from flask_prodcheck.model.launching.place import Place, locate
from flask_prodcheck.model.launching.placed_files import image_files
from flask_prodcheck.model.launching.platform_defaults import platform_default
from flask_prodcheck.model.launching.purpose import Evidence, judge
from flask_prodcheck.model.launching.server_config import file_variables, gunicorn_options
from flask_prodcheck.model.launching.server_environment import gunicorn_variables
from flask_prodcheck.model.launching.server_settings import (
    granian_settings,
    mod_wsgi_start,
    uwsgi_settings,
    waitress_settings,
)
from flask_prodcheck.model.launching.service_scripts import scripts_of_services, service_starts
from flask_prodcheck.model.launching.shell_commands import every_command
from flask_prodcheck.model.launching.steps import ConsoleRun, ScriptRun, ServerStart, TaskRun
from flask_prodcheck.model.launching.targets import Target, place_for, resolve_target, target_arguments
from flask_prodcheck.model.project import App, Confidence, Hop, Launch, Purpose, RunSite, Server, Setting
from flask_prodcheck.model.python.command_groups import decorator_name
from flask_prodcheck.model.python.execution.loading import imports_closure
from flask_prodcheck.model.python.execution.shared import starts_by_itself
from flask_prodcheck.model.python.execution.ways import Ending
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass, replace


@dataclass(frozen=True, slots=True)
class _Found:
    """A chain that serves, before its purpose is judged."""

    head: Head
    launch: Launch
    certain: bool
    hints: tuple[str, ...]
    awaited: bool = False


@dataclass(frozen=True, slots=True)
class Launches:
    """All launches, the problems met on the way, and whether the project has any deploy file at all."""

    launches: tuple[Launch, ...]
    problems: tuple[Problem, ...]
    has_deploy_files: bool
    unknown_starts: tuple[Hop, ...] = ()


class _Builder:
    """Builds launches for one project; keeps what every chain needs."""

    def __init__(self, facts: Facts, modules: Modules, run_sites: Sequence[RunSite]) -> None:
        self.facts = facts
        self.modules = modules
        self.installed = frozenset(dep.name for dep in production_dependencies(facts))
        self.follower = Follower(facts, modules, self.installed)
        self.sites = {(site.span.file, site.span.line): site for site in run_sites}
        self._installs: dict[tuple[str, str], frozenset[str] | None] = {}

    # --- from a head to chains -------------------------------------------------------------------------------------

    def follow(self, head: Head) -> list[_Found]:
        self.follower.begin()
        if head.kind == "apache":
            return self._apache(head)
        if head.command is None:
            return self._platform(head)
        place = self._start_place(head)
        found = self.follower.command(head.command, place)
        return [
            self._found(head, ended)
            for ended in found
            if not (ended.ending is not None and ended.ending.missing)
            or (ended.place.certain and not ended.background and _expected(head, place))
        ]

    def _start_place(self, head: Head) -> Place:
        """The place where ``head`` starts: what its file says of the process, and the port that a platform chooses."""
        place = head.place if head.container else self._declared_place(head)
        if head.kind in SETS_PORT and "PORT" not in place.env:
            place = place.with_env({"PORT": Unknown("the platform chooses it")})
        if head.kind in NAMES_DYNO and "DYNO" not in place.env:
            place = place.with_env({"DYNO": Unknown("the platform names each process")})
        return place

    def _declared_place(self, head: Head) -> Place:
        file = head.span.file
        for source in (self.facts.start_files.get(file), self.facts.manifests.get(file), self.facts.proxies.get(file)):
            for start in source.starts if source is not None else ():
                if start.command is head.command and (start.command is not None or start.span == head.span):
                    return start_place(start, head.place, self.facts)
        return head.place

    def _platform(self, head: Head) -> list[_Found]:
        default = platform_default(head, self.facts)
        if default is None or (head.kind == "azure" and self._commanded(head)):
            return []
        place = self._start_place(head)
        if default.start is not None:
            return [self._found(head, Ended(place, start=default.start))]
        if default.python is not None and default.python.script is not None:
            command = Command(head.span, f"python {default.python.script}", argv=("python", default.python.script))
            return [self._found(head, ended) for ended in self.follower.command(command, place)]
        return []

    def _commanded(self, head: Head) -> bool:
        """Whether another file of the same platform names the command: a Bicep or ARM template sets the startup command
        of the app that ``azure.yaml`` only describes, so the default does not apply."""
        return any(
            start.kind == head.kind and start.command is not None
            for file in self.facts.start_files.values()
            for start in file.starts
        )

    def _apache(self, head: Head) -> list[_Found]:
        options = dict(head.options)
        script = options.get("script", "")
        if not script.endswith((".wsgi", ".py")) and locate(script, head.place, self.facts) is None:
            return []
        start = ServerStart(
            Server.MOD_WSGI, script, {"callable-object": options.get("callable", "application")}, program="mod_wsgi"
        )
        return [self._found(head, Ended(head.place, start=mod_wsgi_start(start, options)))]

    # --- from a chain to a launch ------------------------------------------------------------------------------------

    def _found(self, head: Head, ended: Ended) -> _Found:
        place, launch = self._launch(head, ended)
        if (UNSPLIT, "true") in head.options:  # what is read is what is meant: no program has that name
            launch = replace(launch, resolves=False, missing="program")
        return _Found(head, launch, place.certain, place.hints, ended.awaited)

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
            installs=self._image_installs(place),
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

    def _image_installs(self, place: Place) -> frozenset[str] | None:
        image = place.image
        if image is None or not image.dockerfile or any(self._installs_packages(hop.span.file) for hop in place.hops):
            return None
        key = (image.dockerfile, image.stage)
        if key not in self._installs:
            self._installs[key] = image_installs(image, self.facts)
        return self._installs[key]

    def _installs_packages(self, path: str) -> bool:
        """Whether a script on the way installs distributions when the container starts."""
        script = self.facts.scripts.get(path)
        return script is not None and any(
            "install" in [word.text for word in command.words]
            and posixpath.basename(command.words[0].text) in _INSTALLERS
            for command in every_command(script.body)
        )

    def _server_launch(self, head: Head, ended: Ended, start: ServerStart) -> tuple[Place, Launch]:
        place = ended.place
        end = place.hops[-1].span
        options = {name: (value, end) for name, value in start.options.items()}
        config_file = None
        config_settings: tuple[Setting, ...] = ()
        if start.server is Server.UWSGI:
            place, start, options, uwsgi = uwsgi_settings(start, place, options, self.facts)
            if uwsgi is not None:
                self.follower.visited.add(uwsgi.path)
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
        roots = self.follower.import_roots(target_place)
        target = resolve_target(start, target_place, self.facts, self.modules, roots)
        if target.resolves is False and MORE_ARGUMENTS in options:
            target = replace(target, resolves=None)  # what a variable adds may name another folder to import from
        if target.file_hop is not None:
            place = place.hop(target.file_hop, target.text)
        base = self._base(head, place, start.server, target.text, target.resolves)
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
            launch = self._base(head, place, Server.OTHER, ending.target, None if _opaque(place) else False)
            return place, replace(launch, missing="script", confidence=_confidence(place, None))
        server = ending.server or self._socketio(ending.target)
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
            module_file=place.hops[-1].span.file,
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
        return any(module is not None and not _USER_CHANGES.isdisjoint(module.mentions.called) for module in modules)

    def _socketio(self, target: str) -> Server:
        for name in ("gevent", "eventlet"):
            if name in self.installed:
                return Server(name)
        return Server.SOCKETIO_DEV


#: Functions that make a process another user's: those of ``os`` and the usual names of wrappers around them.
_USER_CHANGES = frozenset(
    {"setuid", "setreuid", "setresuid", "initgroups", "change_user", "drop_privileges", "drop_root", "DropPrivileges"}
)


def _layout(place: Place) -> tuple[tuple[str, str], ...]:
    mapped = (*(place.image.mapping if place.image is not None else ()), *place.mounts)
    return tuple((each.image, each.repo) for each in mapped)


_INSTALLERS = frozenset({"pip", "pip3", "python", "python3", "uv", "poetry", "pipenv", "conda"})


def _is_root(place: Place) -> bool | None:
    """Whether a container serves as root; None when the base image may have a user of its own."""
    if place.user is not None:
        return place.user.split(":")[0] in ("root", "0")
    if place.image is None or not place.image.dockerfile or not is_plain_base(place.image.base):
        return None
    return True


def _expected(head: Head, place: Place) -> bool:
    """Whether a program that the project lacks is a launch that fails: the web process of a Procfile, or the start of
    an image whose files are all known."""
    if head.kind == "procfile":
        return head.service == "web"
    return head.kind == "dockerfile" and place.image is not None and not place.image.opaque


def _opaque(place: Place) -> bool:
    return place.image is not None and place.image.opaque


def _confidence(place: Place, target: Target | None) -> Confidence:
    if not place.certain:
        return Confidence.MEDIUM if place.hints else Confidence.LOW
    if target is not None and (target.assumed or target.resolves is None):
        return Confidence.MEDIUM
    return Confidence.HIGH


def find_launches(
    facts: Facts,
    modules: Modules,
    apps: Sequence[App],
    run_sites: Sequence[RunSite],
    *,
    production: Sequence[str] = (),
    development: Sequence[str] = (),
) -> Launches:
    """Every launch of the project. ``production``/``development`` overrule the purpose (settings)."""
    builder = _Builder(facts, modules, run_sites)
    heads = find_heads(facts)
    found: list[_Found] = []
    unknown: list[Hop] = []
    for head in heads:
        chains = builder.follow(head)
        found += chains
        templated = head.kind == "kubernetes" and "{{" in head.text  # the values of a chart decide the command
        if not chains and (templated or (head.kind == "dockerfile" and _starts_something_unseen(head, facts))):
            unknown.append(Hop(head.span, head.text))
    unknown += _imageless_starts(facts)
    unknown += _undecided_starts(facts)
    found += _embedded(builder, facts)
    found = [wrapped for each in found if (wrapped := _with_wrapped(each, apps)) is not None]
    consumed = _consumed(found)
    found = [
        each
        for each in found
        if not _is_part_of_another(each, found)
        and not (each.head.kind in ("uwsgi", "dockerfile", "compose") and is_test_place(each.head.span.file))
    ]
    found += _unreferenced_scripts(builder, facts, consumed)
    found = [each for each in found if not _is_part_of_another(each, found) and not _only_runs_an_image(each, found)]
    found += _entry_points(builder, facts, found)
    found += _tasks(builder, facts, found)
    found += [
        each
        for each in _python_scripts(builder, facts, found)
        if not _is_program_of_another_framework(each.launch, apps, modules)
    ]
    served, unseen = _wsgi_scripts(builder, facts, found)
    found += served
    unknown += unseen
    found = [each for each in found if not _serves_another_framework(each.launch, apps, modules)]
    launches = _judged(found, facts, production, development)
    problems = tuple(builder.follower.notes)
    return Launches(
        tuple(launches),
        problems,
        any(head.kind not in _NO_DEPLOYMENT for head in heads)
        or any(each.head.kind == "wsgi-script" for each in found)
        or any(each.kind == "script" and each.is_production and not each.server.is_development for each in launches),
        tuple(unknown),
    )


#: Formats of people at work: a project that has nothing else has no deploy file.
_NO_DEPLOYMENT = frozenset({"makefile", "npm", "justfile", "tox", "package-script", "devcontainer", "batch"})


def _starts_something_unseen(head: Head, facts: Facts) -> bool:
    """Whether a container command runs a program that is not in the project and not known to serve nothing, or a process
    manager of whose processes nothing is in the project."""
    if head.command is None or head.command.argv is None:
        return False
    step = read_command(head.command.argv).step
    if isinstance(step, TaskRun) and step.runner == "runit":
        return not scripts_of_services(step.file or "", head.place, facts)
    if isinstance(step, TaskRun) and step.runner in ("supervisor", "circus"):
        return all(file.kind != step.runner for file in facts.start_files.values())
    return isinstance(step, (ScriptRun, ConsoleRun))


def _imageless_starts(facts: Facts) -> list[Hop]:
    """Dockerfiles that start nothing themselves on top of a base image that is no plain Python or system image."""
    found = []
    for path in sorted(facts.dockerfiles):
        stages = facts.dockerfiles[path].stages
        if (
            stages
            and effective_start(image := build_image(facts.dockerfiles[path], facts)) is None
            and not any(service_starts(image))
            and not is_plain_base(stages[-1].base)
        ):
            found.append(Hop(stages[-1].span, f"FROM {stages[-1].base}"))
    return found


def _with_wrapped(each: _Found, apps: Sequence[App]) -> _Found | None:
    """A launch of something that hands requests on, with the application behind it where the files show which one:
    an ASGI adapter, or the handler of a function. Such a handler is a launch only where its module reaches an
    application of the project; None where it reaches none."""
    launch = each.launch
    handler = "handler" in dict(each.head.options)
    if launch.app is not None or not (handler or launch.target_kind == "asgi"):
        return each
    reached = [app for app in apps if app.span.file in launch.imported]
    own = [app for app in reached if app.span.file == launch.module_file] or reached
    if handler and not own:
        return None
    kind = "app" if handler else launch.target_kind
    return replace(each, launch=replace(launch, app=own[0] if len(own) == 1 else None, target_kind=kind))


_OTHER_FRAMEWORKS = frozenset(
    {
        "fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette", "quart.Quart", "sanic.Sanic", "litestar.Litestar",
        "falcon.App", "falcon.API", "falcon.asgi.App", "bottle.Bottle", "pyramid.config.Configurator", "aiohttp.web.Application",
        "django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application",
    }
)  # fmt: skip

_OTHER_PACKAGES = frozenset(name.partition(".")[0] for name in _OTHER_FRAMEWORKS)

#: Servers that call an ASGI application (hypercorn a WSGI one as well, as it finds it).
_ASGI_SERVERS = frozenset({Server.UVICORN, Server.HYPERCORN})


def _serves_another_framework(launch: Launch, apps: Sequence[App], modules: Modules) -> bool:
    """Whether the target is made by another framework, in a program that imports no Flask application."""
    if launch.app is not None or not launch.module_file:
        return False
    if launch.server in _ASGI_SERVERS or launch.options.get("worker_class", ("",))[0].startswith("uvicorn."):
        # Without an application of ours, behind an adapter or not, and without Flask an ASGI server serves something else.
        reached = launch.imported or imports_closure(modules, launch.module_file, (launch.cwd,))
        imported = {
            name for path in reached if path in modules.facts.modules for name in modules.facts.modules[path].imports
        }
        return "flask" not in imported and not any(app.span.file in reached for app in apps)
    if not launch.resolves:
        return False
    maker = _maker(modules, launch.module_file, launch.target.partition(":")[2].partition("(")[0])
    if maker in _EXPORTERS:
        return True
    if maker not in _OTHER_FRAMEWORKS:
        return False
    return not any(app.span.file in launch.imported for app in apps)


def _maker(modules: Modules, path: str, name: str) -> str | None:
    """The external callable that makes what ``name`` of the file ``path`` stands for: the one that is called, or whose call
    the project's own functions return; None where that is not plain to see."""
    for _ in range(_MAKERS):
        found = modules.define(path, name)
        node = found.node if isinstance(found.node, FunctionDef) else None
        if node is not None:
            returned = [each.value for each in node.body if isinstance(each, Return)]
            made = returned[0].func if len(returned) == 1 and isinstance(returned[0], Call) else None
        else:
            made = found.value.func if isinstance(found.value, Call) else None
        if made is None:
            return None
        if (external := modules.qualified(found.module, made)) is not None:
            return external
        if not isinstance(made, Name):
            return None
        path, name = found.module, made.id
    return None


_MAKERS = 4

#: Applications that serve the numbers of a process and hold nothing else, whatever else their module imports.
_EXPORTERS = frozenset({"prometheus_client.make_wsgi_app", "prometheus_client.exposition.make_wsgi_app"})


def _is_program_of_another_framework(launch: Launch, apps: Sequence[App], modules: Modules) -> bool:
    """Whether the program that starts the server imports another framework and no Flask application."""
    module = modules.module(launch.module_file or "")
    if module is None or launch.app is not None or not module.imports & _OTHER_PACKAGES:
        return False
    read = imports_closure(modules, module.path)
    return not any(app.span.file in read for app in apps)


def _undecided_starts(facts: Facts) -> list[Hop]:
    """Starts that a file declares in a language of expressions: a resource, or a command that a template decides."""
    found: dict[Span, Hop] = {}
    for path in sorted(facts.start_files):
        starts = facts.start_files[path].starts
        kept = {start.span for start in decided(starts)}
        for start in starts:
            if start.role == "unknown" or start.span not in kept:
                found.setdefault(start.span, Hop(start.span, start.name))
    return list(found.values())


def _consumed(found: Iterable[_Found]) -> set[str]:
    return {hop.span.file for each in found for hop in each.launch.hops}


def _is_part_of_another(each: _Found, found: Sequence[_Found]) -> bool:
    """Whether the head is a later hop of another chain (a Makefile target that the image's CMD runs)."""
    head = each.launch.head.span
    if (
        each.head.kind in ("systemd", "supervisor", "circus", "rc-local")
        and head.file.endswith("sh")
        and _INSTALLS & set(words_of(head.file))
    ):
        return False  # an image may run the script, but so do hosts: what it sets up starts by itself from then on
    waits = each.head.place.args_open  # an ENTRYPOINT without CMD: somebody else gives the arguments
    for other in found:
        if other is each:
            continue
        passes = any((hop.span.file, hop.span.line) == (head.file, head.line) for hop in other.launch.hops[1:])
        same_end = other.launch.end.span == each.launch.end.span and _serve_alike(other.launch, each.launch)
        if not waits:
            borrowed = each.head.kind == "dockerfile" and (_is_aside(other) or _adds_nothing(other, each))
            if passes and same_end and not borrowed:
                return True
            continue
        deployed = other.head.kind in ("compose", "kubernetes")
        if passes and (deployed or _is_for_people(each)) and (same_end or not each.certain):
            return True
        if passes and deployed and not each.launch.target and not _is_aside(other):
            return True  # a server's command that lacks the arguments which it gets there
        if deployed and not each.certain and other.launch.end.span.file == each.launch.end.span.file:
            return True
    return False


def _only_runs_an_image(each: _Found, found: Sequence[_Found]) -> bool:
    """Whether a task or a script for people at work does nothing but run an image that starts by itself what it starts
    here."""
    return any(
        other.head.kind == "dockerfile"
        and (_adds_nothing(each, other) or other.launch.hops == each.launch.hops[-len(other.launch.hops) :])
        and _runs(each, other)
        and (other.certain or not each.certain)
        for other in found
    )


def _adds_nothing(each: _Found, image: _Found) -> bool:
    """Whether a task or a script for people at work runs ``image`` in the environment that this has by itself. With other
    arguments it may: what the image's own script starts with them is the same server with the same target."""
    ends_there = each.launch.end.span == image.launch.end.span
    return _runs(each, image) and ends_there and dict(each.launch.env) == dict(image.launch.env)


def _runs(each: _Found, image: _Found) -> bool:
    if each.head.kind not in (*_NO_DEPLOYMENT, "script", "invoke") or not _serve_alike(image.launch, each.launch):
        return False
    return image.launch.head.span in {hop.span for hop in each.launch.hops[1:]}


def _serve_alike(one: Launch, other: Launch) -> bool:
    """Whether two chains that end in one line start the same thing there: ``exec "$@"`` starts what each is given."""
    return (one.server, one.target) == (other.server, other.target)


def _is_aside(found: _Found) -> bool:
    """Whether the head is for tests or development, by its names or its environment: it borrows an image that
    production starts as well."""
    if found.head.development:
        return True
    named = purpose_of_words(
        [*words_of(found.head.span.file), *(word for name in found.head.names for word in words_of(name))]
    )
    return named is not None and named[0] is not Purpose.PRODUCTION


_INSTALLS = frozenset({"install", "installer", "setup", "provision", "bootstrap"})


def _is_for_people(each: _Found) -> bool:
    """Whether the branch that was taken is the development one."""
    named = purpose_of_words([word for hint in each.hints for word in words_of(hint)])
    return named is not None and named[0] is Purpose.DEVELOPMENT


def _embedded(builder: _Builder, facts: Facts) -> list[_Found]:
    """Deploy files that shell scripts write from heredocs (a systemd unit, a supervisor program)."""
    found: list[_Found] = []
    for script in facts.scripts.values():
        files, problems = embedded_files(script)
        builder.follower.notes.extend(problems)
        for file in files:
            for head in start_file_heads(file, facts):
                found += builder.follow(head)
    return found


def _unreferenced_scripts(builder: _Builder, facts: Facts, consumed: set[str]) -> list[_Found]:
    """Shell scripts that no chain passes through but that start a server themselves."""
    found: list[_Found] = []
    follower = builder.follower
    before = set(follower.visited)
    for path in sorted(facts.scripts):
        if path in consumed or path in follower.sourced or path in follower.visited - before:
            continue
        found += _script_chains(builder, facts.scripts[path], whole=path not in before)
    return [
        each
        for each in found
        if not any(
            other is not each and each.launch.head.span in [hop.span for hop in other.launch.hops[1:]]
            for other in found
        )
    ]


def _script_chains(builder: _Builder, script: ShellScript, *, whole: bool) -> list[_Found]:
    """The chains of a script, or (not ``whole``: other chains run it) only of its functions, which a caller may name."""
    folder = posixpath.dirname(script.path) or "."
    builder.follower.begin()
    place = Place((), cwd=".", cwd_known=False, args_open=True)
    ended = builder.follower.shell_file(script, (), place) if whole else []
    ended = ended or builder.follower.every_function(script, place)
    chains = []
    for each in ended:
        if not each.place.hops or (each.ending is not None and each.ending.missing):
            continue
        hop = each.place.hops[0]
        head = Head("script", hop.span, hop.text, Place((hop,), cwd=folder, cwd_known=False), None, names=())
        chains.append(builder._found(head, each))
    return chains


def _entry_points(builder: _Builder, facts: Facts, found: Sequence[_Found]) -> list[_Found]:
    """Console scripts that serve by themselves, where no chain passes through them. That of a
    development server counts where it serves an application of the project and no deploy file starts a better one."""
    chains: list[_Found] = []
    used = {(hop.span.file, hop.span.line) for each in found for hop in each.launch.hops}
    for path in sorted(facts.manifests):
        for entry in facts.manifests[path].entry_points:
            if (entry.span.file, entry.span.line) in used:
                continue
            text = f"{entry.name} = {entry.module}:{entry.function}"
            place = Place((Hop(entry.span, text),), cwd=posixpath.dirname(path) or ".")
            head = Head(
                "entry-point",
                entry.span,
                text,
                place,
                Command(entry.span, text, argv=(entry.name,)),
                names=(entry.name,),
            )
            chains += [each for each in builder.follow(head) if each.launch.missing == ""]
    by_people = (*_NO_DEPLOYMENT, "script", "invoke")
    served = {_program(each.launch) for each in found if each.head.kind not in by_people}
    chains = [each for each in chains if _program(each.launch) not in served]
    better = any(not each.launch.server.is_development for each in found if each.head.kind not in by_people)
    return [
        each for each in chains if not each.launch.server.is_development or (each.launch.app is not None and not better)
    ]


def _program(launch: Launch) -> tuple[str, Server, str]:
    """What makes two chains starts of one program: the file that serves, with what and which application."""
    return launch.end.span.file, launch.server, launch.target


def _wsgi_scripts(builder: _Builder, facts: Facts, found: Sequence[_Found]) -> tuple[list[_Found], list[Hop]]:
    """Scripts of mod_wsgi whose Apache configuration stands on the host alone: the project holds the ``.wsgi`` file and
    nothing that names it. One inside a package is not a launch: an installation copies it to where it is used. Those whose
    application is not seen come second, unless it is one of a library's."""
    used = {path for each in found for path in (*(hop.span.file for hop in each.launch.hops), each.launch.module_file)}
    chains: list[_Found] = []
    unseen: list[Hop] = []
    for path in sorted(facts.paths - used):
        folder = posixpath.dirname(path)
        packaged = folder != "" and f"{folder}/__init__.py" in facts.paths
        if not path.endswith(".wsgi") or packaged or is_test_place(path):
            continue
        builder.follower.begin()
        hop = Hop(Span(path, 1), posixpath.basename(path))
        place = Place((hop,), cwd=folder or ".", cwd_known=False)
        head = Head("wsgi-script", hop.span, hop.text, place, None)
        start = ServerStart(Server.MOD_WSGI, path, {"callable-object": "application"}, program="mod_wsgi")
        each = builder._found(head, Ended(place, start=mod_wsgi_start(start, {})))
        if each.launch.app is not None:
            chains.append(each)
        elif not builder.modules.is_of_a_library(path, "application"):
            unseen.append(hop)
    return chains, unseen


def _tasks(builder: _Builder, facts: Facts, found: Sequence[_Found]) -> list[_Found]:
    """Tasks of invoke and fabric that start a server and that no other chain runs."""
    used = {(hop.span.file, hop.span.line) for each in found for hop in each.launch.hops}
    chains: list[_Found] = []
    for path in sorted(facts.modules):
        module = facts.modules[path]
        if not module.imports & _TASK_RUNNERS or is_test_place(path):
            continue
        tasks = [
            stmt
            for stmt in module.body
            if isinstance(stmt, FunctionDef)
            and {decorator_name(each) for each in stmt.decorators} & {"task", "session"}
        ]
        for task in tasks:
            builder.follower.begin()
            start = Place((), cwd=posixpath.dirname(path) or ".", cwd_known=False)
            for each in builder.follower.python_file(path, (), start, function=task.name):
                hops = each.place.hops
                ends = {(hop.span.file, hop.span.line) for hop in hops}
                if not hops or ends & used or (each.ending is not None and each.ending.missing):
                    continue
                head = Head("invoke", hops[0].span, hops[0].text, start, None, names=(task.name,))
                chains.append(builder._found(head, each))
    return chains


_TASK_RUNNERS = frozenset({"invoke", "fabric", "nox"})


def _python_scripts(builder: _Builder, facts: Facts, found: Sequence[_Found]) -> list[_Found]:
    """Python programs that start a production server, or a server's command, when run, and that no chain runs."""
    used = {(hop.span.file, hop.span.line) for each in found for hop in each.launch.hops}
    chains: list[_Found] = []
    for path in sorted(facts.modules):
        if not _may_start_server(facts.modules[path].imports, path) or not starts_by_itself(builder.modules, path):
            continue
        for each in builder.follower.python_file(
            path, (), Place((), cwd=posixpath.dirname(path) or ".", cwd_known=False)
        ):
            if not each.place.hops or (each.place.hops[-1].span.file, each.place.hops[-1].span.line) in used:
                continue
            if each.start is None and (
                each.ending is None
                or each.ending.missing
                or each.ending.socketio
                or each.ending.server is None
                or each.ending.server.is_development
            ):
                continue
            hop = each.place.hops[-1]
            place = replace(each.place, hops=(hop,))
            head = Head("python-script", hop.span, hop.text, place, None, names=())
            chains.append(builder._found(head, replace(each, place=place)))
    return chains


_STARTING_IMPORTS = frozenset(
    {
        "subprocess",
        "os",
        "gunicorn",
        "waitress",
        "gevent",
        "eventlet",
        "cheroot",
        "cherrypy",
        "bjoern",
        "uvicorn",
        "hypercorn",
        "granian",
        "tornado",
        "twisted",
        "invoke",
        "fabric",
        "nox",
    }
)


def _may_start_server(imports: frozenset[str], path: str) -> bool:
    parts = path.split("/")
    if (
        any(part in ("tests", "test", "examples", "docs", "node_modules") for part in parts)
        or parts[-1].startswith("test_")
        or parts[-1] in ("setup.py", "conftest.py")
    ):
        return False
    return bool(imports & _STARTING_IMPORTS)


def _judged(
    found: Sequence[_Found], facts: Facts, production: Sequence[str], development: Sequence[str]
) -> list[Launch]:
    kept = _merged(found)
    deploy = [
        each
        for each in kept
        if each.head.kind
        in ("dockerfile", "compose", "kubernetes", "procfile", "s2i", "systemd", "supervisor", "circus")
        or each.launch.source == "platform-default"
    ]
    has_production = any(not each.launch.server.is_development for each in deploy)
    launches = []
    for each in kept:
        launch = each.launch
        overridden = each.head.overrides
        replaces = (
            overridden is not None
            and launch.server.is_development
            and any(
                other.launch.head.span == overridden.span and not other.launch.server.is_development for other in kept
            )
        )
        passed = (
            [posixpath.basename(hop.span.file) for hop in launch.hops[1:]]
            if each.head.kind in ("makefile", "justfile", "npm")
            else []
        )
        evidence = Evidence(
            file=launch.head.span.file, kind=each.head.kind, names=(*each.head.names, *passed), server=launch.server, comment=each.head.comment, header=each.head.header, hints=each.hints,
            overrides_production=replaces, has_production=has_production, has_deploy=bool(deploy),
            production_pair=_has_production_pair(launch, facts),
            development=each.head.development, production=_says_production(launch) or ("" if has_production else _debugs_nothing(launch)), reloads="reload" in launch.options and launch.options["reload"][0] in ("true", "True"),
            mounts_sources=_mounts_sources(each), built_aside=_is_built_aside(each, kept, facts), generated=_is_generated(each, deploy, facts),
        )  # fmt: skip
        purpose, reason = judge(evidence, production, development)
        if purpose is Purpose.TEST and each.awaited:
            continue  # the test looks at what the program does until it ends: it serves nobody
        launches.append(replace(launch, purpose=purpose, purpose_reason=reason))
    # A script for mod_wsgi that no file serves is the project's way into production where it shows no other.
    if any(each.is_production and each.kind not in ("wsgi-script", *_SHIPPED) for each in launches):
        launches = [each for each in launches if each.kind != "wsgi-script"]
    return sorted(launches, key=lambda each: (each.head.span.file, each.head.span.line, each.server.value, each.target))


def _mounts_sources(found: _Found) -> bool:
    """Whether a mount lies over the program or the module that ``found`` starts, where the image holds it as well."""
    place, started = found.head.place, found.launch.module_file
    if place.image is None or not started:
        return False
    over = {each.image for each in place.mounts if _holds(each.repo, started)}
    return any(each.image in over and _holds(each.repo, started) for each in place.image.mapping)


def _holds(folder: str, path: str) -> bool:
    return folder == "." or path.startswith(folder + "/")


def _is_built_aside(found: _Found, all_found: Sequence[_Found], facts: Facts) -> bool:
    """Whether development services alone build the image of ``found``, while others build another one that serves the
    same application: the project's own deployment does without this one."""
    if found.head.kind != "dockerfile" or not found.launch.dockerfile:
        return False
    builders = services_of(found.launch.dockerfile, facts)
    if not builders or not all(is_development(*each) for each in builders):
        return False
    return any(
        other.head.kind == "dockerfile"
        and other.launch.dockerfile not in (None, found.launch.dockerfile)
        and other.launch.app is not None
        and other.launch.app == found.launch.app
        and any(not is_development(*each) for each in services_of(other.launch.dockerfile or "", facts))
        for other in all_found
    )


#: Ways to start that come with a distribution, or stand in its sources: no file says that a deployment takes them.
_SHIPPED = ("entry-point", "python-script")


def _is_generated(each: _Found, deploy: Sequence[_Found], facts: Facts) -> bool:
    """Whether a generator of code for an API wrote the image's file, with the rest of its folder, and the project starts
    production from elsewhere."""
    folder = posixpath.dirname(each.launch.head.span.file)
    if each.head.kind != "dockerfile" or not any(posixpath.join(folder, name) in facts.paths for name in _GENERATED):
        return False
    outside = [other for other in deploy if not other.launch.head.span.file.startswith(f"{folder}/" if folder else "")]
    return any(not other.launch.server.is_development for other in outside)


_GENERATED = (".openapi-generator-ignore", ".openapi-generator/VERSION", ".swagger-codegen-ignore")


def _has_production_pair(launch: Launch, facts: Facts) -> bool:
    """Whether a compose file for production stands beside that of ``launch``. One that needs services of that file and
    leaves the launch's own as it is, is read on top of it: both are production's."""
    own = facts.compose.get(launch.head.span.file)
    if own is None:
        return False
    for path, file in facts.compose.items():
        if posixpath.dirname(path) != posixpath.dirname(own.path) or "prod" not in posixpath.basename(path).lower():
            continue
        named = {service.name for service in file.services}
        lacking = {name for service in file.services for name in service.needs} - named
        if launch.service in named or not lacking & {service.name for service in own.services}:
            return True
    return False


def _says_production(launch: Launch) -> str:
    """The variable by which the file that starts the server calls its environment production; "" when it sets none."""
    for name, value in launch.env.items():
        if name not in _ENVIRONMENT_NAMES or not isinstance(value, Known):
            continue
        named = purpose_of_words(words_of(value.value))
        own = any(origin.span.file == launch.head.span.file for origin in value.origin)
        if own and named is not None and named[0] is Purpose.PRODUCTION:
            return f"{name}={value.value}"
    return ""


def _debugs_nothing(launch: Launch) -> str:
    """FLASK_DEBUG=0, where the file that starts the server says so: it is not started to work on the code."""
    value = launch.env.get("FLASK_DEBUG")
    if not isinstance(value, Known) or turns_debug_on(value.value):
        return ""
    own = any(origin.span.file == launch.head.span.file for origin in value.origin)
    return f"FLASK_DEBUG={value.value}" if own else ""


_ENVIRONMENT_NAMES = ("FLASK_ENV", "APP_ENV", "FLASK_CONFIG", "APP_SETTINGS", "APP_CONFIG", "ENVIRONMENT", "ENV")


def _merged(found: Sequence[_Found]) -> list[_Found]:
    """One chain per head, server and target: the certain one, else the shortest, is kept. Where none is certain, the
    program may as well end as the others do."""
    best: dict[tuple[str, int, str, str], _Found] = {}
    reached: dict[tuple[str, int, str, str], frozenset[Span]] = {}
    for each in found:
        launch = each.launch
        key = (
            launch.head.span.file,
            launch.head.span.line,
            launch.server.value,
            launch.target if launch.resolves is not None else "",
        )
        old = best.get(key)
        if old is None or (each.certain, -len(launch.hops)) > (old.certain, -len(old.launch.hops)):
            best[key] = each
        reached[key] = reached.get(key, frozenset()) | launch.reached
    return [
        each if each.certain else replace(each, launch=replace(each.launch, reached=reached[key]))
        for key, each in best.items()
    ]
