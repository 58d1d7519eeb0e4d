"""argparse: what a command line gives a program, and the defaults that it declares.

Source: https://docs.python.org/3/library/argparse.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.facts.syntax import Const
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import Evaluated, Obj, Ref, known, traced, unknown
from flask_prodcheck.model.python.argparse_options import MISSING, Option, declared_arguments, has_subparsers
from flask_prodcheck.model.python.programs.undecided import OPEN

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine


def parse_args(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``parser.parse_args()``: an object with the arguments that the file declares, and maybe others."""
    words = _words(machine, args)
    cells: dict[object, Evaluated] = {}
    if words is not None:
        options = declared_arguments(machine.modules, frame.file)
        nested = has_subparsers(machine.modules, frame.file)
        for name, option in options.items():
            if option.switches or not nested:
                cells[name] = _value(machine, option, words, frame)
    return known(Ref(machine.new(Obj("instance", cells, open=True)), "instance"))


def parse_known_args(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``parser.parse_known_args()``: the arguments, and the words that are left."""
    return machine.sequence([parse_args(machine, args, frame), unknown("the words that are left")], "tuple")


def _words(machine: Machine, args: Arguments) -> tuple[str, ...] | None:
    """The words that are parsed; None where they are not known."""
    if args.open or args.keywords or len(args.positional) > 1:
        return None
    if not args.positional:
        return tuple(machine.argv) if machine.argv is not None else None
    parts = machine.elements(args.positional[0])
    keys = [machine.key_of(part) for part in parts] if parts is not None else [None]
    return tuple(str(key[0]) for key in keys if key is not None) if None not in keys else None


def _value(machine: Machine, option: Option, words: tuple[str, ...], frame: Frame) -> Evaluated:
    found, word = option.given(words, declared_arguments(machine.modules, frame.file))
    if found is OPEN:
        return unknown("what the command line gives is not known")
    if found is not MISSING:
        given = from_command_line(machine, word.partition("=")[0], found)
        return _converted(machine, option, given, frame) if isinstance(found, str) else given
    default = option.keyword("default")
    if default is None:
        needed = not option.switches or option.keyword("required") is not None
        value = unknown("the command line does not give it") if needed else known(option.unset)
    else:
        value = machine.evaluate(default, frame)
        if isinstance(default, Const) and isinstance(default.value, str):
            value = _converted(machine, option, value, frame)
    return traced(value, option.call.span, unparse(option.call)) if option.call is not None else value


def from_command_line(machine: Machine, word: str, value: object) -> Evaluated:
    """``value``, which the command line gives with the option ``word`` ("" or another: without one)."""
    place = machine.options.get(word) or machine.options.get("")
    return Evaluated(Known(value, (place,) if place is not None else ()), (word,) if word in machine.options else ())


def _converted(machine: Machine, option: Option, value: Evaluated, frame: Frame) -> Evaluated:
    kind = option.keyword("type")
    if kind is None:
        return value
    return machine.call(machine.evaluate(kind, frame), Arguments((value,), span=kind.span, text=unparse(kind)), frame)
