"""What the evaluator computes with: three-valued values that remember where they come from, and the objects of the
audited program (classes, functions, applications) that a value can be.

Objects that change live in a *heap* (:mod:`flask_prodcheck.model.evaluation.heap`), a mapping of object number to
:class:`Obj`; a branch that cannot be decided is run on a fork of the heap, and the forks are joined afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from itertools import chain

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.facts.syntax import Expr, FunctionDef, Lambda
from flask_prodcheck.records import dataclass, replace

_HOPS = 8
_WAYS = 6


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A value with what it depends on.

    ``variables``: the environment variables that took part, first read first; ``absent``: those of them that nothing
    sets, so that a published default took part. ``choosers``: those of them that only chose which value it is.
    ``files``: the files that nothing in the project supplies and that would replace it. ``random``: made by a random source in this process. ``guarded``: start-up fails without it.
    ``span`` and ``expression``: the assignment that first wrote it, and its source text. ``either``: of an unknown
    value the texts, one of which it is.
    """

    value: Value[object]
    variables: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    random: bool = False
    guarded: bool = False
    span: Span | None = None
    expression: str = ""
    files: tuple[str, ...] = ()
    either: tuple[str | bytes, ...] = ()
    choosers: tuple[str, ...] = ()

    @property
    def fallback(self) -> bool:
        """Whether a default, published in the source, stands in for a variable that is not set."""
        return bool(self.absent)

    @property
    def variable(self) -> str:
        """The environment variable that decides the value ("" when none does)."""
        if self.absent:
            return self.absent[0]
        return self.variables[0] if self.variables else ""

    @property
    def made_of(self) -> tuple[str, ...]:
        """The environment variables whose text is part of the value."""
        if not self.choosers:
            return self.variables
        if self.choosers is self.variables:
            return ()
        return tuple([name for name in self.variables if name not in self.choosers])


@dataclass(frozen=True, slots=True)
class Ref:
    """A heap object. ``kind``: list, dict, instance, class, module, app, config or frame."""

    oid: int
    kind: str


@dataclass(frozen=True, slots=True)
class Seq:
    """A tuple or a set. ``kind`` is "tuple" or "set"; ``weight`` how many values are in it, those in tuples in it too."""

    kind: str
    items: tuple[Evaluated, ...]
    weight: int = 1


@dataclass(frozen=True, slots=True)
class External:
    """Something of the standard library or of a distribution, by its dotted name (builtins are "builtins.int")."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a call of something external returned: ``name`` is the callee's dotted name."""

    name: str
    args: tuple[Evaluated, ...] = ()


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the project with the scopes it closes over (heap numbers, innermost first)."""

    node: FunctionDef | Lambda
    file: str
    scopes: tuple[int, ...]
    module: int
    defaults: tuple[tuple[str, Evaluated], ...] = ()
    owner: int = 0
    flavour: str = ""  # "" | static | class | property | opaque


@dataclass(frozen=True, slots=True)
class Method:
    """A method taken from ``receiver``; ``function`` is set when the project defines it."""

    receiver: Evaluated
    name: str
    function: Function | None = None


@dataclass(frozen=True, slots=True)
class View:
    """A place in the settings that an object of a library holds: ``library`` names it, ``oid`` is the object, ``path`` the
    keys on the way."""

    library: str
    oid: int
    path: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Obj:
    """A heap object. ``open``: it may hold entries that are not in ``cells``. ``bases``: of a class its bases, of an
    instance or an app its class. ``config``: of an app the heap number of its configuration; ``bare``: of a configuration,
    that it is without Flask's defaults."""

    kind: str
    cells: Mapping[object, Evaluated] = field(default_factory=dict)
    open: bool = False
    name: str = ""
    file: str = ""
    bases: tuple[Evaluated, ...] = ()
    config: int = 0
    bare: bool = False
    span: Span | None = None
    annotations: tuple[tuple[str, Expr], ...] = ()


def known(value: object) -> Evaluated:
    """A certain value that depends on nothing."""
    return Evaluated(Known(value))


def unknown(reason: str, *parts: Evaluated) -> Evaluated:
    """A value that cannot be decided, depending on ``parts``."""
    origin = next((part.value.origin for part in parts if part.value.origin), ())
    return depending(Evaluated(Unknown(reason, origin)), *parts)


def merged(*groups: Iterable[str]) -> tuple[str, ...]:
    """The names of all groups, each once, in order."""
    return tuple(dict.fromkeys(chain.from_iterable(groups)))


def depending(result: Evaluated, *parts: Evaluated) -> Evaluated:
    """``result`` with the dependencies of ``parts`` added."""
    # Most depend on nothing, and this is asked for every value.
    parts = tuple(
        [part for part in parts if part.variables or part.absent or part.random or part.guarded or part.files]
    )
    if not parts:
        return result
    variables, choosers, absent, files = result.variables, result.choosers, result.absent, result.files
    random, guarded, made_of = result.random, result.guarded, set(result.made_of)
    for part in parts:
        variables += part.variables
        choosers += part.choosers
        absent += part.absent
        files += part.files
        random = random or part.random
        guarded = guarded or part.guarded
        made_of.update(part.made_of)
    return replace(
        result,
        variables=merged(variables),
        choosers=tuple([name for name in merged(choosers) if name not in made_of]),
        absent=merged(absent),
        files=merged(files),
        random=random,
        guarded=guarded,
    )


def selected(result: Evaluated, *choosers: Evaluated) -> Evaluated:
    """``result``, chosen by ``choosers``: their variables decide which value it is, but not what it is made of."""
    plain = [
        replace(each, random=False, guarded=False, choosers=each.variables)
        if each.random or each.guarded or each.choosers != each.variables
        else each
        for each in choosers
    ]
    return depending(result, *plain)


def traced(result: Evaluated, span: Span, text: str, expression: str = "") -> Evaluated:
    """``result`` with one more step of its way; the first step becomes its place."""
    value = result.value
    step = Origin(span, text)
    if not value.origin or value.origin[-1].span != span:
        value = replace(value, origin=(*value.origin[-_HOPS:], step))
    if result.span is not None:
        return replace(result, value=value)
    return replace(result, value=value, span=span, expression=expression or text)


def same(left: object, right: object) -> bool:
    """Whether two plain values are equal and of one type (``True`` is not ``1`` here)."""
    if type(left) is not type(right):
        return False
    if isinstance(left, Seq) and isinstance(right, Seq):
        return left.kind == right.kind and all_same(left.items, right.items)
    return bool(left == right)


def all_same(left: tuple[Evaluated, ...], right: tuple[Evaluated, ...]) -> bool:
    return len(left) == len(right) and all(agree(one, other) for one, other in zip(left, right, strict=True))


def agree(left: Evaluated, right: Evaluated) -> bool:
    """Whether two values are certainly the same value."""
    if isinstance(left.value, Known) and isinstance(right.value, Known):
        return same(left.value.value, right.value.value)
    return isinstance(left.value, Unset) and isinstance(right.value, Unset)


def join(left: Evaluated, right: Evaluated) -> Evaluated:
    """The value after two ways that may both have been taken."""
    if left == right:
        return left
    variables = merged(left.variables, right.variables)
    absent = merged(left.absent, right.absent)
    files = merged(left.files, right.files)
    guarded = left.guarded and right.guarded
    random = left.random and right.random
    made_of = {*left.made_of, *right.made_of}
    choosers = tuple(name for name in variables if name not in made_of)
    if agree(left, right):
        kept = left if left.span is not None else right
        return replace(
            kept,
            variables=variables,
            absent=absent,
            files=files,
            guarded=guarded,
            random=random,
            choosers=choosers,
        )
    origin = tuple(dict.fromkeys((*left.value.origin, *right.value.origin)))
    kept = left if left.span is not None else right
    reasons = [side.value.reason for side in (left, right) if isinstance(side.value, Unknown)]
    reason = (
        reasons[0] if len(reasons) == 2 and reasons[0] == reasons[1] else "it depends on a branch that is not decided"
    )
    ways = (_texts(left), _texts(right))
    either = tuple(dict.fromkeys((*ways[0], *ways[1]))) if all(ways) else ()
    return Evaluated(
        Unknown(reason, origin), variables, absent, random, guarded, kept.span, kept.expression, files, either[:_WAYS],
        choosers,
    )  # fmt: skip


def _texts(side: Evaluated) -> tuple[str | bytes, ...]:
    if isinstance(side.value, Known):
        return (side.value.value,) if isinstance(side.value.value, str | bytes) else ()
    return side.either


def ref_of(evaluated: Evaluated) -> Ref:
    """The heap object that ``evaluated`` is; one of no kind when it is none."""
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    return item if isinstance(item, Ref) else Ref(0, "")
