"""Starts of which the project does not show what they start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import (
    ComposeService,
    ShellCase,
    ShellCommand,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
)
from flask_prodcheck.model.launching.base_images import OFFICIAL_IMAGES, is_plain_base
from flask_prodcheck.model.launching.built_images import built_as, dockerfile_of
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.commands.web_servers import APACHE, UNIT
from flask_prodcheck.model.launching.commands.windows_shells import WINDOWS_SHELLS
from flask_prodcheck.model.launching.following.apache import installs_mod_wsgi
from flask_prodcheck.model.launching.following.python_programs import module_file, script_file
from flask_prodcheck.model.launching.following.windows_scripts import starts_of_text
from flask_prodcheck.model.launching.heads.decided import decided, serve_alike
from flask_prodcheck.model.launching.heads.head import Head, is_for_work, is_test_place
from flask_prodcheck.model.launching.images import build_image, effective_start, is_without_code
from flask_prodcheck.model.launching.service_scripts import (
    S6_INIT,
    init_of_base,
    scripts_of_s6,
    scripts_of_services,
    service_starts,
)
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.launching.steps import ConsoleRun, PythonRun, ScriptRun, ShellRun, Step, TaskRun
from flask_prodcheck.model.project import Hop
from flask_prodcheck.model.python.modules import Modules


def starts_something_unseen(head: Head, facts: Facts) -> bool:
    """Whether a container command runs a program that is not in the project and not known to serve nothing, or a process
    manager of whose processes nothing is in the project."""
    return any(_is_unseen(step, head, facts) for step in _steps_of(head))


def runs_one_of_several(head: Head, facts: Facts) -> bool:
    """Whether a service or a pod hands words to an image that several Dockerfiles of the project make under its name: what
    starts is what the right one does with them."""
    image = head.place.image
    aside = is_for_work(head.span.file) or is_test_place(head.span.file)
    if head.kind not in ("compose", "kubernetes") or aside or image is None or image.dockerfile:
        return False
    builds = built_as(image.base, facts)
    return bool(builds) and dockerfile_of(builds) is None and starts_something_unseen(head, facts)


def runs_python_unseen(head: Head, facts: Facts, modules: Modules) -> bool:
    """Whether a container that holds code of the project stays with a Python program which the project does not hold: a
    module that is installed, or a file that a variable names."""
    image = head.place.image
    if image is None or is_without_code(image, facts):
        return False
    return any(
        isinstance(step, PythonRun) and step.code is None and _is_program_unseen(step, head, facts, modules)
        for step in _steps_of(head)
    )


def _is_program_unseen(run: PythonRun, head: Head, facts: Facts, modules: Modules) -> bool:
    if run.script is not None:
        return script_file(run.script, head.place, facts) is None
    module = (run.module or "").replace("/", ".")
    package = module.partition(".")[0]
    held = any(package in (part, part.removesuffix(".py")) for path in facts.paths for part in path.split("/"))
    return not held and module_file(module, head.place, facts, modules) is None


_MAX_SHELLS = 8  # one in the other


def _steps_of(head: Head) -> Iterator[Step]:
    """What a container stays with: what its shell only prepares with before says nothing."""
    if head.command is not None:
        if head.command.argv is not None:
            yield from _steps(head.command.argv, head)
        else:
            yield from _steps_of_shell(head.command.shell or "", head)


def _steps(argv: Sequence[str], head: Head, shells: int = 0) -> Iterator[Step]:
    step = read_command(argv).step
    if not isinstance(step, ShellRun):
        yield step
    elif shells >= _MAX_SHELLS:
        return
    elif step.shell in WINDOWS_SHELLS:
        for start in starts_of_text(step, head.span)[-1:]:
            yield from _steps(start.command.argv or () if start.command is not None else (), head, shells + 1)
    else:
        yield from _steps_of_shell(step.text, head, shells)


def _steps_of_shell(text: str, head: Head, shells: int = 0) -> Iterator[Step]:
    if text.startswith("[") and text.endswith("]"):
        return  # meant as an exec form: no program has that name
    try:
        statements = parse_command_line(text, head.span)
    except ReadError:
        return
    expander = Expander(head.place)
    for command in _lasting(statements):
        yield from _steps([each for word in command.words for each in expander.texts(word)], head, shells + 1)


def _is_unseen(step: Step, head: Head, facts: Facts) -> bool:
    if isinstance(step, TaskRun) and step.runner == "runit":
        return not scripts_of_services(step.file or "", head.place.mapping, facts)
    if isinstance(step, TaskRun) and step.runner == UNIT:
        return True  # its configuration comes from elsewhere, or cannot be read
    if isinstance(step, TaskRun) and step.runner == APACHE:
        image = head.place.image
        return image is not None and installs_mod_wsgi(image)
    if isinstance(step, TaskRun) and step.runner in ("supervisor", "circus"):
        return all(file.kind != step.runner for file in facts.start_files.values())
    if isinstance(step, ScriptRun) and step.path == S6_INIT and scripts_of_s6(head.place.mapping, facts):
        return False
    return isinstance(step, (ScriptRun, ConsoleRun))


def _lasting(statements: Sequence[ShellStmt]) -> Iterator[ShellCommand]:
    """The simple commands with which a shell that runs ``statements`` may end, and those in its background."""
    for each in statements:
        if each is not statements[-1] and not getattr(each, "background", False):
            continue
        if isinstance(each, ShellCommand):
            yield each
        elif isinstance(each, ShellList):
            for items in (each.items[-1:],) if each.op == "&&" else ((item,) for item in each.items):
                yield from _lasting(items)
        elif isinstance(each, ShellIf):
            for body in (*(body for _, body in each.branches), each.orelse):
                yield from _lasting(body)
        elif isinstance(each, ShellCase):
            for _, body in each.arms:
                yield from _lasting(body)
        elif isinstance(each, (ShellLoop, ShellGroup)):
            yield from _lasting(each.body)


def imageless_starts(facts: Facts) -> list[Hop]:
    """Dockerfiles that start nothing themselves on top of a base image that is no plain Python or system image."""
    found = []
    for path in sorted(facts.dockerfiles):
        stages = facts.dockerfiles[path].stages
        if (
            stages
            and not is_for_work(path)
            and effective_start(image := build_image(facts.dockerfiles[path], facts)) is None
            and not any(service_starts(image))
            and init_of_base(image, facts) is None
            and not is_plain_base(image.base)
        ):
            found.append(Hop(stages[-1].span, f"FROM {stages[-1].base}"))
    return found


def undecided_starts(facts: Facts) -> list[Hop]:
    """Starts that a file declares in a language of expressions: a resource, or a command that a template decides."""
    found: dict[Span, Hop] = {}
    for path in sorted(facts.start_files):
        starts = facts.start_files[path].starts
        kept = {start.span for start in decided(starts)}
        for start in starts:
            if start.role == "unknown" or start.span not in kept:
                found.setdefault(start.span, Hop(start.span, start.name))
    for path in sorted(facts.compose):
        for service in facts.compose[path].services:
            hop = _undecided(service, own_image=bool(facts.dockerfiles))
            if hop is not None:
                found.setdefault(hop.span, hop)
    return list(found.values())


def _undecided(service: ComposeService, *, own_image: bool) -> Hop | None:
    """Where a template decides what ``service`` starts: its command, or its image where it has none. That is the project's
    ``own_image`` where it builds one."""
    if service.choices and not serve_alike(service.choices):
        return Hop(service.choices[0].span, service.choices[0].text)
    command = service.command or service.entrypoint
    if command is not None and command.argv and _decides(command.argv):
        return Hop(command.span, command.text)
    name = (service.image or "").rpartition("/")[2].partition(":")[0]
    if command is None and not own_image and "{{" in (service.image or "") and name not in OFFICIAL_IMAGES:
        return Hop(service.span, f"image: {service.image}")
    return None


def _decides(argv: Sequence[str]) -> bool:
    """Whether a template names the program, or what a program runs that runs any."""
    step = read_command(argv).step
    named = [step.script, step.module] if isinstance(step, PythonRun) else [argv[0]]
    return any("{{" in (each or "") for each in named)
