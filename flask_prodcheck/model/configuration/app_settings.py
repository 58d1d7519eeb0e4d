"""The settings that an application is left with after its start, each with the place that decides it."""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.model.configuration.image_files import is_copied, is_kept_out
from flask_prodcheck.model.configuration.start import FlaskRun, Start
from flask_prodcheck.model.configuration.startup import Startup
from flask_prodcheck.model.evaluation.applications.debug import debug_flag
from flask_prodcheck.model.evaluation.evaluate import below_project, plain_value
from flask_prodcheck.model.evaluation.machine import Machine
from flask_prodcheck.model.evaluation.values import Evaluated, Obj, Ref, known
from flask_prodcheck.model.project import Setting, is_literal
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_DEFAULT = regex(r"\$\{([A-Za-z_][A-Za-z0-9_]*):?[-=][^}]")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings by key; ``complete`` and ``absent_env`` as in :class:`~flask_prodcheck.model.project.Configuration`."""

    settings: Mapping[str, Setting]
    complete: bool
    absent_env: str


def settings_of(startup: Startup, start: Start) -> Settings | None:
    """What ``app.config`` holds after ``startup``; None where it is not known which application is served."""
    machine, oid = startup.machine, startup.app
    if oid is None:
        left = [candidate for candidate in machine.apps if candidate in machine.heap]
        if startup.complete or len(left) != 1:
            return None
        oid = left[0]
    config = machine.heap.get(machine.heap[oid].config) or Obj("config", open=True)
    cells = dict(config.cells)
    if start.flask_run is not None:
        cells["DEBUG"] = _flask_run_debug(machine, start.flask_run)
    settings: dict[str, Setting] = {}
    for key, cell in cells.items():
        if isinstance(key, str) and key.isupper():
            settings[key] = _setting(machine, key, cell)
    complete = startup.complete and not config.open and not machine.exhausted
    return Settings(settings, complete, _absent_env(machine, start))


def _absent_env(machine: Machine, start: Start) -> str:
    """The ``.env`` file that the program loaded in vain and that may stand beside it where it runs: on a machine, or in an
    image that would copy it."""
    ignored = machine.modules.facts.dockerignore
    return next(
        (
            path
            for path in sorted(machine.missed - machine.writes.keys() if start.supplied else ())
            if not start.in_image or (is_copied(path, start.layout) and not is_kept_out(path, ignored))
        ),
        "",
    )


def _flask_run_debug(machine: Machine, flask_run: FlaskRun) -> Evaluated:
    """``flask run`` writes ``app.debug`` after loading the application."""
    refused = flask_run.no_debug
    if refused is not None:
        return Evaluated(Known(False, (Origin(refused[1], "--no-debug"),)), span=refused[1], expression="--no-debug")
    option = flask_run.debug
    if option is not None:
        origin = (Origin(option[1], "--debug"),)
        return Evaluated(
            Known(option[0].lower() not in ("false", "0", "no"), origin), span=option[1], expression="--debug"
        )
    found = debug_flag(machine)
    if found is not None:
        return replace(found, expression="FLASK_DEBUG")
    return known(False)


def _setting(machine: Machine, key: str, cell: Evaluated) -> Setting:
    cell = machine.with_elements(cell)
    value: Value[object] = plain_value(machine, cell)
    if machine.exhausted:
        value = Unknown("the program is too large to follow", value.origin)
    elif isinstance(cell.value, Unset):
        value = Unset(cell.value.origin)
    # A variable that is refused when it is missing only selects a constant: it does not protect it.
    names = () if is_literal(cell.expression) and not cell.absent else cell.variables
    guarded = (
        cell.guarded
        or key in machine.guarded_keys
        or any(name in machine.guarded_variables or name in machine.required for name in names)
    )
    deployed = _deployed(machine, cell)
    return Setting(
        key,
        value,
        span=cell.span,
        fallback=cell.fallback,
        variable=_option(machine, cell) or cell.variable,
        guarded=guarded,
        random=cell.random,
        expression=cell.expression,
        file=cell.files[0] if cell.files else "",
        expected=bool(cell.files) and cell.files[0] in machine.expected,
        installed_as=next(
            (place for place, origin in machine.placed.items() if cell.span and origin == cell.span.file), ""
        ),
        chosen_at=_chosen_at(machine, cell),
        either=cell.either if isinstance(value, Unknown) else (),
        in_project=below_project(machine, cell),
        deployed_at=deployed.span if deployed is not None else None,
        deploy_default=_default_of(machine, cell, deployed) if deployed is not None else "",
    )


def _chosen_at(machine: Machine, cell: Evaluated) -> Span | None:
    """Where the variable was read that selects a constant."""
    if not cell.absent or not is_literal(cell.expression):
        return None
    places = {**machine.read_at, **machine.selected_at}
    return next((places[name] for name in cell.absent if name in places), None)


def _deployed(machine: Machine, cell: Evaluated) -> Origin | None:
    """The line of the deploy files that sets the variable which the value is made of."""
    if cell.absent or not cell.variables or not isinstance(cell.value, Known):
        return None
    given = machine.env.get(cell.variable)
    if isinstance(given, Known):
        return given.origin[-1] if given.origin else None
    option = _option(machine, cell)
    if option:
        return machine.options[option]
    loaded = machine.obj(Ref(machine.environ, "environ")).cells.get(cell.variable)
    value = loaded.value if loaded is not None else cell.value  # or the program read the file itself
    step = value.origin[0] if value.origin else None
    own = (*machine.modules.facts.env_files.values(), *machine.written.values())
    places = {(variable.span.file, variable.span.line) for file in own for variable in file.variables}
    return step if step is not None and (step.span.file, step.span.line) in places else None


def _option(machine: Machine, cell: Evaluated) -> str:
    """The option of the command line that decides the value, "" when none does."""
    return next((name for name in cell.variables if name in machine.options), "")


def _default_of(machine: Machine, cell: Evaluated, step: Origin) -> str:
    """The variable whose default a deploy file writes (``KEY=${NAME:-default}``), or that the program itself writes
    into its ``.env`` where that is missing; "" for a constant."""
    if any(variable.span == step.span for file in machine.written.values() for variable in file.variables):
        return cell.variable
    found = _DEFAULT.search(step.text)
    return found[1] if found else ""
