"""Starts that no deploy file lists: scripts, console scripts, tasks and programs of the project that serve by themselves."""

from __future__ import annotations

import functools
import posixpath
from collections import Counter
from collections.abc import Sequence

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.procfile import is_found_by_name
from flask_prodcheck.facts.syntax import FunctionDef
from flask_prodcheck.facts.types import Command, ShellScript
from flask_prodcheck.model.launching.asked_words import asks_for_arguments
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.embedded import embedded_files, process_file
from flask_prodcheck.model.launching.following.service_scripts import START
from flask_prodcheck.model.launching.heads.head import Head, is_test_place
from flask_prodcheck.model.launching.heads.image_hosts import process_heads
from flask_prodcheck.model.launching.heads.processes import written_heads
from flask_prodcheck.model.launching.launches.aside import is_aside
from flask_prodcheck.model.launching.launches.builder import LaunchBuilder
from flask_prodcheck.model.launching.launches.found import NO_DEPLOYMENT, Found
from flask_prodcheck.model.launching.launches.overlaps import SERVICE, files_passed, passed
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.readmes.said import Readmes
from flask_prodcheck.model.launching.server_settings import mod_wsgi_start
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.project import Hop, Launch, Server
from flask_prodcheck.model.python.command_groups import decorator_name
from flask_prodcheck.model.python.execution.shared import starts_by_itself
from flask_prodcheck.records import replace


def written_by_scripts(builder: LaunchBuilder, facts: Facts) -> list[Found]:
    """Deploy files that shell scripts write from heredocs (a systemd unit, a supervisor program)."""
    found: list[Found] = []
    for script in facts.scripts.values():
        files, problems = embedded_files(script)
        builder.follower.budget.notes.extend(problems)
        for file in files:
            for head in written_heads(file, facts):
                found += builder.follow(head)
    return found


def placed_by_platforms(builder: LaunchBuilder, facts: Facts) -> list[Found]:
    """The same that a platform's file has written on the server."""
    found: list[Found] = []
    for path, file in sorted(facts.start_files.items()):
        for placed in file.placed:
            before = placed.span.line - 1
            try:
                services = process_file(path, placed.path, placed.text, functools.partial(int.__add__, before))
            except ReadError as failure:
                text = f"the file written here cannot be read: {failure}"
                builder.follower.budget.notes.append(Problem(path, failure.line + before, text))
                continue
            for head in written_heads(services, facts) if services is not None else ():
                found += builder.follow(head)
    return found


def unreferenced_scripts(builder: LaunchBuilder, facts: Facts, consumed: set[str]) -> list[Found]:
    """Shell scripts that no chain passes through but that start a server themselves."""
    found: list[Found] = []
    follower = builder.follower
    before = set(follower.visited)
    for path in sorted(facts.scripts):
        if path in consumed or path in follower.sourced or path in follower.visited - before:
            continue
        found += _script_chains(builder, facts.scripts[path], whole=path not in before)
    lines = Counter(span for each in found for span in passed(each))
    return [each for each in found if lines[each.launch.head.span] == (each.launch.head.span in passed(each))]


def service_scripts(builder: LaunchBuilder, facts: Facts) -> list[Found]:
    """Scripts by which the system of a host starts a service."""
    return [
        chain
        for path in sorted(facts.scripts)
        if facts.scripts[path].service and not is_test_place(path)
        for chain in _service_chains(builder, facts.scripts[path])
    ]


def _service_chains(builder: LaunchBuilder, script: ShellScript) -> list[Found]:
    builder.follower.budget.begin()
    ended = builder.follower.shell_file(script, START, Place((), cwd=".", cwd_known=False))
    return _headed(builder, script, SERVICE, ended)


def other_branches(builder: LaunchBuilder, facts: Facts, found: Sequence[Found]) -> list[Found]:
    """What scripts that decide by their argument start for another one than those which other chains give them: where these
    end in production servers alone the development server, and the other way round. Whoever may call a script in a
    container is in the project's files."""
    chains: list[Found] = []
    for path in sorted(files_passed(found) & facts.scripts.keys()):
        script = facts.scripts[path]
        if path in builder.follower.sourced or not asks_for_arguments(script.body):
            continue
        given = [each for each in found if path in {hop.span.file for hop in each.launch.hops}]
        if any(each.head.container for each in given):
            continue
        kinds = {each.launch.server.is_development for each in given}
        open_ended = _script_chains(builder, script, whole=True)
        chains += [each for each in open_ended if each.launch.server.is_development not in kinds]
    return chains


def _script_chains(builder: LaunchBuilder, script: ShellScript, *, whole: bool) -> list[Found]:
    """The chains of a script, or (not ``whole``: other chains run it) only of its functions, which a caller may name."""
    builder.follower.budget.begin()
    place = Place((), cwd=".", cwd_known=False, args_open=True)
    ended = builder.follower.shell_file(script, (), place) if whole else []
    ended = ended or builder.follower.every_function(script, place)
    return _headed(builder, script, "script", ended)


def _headed(builder: LaunchBuilder, script: ShellScript, kind: str, ended: Sequence[Ended]) -> list[Found]:
    """The chains of ``script``, each with its first command as the head."""
    folder = posixpath.dirname(script.path) or "."
    chains = []
    for each in ended:
        if not each.place.hops or each.is_missing:
            continue
        hop = each.place.hops[0]
        head = Head(kind, hop.span, hop.text, Place((hop,), cwd=folder, cwd_known=False), None, names=())
        chains.append(builder.found(head, each))
    return chains


def console_scripts(builder: LaunchBuilder, facts: Facts, found: Sequence[Found]) -> list[Found]:
    """Console scripts that serve by themselves, where no chain passes through them. That of a
    development server counts where it serves an application of the project and no deploy file starts anything else."""
    chains: list[Found] = []
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
    by_people = (*NO_DEPLOYMENT, "script", "invoke")
    served = {_program(each.launch) for each in found if each.head.kind not in by_people}
    chains = [each for each in chains if _program(each.launch) not in served]
    return [
        each for each in chains if not each.launch.server.is_development or (each.launch.app is not None and not served)
    ]


def _program(launch: Launch) -> tuple[str, Server, str]:
    """What makes two chains starts of one program: the file that serves, with what and which application."""
    return launch.end.span.file, launch.server, launch.target


def told_processes(builder: LaunchBuilder, facts: Facts, found: Sequence[Found], readmes: Readmes) -> list[Found]:
    """Processes of Procfiles of another name that no chain starts: those of a file that a README has people start."""
    used = {hop.span for each in found for hop in each.launch.hops}
    chains: list[Found] = []
    for path in sorted(facts.start_files):
        file = facts.start_files[path]
        if file.kind != "procfile" or is_found_by_name(path) or not readmes.shows_start_of(path, "procfile"):
            continue
        heads = [replace(head, kind="told-processes", platform="") for head in process_heads(file, facts)]
        chains += [each for head in heads if head.span not in used for each in builder.follow(head)]
    return chains


def wsgi_scripts(builder: LaunchBuilder, facts: Facts, found: Sequence[Found]) -> tuple[list[Found], list[Hop]]:
    """Scripts of mod_wsgi whose Apache configuration stands on the host alone: the project holds the ``.wsgi`` file and
    nothing that names it. One inside a package is not a launch: an installation copies it to where it is used. Those whose
    application is not seen come second, unless it is one of a library's."""
    used = {path for each in found for path in (*(hop.span.file for hop in each.launch.hops), each.launch.module_file)}
    chains: list[Found] = []
    unseen: list[Hop] = []
    for path in sorted(facts.paths - used):
        folder = posixpath.dirname(path)
        packaged = folder != "" and f"{folder}/__init__.py" in facts.paths
        if not path.endswith(".wsgi") or packaged or is_test_place(path):
            continue
        builder.follower.budget.begin()
        hop = Hop(Span(path, 1), posixpath.basename(path))
        place = Place((hop,), cwd=folder or ".", cwd_known=False)
        head = Head("wsgi-script", hop.span, hop.text, place, None)
        start = ServerStart(Server.MOD_WSGI, path, {"callable-object": "application"}, program="mod_wsgi")
        each = builder.found(head, Ended(place, start=mod_wsgi_start(start, {})))
        if each.launch.app is not None:
            chains.append(each)
        elif not builder.modules.is_of_a_library(path, "application"):
            unseen.append(hop)
    return chains, unseen


def task_starts(builder: LaunchBuilder, facts: Facts, found: Sequence[Found]) -> list[Found]:
    """Tasks of invoke and fabric that start a server and that no other chain runs."""
    used = {(hop.span.file, hop.span.line) for each in found for hop in each.launch.hops}
    chains: list[Found] = []
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
            builder.follower.budget.begin()
            start = Place((), cwd=posixpath.dirname(path) or ".", cwd_known=False)
            for each in builder.follower.python_file(path, (), start, function=task.name):
                hops = each.place.hops
                ends = {(hop.span.file, hop.span.line) for hop in hops}
                if not hops or ends & used or (each.ending is not None and each.ending.missing):
                    continue
                head = Head("invoke", hops[0].span, hops[0].text, start, None, names=(task.name,))
                chains.append(builder.found(head, each))
    return chains


_TASK_RUNNERS = frozenset({"invoke", "fabric", "nox"})


def python_scripts(builder: LaunchBuilder, facts: Facts, found: Sequence[Found]) -> list[Found]:
    """Python programs that start a production server, or a server's command, when run, and that no chain runs. A module
    that a deploy file has another server load is there for that one."""
    used = {(hop.span.file, hop.span.line) for each in found for hop in each.launch.hops}
    loaded = {
        each.launch.module_file
        for each in found
        if each.head.kind not in NO_DEPLOYMENT and not each.launch.server.is_development
    }
    chains: list[Found] = []
    for path in sorted(facts.modules):
        if path in loaded or is_aside(path) or not facts.modules[path].imports & _STARTING_IMPORTS:
            continue
        if not starts_by_itself(builder.modules, path):
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
            chains.append(builder.found(head, replace(each, place=place)))
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
