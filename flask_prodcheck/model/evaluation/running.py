"""What a run is made of: where code stands, what a call is given, how a block ends, and what stops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from flask_prodcheck.base import Known, Span
from flask_prodcheck.model.evaluation.heap import Heap
from flask_prodcheck.model.evaluation.values import Evaluated, agree, join, known, merged
from flask_prodcheck.records import dataclass

NONE = known(None)
_NOWHERE = Span("", 1)
STEPS = 200_000
DEPTH = 110
ITEMS = 300


class RaisedError(Exception):
    """An exception of the audited program: ``name`` is its class, ``cause`` what made it happen, ``deliberate`` when a
    ``raise``, an ``assert`` or an exit says so (else an operation failed, as far as the evaluator knows)."""

    def __init__(self, name: str, cause: Evaluated, *, deliberate: bool = False) -> None:
        super().__init__(name)
        self.name = name
        self.cause = cause
        self.deliberate = deliberate


class ReachedError(Exception):
    """The call was made at which the run was to stop: ``app`` is the heap number of the application that it serves."""

    def __init__(self, app: int) -> None:
        super().__init__(app)
        self.app = app


@dataclass(frozen=True, slots=True)
class Super:
    """``super()`` in a method of the class ``owner``."""

    owner: int
    instance: Evaluated


@dataclass(slots=True)
class Frame:
    """Where code runs: its file, the module it belongs to and its scopes, innermost first."""

    file: str
    module: int
    scopes: tuple[int, ...] = ()
    outer: set[str] = field(default_factory=set)
    owner: int = 0
    receiver: Evaluated | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of a call; ``open`` when some could not be told (``*unknown``)."""

    positional: tuple[Evaluated, ...] = ()
    keywords: Mapping[str, Evaluated] = field(default_factory=dict)
    open: bool = False
    span: Span = _NOWHERE
    text: str = ""

    def get(self, index: int, *names: str) -> Evaluated | None:
        """The argument at ``index`` or under one of ``names``."""
        if 0 <= index < len(self.positional):
            return self.positional[index]
        return next((self.keywords[name] for name in names if name in self.keywords), None)

    @property
    def all(self) -> tuple[Evaluated, ...]:
        return (*self.positional, *self.keywords.values())


@dataclass(frozen=True, slots=True)
class End:
    """One way a block ends: the heap then, and the value returned or what caused the exception."""

    heap: Heap
    value: Evaluated = NONE
    name: str = ""
    deliberate: bool = False


Ends = dict[str, End]


def merge_ends(one: End | None, other: End) -> End:
    """One way of ending after two that may each have been taken."""
    if one is None:
        return other
    name = one.name if one.name == other.name else "?"
    if one.name or other.name:
        value = Evaluated(
            Known(None),
            merged(one.value.variables, other.value.variables),
            merged(one.value.absent, other.value.absent),
            files=merged(one.value.files, other.value.files),
        )
    else:
        value = (
            one.value if agree(one.value, other.value) and one.value == other.value else join(one.value, other.value)
        )
    return End(one.heap.joined(other.heap), value, name, one.deliberate or other.deliberate)
