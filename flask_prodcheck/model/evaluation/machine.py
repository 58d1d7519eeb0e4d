"""An abstract interpreter for the part of Python that configures applications.

It runs the statements of project modules in the order in which an import would run them, over values that may be
unknown. A branch that cannot be decided is run both ways and the results are joined. The project is never imported: what
is outside of it is modelled in :mod:`~flask_prodcheck.model.evaluation.libraries` or unknown.
"""

from __future__ import annotations

import builtins
import posixpath
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask_prodcheck.base import Known, Origin, Span, Unknown, Unset, Value
from flask_prodcheck.facts.syntax import (
    Assert,
    Assign,
    Attribute,
    AugAssign,
    BinOp,
    BoolOp,
    Call,
    ClassDef,
    Collection,
    Compare,
    Const,
    Declare,
    Delete,
    Dict,
    Expr,
    ExprStmt,
    FunctionDef,
    Global,
    If,
    IfExp,
    Import,
    ImportFrom,
    Jump,
    Keyword,
    Lambda,
    Loop,
    Match,
    Name,
    Opaque,
    Raise,
    Return,
    Starred,
    Stmt,
    Subscript,
    Template,
    Try,
    UnaryOp,
    With,
)
from flask_prodcheck.facts.types import EnvFile
from flask_prodcheck.model.evaluation import applications, libraries
from flask_prodcheck.model.evaluation.comprehension import comprehension
from flask_prodcheck.model.evaluation.operations import NotPlainError, RefusedError, binary, compare, text_of, unary
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Heap,
    Made,
    Method,
    Obj,
    Ref,
    Seq,
    agree,
    depending,
    join,
    join_heaps,
    known,
    merged,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.model.python.modules import Modules, main_branches

_STEPS = 200_000
_ROUNDS = 60
_DATACLASS = "__dataclass_fields__"
_DEPTH = 110
_ITEMS = 300
_ACTIVE = 3
_BUILTINS = frozenset(dir(builtins))
_CERTAIN_IMPORTS = frozenset(sys.stdlib_module_names) | {"flask", "werkzeug"}
_WRITES = re.compile(r"config\.(?:from_|update|setdefault|pop)|config\w*\(|_app\(")
NONE = known(None)
_NOWHERE = Span("", 1)


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


class Machine:
    """The state of one run. ``env`` is the environment of the process, ``required`` the variables that are taken to be
    set to something unknown, because start-up was seen to fail without them. ``main``: the file run as a script.
    ``dotenv``: the ``.env`` files that the process can see (None: all). ``layout`` says which project path stands at
    which path of the image, ``placed`` which project file stands in the place of another, ``written``
    the environment files that an earlier start wrote. ``doubtful``: an operation that fails is taken
    for something the evaluator does not know, also where a handler waits for it. ``stop_at``: the call that serves, at
    which the run is over. ``options``: what the command line gives, as the pseudo-variables ``--name``, with its place."""

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
        read: libraries.Reader | None = None,
        dotenv: frozenset[str] | None = None,
        layout: Sequence[tuple[str, str]] = (),
        placed: Mapping[str, str] | None = None,
        written: Mapping[str, EnvFile] | None = None,
        doubtful: bool = False,
        stop_at: Span | None = None,
        options: Mapping[str, Origin] | None = None,
    ) -> None:
        self.modules = modules
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
        self.options = dict(options or {})
        self.heap: Heap = {}
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
        self.uncertain = 0
        self.steps = 0
        self.handlers = 0
        self.depth = 0
        self.exhausted = False
        self.open_environment = False
        self._active: dict[int, int] = {}
        self._next = 0
        self.environ = self.new(Obj("environ"))

    # --- heap

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
            self.heap[oid] = replace(obj, cells={**obj.cells, key: value})

    def erase(self, oid: int, key: object) -> None:
        obj = self.heap.get(oid)
        if obj is not None and key in obj.cells:
            self.heap[oid] = replace(obj, cells={name: cell for name, cell in obj.cells.items() if name != key})

    def loosen(self, oid: int, reason: str, span: Span | None = None) -> None:
        """The object may have been changed in a way that cannot be followed: nothing in it is certain any more."""
        obj = self.heap.get(oid)
        if obj is None:
            return
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
        if kind == "list":
            return self.make("list", dict(enumerate(items)))
        return known(Seq(kind, tuple(items)))

    def wrap(self, value: object, depth: int = 0) -> Evaluated:
        """A Python value as a value of the model."""
        if depth > 20:
            return unknown("it is nested too deeply")
        if isinstance(value, dict):
            cells: dict[object, Evaluated] = {key: self.wrap(item, depth + 1) for key, item in value.items()}
            return self.make("dict", cells)
        if isinstance(value, list):
            return self.sequence([self.wrap(item, depth + 1) for item in value])
        if isinstance(value, tuple):
            return self.sequence([self.wrap(item, depth + 1) for item in value], "tuple")
        if isinstance(value, set | frozenset):
            return self.sequence([self.wrap(item, depth + 1) for item in sorted(value, key=repr)], "set")
        return known(value)

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
            if item.kind == "list":
                return [self.plain(cell, depth + 1) for cell in obj.cells.values()]
            return {key: self.plain(cell, depth + 1) for key, cell in obj.cells.items()}
        if isinstance(item, Seq):
            parts = [self.plain(part, depth + 1) for part in item.items]
            try:
                return tuple(parts) if item.kind == "tuple" else set(parts)
            except TypeError:
                raise NotPlainError from None
        if isinstance(item, External | Made | Function | Method | Super):
            raise NotPlainError
        return item

    def with_elements(self, evaluated: Evaluated, depth: int = 0) -> Evaluated:
        """``evaluated`` depending also on what its elements depend on."""
        item = evaluated.value.value if isinstance(evaluated.value, Known) else None
        inner: tuple[Evaluated, ...] = ()
        if isinstance(item, Seq):
            inner = item.items
        elif isinstance(item, Ref) and item.kind in ("list", "dict"):
            inner = tuple(self.obj(item).cells.values())
        if not inner or depth > 4:
            return evaluated
        return depending(evaluated, *(self.with_elements(part, depth + 1) for part in inner[:_ITEMS]))

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
            return tuple(known(char) for char in item[: _ITEMS + 1])
        if isinstance(item, range):
            return tuple(known(number) for number in item[: _ITEMS + 1])
        return None

    def truth(self, evaluated: Evaluated) -> bool | None:
        value = evaluated.value
        if not isinstance(value, Known):
            return None
        item = value.value
        if isinstance(item, Made):
            return True if item.name in libraries.TRUE_OBJECTS else None
        if isinstance(item, External | Function | Method | Super):
            return True
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

    # --- names and modules

    def dotted_name(self, file: str) -> str:
        if file == self.main:
            return "__main__"
        for root in (*self.roots, *self.modules.roots_for(file)):
            name = self.modules.dotted(file, root)
            if name is not None:
                return name
        return ""

    def run_module(self, path: str) -> Evaluated:
        """The module in file ``path`` (a namespace package ends in ``/``), imported if it is not yet."""
        oid = self.imported.get(path)
        if oid is not None and oid in self.heap:
            return known(Ref(oid, "module"))
        if not path.endswith("/"):
            folder = posixpath.dirname(path)
            if posixpath.basename(path) == "__init__.py":
                folder = posixpath.dirname(folder)
            package = f"{folder}/__init__.py"
            if folder and package != path and self.modules.is_file(package):
                self.run_module(package)
                oid = self.imported.get(path)
                if oid is not None and oid in self.heap:
                    return known(Ref(oid, "module"))
        module = None if path.endswith("/") else self.modules.module(path)
        cells: dict[object, Evaluated] = {
            "__name__": known(self.dotted_name(path)),
            "__file__": known(f"{libraries.ROOT}/{path}"),
            "__package__": known(self.dotted_name(path).rpartition(".")[0]),
        }
        if posixpath.basename(path) == "__init__.py":
            cells["__package__"] = cells["__name__"]
        opened = module is None or module.open_names
        oid = self.new(Obj("module", cells, open=opened, name=path, file=path))
        self.imported[path] = oid
        if module is None:
            return known(Ref(oid, "module"))
        if self.depth > _DEPTH - 20:
            self.exhausted = True
            self.widen(oid)
            return known(Ref(oid, "module"))
        control, self.control = self.control, []
        try:
            ends = self.block(module.body, Frame(path, oid))
        finally:
            self.control = control
        ended = ends.get("next")
        if ended is None:
            raised = ends.get("raise")
            if raised is None:
                return known(Ref(oid, "module"))
            self.heap = raised.heap
            self.heap.pop(oid, None)
            raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
        self.heap = ended.heap
        return known(Ref(oid, "module"))

    def locate(self, file: str, module: str, level: int) -> str | None:
        if level == 0 and self.roots:
            head = module.partition(".")[0]
            if head not in sys.stdlib_module_names or self.modules.path_of(head, self.roots):
                found = self.modules.locate(module, self.roots)
                if found is not None and found != file:
                    return found
        return self.modules.imported_file(file, module, level)

    def module_attribute(self, ref: Ref, name: str) -> Evaluated | None:
        obj = self.obj(ref)
        cell = obj.cells.get(name)
        if cell is not None:
            return cell if not isinstance(cell.value, Unset) else unknown(f"{name} may not be bound")
        if posixpath.basename(obj.file) == "__init__.py" or obj.file.endswith("/"):
            folder = posixpath.dirname(obj.file) or "."
            inner = self.modules.locate(name, (folder,))
            if inner is not None:
                return self.run_module(inner)
        if "__getattr__" in obj.cells or obj.open:
            return unknown(f"{name} is not read from {obj.file}")
        module = self.modules.module(obj.file)
        if module is not None and name not in module.names:
            return None
        return unknown(f"{name} is not read from {obj.file}")

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
            if module is not None and name in module.names:
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

    # --- classes and attributes

    def mro(self, base: Evaluated, depth: int = 0) -> tuple[Evaluated, ...]:
        """The classes in which an attribute is looked up. Something unknown ends the list."""
        value = base.value
        if (
            not (isinstance(value, Known) and isinstance(value.value, Ref) and value.value.kind == "class")
            or depth > 20
        ):
            return (base,)
        bases = self.obj(value.value).bases
        chains = [list(self.mro(parent, depth + 1)) for parent in bases] + [list(bases)]
        order = [base]
        while any(chains):
            for chain in chains:
                if chain and not any(chain[0] in other[1:] for other in chains):
                    head = chain[0]
                    break
            else:
                return (*order, unknown("the order of the base classes is not consistent"))
            order.append(head)
            for chain in chains:
                if chain and chain[0] == head:
                    chain.pop(0)
        return tuple(order)

    def find(self, bases: Sequence[Evaluated], name: str, after: int = 0) -> Evaluated | None:
        """The attribute ``name`` of the first class that has it; unknown when a class before cannot be read."""
        for base in bases:
            passed = after == 0
            for owner in self.mro(base):
                item = owner.value.value if isinstance(owner.value, Known) else None
                if isinstance(item, Ref) and item.kind == "class":
                    if not passed:
                        passed = item.oid == after
                        continue
                    obj = self.obj(item)
                    if name in obj.cells:
                        return selected(obj.cells[name], base)
                    if obj.open:
                        return unknown(f"{name} may be set on {obj.name}")
                elif isinstance(item, External):
                    if item.name.startswith("builtins.") or libraries.is_plain_base(item.name):
                        continue
                    if passed and not libraries.is_flask_class(item.name):
                        return unknown(f"{name} may come from {item.name}")
                elif passed:
                    return unknown(f"{name} may come from a base class that is not known")
        return None

    def attribute(self, receiver: Evaluated, name: str) -> Evaluated:
        value = receiver.value
        if not isinstance(value, Known):
            return unknown(value.reason if isinstance(value, Unknown) else "it is not set", receiver)
        item = value.value
        result: Evaluated | None
        if isinstance(item, External):
            return libraries.external_attribute(self, item, name)
        if isinstance(item, Super):
            found = self.find(self.obj(_ref(item.instance)).bases, name, item.owner)
            result = self.bound_to(found, item.instance) if found is not None else known(Method(item.instance, name))
            if isinstance(result.value, Unknown):
                result = known(Method(item.instance, name))
            return result
        if isinstance(item, Ref):
            if item.kind == "module":
                result = self.module_attribute(item, name)
                if result is None:
                    raise RaisedError("AttributeError", receiver)
                return result
            obj = self.obj(item)
            if item.kind == "class":
                if name == "__name__":
                    return known(obj.name)
                result = self.find((known(item),), name)
                if result is None:
                    if name in ("__dict__", "__mro__", "__members__", "mro"):
                        return unknown(name)
                    raise RaisedError("AttributeError", receiver)
                return selected(self.bound_to(result, None, receiver), receiver)
            if item.kind == "instance":
                cell = obj.cells.get(name)
                if cell is not None and not isinstance(cell.value, Unset):
                    return selected(cell, receiver)
                if name == "__class__" and obj.bases:
                    return obj.bases[0]
                result = self.find(obj.bases, name)
                if result is None:
                    if obj.open or self.find(obj.bases, "__getattr__") is not None:
                        return unknown(f"{name} is not known", receiver)
                    raise RaisedError("AttributeError", receiver)
                return selected(self.bound_to(result, receiver), receiver)
            if item.kind == "app":
                return applications.app_attribute(self, receiver, item, name)
            return known(Method(receiver, name))
        if isinstance(item, Made | Function):
            return libraries.made_attribute(self, receiver, name)
        if isinstance(item, Method):
            return unknown(f"{name} of a method")
        return libraries.plain_attribute(self, receiver, item, name)

    def bound_to(self, found: Evaluated, receiver: Evaluated | None, owner: Evaluated | None = None) -> Evaluated:
        item = found.value.value if isinstance(found.value, Known) else None
        if not isinstance(item, Function) or item.flavour == "static" or item.owner == 0:
            return found
        if item.flavour == "class":
            target = owner
            if receiver is not None:
                bases = self.obj(_ref(receiver)).bases
                target = bases[0] if bases else None
            return known(Method(target or NONE, item.node.name if isinstance(item.node, FunctionDef) else "", item))
        if receiver is None:
            return found if item.flavour != "property" else unknown("it is a property object")
        if item.flavour == "property":
            return self.call_function(item, Arguments((receiver,)))
        return known(Method(receiver, item.node.name if isinstance(item.node, FunctionDef) else "", item))

    # --- expressions

    def evaluate(self, expr: Expr, frame: Frame) -> Evaluated:
        self.steps += 1
        if self.steps > _STEPS or self.depth > _DEPTH:
            self.exhausted = True
            return unknown("the program is too large to follow")
        self.depth += 1
        try:
            result = self._evaluate(expr, frame)
        finally:
            self.depth -= 1
        if isinstance(result.value, Unknown):
            self.uncertain += 1
        return result

    def _evaluate(self, expr: Expr, frame: Frame) -> Evaluated:
        match expr:
            case Const(value=value):
                return known(value)
            case Name(id=name):
                return self.lookup(name, frame)
            case Attribute(value=inner, attr=attr):
                return self.attribute(self.evaluate(inner, frame), attr)
            case Call():
                return self.call_expression(expr, frame)
            case Subscript(value=inner, index=index):
                return self.subscript(self.evaluate(inner, frame), self.evaluate(index, frame))
            case Collection(kind=kind, items=items):
                return self._collection(kind, items, frame)
            case Dict(items=pairs):
                return self._dict(pairs, frame)
            case BoolOp(op=op, values=values):
                return self._bool_op(op, values, frame)
            case UnaryOp(op="not", operand=operand):
                inner_value = self.evaluate(operand, frame)
                truth = self.truth(inner_value)
                if truth is None:
                    return unknown("its truth is not known", inner_value)
                return depending(known(not truth), inner_value)
            case UnaryOp(op=op, operand=operand):
                inner_value = self.evaluate(operand, frame)
                return self.plain_result([inner_value], lambda parts: unary(op, parts[0]))
            case BinOp(op=op, left=left, right=right):
                return self.operate(op, self.evaluate(left, frame), self.evaluate(right, frame))
            case Compare(left=left, ops=ops):
                return self._compare(left, ops, frame)
            case IfExp(test=test, body=body, orelse=orelse):
                return self._conditional(test, body, orelse, frame)
            case Template(parts=parts):
                values_ = [self.evaluate(part, frame) for part in parts]
                return self.plain_result(values_, lambda items: "".join(text_of(item) for item in items))
            case Lambda(params=params):
                defaults = tuple(
                    (param.name, self.evaluate(param.default, frame)) for param in params if param.default is not None
                )
                return known(Function(expr, frame.file, self._closure(frame), frame.module, defaults))
            case Starred(value=inner):
                return unknown("a starred value", self.evaluate(inner, frame))
            case Opaque():
                return self._opaque(expr, frame)

    def plain_result(self, parts: Sequence[Evaluated], compute: libraries.Compute) -> Evaluated:
        """What ``compute`` makes of the plain values of ``parts``; its exceptions are the program's."""
        parts = [self.with_elements(part) for part in parts]
        try:
            values = [self.plain(part) for part in parts]
        except NotPlainError:
            blocker = next((part for part in parts if not isinstance(part.value, Known)), None)
            reason = blocker.value.reason if blocker is not None and isinstance(blocker.value, Unknown) else ""
            return unknown(reason or "an operand is not known", *parts)
        try:
            result = compute(values)
        except RefusedError as refused:
            return unknown(str(refused), *parts)
        except RecursionError:
            return unknown("it is nested too deeply", *parts)
        except Exception as failure:  # the program's own exception, whatever its class
            raise RaisedError(type(failure).__name__, depending(NONE, *parts)) from None
        return depending(self.wrap(result), *parts)

    def _comprehension(self, expr: Opaque, frame: Frame) -> Evaluated | None:
        """The value of a comprehension over something known; None when it is not one."""
        parts = comprehension(expr)
        if parts is None:
            return None
        source = self.evaluate(parts.source, frame)
        items = self.elements(source)
        if items is None or len(items) > _ITEMS:
            return None
        scope = self.new(Obj("frame"))
        inner = Frame(frame.file, frame.module, (scope, *frame.scopes), set(), frame.owner, frame.receiver)
        values: list[Evaluated] = []
        cells: dict[object, Evaluated] = {}
        for item in items:
            self.assign(parts.target, selected(item, source), inner, expr.span)
            truths = [self.truth(self.evaluate(test, inner)) for test in parts.tests]
            if False in truths:
                continue
            if None in truths:
                return None
            value = self.evaluate(parts.value, inner)
            values.append(value)
            if parts.key is not None:
                key = self.key_of(self.evaluate(parts.key, inner))
                if key is None:
                    return None
                cells[key[0]] = value
        if parts.key is not None:
            return selected(self.make("dict", cells), source)
        return selected(self.sequence(values, "set" if parts.kind == "set" else "list"), source)

    def _opaque(self, expr: Opaque, frame: Frame) -> Evaluated:
        read = self._comprehension(expr, frame)
        if read is not None:
            return read
        parts = []
        random = False
        for name in sorted(expr.names)[:30]:
            part = self.lookup(name, frame)
            item = part.value.value if isinstance(part.value, Known) else None
            if isinstance(item, External):
                random = random or libraries.is_random(item.name) or (item.name == "os" and "urandom" in expr.text)
            elif isinstance(item, Ref) and item.kind in ("app", "config") and "config" in expr.text:
                applications.lose(self, part, "an expression that is not followed", expr.span)
            parts.append(replace(part, random=False))
        result = unknown(f"{expr.text[:60]} is not evaluated", *parts)
        return replace(result, random=True) if random else result

    def _collection(self, kind: str, items: Sequence[Expr], frame: Frame) -> Evaluated:
        values: list[Evaluated] = []
        opened = False
        for item in items[:2000]:
            if isinstance(item, Starred):
                inner = self.elements(self.evaluate(item.value, frame))
                if inner is None:
                    opened = True
                else:
                    values.extend(inner)
            else:
                values.append(self.evaluate(item, frame))
        if opened or len(items) > 2000:
            return unknown("its elements are not all known", *values)
        return self.sequence(values, kind)

    def _dict(self, pairs: Sequence[tuple[Expr | None, Expr]], frame: Frame) -> Evaluated:
        cells: dict[object, Evaluated] = {}
        opened = len(pairs) > 5000
        for key_expr, value_expr in pairs[:5000]:
            value = self.evaluate(value_expr, frame)
            if key_expr is None:
                inner = self.mapping(value)
                if inner is None:
                    opened = True
                    cells = {key: unknown("it may be overridden", cell) for key, cell in cells.items()}
                else:
                    cells.update(inner[0])
                    opened = opened or inner[1]
                continue
            key = self.key_of(self.evaluate(key_expr, frame))
            if key is None:
                opened = True
            else:
                cells[key[0]] = traced(
                    value, value_expr.span, f"{unparse(key_expr)}: {unparse(value_expr)}", unparse(value_expr)
                )
        return self.make("dict", cells, opened=opened)

    def mapping(self, evaluated: Evaluated) -> tuple[dict[object, Evaluated], bool] | None:
        """The entries of a dict or config and whether there may be more; None when it is not one."""
        item = evaluated.value.value if isinstance(evaluated.value, Known) else None
        if isinstance(item, Ref) and item.kind in ("dict", "config"):
            obj = self.obj(item)
            return {key: selected(cell, evaluated) for key, cell in obj.cells.items()}, obj.open
        if isinstance(item, Seq) or (isinstance(item, Ref) and item.kind == "list"):
            cells: dict[object, Evaluated] = {}
            for pair in self.elements(evaluated) or ():
                parts = self.elements(pair)
                key = self.key_of(parts[0]) if parts is not None and len(parts) == 2 else None
                if parts is None or key is None:
                    return None
                cells[key[0]] = parts[1]
            return cells, self.elements(evaluated) is None
        return None

    def key_of(self, evaluated: Evaluated) -> tuple[object] | None:
        """A dict key, in a tuple so that None can be one."""
        try:
            key = self.plain(evaluated)
            hash(key)
        except (NotPlainError, TypeError):
            item = evaluated.value.value if isinstance(evaluated.value, Known) else None
            return (item,) if isinstance(item, Ref) and item.kind == "class" else None
        return (key,)

    def _bool_op(self, op: str, values: Sequence[Expr], frame: Frame) -> Evaluated:
        stop = op == "or"
        pending: list[Evaluated] = []
        seen: list[Evaluated] = []
        for index, expr in enumerate(values):
            value = self.evaluate(expr, frame)
            truth = self.truth(value)
            last = index == len(values) - 1
            if last or truth is stop:
                result = value
                for other in reversed(pending):
                    result = join(other, result)
                return selected(result, *seen)
            if truth is None:
                pending.append(value)
            seen.append(value)
        return NONE

    def _conditional(self, test: Expr, body: Expr, orelse: Expr, frame: Frame) -> Evaluated:
        condition = self.evaluate(test, frame)
        truth = self.truth(condition)
        if truth is not None:
            return selected(self.evaluate(body if truth else orelse, frame), condition)
        return selected(join(self.evaluate(body, frame), self.evaluate(orelse, frame)), condition)

    def operate(self, op: str, left: Evaluated, right: Evaluated) -> Evaluated:
        """``left op right``."""
        if op == "|":
            one, other = self.mapping(left), self.mapping(right)
            if one is not None and other is not None:
                return self.make("dict", {**one[0], **other[0]}, opened=one[1] or other[1])
        first, second = self.elements(left), self.elements(right)
        kinds = {_sequence_kind(left), _sequence_kind(right)}
        if op == "+" and first is not None and second is not None and len(kinds) == 1 and None not in kinds:
            return depending(self.sequence((*first, *second), kinds.pop() or "list"), left, right)
        return self.plain_result([left, right], lambda parts: binary(op, parts[0], parts[1]))

    def _compare(self, left: Expr, ops: Sequence[tuple[str, Expr]], frame: Frame) -> Evaluated:
        current = self.evaluate(left, frame)
        parts = [current]
        undecided = False
        for op, expr in ops:
            other = self.evaluate(expr, frame)
            parts.append(other)
            outcome = self.compare_pair(op, current, other)
            self._note_selector(op, current, other)
            if op in ("in", "not in"):
                parts.append(self._membership(other, current))
            if outcome is False:
                return depending(known(False), *parts)
            undecided = undecided or outcome is None
            current = other
        if undecided:
            return unknown("a comparison is not decided", *(replace(part, random=False) for part in parts))
        return depending(known(True), *parts)

    def _note_selector(self, op: str, left: Evaluated, right: Evaluated) -> None:
        """``MODE == "production"`` says what the variable is set to in production."""
        item = right.value.value if isinstance(right.value, Known) else None
        asks = op in ("==", "!=") and len(left.absent) == 1 and not agree(left, right)
        if asks and isinstance(item, str) and applications.is_production_name(item):
            self.note_selection(left)
            self.selectors.setdefault(left.absent[0], item)

    def compare_pair(self, op: str, left: Evaluated, right: Evaluated) -> bool | None:
        if op in ("in", "not in"):
            found = self.contains(right, left)
            return None if found is None else found is (op == "in")
        if not isinstance(left.value, Known) or not isinstance(right.value, Known):
            return None
        one, other = left.value.value, right.value.value
        if op in ("is", "is not"):
            if isinstance(one, Made) or isinstance(other, Made):
                return None
            same = one is other if one is None or other is None or isinstance(one, bool) else one == other
            return same is (op == "is")
        try:
            first, second = self.plain(left), self.plain(right)
        except NotPlainError:
            if op in ("==", "!=") and isinstance(one, Ref | External) and isinstance(other, Ref | External):
                return (one == other) is (op == "==") if one == other or _kind(one) == "class" == _kind(other) else None
            if (
                op in ("==", "!=")
                and None in (one, other)
                and not isinstance(one, Made)
                and not isinstance(other, Made)
            ):
                return op == "!="
            return None
        try:
            return compare(op, first, second)
        except RefusedError:
            return None
        except Exception as failure:  # the program's own exception, whatever its class
            raise RaisedError(type(failure).__name__, depending(NONE, left, right)) from None

    def _membership(self, container: Evaluated, element: Evaluated) -> Evaluated:
        """What ``NAME in os.environ`` depends on."""
        item = container.value.value if isinstance(container.value, Known) else None
        key = self.key_of(element)
        if isinstance(item, External) and item.name == "os.environ" and key is not None and isinstance(key[0], str):
            return replace(libraries.environment_get(self, key[0], NONE), random=False, guarded=False)
        return NONE

    def contains(self, container: Evaluated, element: Evaluated) -> bool | None:
        item = container.value.value if isinstance(container.value, Known) else None
        if isinstance(item, External) and item.name == "os.environ":
            key = self.key_of(element)
            if key is None or not isinstance(key[0], str):
                return None
            return libraries.environment_has(self, key[0])
        if isinstance(item, Ref) and item.kind in ("dict", "config"):
            key = self.key_of(element)
            if key is None:
                return None
            if item.kind == "config":
                return applications.config_has(self, item, key[0])
            obj = self.obj(item)
            cell = obj.cells.get(key[0])
            if cell is not None:
                return None if isinstance(cell.value, Unset) else True
            return None if obj.open else False
        if isinstance(item, str | bytes):
            try:
                return self.plain(element) in item  # type: ignore[operator]
            except (NotPlainError, TypeError):
                return None
        parts = self.elements(container)
        if parts is None or not isinstance(element.value, Known):
            return None
        undecided = False
        for part in parts:
            outcome = self.compare_pair("==", part, element)
            if outcome:
                return True
            undecided = undecided or outcome is None
        return None if undecided else False

    def subscript(self, container: Evaluated, index: Evaluated) -> Evaluated:
        item = container.value.value if isinstance(container.value, Known) else None
        if isinstance(item, External) and item.name == "os.environ":
            key = self.key_of(index)
            if key is None or not isinstance(key[0], str):
                return unknown("which variable is read is not known", index)
            return selected(libraries.environment_item(self, key[0]), index)
        if isinstance(item, External):
            return known(item) if item.name[:1].islower() or item.name.startswith("typing.") else unknown("a subscript")
        if isinstance(item, Ref) and item.kind in ("dict", "config"):
            key = self.key_of(index)
            if key is None:
                return unknown("which entry is chosen is not known", container, index)
            if item.kind == "config":
                return selected(applications.config_item(self, item, key[0]), index)
            obj = self.obj(item)
            cell = obj.cells.get(key[0])
            if cell is None and not obj.open:
                raise RaisedError("KeyError", depending(NONE, container, index))
            if cell is None or isinstance(cell.value, Unset):
                return unknown("it may not have the entry", container, index)
            self.note_alternatives(obj, cell, index)
            return selected(cell, container, index)
        if isinstance(item, Ref) and item.kind == "class" and self.find((known(item),), "__class_getitem__") is None:
            members = self.obj(item).cells
            key = self.key_of(index)
            return members.get(key[0], unknown("a member")) if key is not None else unknown("a member", index)
        parts = self.elements(container)
        if parts is not None and not isinstance(item, str):
            key = self.key_of(index)
            if key is None or not isinstance(key[0], int):
                return unknown("which element is chosen is not known", container, index)
            try:
                return selected(parts[key[0]], container, index)
            except IndexError:
                raise RaisedError("IndexError", depending(NONE, container, index)) from None
        return self.plain_result([container, index], lambda values: values[0][values[1]])  # type: ignore[index]

    def note_selection(self, index: Evaluated) -> None:
        """``index``, made of a default, has chosen between settings."""
        for name in index.absent[:1]:
            origin = index.value.origin
            place = origin[0].span if origin else self.read_at.get(name)
            if place is not None:
                self.selected_at.setdefault(name, place)

    def note_alternatives(self, obj: Obj, chosen: Evaluated, index: Evaluated) -> None:
        """The other classes of a dict from which a variable's default chose one: what they all say is no fallback."""
        item = chosen.value.value if isinstance(chosen.value, Known) else None
        if not index.absent:
            return
        self.note_selection(index)
        for key, cell in obj.cells.items():
            if isinstance(key, str) and applications.is_production_name(key) and not agree(cell, chosen):
                self.selectors.setdefault(index.absent[0], key)
        if not isinstance(item, Ref) or item.kind != "class":
            return
        others = [cell.value.value if isinstance(cell.value, Known) else None for cell in obj.cells.values()]
        classes = tuple(other for other in others if isinstance(other, Ref) and other.kind == "class")
        if len(classes) == len(others) and not obj.open:
            self.alternatives[item.oid] = classes

    # --- calls

    def arguments(self, call: Call, frame: Frame, project: bool = False) -> Arguments:
        positional: list[Evaluated] = []
        keywords: dict[str, Evaluated] = {}
        opened = False
        for arg in call.args:
            if isinstance(arg, Starred):
                inner = self.elements(self.evaluate(arg.value, frame))
                if inner is None:
                    opened = True
                else:
                    positional.extend(inner)
            else:
                given = self.evaluate(arg, frame)
                positional.append(traced_literal(given, arg) if project else given)
        for word in call.keywords:
            value = self.evaluate(word.value, frame)
            if word.name is not None:
                keywords[word.name] = _keyword_traced(value, word) if project else value
                continue
            inner_map = self.mapping(value)
            if inner_map is None:
                opened = True
            else:
                opened = opened or inner_map[1]
                keywords.update({key: cell for key, cell in inner_map[0].items() if isinstance(key, str)})
        return Arguments(tuple(positional), keywords, opened, call.span, unparse(call))

    def call_expression(self, call: Call, frame: Frame) -> Evaluated:
        if isinstance(call.func, Name) and call.func.id in ("super", "locals", "globals", "vars"):
            special = self._frame_call(call.func.id, call, frame)
            if special is not None:
                return special
        function = self.evaluate(call.func, frame)
        item = function.value.value if isinstance(function.value, Known) else None
        args = self.arguments(call, frame, isinstance(item, Function | Method | Ref))
        result = self.call(function, args, frame)
        if call.span == self.stop_at:
            for served in (item.receiver if isinstance(item, Method) else NONE, *args.all):
                ref = _ref(served)
                if ref.kind == "app":
                    raise ReachedError(ref.oid)
        return result

    def _frame_call(self, name: str, call: Call, frame: Frame) -> Evaluated | None:
        if name == "super" and frame.receiver is not None and frame.owner:
            return known(Super(frame.owner, frame.receiver))
        if name == "globals" or (name in ("locals", "vars") and not call.args):
            oid = frame.module if name == "globals" or not frame.scopes else frame.scopes[0]
            obj = self.heap.get(oid)
            return self.make("dict", obj.cells if obj is not None else {}, opened=True)
        return None

    def call(self, function: Evaluated, args: Arguments, frame: Frame) -> Evaluated:
        """The result of calling ``function``; applications that are handed to something unknown lose their certainty."""
        value = function.value
        if not isinstance(value, Known):
            for arg in args.all:
                applications.lose(self, arg, "a call that is not followed", args.span)
            reason = value.reason if isinstance(value, Unknown) else "it is not set"
            return unknown(reason, function, *args.all)
        item = value.value
        if isinstance(item, Function):
            return selected(self.call_function(item, args), function)
        if isinstance(item, Method):
            if item.function is not None:
                inner = replace(args, positional=(item.receiver, *args.positional))
                return selected(self.call_function(item.function, inner), function)
            return self._call_method(item, args, frame)
        if isinstance(item, Ref) and item.kind == "class":
            return selected(self.instantiate(function, item, args, frame), function)
        if isinstance(item, Ref) and item.kind in ("instance", "app"):
            method = self.find(self.obj(item).bases, "__call__")
            inner_value = method.value.value if method is not None and isinstance(method.value, Known) else None
            if isinstance(inner_value, Function):
                return self.call_function(inner_value, replace(args, positional=(function, *args.positional)))
            return unknown("calling an object is not followed", *args.all)
        if isinstance(item, External | Made):
            return libraries.call_external(self, item, args, frame)
        return unknown("it cannot be called", function)

    def _call_method(self, method: Method, args: Arguments, frame: Frame) -> Evaluated:
        receiver = method.receiver
        value = receiver.value
        item = value.value if isinstance(value, Known) else None
        if isinstance(item, Ref):
            if item.kind == "config":
                return applications.config_method(self, item, method.name, args, frame)
            if item.kind == "app":
                return applications.app_method(self, receiver, item, method.name, args, frame)
            if item.kind == "dict":
                return libraries.dict_method(self, item, receiver, method.name, args)
            if item.kind == "list":
                return libraries.list_method(self, item, receiver, method.name, args)
            if method.name == "__init__":
                return NONE
        return libraries.plain_method(self, receiver, method.name, args)

    def call_function(self, function: Function, args: Arguments) -> Evaluated:
        node = function.node
        key = id(node)
        if self._active.get(key, 0) >= _ACTIVE or self.depth > _DEPTH - 10:
            for arg in args.all:
                applications.lose(self, arg, "the recursion is too deep", args.span)
            return unknown("the recursion is too deep", *args.all)
        cells = self._parameters(function, args)
        oid = self.new(Obj("frame", cells))
        receiver = args.positional[0] if function.owner and args.positional else None
        if function.flavour == "static":
            receiver = None
        frame = Frame(function.file, function.module, (oid, *function.scopes), set(), function.owner, receiver)
        self._active[key] = self._active.get(key, 0) + 1
        mark = len(self.control)
        self.depth += 1
        try:
            if isinstance(node, Lambda):
                return self.evaluate(node.body, frame)
            if function.flavour == "opaque" or node.is_async:
                for arg in args.all:
                    applications.lose(self, arg, f"{node.name} is not followed", args.span)
                return unknown(f"the result of {node.name} is not followed", *args.all)
            ends = self.block(node.body, frame)
        finally:
            self._active[key] -= 1
            self.depth -= 1
            del self.control[mark:]
        if node.screened:  # what was left out sets nothing, but it may return anything
            return unknown(f"the result of {node.name} is not read")
        return self._returned(ends, node)

    def _returned(self, ends: Ends, node: FunctionDef) -> Evaluated:
        done, fell = ends.get("return"), ends.get("next")
        if done is None and fell is None:
            raised = ends.get("raise")
            if raised is None:
                return unknown(f"{node.name} does not return")
            self.heap = raised.heap
            raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
        if done is not None and fell is not None:
            self.heap = join_heaps(done.heap, fell.heap)
            value = join(done.value, NONE)
        else:
            self.heap = (done or fell or End({})).heap
            value = done.value if done is not None else NONE
        if any(isinstance(stmt, ExprStmt) and _yields(stmt.value) for stmt in node.body):
            return unknown(f"{node.name} is a generator")
        return value

    def _parameters(self, function: Function, args: Arguments) -> dict[object, Evaluated]:
        defaults = dict(function.defaults)
        cells: dict[object, Evaluated] = {}
        positional = list(args.positional)
        rest = dict(args.keywords)
        for param in function.node.params:
            if param.kind == "varargs":
                cells[param.name] = unknown("*args") if args.open else self.sequence(positional, "tuple")
                positional = []
            elif param.kind == "varkw":
                words: dict[object, Evaluated] = {}
                words.update(rest.items())
                cells[param.name] = self.make("dict", words, opened=args.open)
                rest = {}
            elif param.kind == "positional" and positional:
                cells[param.name] = positional.pop(0)
            elif param.name in rest:
                cells[param.name] = rest.pop(param.name)
            elif args.open:
                cells[param.name] = unknown(f"the argument {param.name} is not known")
            elif param.name in defaults:
                cells[param.name] = defaults[param.name]
            else:
                cells[param.name] = unknown(f"the argument {param.name} is not given")
        return cells

    def instantiate(self, function: Evaluated, ref: Ref, args: Arguments, frame: Frame) -> Evaluated:
        externals = [
            owner.value.value.name
            for owner in self.mro(function)
            if isinstance(owner.value, Known) and isinstance(owner.value.value, External)
        ]
        if any(libraries.is_flask_class(name) for name in externals):
            made = applications.new_app(self, args, frame, known(ref))
        elif any(libraries.is_settings_class(name) for name in externals):
            return libraries.settings_instance(self, function, ref, args)
        elif any(libraries.is_enum(name) for name in externals):
            return args.positional[0] if args.positional else unknown("a member of an enumeration")
        else:
            opened = any(not libraries.is_plain_base(name) for name in externals)
            made = known(Ref(self.new(Obj("instance", {}, open=opened, bases=(known(ref),))), "instance"))
        init = self.find((known(ref),), "__init__")
        item = init.value.value if init is not None and isinstance(init.value, Known) else None
        if isinstance(item, Function):
            self.call_function(item, replace(args, positional=(made, *args.positional)))
        elif _ref(made).kind == "instance" and self.find((known(ref),), _DATACLASS) is not None:
            self._fill_dataclass(made, ref, args)
        elif _ref(made).kind == "instance" and args.keywords:
            for key, cell in args.keywords.items():
                self.write(_ref(made).oid, key, cell)
        return made

    def _fill_dataclass(self, made: Evaluated, ref: Ref, args: Arguments) -> None:
        """What the ``__init__`` that ``dataclass`` writes does."""
        names: dict[str, None] = {}
        for owner in reversed(self.mro(known(ref))):
            names.update(dict.fromkeys(name for name, _ in self.obj(_ref(owner)).annotations))
        given = {**dict(zip(names, args.positional, strict=False)), **args.keywords}
        for name in names:
            value = given.get(name)
            default = self.find((known(ref),), name)
            item = default.value.value if default is not None and isinstance(default.value, Known) else None
            if value is None and isinstance(item, Made) and item.name == libraries.FIELD:
                value = self.call(item.args[0], Arguments(), Frame("", 0)) if item.args else unknown("a field")
            if value is not None:
                self.write(_ref(made).oid, name, value)
        after = self.find((known(ref),), "__post_init__")
        function = after.value.value if after is not None and isinstance(after.value, Known) else None
        if isinstance(function, Function):
            self.call_function(function, Arguments((made,)))

    # --- statements

    def block(self, body: Sequence[Stmt], frame: Frame) -> Ends:
        """Run ``body`` from the present heap; every way in which it can end."""
        ends: Ends = {}
        for stmt in body:
            result = self._statement(stmt, frame)
            following = result.pop("next", None)
            for kind, end in result.items():
                ends[kind] = _merge(ends.get(kind), end)
            if following is None:
                return ends
            self.heap = following.heap
        ends["next"] = End(self.heap)
        return ends

    def _statement(self, stmt: Stmt, frame: Frame) -> Ends:
        self.steps += 1
        if self.steps > _STEPS or self.depth > _DEPTH:
            self.exhausted = True
            return {"next": End(self.heap)}
        self.depth += 1
        try:
            return self._run(stmt, frame)
        except RaisedError as raised:
            cause = depending(raised.cause, *self.control)
            if raised.deliberate or cause.absent or (self.handlers and not self.doubtful):
                return {"raise": End(self.heap, cause, raised.name, raised.deliberate)}
            return self._doubted(stmt, frame, raised)
        finally:
            self.depth -= 1

    def _doubted(self, stmt: Stmt, frame: Frame, raised: RaisedError) -> Ends:
        """``stmt`` failed although nothing in the environment explains it and nothing handles it. The project does
        start, so it is the evaluator that knows too little: what the statement gives is unknown."""
        lost = unknown(f"{raised.name} was not expected")
        match stmt:
            case Assign(targets=targets, span=span):
                for target in targets:
                    self._assign_lost(target, traced(lost, span, unparse(target)), frame, span)
            case Import(names=names) | ImportFrom(names=names):
                for name, alias in names:
                    if name != "*":
                        self.bind(alias or name.partition(".")[0], lost, frame)
            case Return():
                return {"return": End(self.heap, lost)}
            case If(body=body, orelse=orelse):
                return self._both(body, orelse, frame)
            case With(body=body):
                return self.block(body, frame)
            case ClassDef(name=name):
                self.bind(name, lost, frame)
            case _:
                text = unparse(stmt.value) if isinstance(stmt, ExprStmt) else ""
                writes = _WRITES.search(text) is not None
                for oid, obj in list(self.heap.items()):
                    if obj.kind == "config" and writes:
                        self.loosen(oid, f"{raised.name} was not expected", stmt.span)
                    elif obj.kind == "config":
                        self.widen(oid)
        return {"next": End(self.heap)}

    def _assign_lost(self, target: Expr, lost: Evaluated, frame: Frame, span: Span) -> None:
        try:
            self.assign(target, lost, frame, span)
        except RaisedError:
            return  # the target itself is what failed: nothing is bound

    def _run(self, stmt: Stmt, frame: Frame) -> Ends:
        match stmt:
            case Assign():
                self._assign(stmt, frame)
            case AugAssign(target=target, op=op, value=value):
                self._augment(stmt, target, op, value, frame)
            case ExprStmt(value=value):
                self.evaluate(value, frame)
            case Import() | ImportFrom():
                self._import(stmt, frame)
            case FunctionDef():
                self._define_function(stmt, frame)
            case ClassDef():
                self._define_class(stmt, frame)
            case Declare(target=target, annotation=annotation):
                self._annotate(target, annotation, frame)
            case Return(value=value):
                result = self.evaluate(value, frame) if value is not None else NONE
                if value is not None:
                    result = traced_literal(result, value)
                return {"return": End(self.heap, selected(result, *self.control))}
            case Raise(value=value):
                return {"raise": End(self.heap, selected(NONE, *self.control), _exception_name(value), True)}
            case Assert(test=test):
                return self._guard(test, frame)
            case Delete(targets=targets):
                self._delete(targets, frame)
            case Global(names=names):
                frame.outer.update(names)
            case Jump(kind=kind):
                return {"next" if kind == "pass" else kind: End(self.heap)}
            case If():
                return self._if(stmt, frame)
            case Loop():
                return self._loop(stmt, frame)
            case With():
                return self._with(stmt, frame)
            case Try():
                return self._try(stmt, frame)
            case Match():
                return self._match(stmt, frame)
        return {"next": End(self.heap)}

    def _assign(self, stmt: Assign, frame: Frame) -> None:
        value = self.evaluate(stmt.value, frame)
        source = unparse(stmt.value)
        for target in stmt.targets:
            text = f"{unparse(target)} = {source}"
            self.assign(target, self.controlled(traced(value, stmt.span, text, source)), frame, stmt.span)
        if stmt.annotation is not None:
            self._annotate(stmt.targets[0], stmt.annotation, frame)

    def controlled(self, value: Evaluated) -> Evaluated:
        """``value`` as written under the branches that are being run."""
        return selected(value, *self.control) if self.control else value

    def assign(self, target: Expr, value: Evaluated, frame: Frame, span: Span) -> None:
        match target:
            case Name(id=name):
                self.bind(name, value, frame)
            case Attribute(value=inner, attr=attr):
                self.set_attribute(self.evaluate(inner, frame), attr, value, span)
            case Subscript(value=inner, index=index):
                self.set_item(self.evaluate(inner, frame), self.evaluate(index, frame), value, span)
            case Collection(items=items):
                parts = self.elements(value)
                starred = any(isinstance(item, Starred) for item in items)
                if parts is not None and len(parts) == len(items) and not starred:
                    for item, part in zip(items, parts, strict=True):
                        self.assign(item, traced(selected(part, value), span, unparse(item), ""), frame, span)
                else:
                    for item in items:
                        inner_target = item.value if isinstance(item, Starred) else item
                        self.assign(inner_target, unknown("it is unpacked", value), frame, span)
            case _:
                pass

    def set_attribute(self, receiver: Evaluated, attr: str, value: Evaluated, span: Span) -> None:
        item = receiver.value.value if isinstance(receiver.value, Known) else None
        if not isinstance(item, Ref):
            return
        if item.kind == "app":
            applications.set_app_attribute(self, item, attr, value, span)
        elif item.kind in ("instance", "class", "module"):
            self.write(item.oid, attr, value)

    def set_item(self, container: Evaluated, index: Evaluated, value: Evaluated, span: Span) -> None:
        item = container.value.value if isinstance(container.value, Known) else None
        key = self.key_of(index)
        if isinstance(item, External) and item.name == "os.environ":
            if key is None:
                self.open_environment = True
            else:
                self.write(self.environ, key[0], value)
            return
        if not isinstance(item, Ref) or item.kind not in ("dict", "config", "list"):
            return
        if key is None:
            self.loosen(item.oid, "it may be overwritten under a key that is not known", span)
        elif item.kind == "list":
            cells = self.obj(item).cells
            position = key[0]
            if isinstance(position, int) and -len(cells) <= position < len(cells):
                self.write(item.oid, position % len(cells), value)
            else:
                self.loosen(item.oid, "an element that is not known is written", span)
        else:
            self.write(item.oid, key[0], selected(value, index))

    def _augment(self, stmt: AugAssign, target: Expr, op: str, value: Expr, frame: Frame) -> None:
        right = self.evaluate(value, frame)
        text = f"{unparse(target)} {op}= {unparse(value)}"
        left = self.evaluate(target, frame)
        item = left.value.value if isinstance(left.value, Known) else None
        if op == "|" and isinstance(item, Ref) and item.kind in ("dict", "config"):
            self.update_mapping(item, right, stmt.span, text)
            return
        if op == "+" and isinstance(item, Ref) and item.kind == "list":
            extra = self.elements(right)
            if extra is None:
                self.loosen(item.oid, "it is extended by something unknown", stmt.span)
            else:
                cells = self.obj(item).cells
                grown: dict[object, Evaluated] = {len(cells) + index: part for index, part in enumerate(extra)}
                self.heap[item.oid] = replace(self.obj(item), cells={**cells, **grown})
            return
        result = traced(self.operate(op, left, right), stmt.span, text, text)
        self.assign(target, self.controlled(result), frame, stmt.span)

    def update_mapping(self, ref: Ref, source: Evaluated, span: Span, text: str) -> None:
        """``ref.update(source)``."""
        entries = self.mapping(source)
        if entries is None:
            item = source.value.value if isinstance(source.value, Known) else None
            if not (isinstance(item, External) and item.name == "os.environ"):
                self.loosen(ref.oid, "it is updated with something that is not known", span)
                return
            entries = libraries.environment_entries(self)
        cells, opened = entries
        if opened:
            self.loosen(ref.oid, "it is updated with something that is not known", span)
        for key, cell in cells.items():
            self.write(ref.oid, key, self.controlled(traced(cell, span, text)))

    def _annotate(self, target: Expr, annotation: Expr, frame: Frame) -> None:
        if frame.scopes and isinstance(target, Name):
            obj = self.heap.get(frame.scopes[0])
            if obj is not None and obj.kind == "class":
                pairs = (*(pair for pair in obj.annotations if pair[0] != target.id), (target.id, annotation))
                self.heap[frame.scopes[0]] = replace(obj, annotations=pairs)

    def _delete(self, targets: Sequence[Expr], frame: Frame) -> None:
        for target in targets:
            if isinstance(target, Name):
                self.erase(
                    frame.scopes[0] if frame.scopes and target.id not in frame.outer else frame.module, target.id
                )
            elif isinstance(target, Subscript):
                container = self.evaluate(target.value, frame)
                item = container.value.value if isinstance(container.value, Known) else None
                key = self.key_of(self.evaluate(target.index, frame))
                if isinstance(item, Ref) and item.kind == "config" and key is not None:
                    self.write(item.oid, key[0], Evaluated(Unset()))
                elif isinstance(item, Ref) and key is not None:
                    self.erase(item.oid, key[0])
                elif isinstance(item, External) and item.name == "os.environ" and key is not None:
                    self.write(self.environ, key[0], Evaluated(Unset()))

    def _import(self, stmt: Import | ImportFrom, frame: Frame) -> None:
        if isinstance(stmt, Import):
            for dotted, alias in stmt.names:
                path = self.locate(frame.file, dotted, 0)
                head = dotted.partition(".")[0]
                if path is None:
                    head_path = self.locate(frame.file, head, 0)
                    if head_path is not None:
                        self.uncertain += 1
                        self.bind(alias or head, self.run_module(head_path), frame)
                        continue
                    self.uncertain += head not in _CERTAIN_IMPORTS
                    self.bind(alias or head, known(External(dotted if alias else head)), frame)
                    continue
                module = self.run_module(path)
                if alias is None and "." in dotted:
                    head_path = self.locate(frame.file, head, 0)
                    self._attach(frame.file, dotted)
                    module = self.run_module(head_path) if head_path is not None else module
                self.bind(alias or head, module, frame)
            return
        path = self.locate(frame.file, stmt.module, stmt.level)
        if path is None:
            self.uncertain += stmt.level > 0 or stmt.module.partition(".")[0] not in _CERTAIN_IMPORTS
            for name, alias in stmt.names:
                if name != "*":
                    value = (
                        known(External(f"{stmt.module}.{name}"))
                        if not stmt.level
                        else unknown("it is not in the project")
                    )
                    self.bind(alias or name, value, frame)
            return
        module = self.run_module(path)
        for name, alias in stmt.names:
            if name == "*":
                self._import_all(_ref(module), frame)
                continue
            found = self.module_attribute(_ref(module), name)
            if found is None:
                raise RaisedError("ImportError", NONE)
            self.bind(alias or name, found, frame)

    def _attach(self, file: str, dotted: str) -> None:
        parts = dotted.split(".")
        for index in range(1, len(parts)):
            outer = self.locate(file, ".".join(parts[:index]), 0)
            inner = self.locate(file, ".".join(parts[: index + 1]), 0)
            if outer is not None and inner is not None:
                self.write(_ref(self.run_module(outer)).oid, parts[index], self.run_module(inner))

    def _import_all(self, module: Ref, frame: Frame) -> None:
        obj = self.obj(module)
        listed = self.elements(obj.cells["__all__"]) if "__all__" in obj.cells else None
        wanted = {self.key_of(item) for item in listed} if listed is not None else None
        for key, cell in obj.cells.items():
            if not isinstance(key, str):
                continue
            if ((key,) in wanted) if wanted is not None else not key.startswith("_"):
                self.bind(key, cell, frame)

    def _closure(self, frame: Frame) -> tuple[int, ...]:
        return tuple(oid for oid in frame.scopes if self.heap.get(oid, Obj("")).kind != "class")

    def _define_function(self, stmt: FunctionDef, frame: Frame) -> None:
        flavour = ""
        wrapper: Evaluated | None = None
        for decorator in stmt.decorators:
            target = decorator.func if isinstance(decorator, Call) else decorator
            last = target.attr if isinstance(target, Attribute) else target.id if isinstance(target, Name) else ""
            if last in ("setter", "deleter"):
                return
            if last in ("property", "cached_property", "computed_field"):
                flavour = "property"
            elif last in ("staticmethod", "classmethod"):
                flavour = last.removesuffix("method")
            elif last in ("contextmanager", "asynccontextmanager"):
                flavour = "opaque"
            elif isinstance(target, Name | Attribute):
                found = self.evaluate(target, frame)
                item = found.value.value if isinstance(found.value, Known) else None
                if isinstance(item, Function) and not isinstance(decorator, Call) and len(stmt.decorators) == 1:
                    wrapper = found
                elif isinstance(item, Function) or (isinstance(item, Ref) and item.kind in ("class", "instance")):
                    flavour = "opaque"
        defaults = tuple(
            (param.name, traced_literal(self.evaluate(param.default, frame), param.default))
            for param in stmt.params
            if param.default is not None
        )
        owner = 0
        if frame.scopes and self.heap.get(frame.scopes[0], Obj("")).kind == "class":
            owner = frame.scopes[0]
        function = Function(stmt, frame.file, self._closure(frame), frame.module, defaults, owner, flavour)
        bound = known(function)
        if wrapper is not None:
            bound = self.call(wrapper, Arguments((bound,), span=stmt.span, text=stmt.name), frame)
        self.bind(stmt.name, self.controlled(bound), frame)

    def _define_class(self, stmt: ClassDef, frame: Frame) -> None:
        bases = tuple(self.evaluate(base, frame) for base in stmt.bases if not isinstance(base, Starred))
        opened = len(bases) < len(stmt.bases) or any(word.name == "metaclass" for word in stmt.keywords)
        # The reader leaves the fields of these out.
        opened = opened or any(unparse(base).rpartition(".")[2] in ("NamedTuple", "TypedDict") for base in stmt.bases)
        oid = self.new(Obj("class", {}, open=False, name=stmt.name, file=frame.file, bases=bases, span=stmt.span))
        inner = Frame(frame.file, frame.module, (oid, *frame.scopes))
        ends = self.block(stmt.body, inner)
        ended = ends.get("next")
        if ended is None:
            raised = ends.get("raise") or End(self.heap)
            self.heap = raised.heap
            raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
        self.heap = ended.heap
        if opened:
            self.widen(oid)
        if any(unparse(each).partition("(")[0].rpartition(".")[2] == "dataclass" for each in stmt.decorators):
            self.write(oid, _DATACLASS, known(True))
        self.bind(stmt.name, self.controlled(known(Ref(oid, "class"))), frame)

    # --- control flow

    def _mark_guard(self, condition: Evaluated, mark: int) -> None:
        self.guarded_variables.update(condition.variables)
        self.guarded_keys.update(self.keys_read[mark:])

    def _guard(self, test: Expr, frame: Frame) -> Ends:
        mark = len(self.keys_read)
        condition = self.evaluate(test, frame)
        truth = self.truth(condition)
        if truth is True:
            return {"next": End(self.heap)}
        self._mark_guard(condition, mark)
        ends: Ends = {"raise": End(self.heap, condition, "AssertionError", True)}
        if truth is None:
            ends["next"] = End(self.heap)
        return ends

    def _if(self, stmt: If, frame: Frame) -> Ends:
        in_body, in_else = main_branches(stmt.test)
        if (in_body or in_else) and not frame.scopes:
            run_body = (frame.file == self.main) is in_body
            return self.block(stmt.body if run_body else stmt.orelse, frame)
        if _type_checking(stmt.test):
            return self.block(stmt.orelse, frame)
        mark = len(self.keys_read)
        condition = self.evaluate(stmt.test, frame)
        truth = self.truth(condition)
        if truth is not True and _raises(stmt.body) and (truth is None or condition.absent):
            self._mark_guard(condition, mark)
            if truth is False:
                self._mark_operands(stmt.test, frame)
        depth = len(self.control)
        self.control.append(condition)
        try:
            if truth is not None:
                ends = self.block(stmt.body if truth else stmt.orelse, frame)
                if "raise" in ends and "next" not in ends and "return" not in ends:
                    self._mark_guard(condition, mark)
            else:
                ends = self._both(stmt.body, stmt.orelse, frame)
        finally:
            del self.control[depth:]
        if frame.scopes and (_returns(stmt.body) or _returns(stmt.orelse)):
            self.control.append(condition)
        return ends

    def _mark_operands(self, test: Expr, frame: Frame) -> None:
        """A check that only a variable's default switched off still guards what it names."""
        if isinstance(test, BoolOp) and test.op == "and":
            for value in test.values[1:]:
                mark = len(self.keys_read)
                try:
                    self._mark_guard(self.evaluate(value, frame), mark)
                except RaisedError:
                    continue

    def _both(self, body: Sequence[Stmt], orelse: Sequence[Stmt], frame: Frame) -> Ends:
        before = self.heap
        self.heap = dict(before)
        ends = self.block(body, frame)
        self.heap = dict(before)
        for kind, end in self.block(orelse, frame).items():
            ends[kind] = _merge(ends.get(kind), end)
        return ends

    def _loop(self, stmt: Loop, frame: Frame) -> Ends:
        ends: Ends = {}
        if stmt.target is None:
            return self._while(stmt, frame)
        source = self.evaluate(stmt.source, frame)
        items = self.elements(source)
        if items is None or len(items) > _ITEMS:
            return self._loop_unknown(stmt, frame)
        left: End | None = None
        for item in items:
            self.assign(stmt.target, selected(item, source), frame, stmt.span)
            result = self.block(stmt.body, frame)
            broken = result.pop("break", None)
            skipped = result.pop("continue", None)
            following = result.pop("next", None)
            for kind, end in result.items():
                ends[kind] = _merge(ends.get(kind), end)
            left = _merge(left, broken) if broken is not None else left
            if skipped is not None:
                following = _merge(following, skipped)
            if following is None:
                if left is not None:
                    ends["next"] = left
                return ends
            self.heap = following.heap
        for kind, end in self.block(stmt.orelse, frame).items():
            ends[kind] = _merge(ends.get(kind), end)
        if left is not None:
            ends["next"] = _merge(ends.get("next"), left)
        return ends

    def _while(self, stmt: Loop, frame: Frame) -> Ends:
        ends: Ends = {}
        for _ in range(_ROUNDS):
            truth = self.truth(self.evaluate(stmt.source, frame))
            if truth is None:
                break
            if not truth:
                for kind, end in self.block(stmt.orelse, frame).items():
                    ends[kind] = _merge(ends.get(kind), end)
                return ends
            before = dict(self.heap)
            result = self.block(stmt.body, frame)
            following = result.pop("next", None) or result.pop("continue", None)
            if result or following is None:
                if following is None and set(result) == {"break"}:
                    return {**ends, "next": _merge(ends.get("next"), result["break"])}
                if following is None and set(result) <= {"return", "raise"}:
                    return {**ends, **result}
                self.heap = before
                break
            self.heap = following.heap
        for kind, end in self._loop_unknown(stmt, frame).items():
            ends[kind] = _merge(ends.get(kind), end)
        return ends

    def _loop_unknown(self, stmt: Loop, frame: Frame) -> Ends:
        """A loop that runs an unknown number of times: its body twice, joined with not at all."""
        self.uncertain += 1
        ends: Ends = {}
        for _ in range(2):
            before = self.heap
            self.heap = dict(before)
            if stmt.target is not None:
                self.assign(stmt.target, _element_of_unknown(), frame, stmt.span)
            result = self.block(stmt.body, frame)
            after = before
            for kind, end in result.items():
                if kind in ("next", "break", "continue"):
                    after = join_heaps(after, end.heap)
                elif kind != "raise":
                    ends[kind] = _merge(ends.get(kind), end)
            self.heap = after if after is not before else dict(before)
        ends["next"] = _merge(ends.get("next"), End(self.heap))
        return ends

    def _with(self, stmt: With, frame: Frame) -> Ends:
        suppressed = False
        prefixes = len(self.prefixes)
        for context, target in stmt.items:
            value = self.evaluate(context, frame)
            item = value.value.value if isinstance(value.value, Known) else None
            suppressed = suppressed or (isinstance(item, Made) and item.name == "contextlib.suppress")
            if isinstance(item, Made) and item.name == "environs.Env().prefixed()":
                key = self.key_of(item.args[0])
                self.prefixes.append(str(key[0]) if key is not None else "?")
            if target is not None:
                entered = value if isinstance(item, Made) else unknown("a context manager gives it", value)
                self.assign(target, entered, frame, stmt.span)
        before = dict(self.heap)
        try:
            ends = self.block(stmt.body, frame)
        finally:
            del self.prefixes[prefixes:]
        if suppressed and "raise" in ends:
            ends["next"] = _merge(ends.get("next"), End(join_heaps(before, ends.pop("raise").heap)))
        return ends

    def _try(self, stmt: Try, frame: Frame) -> Ends:
        before = dict(self.heap)
        count = self.uncertain
        self.handlers += bool(stmt.handlers)
        try:
            ends = self.block(stmt.body, frame)
        finally:
            self.handlers -= bool(stmt.handlers)
        uncertain = self.uncertain > count
        if "next" in ends and stmt.orelse:
            self.heap = ends.pop("next").heap
            for kind, end in self.block(stmt.orelse, frame).items():
                ends[kind] = _merge(ends.get(kind), end)
        raised = ends.pop("raise", None)
        for handler in stmt.handlers:
            names = _handled(handler.type)
            heap: Heap | None = None
            causes: list[Evaluated] = []
            if raised is not None and _catches(names, raised.name):
                heap = raised.heap
                causes.append(raised.value)
                raised = None
            elif uncertain and not (names and names <= {"KeyError"}):
                heap = join_heaps(before, ends["next"].heap) if "next" in ends else before
            if heap is None:
                continue
            self.heap = dict(heap)
            depth = len(self.control)
            self.control.extend(causes)
            try:
                if handler.name is not None:
                    self.bind(handler.name, unknown("an exception"), frame)
                for kind, end in self.block(handler.body, frame).items():
                    ends[kind] = _merge(ends.get(kind), end)
            finally:
                del self.control[depth:]
        if raised is not None:
            ends["raise"] = _merge(ends.get("raise"), raised)
        if not stmt.final:
            return ends
        result: Ends = {}
        for kind, end in ends.items():
            self.heap = dict(end.heap)
            for inner, final in self.block(stmt.final, frame).items():
                if inner == "next":
                    result[kind] = _merge(result.get(kind), replace(end, heap=final.heap))
                else:
                    result[inner] = _merge(result.get(inner), final)
        return result

    def _match(self, stmt: Match, frame: Frame) -> Ends:
        subject = self.evaluate(stmt.subject, frame)
        ends: Ends = {}
        depth = len(self.control)
        self.control.append(subject)
        try:
            before = self.heap
            decided = False
            for case in stmt.cases:
                outcome: bool | None = True if case.wildcard else None
                if not case.wildcard and case.values:
                    outcomes = [self.compare_pair("==", subject, self.evaluate(value, frame)) for value in case.values]
                    outcome = True if True in outcomes else None if None in outcomes else False
                if outcome is True and case.guard is not None:
                    outcome = self.truth(self.evaluate(case.guard, frame))
                if outcome is False:
                    continue
                self.heap = dict(before)
                for kind, end in self.block(case.body, frame).items():
                    ends[kind] = _merge(ends.get(kind), end)
                if outcome is True:
                    decided = True
                    break
            if not decided:
                ends["next"] = _merge(ends.get("next"), End(before))
        finally:
            del self.control[depth:]
        return ends


def traced_literal(value: Evaluated, expr: Expr) -> Evaluated:
    """A literal that is returned or handed over has its place there; any other value has one already."""
    if value.span is not None or not isinstance(value.value, Known) or not isinstance(expr, Const):
        return value
    return traced(value, expr.span, unparse(expr))


def _keyword_traced(value: Evaluated, word: Keyword) -> Evaluated:
    source = unparse(word.value)
    return traced(value, word.span, f"{word.name}={source}", source)


def _element_of_unknown() -> Evaluated:
    return unknown("an element of something unknown")


def _ref(evaluated: Evaluated) -> Ref:
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    return item if isinstance(item, Ref) else Ref(0, "")


def _kind(item: object) -> str:
    return item.kind if isinstance(item, Ref) else ""


def _sequence_kind(evaluated: Evaluated) -> str | None:
    item = evaluated.value.value if isinstance(evaluated.value, Known) else None
    if isinstance(item, Seq) and item.kind == "tuple":
        return "tuple"
    return "list" if isinstance(item, Ref) and item.kind == "list" else None


def _merge(one: End | None, other: End) -> End:
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
    return End(join_heaps(one.heap, other.heap), value, name, one.deliberate or other.deliberate)


def _yields(expr: Expr) -> bool:
    return isinstance(expr, Opaque) and expr.text.lstrip("( ").startswith("yield")


def _type_checking(expr: Expr) -> bool:
    return (isinstance(expr, Name) and expr.id == "TYPE_CHECKING") or (
        isinstance(expr, Attribute) and expr.attr == "TYPE_CHECKING"
    )


def _returns(body: Sequence[Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], Return)


def _raises(body: Sequence[Stmt]) -> bool:
    if not body:
        return False
    last = body[-1]
    return isinstance(last, Raise) or (
        isinstance(last, ExprStmt)
        and isinstance(last.value, Call)
        and unparse(last.value.func) in ("sys.exit", "exit", "quit", "os._exit", "_exit")
    )


def _exception_name(value: Expr | None) -> str:
    target = value.func if isinstance(value, Call) else value
    if isinstance(target, Attribute):
        return target.attr
    return target.id if isinstance(target, Name) else "?"


def _handled(expr: Expr | None) -> frozenset[str]:
    """The class names of an ``except`` clause; empty for one that catches everything."""
    if expr is None:
        return frozenset()
    items = expr.items if isinstance(expr, Collection) else (expr,)
    return frozenset(_exception_name(item) for item in items)


def _catches(names: frozenset[str], raised: str) -> bool:
    if not names or "BaseException" in names or raised in names or "?" in names:
        return True
    if raised == "SystemExit":
        return False
    if "Exception" in names or raised == "?":
        return True
    raised_class = getattr(builtins, raised, None)
    for name in names:
        handled = getattr(builtins, name, None)
        if isinstance(raised_class, type) and isinstance(handled, type) and issubclass(raised_class, handled):
            return True
        if raised == "ImportError" and name == "ModuleNotFoundError":
            return True
    return False
