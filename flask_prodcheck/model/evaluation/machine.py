"""An abstract interpreter for the part of Python that configures applications.

It runs the statements of project modules in the order in which an import would run them, over values that may be
unknown. A branch that cannot be decided is run both ways and the results are joined. The project is never imported: what
is outside of it is modelled in :mod:`~flask_prodcheck.model.evaluation.libraries` or unknown.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.facts.types import EnvFile
from flask_prodcheck.model.evaluation import calls, classes, containers, expressions, importing, statements
from flask_prodcheck.model.evaluation.data_files import Reader
from flask_prodcheck.model.evaluation.dictionaries import Entries
from flask_prodcheck.model.evaluation.heap import Heap
from flask_prodcheck.model.evaluation.libraries.external import TRUE_OBJECTS
from flask_prodcheck.model.evaluation.libraries.views import view_truth
from flask_prodcheck.model.evaluation.operations import LENGTH, NotPlainError, is_too_large
from flask_prodcheck.model.evaluation.running import ITEMS, STEPS, Frame, Super
from flask_prodcheck.model.evaluation.unparse import Texts
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Method,
    Obj,
    Ref,
    Seq,
    View,
    depending,
    known,
    unknown,
)
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.records import replace

_BUILTINS = frozenset(dir(builtins))
_LARGE = 100  # an object with fewer values is copied in next to no time


def _texts_of(modules: Modules) -> Texts:
    """The one table of texts of ``modules``: many runs go through the same statements."""
    found = modules.memo.setdefault("texts", {})
    return found if isinstance(found, dict) else {}


def _entries_of(modules: Modules) -> Entries:
    """The one table of what the dictionaries of ``modules`` are made of."""
    found = modules.memo.setdefault("entries", {})
    return found if isinstance(found, dict) else {}


class Machine:
    """The state of one run. ``env`` is the environment of the process, ``required`` the variables that are taken to be
    set to something unknown, because start-up was seen to fail without them. ``main``: the file run as a script.
    ``dotenv``: the ``.env`` files that the process can see (None: all). ``layout`` says which project path stands at
    which path of the image, ``placed`` which project file stands in the place of another, ``written``
    the environment files that an earlier start wrote. ``doubtful``: an operation that fails is taken
    for something the evaluator does not know, also where a handler waits for it. ``stop_at``: the call that serves, at
    which the run is over. ``options``: what the command line gives, as the pseudo-variables ``--name``, with its place.
    ``argv``: the words after the program's name (None: not known), ``command`` that of the server which imports the
    application ("" = not known)."""

    # What it does, one concept a module; a function there is a method here.
    dotted_name = importing.dotted_name
    run_module = importing.run_module
    locate = importing.locate
    module_attribute = importing.module_attribute
    mro = classes.mro
    find = classes.find
    dataclass_fields = classes.dataclass_fields
    attribute = classes.attribute
    bound_to = classes.bound_to
    instantiate = classes.instantiate
    evaluate = expressions.evaluate
    plain_result = expressions.plain_result
    operate = expressions.operate
    compare_pair = expressions.compare_pair
    mapping = containers.mapping
    key_of = containers.key_of
    contains = containers.contains
    subscript = containers.subscript
    note_selection = containers.note_selection
    note_alternatives = containers.note_alternatives
    update_mapping = containers.update_mapping
    arguments = calls.arguments
    call_expression = calls.call_expression
    call = calls.call
    call_function = calls.call_function
    block = statements.block
    controlled = statements.controlled
    assign = statements.assign
    set_attribute = statements.set_attribute
    set_item = statements.set_item

    def __init__(
        self,
        modules: Modules,
        *,
        env: Mapping[str, Value[str]],
        env_closed: bool = False,
        roots: Sequence[str] = (),
        flask_version: tuple[int, ...] = (3, 1),
        required: frozenset[str] = frozenset(),
        main: str | None = None,
        read: Reader | None = None,
        dotenv: frozenset[str] | None = None,
        layout: Sequence[tuple[str, str]] = (),
        placed: Mapping[str, str] | None = None,
        written: Mapping[str, EnvFile] | None = None,
        doubtful: bool = False,
        stop_at: Span | None = None,
        options: Mapping[str, Origin] | None = None,
        argv: Sequence[str] | None = None,
        command: str = "",
    ) -> None:
        self.modules = modules
        self.texts = _texts_of(modules)
        self.entries = _entries_of(modules)
        self.env = env
        self.env_closed = env_closed
        self.roots = tuple(roots)
        self.flask_version = flask_version
        self.required = required
        self.main = main
        self.read = read
        self.dotenv = dotenv
        self.layout = tuple(layout)
        self.placed = dict(placed or {})
        self.written = dict(written or {})
        self.writes: dict[str, EnvFile] = {}  # environment files that this start writes
        self.missed: set[str] = set()  # environment files that it looked for in vain
        self.doubtful = doubtful
        self.stop_at = stop_at
        self.options: Mapping[str, Origin] = options if options is not None else {}
        self.argv = argv
        self.command = command
        self.heap = Heap()
        self.imported: dict[str, int] = {}
        self.apps: list[int] = []
        self.control: list[Evaluated] = []
        self.guarded_variables: set[str] = set()
        self.guarded_keys: set[str] = set()
        self.keys_read: list[str] = []
        self.alternatives: dict[int, tuple[Ref, ...]] = {}
        self.prefixes: list[str] = []  # of the variables that environs reads in a ``with env.prefixed()`` block
        self.selectors: dict[str, str] = {}  # variable that is not set -> the value that selects production
        self.read_at: dict[str, Span] = {}  # variable that is not set -> where its default was taken last
        self.selected_at: dict[str, Span] = {}  # variable that is not set -> where its default chose between settings
        self.expected: set[str] = set()  # files that the project lacks and that production may well have
        self.stores: dict[str, int] = {}  # what libraries keep for the whole program, as heap objects
        self.searched: str | None = None  # the folder in which decouple's own object began to look for its file
        self.uncertain = 0
        self.steps = 0
        self.handlers = 0
        self.depth = 0
        self.exhausted = False
        self.open_environment = False
        self.active: dict[int, int] = {}  # function (by its node) -> how many times it is being run
        self._next = 0
        self.environ = self.new(Obj("environ"))

    def new(self, obj: Obj) -> int:
        self._next += 1
        self.heap[self._next] = obj
        return self._next

    def make(self, kind: str, cells: Mapping[object, Evaluated], *, opened: bool = False) -> Evaluated:
        return known(Ref(self.new(Obj(kind, cells, opened)), kind))

    def obj(self, ref: Ref) -> Obj:
        return self.heap.get(ref.oid) or Obj(ref.kind, open=True)

    def write(self, oid: int, key: object, value: Evaluated) -> None:
        obj = self.heap.get(oid)
        if obj is not None:
            if len(obj.cells) > _LARGE:
                self.goes_through(len(obj.cells) // 10)
            self.heap[oid] = replace(obj, cells={**obj.cells, key: value})

    def extend(self, oid: int, parts: Sequence[Evaluated]) -> bool:
        """Whether ``parts`` were put behind what the list holds: not where it is too long then."""
        cells = self.heap[oid].cells
        if len(cells) + len(parts) > LENGTH:
            return False
        grown: dict[object, Evaluated] = {len(cells) + index: part for index, part in enumerate(parts)}
        self.goes_through(len(cells) + len(parts))
        self.heap[oid] = replace(self.heap[oid], cells={**cells, **grown})
        return True

    def erase(self, oid: int, key: object) -> None:
        obj = self.heap.get(oid)
        if obj is not None and key in obj.cells:
            self.heap[oid] = replace(obj, cells={name: cell for name, cell in obj.cells.items() if name != key})

    def loosen(self, oid: int, reason: str, span: Span | None = None) -> None:
        """The object may have been changed in a way that cannot be followed: nothing in it is certain any more."""
        obj = self.heap.get(oid)
        if obj is None:
            return
        self.goes_through(10 * len(obj.cells))
        cells: dict[object, Evaluated] = {
            key: replace(cell, value=Unknown(reason, cell.value.origin)) for key, cell in obj.cells.items()
        }
        self.heap[oid] = replace(obj, cells=cells, open=True)

    def widen(self, oid: int) -> None:
        """The object may hold more entries than are known; those known stay."""
        obj = self.heap.get(oid)
        if obj is not None and not obj.open:
            self.heap[oid] = replace(obj, open=True)

    def sequence(self, items: Sequence[Evaluated], kind: str = "list") -> Evaluated:
        if len(items) > LENGTH:
            return unknown("it is too long")
        self.goes_through(len(items))
        if kind == "list":
            return self.make("list", dict(enumerate(items)))
        # A tuple of twice the one before is compared twice as long.
        weight = len(items) + sum([_weight(item) for item in items])
        return known(Seq(kind, tuple(items), weight)) if weight <= LENGTH else unknown("it is too long")

    def wrap(self, value: object, depth: int = 0) -> Evaluated:
        """A Python value as a value of the model."""
        if depth > 20:
            return unknown("it is nested too deeply")
        if isinstance(value, dict | list | tuple | set | frozenset) and not self.goes_through(8 * len(value)):
            return unknown("the program is too large to follow")
        if isinstance(value, dict):
            cells: dict[object, Evaluated] = {key: self.wrap(item, depth + 1) for key, item in value.items()}
            return self.make("dict", cells)
        if isinstance(value, list):
            return self.sequence([self.wrap(item, depth + 1) for item in value])
        if isinstance(value, tuple):
            return self.sequence([self.wrap(item, depth + 1) for item in value], "tuple")
        if isinstance(value, set | frozenset):
            return self.sequence([self.wrap(item, depth + 1) for item in sorted(value, key=repr)], "set")
        return known(value) if not is_too_large(value) else unknown("it is too long")

    def goes_through(self, count: int) -> bool:
        """Whether the run may go through ``count`` values of a container more: ten are a step."""
        self.steps += -(-count // 10)
        return self.steps <= STEPS

    def plain(self, evaluated: Evaluated, depth: int = 0) -> object:
        """The Python value. Raises :class:`NotPlainError` when it is not known whole."""
        value = evaluated.value
        if not isinstance(value, Known) or depth > 20:
            raise NotPlainError
        item = value.value
        if isinstance(item, Ref):
            obj = self.obj(item)
            if (
                obj.open
                or item.kind not in ("list", "dict")
                or any(isinstance(c.value, Unset) for c in obj.cells.values())
            ):
                raise NotPlainError
            if not self.goes_through(len(obj.cells)):
                raise NotPlainError
            if item.kind == "list":
                return [self.plain(cell, depth + 1) for cell in obj.cells.values()]
            return {key: self.plain(cell, depth + 1) for key, cell in obj.cells.items()}
        if isinstance(item, Seq):
            if not self.goes_through(len(item.items)):
                raise NotPlainError
            parts = [self.plain(part, depth + 1) for part in item.items]
            try:
                return tuple(parts) if item.kind == "tuple" else set(parts)
            except TypeError:
                raise NotPlainError from None
        if isinstance(item, External | Made | Function | Method | Super | View):
            raise NotPlainError
        if isinstance(item, range) and item[LENGTH : LENGTH + 1]:
            raise NotPlainError
        if isinstance(item, str | bytes) and not self.goes_through(len(item) // 100):
            raise NotPlainError  # one text may be in a list many times
        return item

    def with_elements(self, evaluated: Evaluated, depth: int = 0) -> Evaluated:
        """``evaluated`` depending also on what its elements depend on."""
        item = evaluated.value.value if isinstance(evaluated.value, Known) else None
        inner: tuple[Evaluated, ...] = ()
        if isinstance(item, Seq):
            inner = item.items
        elif isinstance(item, Ref) and item.kind in ("list", "dict"):
            inner = tuple(self.obj(item).cells.values())
        if not inner or depth > 4 or not self.goes_through(4 * min(len(inner), ITEMS)):
            return evaluated
        return depending(evaluated, *(self.with_elements(part, depth + 1) for part in inner[:ITEMS]))

    def elements(self, evaluated: Evaluated) -> tuple[Evaluated, ...] | None:
        """What iterating gives; None when that is not known."""
        value = evaluated.value
        if not isinstance(value, Known):
            return None
        item = value.value
        if isinstance(item, Seq):
            return item.items
        if isinstance(item, Ref) and item.kind in ("list", "dict"):
            obj = self.obj(item)
            if obj.open or any(isinstance(cell.value, Unset) for cell in obj.cells.values()):
                return None
            return tuple(obj.cells.values()) if item.kind == "list" else tuple(known(key) for key in obj.cells)
        if isinstance(item, str):
            return tuple(known(char) for char in item[: ITEMS + 1])
        if isinstance(item, range):
            return tuple(known(number) for number in item[: ITEMS + 1])
        return None

    def truth(self, evaluated: Evaluated) -> bool | None:
        value = evaluated.value
        if not isinstance(value, Known):
            return None
        item = value.value
        if isinstance(item, Made):
            return True if item.name in TRUE_OBJECTS else None
        if isinstance(item, External | Function | Method | Super):
            return True
        if isinstance(item, View):
            return view_truth(self, item)
        if isinstance(item, Seq):
            return bool(item.items)
        if isinstance(item, Ref):
            obj = self.obj(item)
            if item.kind in ("list", "dict"):
                settled = [cell for cell in obj.cells.values() if not isinstance(cell.value, Unset)]
                certain = any(isinstance(cell.value, Known) for cell in settled)
                if certain:
                    return True
                return None if obj.open or obj.cells else False
            if item.kind == "instance":
                return None if any(self.find(obj.bases, name) for name in ("__bool__", "__len__")) else True
            return True
        return bool(item)

    def lookup(self, name: str, frame: Frame) -> Evaluated:
        for index, oid in enumerate(frame.scopes):
            obj = self.heap.get(oid)
            if obj is None or (index and obj.kind == "class") or (index == 0 and name in frame.outer):
                continue
            cell = obj.cells.get(name)
            if cell is not None:
                return cell if not isinstance(cell.value, Unset) else unknown(f"{name} may not be bound")
        obj = self.heap.get(frame.module)
        if obj is not None:
            cell = obj.cells.get(name)
            if cell is not None:
                return cell if not isinstance(cell.value, Unset) else unknown(f"{name} may not be bound")
            module = self.modules.module(obj.file)
            if module is not None and module.binds(name):
                return unknown(f"{name} is not read")
        if name in _BUILTINS:
            return known(External(f"builtins.{name}"))
        return unknown(f"{name} is not bound here")

    def bind(self, name: str, value: Evaluated, frame: Frame) -> None:
        oid = frame.module
        if frame.scopes and name not in frame.outer:
            oid = frame.scopes[0]
        elif name in frame.outer:
            oid = next((o for o in frame.scopes[1:] if o in self.heap and name in self.heap[o].cells), frame.module)
        self.write(oid, name, value)


def _weight(evaluated: Evaluated) -> int:
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    return item.weight if isinstance(item, Seq) else 0
