"""The value of an expression of the project, where it stands, without running the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import PurePosixPath

from flask_prodcheck.base import Known, Unknown, Value
from flask_prodcheck.facts.syntax import Expr
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.evaluation.machine import Machine
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import ROOT, shown_path
from flask_prodcheck.model.evaluation.running import Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, Made, Obj, Ref, unknown
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import dataclass, replace

_ATTEMPTS = 12

__all__ = [
    "Evaluated",
    "Scope",
    "below_project",
    "evaluate",
    "evaluate_all",
    "evaluate_paths",
    "plain_value",
    "version_of",
]


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands. ``path``: its file; ``names``: local names that are known (arguments, loop targets);
    ``env``: the environment of the process, with ``env_closed`` when a variable that is not in it is certainly not set;
    ``roots``: the folders on ``sys.path``, likeliest first; ``main``: whether the file is run as a script;
    ``flask_version``: as a requirement writes it."""

    modules: Modules
    path: str
    names: Mapping[str, object] = field(default_factory=dict)
    env: Mapping[str, Value[str]] = field(default_factory=dict)
    env_closed: bool = False
    roots: Sequence[str] = ()
    main: bool = False
    flask_version: str | None = None
    read: Reader | None = None


def evaluate(expr: Expr, scope: Scope) -> Evaluated:
    """The value of ``expr`` after the module that holds it was imported: :class:`Known` with a plain Python value, or
    :class:`Unknown`. A value that the program cannot compute (it raises) is Unknown and ``guarded``."""
    return evaluate_all((expr,), scope)[0]


def evaluate_all(exprs: Sequence[Expr], scope: Scope) -> list[Evaluated]:
    """:func:`evaluate` of several expressions one after the other, for which the module is imported once."""
    machine, frame = _standing(scope)
    return [_one(machine, expr, frame) for expr in exprs]


def evaluate_paths(exprs: Sequence[Expr], scope: Scope) -> list[tuple[Evaluated, str]]:
    """:func:`evaluate_all`, each with the path that it is: of one below the folder of the project all but that folder is
    known, and ``<project>`` stands for it. "" where it is no path that is known."""
    machine, frame = _standing(scope)
    found = []
    for expr in exprs:
        try:
            raw = machine.evaluate(expr, frame)
        except RaisedError as raised:
            found.append((replace(raised.cause, value=Unknown(f"it raises {raised.name}")), ""))
            continue
        value = plain_value(machine, raw)
        plain = value.value if isinstance(value, Known) else None
        path = str(plain) if isinstance(plain, str | PurePosixPath) else below_project(machine, raw)
        found.append((replace(raw, value=value), path))
    return found


def _one(machine: Machine, expr: Expr, frame: Frame) -> Evaluated:
    try:
        result = machine.evaluate(expr, frame)
    except RaisedError as raised:
        cause = raised.cause
        return replace(cause, value=Unknown(f"it raises {raised.name}", cause.value.origin), guarded=True)
    result = machine.with_elements(result)
    guarded = result.guarded or not machine.guarded_variables.isdisjoint(result.made_of)
    return replace(result, value=plain_value(machine, result), guarded=guarded)


def _standing(scope: Scope) -> tuple[Machine, Frame]:
    """A machine that has imported the module of ``scope``, and the place in it where an expression is evaluated."""
    machine, module = _imported(scope)
    item = module.value.value if isinstance(module.value, Known) else None
    oid = item.oid if isinstance(item, Ref) else machine.new(Obj("module"))
    local = machine.new(Obj("frame", {name: _local(machine, value) for name, value in scope.names.items()}))
    return machine, Frame(scope.path, oid, (local,))


def _imported(scope: Scope) -> tuple[Machine, Evaluated]:
    """The module of ``scope`` after its import; variables without which the import fails are taken to be set."""
    required: frozenset[str] = frozenset()
    for attempt in range(_ATTEMPTS):
        machine = Machine(
            scope.modules,
            env=scope.env,
            env_closed=scope.env_closed,
            roots=scope.roots,
            flask_version=version_of(scope.flask_version),
            required=required,
            main=scope.path if scope.main else None,
            read=scope.read,
            doubtful=attempt > 0 and not required,
        )
        try:
            return machine, machine.run_module(scope.path)
        except RaisedError as raised:
            missing = [name for name in reversed(raised.cause.absent) if name not in required]
            if not missing and attempt:
                break
            required = required | frozenset(missing[:1])
    return machine, unknown("the module cannot be imported")


def _local(machine: Machine, value: object) -> Evaluated:
    if isinstance(value, Evaluated):
        return value
    return Evaluated(value) if isinstance(value, Known | Unknown) else machine.wrap(value)


def plain_value(machine: Machine, evaluated: Evaluated) -> Value[object]:
    """The value as Python has it. What is no plain value, or names the folder of the project, is Unknown."""
    value = evaluated.value
    if not isinstance(value, Known):
        return value
    try:
        plain = machine.plain(evaluated)
    except NotPlainError:
        item = value.value
        if isinstance(item, Made):
            return Unknown(f"{item.name} gives it", value.origin)
        return Unknown("it is an object that is not known whole", value.origin)
    shown = below_project(machine, evaluated)
    if shown:
        return Unknown(f"it depends on the folder of the project: {shown[:120]}", value.origin)
    return Known(plain, value.origin)


def below_project(machine: Machine, evaluated: Evaluated) -> str:
    """A value that is known but for the folder of the project (or of its user), with ``<project>`` (``~``) in its place;
    "" for any other."""
    try:
        plain = machine.plain(evaluated)
    except NotPlainError:
        return ""
    return shown_path(str(plain)) if ROOT[1] in _texts(plain) else ""


def _texts(value: object) -> str:
    if isinstance(value, str | bytes | int | float | bool) or value is None:
        return value if isinstance(value, str) else ""
    return repr(value).replace("\\ufdd0", ROOT[1])


_DIGITS = frozenset("0123456789")


def version_of(requirement: str | None) -> tuple[int, ...]:
    """The first version that a requirement names, as numbers; Flask's present one when it names none."""
    digits = ""
    for char in requirement or "":
        if char in _DIGITS or (char == "." and digits):
            digits += char
        elif digits:
            break
    numbers = tuple(int(part[:6]) for part in digits.split(".")[:3] if part)
    if not numbers:
        return (3, 1)
    operator = (requirement or "").lstrip()[:2]
    if operator[:1] in (">", "<", "!") and numbers < (3, 1) and operator not in ("<=", "<"):
        return numbers if operator[:1] == "<" else (3, 1)  # a lower bound is satisfied by the present version
    return numbers
