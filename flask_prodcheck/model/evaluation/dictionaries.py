"""What the dictionaries that a program writes are made of, worked out once: many runs go through the same tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask_prodcheck.base import Span
from flask_prodcheck.facts.syntax import Const, Dict, Expr
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import Evaluated, known, traced
from flask_prodcheck.records import dataclass

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

Entries = dict[int, tuple[Dict, "tuple[Entry, ...]"]]
"""The entries of each dictionary by its id, with the expression, which has to stay."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a dictionary: its expressions (``key`` is None after ``**``), and the ``text`` of both and of the value.
    ``constant``: the key, in a tuple, where it is written there; ``value`` that of both where they are."""

    key: Expr | None
    given: Expr
    span: Span
    text: str
    expression: str
    constant: tuple[object] | None
    value: Evaluated | None


def entries(machine: Machine, expr: Dict) -> Sequence[Entry]:
    """The entries of ``expr``, in order."""
    found = machine.entries.get(id(expr))
    if found is None:
        found = machine.entries[id(expr)] = expr, tuple([_entry(machine, *pair) for pair in expr.items])
    return found[1]


def _entry(machine: Machine, key: Expr | None, given: Expr) -> Entry:
    if key is None:
        return Entry(None, given, given.span, "", "", None, None)
    expression = unparse(given)
    text = f"{unparse(key)}: {expression}"
    found = machine.key_of(known(key.value)) if isinstance(key, Const) else None
    value = traced(known(given.value), given.span, text, expression) if isinstance(given, Const) and found else None
    return Entry(key, given, given.span, text, expression, found, value)
