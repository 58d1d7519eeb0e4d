"""What a program does when it starts, run over values: it is imported or run, and the factory called, until it serves."""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.base import Known, Origin, Value
from flask_prodcheck.facts.types import EnvFile
from flask_prodcheck.model.configuration.start import Entry, Start
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.evaluation.evaluate import version_of
from flask_prodcheck.model.evaluation.libraries.dotenv import load_dotenv, nearest_dotenv
from flask_prodcheck.model.evaluation.machine import Machine
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError, ReachedError
from flask_prodcheck.model.evaluation.values import Evaluated, Function, Made, Method, Ref, known
from flask_prodcheck.model.project import App, Entered, Program
from flask_prodcheck.model.python.instances.kinds import FACTORY_MAKERS
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass, replace

_ATTEMPTS = 24


@dataclass(frozen=True, slots=True)
class Startup:
    """A start that was run: the machine as it is left, the heap number of the application (None: not found), and whether
    nothing was raised."""

    machine: Machine
    app: int | None
    complete: bool


def run_start(
    start: Start,
    modules: Modules,
    environment: Mapping[str, Value[str]],
    options: Mapping[str, Origin],
    read: Reader | None,
) -> Startup | None:
    """What the start comes to in this environment; variables without which it fails are taken to be set to something
    unknown. None where it fails however often it is tried."""
    required: frozenset[str] = frozenset()
    doubtful = False
    written: dict[str, EnvFile] = {}
    for _ in range(_ATTEMPTS):
        machine = Machine(
            modules,
            env=environment,
            env_closed=start.closed,
            roots=start.roots,
            flask_version=version_of(start.flask_version),
            required=required,
            main=start.main,
            read=read,
            dotenv=start.dotenv,
            layout=start.layout,
            placed=dict(start.placed),
            written=written,
            doubtful=doubtful,
            stop_at=start.stop,
            options=options,
            argv=start.program.argv if start.program is not None else None,
            command=start.command,
        )
        _load_environment_files(machine, start)
        raised: RaisedError | None = None
        found: int | None = None
        try:
            if start.entered is not None:
                found = _run_command(machine, start.entered)
            elif start.program is not None:
                found = _run_program(machine, start.program, start.app)
            if found is None:
                found = _serve(machine, start, start.entry)
        except ReachedError as reached:
            found = reached.app
        except RaisedError as failure:
            raised = failure
        if raised is not None:
            causes = (*raised.cause.files, *raised.cause.absent)
            missing = [name for name in reversed(causes) if name not in required]
            if missing:
                required = required | {missing[0]}
                continue
            if not doubtful:
                doubtful = True
                continue
        again = {path: file for path, file in machine.writes.items() if path in machine.missed}
        if again and not written:
            written = again  # the second start reads what the first one wrote
            continue
        return Startup(machine, found, raised is None)
    return None


def _load_environment_files(machine: Machine, start: Start) -> None:
    folder = start.flask_run.cwd if start.flask_run is not None else None
    for name in (".env", ".flaskenv") if folder is not None else ():
        path = nearest_dotenv(machine, folder or ".", name)
        if path in machine.modules.facts.env_files:
            load_dotenv(machine, path)


def _run_program(machine: Machine, program: Program, app: App) -> int | None:
    """Run the program that serves. None where the call that serves was not met and several applications were made."""
    module = machine.run_module(program.file)
    if program.function:
        function = _attribute(machine, module, program.function)
        if function is not None:
            machine.call(function, Arguments(text=f"{program.function}()"), Frame(program.file, _oid(module)))
    made = [oid for oid in machine.apps if oid in machine.heap]
    placed = [oid for oid in made if machine.heap[oid].file == app.span.file]
    return (placed or made)[-1] if len(placed or made) == 1 else None


def _run_command(machine: Machine, entered: Entered) -> int | None:
    """Import the module of a command function and call it as the command line does; None where it is not found."""
    module = machine.run_module(entered.file)
    function = _attribute(machine, module, entered.function)
    item = function.value.value if function is not None and isinstance(function.value, Known) else None
    if function is None or not isinstance(item, Function):
        return None
    keywords: dict[str, Evaluated] = {}
    for name, value in entered.values:
        option = f"--{name.replace('_', '-')}"
        keywords[name] = replace(known(value), variables=(option,) if option in machine.options else ())
    machine.call(function, Arguments((), keywords, open=True), Frame(entered.file, _oid(module)))
    return None


def _serve(machine: Machine, start: Start, entry: Entry) -> int | None:
    """Import the target and call it when it is a factory; the heap number of the application."""
    app = start.app
    if entry.path is None:
        return None
    module = machine.run_module(entry.path)
    frame = Frame(entry.path, _oid(module))
    served = _attribute(machine, module, entry.attribute)
    if served is None and entry.attribute != app.name:
        served = _attribute(machine, module, app.name)
    item = served.value.value if served is not None and isinstance(served.value, Known) else None
    if served is not None and isinstance(item, Function | Method) and not entry.script:
        args = tuple(machine.evaluate(arg, frame) for arg in start.factory_args)
        keywords = {
            word.name: machine.evaluate(word.value, frame) for word in start.factory_keywords if word.name is not None
        }
        served = machine.call(
            served, Arguments(args, keywords, start.program is not None, app.span, f"{app.name}()"), frame
        )
        item = served.value.value if isinstance(served.value, Known) else None
    if isinstance(item, Ref) and item.kind == "app":
        return item.oid
    if isinstance(item, Made) and item.name.replace("()", "") in FACTORY_MAKERS:
        return None  # another distribution made it: none of the applications that the project makes beside it
    here = [oid for oid in machine.apps if oid in machine.heap]
    if not here and entry.script and entry.path != app.span.file and not app.required:
        return _serve(machine, start, Entry(app.span.file, False, app.name))
    if item is not None and isinstance(item, Ref) and item.kind == "instance":
        held = [cell.value.value for cell in machine.obj(item).cells.values() if isinstance(cell.value, Known)]
        inner = [value.oid for value in held if isinstance(value, Ref) and value.kind == "app"]
        here = inner or here
    placed = [oid for oid in here if machine.heap[oid].file == app.span.file]
    return (placed or here)[-1] if len(placed or here) == 1 else None


def _attribute(machine: Machine, module: Evaluated, name: str) -> Evaluated | None:
    current = module
    try:
        for part in name.split("."):
            current = machine.attribute(current, part)
    except RaisedError as raised:
        if raised.name == "AttributeError":
            return None
        raise
    return current


def _oid(module: Evaluated) -> int:
    item = module.value.value if isinstance(module.value, Known) else None
    return item.oid if isinstance(item, Ref) else 0
