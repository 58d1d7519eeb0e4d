"""Values that a Python program computes on the way to a launch: arguments, environment, command lines.

A small evaluator for :mod:`~flask_prodcheck.model.python.execution`; nothing is executed. What cannot be decided is
:data:`OPEN`; inside text it stays visible as ``${name}``, as everywhere in commands.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from flask_prodcheck.facts.statements import argument, call_name, nested_statements
from flask_prodcheck.facts.syntax import (
    Assign,
    Attribute,
    BinOp,
    BoolOp,
    Call,
    Collection,
    Compare,
    Const,
    Dict,
    Expr,
    IfExp,
    Lambda,
    Name,
    Opaque,
    Starred,
    Stmt,
    Subscript,
    Template,
    UnaryOp,
)
from flask_prodcheck.model.python.definitions import Definition
from flask_prodcheck.model.python.environments import COPYING, Surroundings, surroundings_made
from flask_prodcheck.model.python.held_settings import setting_name
from flask_prodcheck.model.python.instances.scope import Scope
from flask_prodcheck.model.python.mentions import mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.source_files import SourceFiles
from flask_prodcheck.model.python.tables import table_at, table_of
from flask_prodcheck.model.python.value_bounds import SIZE, is_small, size
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: Other ways to write the path that they are given.
_SAME_FILE = frozenset(
    {f"os.path.{name}" for name in ("abspath", "realpath", "normpath", "normcase", "expanduser")} | {"pathlib.Path"}
)
#: What imports a module by its name.
_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__"})
_IMPORTING = frozenset(name.rpartition(".")[2] for name in _IMPORTERS)
_SLICE = regex(r"^(-?\d*):(-?\d*)$")
#: What ``format`` puts something in the place of.
FIELD = regex(r"(?<!\$)\{([^{}:!]*)(?:![rsa])?(?::[^{}]*)?\}")
_RUNTIME = {"sys.executable": "python", "sys.platform": "linux", "os.name": "posix"}
_DEPTH = 16
#: The expressions that one value may be put together from, and all values of a program; each counts as often as it is met.
_OF_VALUE, _OF_PROGRAM = 5_000, 100_000
_CHARACTERS = 100  # of a value that take about as long as one expression
#: What stands in front of a project path in a word that means this very file, from whatever folder (``__file__``).
OWN_FILE = "${__file__}/"


class _Open:
    """The one value that stands for "not decidable"."""

    def __repr__(self) -> str:
        return "OPEN"


OPEN = _Open()


@dataclass(slots=True)
class Frame:
    """One activation of a module or function body: its file, scope and local values; ``name`` is ``__name__`` there.
    ``assumed`` turns true once a value depended on a variable that no file sets; ``assumptions`` are the names that hold
    such values. ``again``: of a module that was imported before, by another program. ``returns``: a branch that cannot be
    decided has left the function; ``parsed``: the parameters that hold what argparse has read, and the file that declares
    the arguments; ``results``: what it gives back; ``attributes``: those of ``self``, of an object that nothing else has
    seen yet (None: any may have changed them); ``perhaps_empty``: the lists that only a branch, or a loop, which may not
    run has put something into; ``imports``: the imports that were run in it, the last ones last; ``chosen``: in the function
    of a group of commands, the one that runs after it (None: none)."""

    path: str
    name: str
    scope: Scope = field(default_factory=Scope)
    values: dict[str, object] = field(default_factory=dict)
    assumed: bool = False
    assumptions: set[str] = field(default_factory=set)
    again: bool = False
    returns: bool = False
    parsed: dict[str, str] = field(default_factory=dict)
    results: list[object] = field(default_factory=list)
    attributes: dict[str, object] | None = None
    perhaps_empty: set[str] = field(default_factory=set)
    imports: list[Stmt] = field(default_factory=list)
    chosen: object = OPEN


@dataclass(frozen=True, slots=True)
class Loaded:
    """A module of the project that the program imports by a name which it computes, or what it takes from one: the
    function, class or value that the file ``module`` has under ``name``."""

    module: str
    name: str = ""

    def found(self, modules: Modules) -> Definition:
        """What it is."""
        return modules.define(self.module, self.name) if self.name else Definition("module", self.module)


@dataclass(slots=True)
class Effort:
    """How many expressions may still be looked at, in the whole program (``left``) and for the value that is being worked out
    (``value``; None: none is)."""

    left: int = _OF_PROGRAM
    value: int | None = None

    def begin(self) -> None:
        self.value = min(_OF_VALUE, self.left)

    def end(self) -> None:
        self.value = None

    def take(self, count: int) -> bool:
        """Whether ``count`` more may be looked at; they count as seen then."""
        self.left = max(self.left - count, 0)
        self.value = (self.value or 0) - count
        return self.value >= 0


@dataclass(frozen=True, slots=True)
class World:
    """What the program is started with. ``argv`` without the program's own name; ``exported``: the variables that it has
    set since, for what it starts."""

    modules: Modules
    argv: tuple[str, ...]
    env: Mapping[str, str]
    program: Callable[[], str]
    arguments: Callable[[Frame, str], object]
    returned: Callable[[Frame, Call], object]
    exported: Mapping[str, str] = field(default_factory=dict)
    effort: Effort = field(default_factory=Effort)


def evaluate(world: World, frame: Frame, expr: Expr) -> object:
    """The value of ``expr``, or :data:`OPEN`. Lists are Python lists whose items may be open."""
    if world.effort.value is not None:  # another value hangs on this one
        return _value(world, frame, expr)
    world.effort.begin()
    try:
        return _value(world, frame, expr)
    finally:
        world.effort.end()


def _value(world: World, frame: Frame, expr: Expr, depth: int = 0) -> object:
    if depth > _DEPTH or not world.effort.take(1):
        return OPEN

    def inside(inner: Expr) -> object:
        return _value(world, frame, inner, depth + 1)

    def kept(value: object) -> object:
        found = size(value)
        return value if found <= SIZE and world.effort.take(found // _CHARACTERS) else OPEN

    if isinstance(expr, Const):
        return expr.value
    if isinstance(expr, Collection):
        return kept(_items(expr.items, inside))
    if isinstance(expr, Dict):
        if expr.items and all(isinstance(key, Const) for key, _ in expr.items):
            return kept({key.value: inside(value) for key, value in expr.items if isinstance(key, Const)})
        made = surroundings_made(world.modules, frame.path, frame.scope.body, expr, inside)
        # An empty one is there to be filled, often by a function inside this one.
        return kept(made) if made is not None else OPEN
    if isinstance(expr, Template):
        return kept(_joined("", [_text(inside(part), part) for part in expr.parts]))
    if isinstance(expr, BinOp):
        made = surroundings_made(world.modules, frame.path, frame.scope.body, expr, inside) if expr.op == "|" else None
        return kept(made if made is not None else _binary(expr, inside(expr.left), inside(expr.right)))
    if isinstance(expr, UnaryOp):
        value = inside(expr.operand)
        if value is OPEN:
            return OPEN
        if expr.op == "not":
            return OPEN if is_perhaps_empty(frame, expr.operand) else not value
        return -value if expr.op == "-" and isinstance(value, int | float) else OPEN
    if isinstance(expr, BoolOp):
        return _logic(expr, inside)
    if isinstance(expr, Compare):
        return _compare(world, frame, expr, inside)
    if isinstance(expr, IfExp):
        test = inside(expr.test)
        return OPEN if test is OPEN else inside(expr.body if test else expr.orelse)
    if isinstance(expr, Subscript):
        return _subscript(world, frame, expr, depth)
    if isinstance(expr, Call):
        return kept(_call(world, frame, expr, depth))
    if isinstance(expr, (Name, Attribute)):
        return _reference(world, frame, expr, depth)
    return OPEN


def bounded(value: object) -> object:
    """``value``, open where it is larger than anything that is followed."""
    return value if is_small(value) else OPEN


def is_perhaps_empty(frame: Frame, expr: Expr) -> bool:
    """Whether ``expr`` names a list of which it is not known whether anything is in it."""
    return isinstance(expr, Name) and expr.id in frame.perhaps_empty


def text_of(expr: Expr, value: object) -> str:
    """``value`` as a word of a command; ``${name}`` when it is open."""
    return _text(value, expr)


def _text(value: object, expr: Expr) -> str:
    if value is OPEN or isinstance(value, list | dict | Loaded):
        return "${" + (re.sub(r"\W+", "_", render(expr)).strip("_") or "value") + "}"
    return str(value)


def _joined(separator: str, parts: list[str]) -> object:
    return separator.join(parts) if is_small([*parts, *[separator] * len(parts)]) else OPEN


def _items(items: Sequence[Expr], inside: Callable[[Expr], object]) -> object:
    found: list[object] = []
    total = 0
    for item in items:
        if isinstance(item, Starred):
            value = inside(item.value)
            more = value if isinstance(value, list) else [_text(OPEN, item.value)]
        else:
            value = inside(item)
            more = [_text(OPEN, item) if value is OPEN else value]
        found += more
        total += size(more)
        if total > SIZE:
            return OPEN
    return found


def _binary(expr: BinOp, left: object, right: object) -> object:
    if expr.op == "+":
        if isinstance(left, list) and isinstance(right, list):
            return [*left, *right]
        if isinstance(left, list):
            return [*left, _text(OPEN, expr.right)]
        if isinstance(right, list):
            return [_text(OPEN, expr.left), *right]
        if isinstance(left, str) or isinstance(right, str):
            return _text(left, expr.left) + _text(right, expr.right)
        if isinstance(left, int) and isinstance(right, int):
            return left + right
    if expr.op == "%" and isinstance(left, str):
        parts = right if isinstance(right, list) else [right]
        shown = iter(["${value}" if part is OPEN or isinstance(part, Loaded) else str(part) for part in parts])
        return re.sub(r"%(?:\(\w+\))?[sdr]", lambda _: next(shown, "${value}"), left)
    if expr.op == "/" and (isinstance(left, str) or (left is OPEN and isinstance(right, str))):
        return f"{_text(left, expr.left)}/{_text(right, expr.right)}"  # a path: nothing else is divided by a text
    return OPEN


def _logic(expr: BoolOp, inside: Callable[[Expr], object]) -> object:
    undecided = False
    value: object = OPEN
    for item in expr.values:
        value = inside(item)
        if value is OPEN:
            undecided = True
        elif bool(value) == (expr.op == "or"):
            # one deciding operand settles the truth of the whole, whatever the open ones are
            return bool(value) if undecided else value
    return OPEN if undecided else value


def _compare(world: World, frame: Frame, expr: Compare, inside: Callable[[Expr], object]) -> object:
    if len(expr.ops) != 1:
        return OPEN
    op, right_expr = expr.ops[0]
    left = inside(expr.left)
    if op in ("in", "not in") and world.modules.qualified(frame.path, right_expr, frame.scope.body) == "os.environ":
        if isinstance(left, str):
            if left not in world.env:
                frame.assumed = True
            return (left in world.env) == (op == "in")
        return OPEN
    table = table_of(world.modules, frame.path, right_expr, frame.scope) if op in ("in", "not in") else None
    if table is not None and isinstance(left, str | int) and not _is_open_text(left):
        return (left in table.entries) == (op == "in") if left in table.entries or table.is_whole else OPEN
    right = inside(right_expr)
    if left is OPEN or right is OPEN or _is_open_text(left) or _is_open_text(right):
        return OPEN
    if op in ("==", "is"):
        return left == right
    if op in ("!=", "is not"):
        return left != right
    if (
        op in ("in", "not in")
        and isinstance(right, list | dict | str)
        and (not isinstance(right, str) or isinstance(left, str))
        and (not isinstance(right, dict) or isinstance(left, str | int))
    ):
        if isinstance(right, list) and any(_is_open_text(item) for item in right):
            return OPEN
        if isinstance(right, Surroundings) and left not in right:
            return OPEN
        found = left in right if not isinstance(right, str) else isinstance(left, str) and left in right
        return found == (op == "in")
    if isinstance(left, int | float) and isinstance(right, int | float):
        return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}.get(op, OPEN)
    return OPEN


def _is_open_text(value: object) -> bool:
    return isinstance(value, str) and "${" in value


def _subscript(world: World, frame: Frame, expr: Subscript, depth: int) -> object:
    def inside(inner: Expr) -> object:
        return _value(world, frame, inner, depth + 1)

    part = _SLICE.match(expr.index.text.replace(" ", "")) if isinstance(expr.index, Opaque) else None
    if part is not None:
        whole = inside(expr.value)
        first, last = part.groups()
        return whole[int(first or 0) : int(last) if last else None] if isinstance(whole, list) else OPEN
    index = inside(expr.index)
    held = setting_name(expr)
    if held in frame.values:
        frame.assumed = frame.assumed or held in frame.assumptions
        return frame.values[held]
    if world.modules.qualified(frame.path, expr.value, frame.scope.body) == "os.environ":
        return world.env.get(index, OPEN) if isinstance(index, str) else OPEN
    if isinstance(expr.value, Name) and isinstance(index, str):
        parsed = world.arguments(frame, f"{expr.value.id}.{index}")  # vars(parser.parse_args())
        if parsed is not OPEN:
            return parsed
    base = inside(expr.value)
    if isinstance(base, list) and isinstance(index, int):
        return base[index] if -len(base) <= index < len(base) else OPEN
    if isinstance(base, dict):
        return base.get(index, OPEN) if isinstance(index, str | int) else OPEN
    if isinstance(base, Loaded) and isinstance(index, str):  # the names that its code was run in
        return _taken(world, base, index, depth)
    return OPEN


def _call(world: World, frame: Frame, call: Call, depth: int) -> object:
    def inside(inner: Expr) -> object:
        return _value(world, frame, inner, depth + 1)

    name = world.modules.qualified(frame.path, call.func, frame.scope.body)
    if name in ("os.environ.get", "os.getenv") and call.args:
        variable = inside(call.args[0])
        if not isinstance(variable, str):
            return OPEN
        if variable in world.env:
            return world.env[variable]
        frame.assumed = True
        default = (
            call.args[1]
            if len(call.args) > 1
            else next((item.value for item in call.keywords if item.name == "default"), None)
        )
        return inside(default) if default is not None else None
    if name == "builtins.len" and call.args:
        value = inside(call.args[0])
        return len(value) if isinstance(value, list | str | dict) and not _is_open_text(value) else OPEN
    if (
        name in ("builtins.bool", "builtins.str", "builtins.int", "builtins.list", "builtins.tuple")
        and len(call.args) == 1
    ):
        value = inside(call.args[0])
        if value is OPEN or (isinstance(value, Loaded) and name != "builtins.bool"):
            return OPEN
        if name == "builtins.bool":
            return bool(value)
        if name == "builtins.str":
            return str(value)
        if name == "builtins.int":
            return integer(value)
        return value if isinstance(value, list) else OPEN
    if name in _IMPORTERS and call.args:
        return _imported(world, frame, call, name, inside)
    if name in COPYING:
        made = surroundings_made(world.modules, frame.path, frame.scope.body, call, inside)
        return made if made is not None else OPEN
    if (file := SourceFiles(world.modules, frame.path, frame.scope, inside).of(call)) is not None:
        return Loaded(file)
    if name == "importlib.util.module_from_spec" and call.args:
        return inside(call.args[0])
    if name == "builtins.getattr" and len(call.args) > 1:
        base, attr = inside(call.args[0]), inside(call.args[1])
        otherwise = inside(call.args[2]) if len(call.args) > 2 else OPEN
        if not isinstance(base, Loaded) or not isinstance(attr, str):
            return OPEN
        return _taken(world, base, attr, depth, otherwise)
    if name == "platform.system":
        return "Linux"
    if name == "shlex.split" and call.args:
        value = inside(call.args[0])
        return _split(value) if isinstance(value, str) else OPEN
    if name == "shlex.quote" and call.args:
        return inside(call.args[0])
    if name in _SAME_FILE and call.args:
        value = inside(call.args[0])
        return value if isinstance(value, str) else OPEN
    if name in ("os.path.join", "posixpath.join"):
        return _joined("/", [_text(inside(arg), arg) for arg in call.args])
    if name == "shutil.which" and call.args:
        return inside(call.args[0])
    if isinstance(call.func, Attribute) and call.func.attr == "get" and isinstance(call.func.value, Name) and call.args:
        key = inside(call.args[0])
        parsed = world.arguments(frame, f"{call.func.value.id}.{key}") if isinstance(key, str) else OPEN
        if parsed is not OPEN:
            return parsed
    if isinstance(call.func, Attribute):
        value = _method(call, call.func, inside(call.func.value), inside)
        if value is not OPEN:
            return value
    return world.returned(frame, call) if name is None else OPEN


def _method(call: Call, func: Attribute, base: object, inside: Callable[[Expr], object]) -> object:
    if not isinstance(base, str):
        if isinstance(base, dict) and func.attr == "get" and call.args:
            key = inside(call.args[0])
            if isinstance(key, str | int):
                if isinstance(base, Surroundings):
                    return base.get(key, OPEN)
                return base[key] if key in base else inside(call.args[1]) if len(call.args) > 1 else None
        return base if isinstance(base, Loaded) and func.attr == "load_module" else OPEN
    if func.attr in ("lower", "upper", "strip", "title") and not call.args:
        return str(getattr(base, func.attr)())
    if func.attr in ("resolve", "absolute", "as_posix", "expanduser") and not call.args:
        return base
    if func.attr in ("startswith", "endswith") and call.args:
        prefix = inside(call.args[0])
        if isinstance(prefix, str) and "${" not in base:
            return base.startswith(prefix) if func.attr == "startswith" else base.endswith(prefix)
        return OPEN
    if func.attr == "join" and call.args:
        value = inside(call.args[0])
        if not isinstance(value, list):
            return OPEN
        return _joined(base, ["${value}" if item is OPEN else str(item) for item in value])
    if func.attr in ("split", "rsplit", "partition", "rpartition"):
        return _parts(base, func.attr, [inside(arg) for arg in call.args])
    if func.attr in ("replace", "removeprefix", "removesuffix") and "${" not in base:
        words = [inside(arg) for arg in call.args]
        plain = [word for word in words if isinstance(word, str)]
        wanted = 2 if func.attr == "replace" else 1
        if len(plain) != len(words) or len(words) != wanted:
            return OPEN
        if func.attr == "replace":
            return _joined(plain[1], base.split(plain[0])) if plain[0] else OPEN
        return str(getattr(base, func.attr)(*plain))
    if func.attr == "format":
        return _format(base, call, inside)
    return OPEN


def integer(value: object) -> object:
    """What ``int(value)`` gives."""
    try:
        return int(value) if isinstance(value, int | str) else OPEN
    except ValueError:  # no number, or one of more digits than Python reads
        return OPEN


def _parts(base: str, how: str, words: Sequence[object]) -> object:
    """What a text is cut into."""
    separator = words[0] if words else None
    if separator is None and "partition" not in how:
        return _split(base)
    if not isinstance(separator, str) or not separator:
        return OPEN
    if "partition" in how:
        return list(base.partition(separator) if how == "partition" else base.rpartition(separator))
    most = words[1] if len(words) > 1 else -1
    if not isinstance(most, int):
        return OPEN
    most = min(most, SIZE)  # (a text has no more parts)
    return list(base.split(separator, most) if how == "split" else base.rsplit(separator, most))


def _imported(world: World, frame: Frame, call: Call, name: str, inside: Callable[[Expr], object]) -> object:
    """The module of ``importlib.import_module(name, package)``, or of ``__import__(name, ..., fromlist)``."""
    wanted = inside(call.args[0])
    if not isinstance(wanted, str) or not wanted.strip(".") or "${" in wanted:
        return OPEN
    dotted = wanted.lstrip(".")
    level = len(wanted) - len(dotted)
    if name == "builtins.__import__":
        level = 0
        listed = argument(call, "fromlist", position=3)
        if listed is None or not inside(listed):
            dotted = dotted.partition(".")[0]
    elif level:
        package = argument(call, "package", position=1)
        above = inside(package) if package is not None else OPEN
        if isinstance(above, str) and above.count(".") >= level - 1 and "${" not in above:
            dotted = f"{above.rsplit('.', level - 1)[0]}.{dotted}"
            level = 0
    path = world.modules.find_imported(frame.path, dotted, level)
    return Loaded(path) if path is not None else OPEN


def _taken(world: World, base: Loaded, attr: str, depth: int, default: object = OPEN) -> object:
    """The attribute ``attr`` of what was loaded; ``default`` where it certainly has none."""
    found = world.modules.attribute(base.found(world.modules), attr)
    if found.kind == "module":
        return Loaded(found.module)
    if found.kind in ("function", "class") and world.modules.define(found.module, found.name).span == found.span:
        return Loaded(found.module, found.name)
    if found.kind == "value" and found.value is not None and not found.conditional:
        value = _value(world, Frame(found.module, found.module), found.value, depth + 2)
        return Loaded(found.module, found.name) if value is OPEN else value
    return default if found.kind == "missing" else OPEN


def _format(base: str, call: Call, inside: Callable[[Expr], object]) -> object:
    positional = [_text(inside(arg), arg) for arg in call.args]
    named = {item.name: _text(inside(item.value), item.value) for item in call.keywords if item.name}
    counter = iter(range(len(positional)))

    def replacement(key: str) -> str:
        if key in named:
            return named[key]
        index = integer(key) if key else next(counter, -1)
        known = isinstance(index, int) and 0 <= index < len(positional)
        return positional[index] if isinstance(index, int) and known else "${" + (key or "value") + "}"

    parts: list[str] = []
    at = 0
    for match in FIELD.finditer(base):
        parts += [base[at : match.start()], replacement(match.group(1).partition(".")[0].partition("[")[0])]
        at = match.end()
    return _joined("", [*parts, base[at:]])


def _split(text: str) -> list[object]:
    try:
        return list(shlex.split(text))
    except ValueError:
        return list(text.split())


def _reference(world: World, frame: Frame, expr: Name | Attribute, depth: int) -> object:
    if isinstance(expr, Name):
        if expr.id == "__name__":
            return frame.name
        if expr.id == "__file__" and "__file__" not in frame.values:
            return OWN_FILE + frame.path
        if expr.id == "__package__" and frame.name != "__main__":
            return frame.name if frame.path.endswith("__init__.py") else frame.name.rpartition(".")[0]
        if expr.id in frame.values:
            frame.assumed = frame.assumed or expr.id in frame.assumptions
            return frame.values[expr.id]
        if expr.id in frame.scope.params:
            return OPEN
    elif isinstance(expr.value, Call) and call_name(expr.value) in _IMPORTING:
        base = _value(world, frame, expr.value, depth + 1)
        return _taken(world, base, expr.attr, depth) if isinstance(base, Loaded) else OPEN
    elif isinstance(expr.value, Name):
        if isinstance(base := frame.values.get(expr.value.id), Loaded):
            return _taken(world, base, expr.attr, depth)
        if frame.attributes is not None and expr.value.id == "self" and expr.attr in frame.attributes:
            return frame.attributes[expr.attr]
        parsed = world.arguments(frame, f"{expr.value.id}.{expr.attr}")
        if parsed is not OPEN:
            return parsed
    found = world.modules.resolve(frame.path, expr, frame.scope.body)
    if isinstance(expr, Attribute) and found.kind == "value" and _is_set_elsewhere(world.modules, frame, expr):
        return OPEN
    if found.kind == "external":
        if found.name == "sys.argv":
            return [world.program(), *world.argv]
        return _RUNTIME.get(found.name, OPEN)
    if found.kind == "value" and found.value is not None and not found.conditional and found.value is not expr:
        if (
            isinstance(found.value, (Name, Attribute))
            and found.module == frame.path
            and render(found.value) == render(expr)
        ):
            return OPEN
        table = table_at(world.modules, found)
        if table is not None and table.grows:
            return OPEN
        inner = frame if found.module == frame.path else Frame(found.module, found.module)
        value = _value(world, inner, found.value, depth + 2)
        frame.assumed = frame.assumed or inner.assumed
        return value
    return OPEN


def _is_set_elsewhere(modules: Modules, frame: Frame, expr: Attribute) -> bool:
    """Whether ``expr`` is an attribute of an object or a class that the project assigns through it (``state.host = True``):
    what the class body says is only its first value."""
    owner = modules.resolve(frame.path, expr.value, frame.scope.body)
    if owner.kind == "module":
        return False
    known = modules.memo.setdefault("attributes", {})
    if not isinstance(known, dict):
        return False
    if expr.attr not in known:
        known[expr.attr] = any(
            isinstance(target, Attribute) and target.attr == expr.attr
            for path in mentions_of(modules).files_giving(expr.attr)
            if (module := modules.module(path)) is not None
            for stmt, _ in nested_statements(module.body)
            if isinstance(stmt, Assign)
            for target in stmt.targets
        )
    return bool(known[expr.attr])


# --- source text -----------------------------------------------------------------------------------------------------


def render(expr: Expr, limit: int = 160) -> str:
    """``expr`` written out again, for display; long ones are cut."""
    text = _render(expr, 0)
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _render(expr: Expr, depth: int) -> str:
    if depth > 8:
        return "..."

    def inner(item: Expr) -> str:
        return _render(item, depth + 1)

    if isinstance(expr, Const):
        return repr(expr.value) if not isinstance(expr.value, str) else '"' + expr.value.replace("\n", "\\n") + '"'
    if isinstance(expr, Name):
        return expr.id
    if isinstance(expr, Attribute):
        return f"{inner(expr.value)}.{expr.attr}"
    if isinstance(expr, Starred):
        return f"*{inner(expr.value)}"
    if isinstance(expr, Call):
        keywords = [
            f"{item.name}={inner(item.value)}" if item.name else f"**{inner(item.value)}" for item in expr.keywords
        ]
        return f"{inner(expr.func)}({', '.join([*map(inner, expr.args), *keywords])})"
    if isinstance(expr, Subscript):
        return f"{inner(expr.value)}[{inner(expr.index)}]"
    if isinstance(expr, Collection):
        brackets = {"list": "[]", "tuple": "()", "set": "{}"}.get(expr.kind, "[]")
        return brackets[0] + ", ".join(map(inner, expr.items)) + brackets[1]
    if isinstance(expr, Dict):
        return (
            "{"
            + ", ".join(
                f"{inner(key)}: {inner(value)}" if key is not None else f"**{inner(value)}" for key, value in expr.items
            )
            + "}"
        )
    if isinstance(expr, BinOp):
        return f"{inner(expr.left)} {expr.op} {inner(expr.right)}"
    if isinstance(expr, BoolOp):
        return f" {expr.op} ".join(map(inner, expr.values))
    if isinstance(expr, UnaryOp):
        return f"not {inner(expr.operand)}" if expr.op == "not" else expr.op + inner(expr.operand)
    if isinstance(expr, Compare):
        return inner(expr.left) + "".join(f" {op} {inner(right)}" for op, right in expr.ops)
    if isinstance(expr, IfExp):
        return f"{inner(expr.body)} if {inner(expr.test)} else {inner(expr.orelse)}"
    if isinstance(expr, Template):
        return (
            'f"'
            + "".join(str(part.value) if isinstance(part, Const) else "{" + inner(part) + "}" for part in expr.parts)
            + '"'
        )
    if isinstance(expr, Lambda):
        return f"lambda: {inner(expr.body)}"
    return expr.text
