"""What the evaluator knows of the standard library and of the libraries that read configuration.

Every name here is the documented one of its distribution: ``os``, ``json``, ``pathlib``, ``python-dotenv``, ``environs``,
``python-decouple``, ``starlette.config``, ``pydantic-settings``. A call of anything else makes an object of which nothing
is known but its maker.
"""

from __future__ import annotations

import ast
import datetime as dt
import json
import posixpath
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, cast

from flask_prodcheck.base import Known, Span, Unknown, Unset
from flask_prodcheck.facts.types import EnvFile, EnvVar
from flask_prodcheck.model.evaluation import applications
from flask_prodcheck.model.evaluation.operations import NotPlainError, RefusedError, format_text, text_of
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Made,
    Method,
    Ref,
    Seq,
    depending,
    known,
    merged,
    selected,
    unknown,
)

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

Reader = Callable[[str], "bytes | None"]
Compute = Callable[[list[object]], object]

ROOT = "/\ufdd0project"  # stands for the folder of the project in paths; no text holds this code point
SETTINGS_FIELD = "pydantic.Field()"
PARTIAL = "functools.partial()"
FIELD = "dataclasses.field()"
TRUE_OBJECTS = frozenset({"logging.getLogger()", "flask.Blueprint()", "environs.Env()"})
_ALWAYS_SET = frozenset({"PATH", "HOME", "PWD", "HOSTNAME", "USER", "LOGNAME", "SHELL", "LANG"})
_RANDOM = ("secrets.", "random.", "numpy.random.", "Crypto.Random.", "os.urandom", "os.getrandom", "ssl.RAND_bytes")
_RANDOM_WHOLE = frozenset(
    {"uuid.uuid1", "uuid.uuid4", "cryptography.fernet.Fernet.generate_key", "secrets", "random", "bcrypt.gensalt"}
)
_FLASK = frozenset(
    {"flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "flask_openapi3.OpenAPI", "eve.Eve", "flask_api.FlaskAPI",
     "quart.Quart", "dash.Dash", "connexion.App", "connexion.FlaskApp", "connexion.apps.flask_app.FlaskApp"}
)  # fmt: skip
_PLAIN_BASES = frozenset(
    {"object", "abc.ABC", "typing.NamedTuple", "typing.Protocol", "typing.Generic", "flask.config.Config", "Exception"}
)
_SETTINGS = ("BaseSettings",)
_LONG = 20_000
_PATH_LIKE = frozenset({"join", "dirname", "basename", "normpath", "split", "splitext", "isabs"})
_STR = frozenset(
    [
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "split",
        "rsplit",
        "splitlines",
        "startswith",
        "endswith",
        "replace",
        "format",
        "join",
        "encode",
        "title",
        "capitalize",
        "casefold",
        "isdigit",
        "isnumeric",
        "isdecimal",
        "isalpha",
        "isalnum",
        "isupper",
        "islower",
        "isspace",
        "count",
        "find",
        "index",
        "rfind",
        "removeprefix",
        "removesuffix",
        "partition",
        "rpartition",
        "swapcase",
    ]
)
_BYTES = frozenset(["decode", "hex", "startswith", "endswith", "strip", "split", "replace", "lower", "upper"])
_TRUE_WORDS = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE_WORDS = frozenset({"n", "no", "f", "false", "off", "0"})
_LOADERS = ("FlaskDynaconf", "AppConfig", "FlaskConfig", "Confuse")
_TYPES: dict[str, tuple[type, ...]] = {
    "builtins.str": (str,), "builtins.int": (int,), "builtins.bool": (bool,), "builtins.float": (float,),
    "builtins.bytes": (bytes,), "builtins.list": (list,), "builtins.tuple": (tuple,), "builtins.dict": (dict,),
    "builtins.set": (set,),
}  # fmt: skip


def is_flask_class(name: str) -> bool:
    """Whether ``name`` is Flask or a class of a distribution that is one."""
    return name in _FLASK


def is_settings_class(name: str) -> bool:
    return name.rpartition(".")[2] in _SETTINGS


def is_enum(name: str) -> bool:
    return name in ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag")


def is_plain_base(name: str) -> bool:
    """Whether a base class brings no attributes that a configuration would read."""
    return name.removeprefix("builtins.") in _PLAIN_BASES or is_enum(name) or is_settings_class(name)


def is_random(name: str) -> bool:
    """Whether calling ``name`` gives something new in every process."""
    if name in ("secrets.compare_digest", "random.seed"):
        return False
    return name in _RANDOM_WHOLE or name.startswith(_RANDOM)


# --- the environment -------------------------------------------------------------------------------------------------


def environment_value(machine: Machine, name: str) -> Evaluated | None:
    """The variable ``name`` of the process; None when nothing sets it."""
    obj = machine.heap.get(machine.environ)
    cell = obj.cells.get(name) if obj is not None else None
    if cell is not None:
        return None if isinstance(cell.value, Unset) else replace(cell, variables=merged(cell.variables, (name,)))
    value = machine.env.get(name)
    if value is not None and not isinstance(value, Unset):
        found: Evaluated = Evaluated(cast("Known[object] | Unknown", value), (name,))
        return replace(found, guarded=True) if name in machine.required and isinstance(value, Unknown) else found
    if name in machine.required:
        return Evaluated(Unknown(f"{name} has to be set: start-up fails without it"), (name,), guarded=True)
    if name in _ALWAYS_SET:
        return Evaluated(Unknown(f"{name} is set by the system"), (name,))
    return None


def environment_default(name: str, default: Evaluated) -> Evaluated:
    """``default``, standing in for the variable ``name`` that nothing sets."""
    return replace(
        default,
        variables=merged((name,), default.variables),
        absent=merged((name,), default.absent),
        span=None,  # the place of the value is where the variable is read
        expression="",
    )


def environment_get(machine: Machine, name: str, default: Evaluated) -> Evaluated:
    found = environment_value(machine, name)
    return found if found is not None else environment_default(name, default)


def environment_item(machine: Machine, name: str, error: str = "KeyError") -> Evaluated:
    """``os.environ[name]``. Raises the program's ``error`` when nothing sets it."""
    found = environment_value(machine, name)
    if found is None:
        raise RaisedError(error, environment_default(name, known(None)), deliberate=True)
    return found


def environment_has(machine: Machine, name: str) -> bool:
    return environment_value(machine, name) is not None


def environment_names(machine: Machine) -> tuple[str, ...]:
    obj = machine.heap.get(machine.environ)
    names = [*machine.env, *(key for key in (obj.cells if obj is not None else ()) if isinstance(key, str))]
    return tuple(sorted(dict.fromkeys(names)))


def environment_entries(machine: Machine) -> tuple[dict[object, Evaluated], bool]:
    """Every variable that is known to be set, and whether there may be more."""
    cells: dict[object, Evaluated] = {}
    for name in environment_names(machine):
        found = environment_value(machine, name)
        if found is not None:
            cells[name] = found
    return cells, not machine.env_closed or machine.open_environment


def nearest_dotenv(machine: Machine, folder: str, name: str = ".env") -> str:
    """The path of the file ``name`` in ``folder`` or the nearest folder above that has one; in the root where none has."""
    while True:
        candidate = posixpath.normpath(posixpath.join(folder, name))
        if candidate in machine.modules.facts.env_files or folder in ("", "."):
            return candidate
        folder = posixpath.dirname(folder)


def load_dotenv(machine: Machine, path: str, override: bool = False) -> bool:
    """Load the ``.env`` file of the project at ``path`` into the environment. False, and an environment that may hold
    more, when the project has none there."""
    files = machine.modules.facts.env_files
    file = machine.written.get(path) or files.get(path)
    seen = machine.dotenv is None or path in machine.dotenv or path in machine.written
    if file is None or not seen:
        machine.open_environment = True
        machine.missed.add(path)
        return False
    tracked = machine.modules.facts.tracked
    for variable in file.variables:
        if variable.value is None or (not override and environment_value(machine, variable.name) is not None):
            continue
        found: Evaluated
        if "${" in variable.value:
            found = unknown(f"{variable.name} refers to another variable")
        elif tracked and path not in tracked and path not in machine.written:
            found = unknown(f"{path} is not part of the repository")
        else:
            found = known(variable.value)
        machine.write(machine.environ, variable.name, _from_file(found, variable.span, variable.name))
    return True


def _from_file(found: Evaluated, span: object, name: str) -> Evaluated:
    from flask_prodcheck.base import Origin

    if not isinstance(span, Span):
        return found
    return replace(found, value=replace(found.value, origin=(Origin(span, f"{name}=..."),)), variables=(name,))


# --- attributes ------------------------------------------------------------------------------------------------------


def external_attribute(machine: Machine, item: External, name: str) -> Evaluated:
    if item.name in ("flask.current_app", "flask.globals.current_app") and machine.apps:
        app = Ref(machine.apps[-1], "app")
        return applications.app_attribute(machine, known(app), app, name)
    if item.name == "typing" and name == "TYPE_CHECKING":
        return known(False)
    if (item.name, name) in (("os", "sep"), ("os.path", "sep")):
        return known("/")
    if (item.name, name) == ("os", "name"):
        return known("posix")
    if item.name == "sys" and name in ("argv", "platform", "version_info", "modules", "path", "executable"):
        return known(Made(f"sys.{name}"))
    return known(External(f"{item.name}.{name}"))


def made_attribute(machine: Machine, receiver: Evaluated, name: str) -> Evaluated:
    item = receiver.value.value if isinstance(receiver.value, Known) else None
    if isinstance(item, Made):
        return depending(known(Made(f"{item.name}.{name}", item.args)), receiver)
    return unknown(f"{name} of a function")


def plain_attribute(machine: Machine, receiver: Evaluated, item: object, name: str) -> Evaluated:
    if isinstance(item, PurePosixPath):
        if name in ("parent", "name", "stem", "suffix"):
            return depending(known(getattr(item, name)), receiver)
        if name == "parents":
            return machine.sequence([known(parent) for parent in item.parents], "tuple")
    if isinstance(item, dt.timedelta) and name in ("days", "seconds", "microseconds"):
        return depending(known(getattr(item, name)), receiver)
    return depending(known(Method(receiver, name)), receiver)


# --- methods of plain values -----------------------------------------------------------------------------------------


def plain_method(machine: Machine, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """``receiver.name(*args)`` for a str, bytes, path or timedelta."""
    item = receiver.value.value if isinstance(receiver.value, Known) else None
    if args.open:
        return unknown("its arguments are not known", receiver, *args.all)
    if isinstance(item, PurePosixPath):
        return _path_method(machine, receiver, item, name, args)
    allowed = (isinstance(item, str) and name in _STR) or (isinstance(item, bytes) and name in _BYTES)
    if isinstance(item, dt.timedelta) and name == "total_seconds":
        allowed = True
    if isinstance(item, Seq) and name in ("index", "count"):
        allowed = True
    if not allowed:
        return unknown(f"{name}() is not evaluated", receiver, *args.all)
    count = len(args.positional)
    keys = tuple(args.keywords)

    def compute(values: list[object]) -> object:
        target, positional, rest = values[0], values[1 : count + 1], values[count + 1 :]
        if name == "format" and isinstance(target, str):
            return format_text(target, positional, dict(zip(keys, rest, strict=True)))
        if name == "replace" and len(positional) > 1:
            new = positional[1]
            if (
                isinstance(target, str | bytes)
                and isinstance(new, str | bytes)
                and (len(target) + 1) * len(new) > 100_000
            ):
                raise RefusedError("the text is too long")
        if name == "join" and positional and isinstance(target, str):
            parts = positional[0]
            if isinstance(parts, list | tuple | set) and len(target) * len(parts) > 100_000:
                raise RefusedError("the text is too long")
            if isinstance(parts, set) and len(parts) > 1:
                raise RefusedError("the order of a set is not known")
        return getattr(target, name)(*positional, **dict(zip(keys, rest, strict=True)))

    return machine.plain_result([receiver, *args.positional, *args.keywords.values()], compute)


def _path_method(machine: Machine, receiver: Evaluated, item: PurePosixPath, name: str, args: Arguments) -> Evaluated:
    if name in ("resolve", "absolute"):
        return receiver if item.is_absolute() else unknown("the current folder is not known", receiver)
    if name in ("exists", "is_file", "is_dir"):
        return _exists(machine, str(item), receiver)
    if name in ("joinpath", "with_suffix", "with_name", "as_posix", "relative_to"):
        count = len(args.positional)
        return machine.plain_result(
            [receiver, *args.positional], lambda values: getattr(values[0], name)(*values[1 : count + 1])
        )
    if name in ("mkdir", "touch", "write_text", "write_bytes", "chmod"):
        return known(None)
    return unknown(f"{name}() reads the file system", receiver)


def project_path(path: str) -> str | None:
    """``path`` relative to the project's root; None when it lies elsewhere."""
    normal = posixpath.normpath(path)
    if normal == ROOT:
        return "."
    return normal[len(ROOT) + 1 :] if normal.startswith(ROOT + "/") else None


def _exists(machine: Machine, path: str, *parts: Evaluated) -> Evaluated:
    relative = project_path(path)
    paths = machine.modules.facts.paths
    if relative is not None and (relative in paths or relative == "." or machine.modules.is_file(relative)):
        return depending(known(True), *parts)
    asked = unknown("whether the file exists is not known", *parts)
    return replace(asked, files=merged(asked.files, (relative or path,)))


def dict_method(machine: Machine, item: Ref, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """A method of a dict of the program."""
    obj = machine.obj(item)
    if name in ("get", "pop", "setdefault") and args.positional:
        default = args.get(1, "default") or known(None)
        key = machine.key_of(args.positional[0])
        if key is None:
            return unknown("which entry is chosen is not known", receiver, *args.all)
        cell = obj.cells.get(key[0])
        if name == "setdefault" and cell is None and not obj.open:
            machine.write(item.oid, key[0], machine.controlled(default))
        if name == "pop":
            machine.erase(item.oid, key[0])
        if cell is not None and not isinstance(cell.value, Unset):
            machine.note_alternatives(obj, cell, args.positional[0])
            return selected(cell, receiver, args.positional[0])
        if cell is not None or obj.open:
            return unknown("it may not have the entry", receiver, *args.all)
        return selected(default, receiver, args.positional[0])
    if name == "update":
        for source in args.positional:
            machine.update_mapping(item, source, args.span, args.text)
        for word, value in args.keywords.items():
            machine.write(item.oid, word, machine.controlled(value))
        if args.open:
            machine.loosen(item.oid, "it is updated with something that is not known", args.span)
        return known(None)
    if name in ("items", "keys", "values", "copy"):
        if name == "copy":
            return machine.make("dict", dict(obj.cells), opened=obj.open)
        if obj.open or any(isinstance(cell.value, Unset) for cell in obj.cells.values()):
            return unknown("its entries are not all known", receiver)
        if name == "keys":
            return machine.sequence([known(key) for key in obj.cells])
        if name == "values":
            return machine.sequence(list(obj.cells.values()))
        return machine.sequence([machine.sequence([known(key), cell], "tuple") for key, cell in obj.cells.items()])
    machine.loosen(item.oid, f"{name}() is not followed", args.span)
    return unknown(f"{name}() is not evaluated", receiver)


def list_method(machine: Machine, item: Ref, receiver: Evaluated, name: str, args: Arguments) -> Evaluated:
    """A method of a list of the program."""
    obj = machine.obj(item)
    if name == "append" and len(args.positional) == 1 and not obj.open and len(obj.cells) < 2000:
        machine.write(item.oid, len(obj.cells), args.positional[0])
        return known(None)
    if name == "extend" and len(args.positional) == 1 and not obj.open:
        extra = machine.elements(args.positional[0])
        if extra is not None and len(extra) < 2000:
            for part in extra:
                machine.write(item.oid, len(machine.obj(item).cells), part)
            return known(None)
    if name in ("index", "count", "copy"):
        return machine.plain_result([receiver, *args.positional], lambda values: getattr(values[0], name)(*values[1:]))
    machine.loosen(item.oid, f"{name}() is not followed", args.span)
    return unknown(f"{name}() is not evaluated", receiver)


# --- calls -----------------------------------------------------------------------------------------------------------


def call_external(machine: Machine, item: External | Made, args: Arguments, frame: Frame) -> Evaluated:
    """What a call of something outside of the project gives."""
    name = item.name
    if isinstance(item, Made) and name == PARTIAL:
        return machine.call(item.args[0], replace(args, positional=(*item.args[1:], *args.positional)), frame)
    if isinstance(item, External):
        if is_random(name):
            return replace(unknown(f"{name}() is random", *args.all), random=True)
        if is_flask_class(name):
            return applications.new_app(machine, args, frame, None, name)
        if name in ("flask.Config", "flask.config.Config"):
            return applications.bare_config(machine, args)
        if name.startswith("builtins."):
            return _builtin(machine, name[9:], args, frame)
        if name.startswith("os.environ.") or name in ("os.getenv", "os.environ"):
            return _environment(machine, name.rpartition(".")[2], args)
        if name.startswith("os.path."):
            return _path_call(machine, name[8:], args)
    if name == "builtins.open().write":
        _note_write(machine, item, args)
    handler = _CALLS.get(name)
    if handler is not None:
        return handler(machine, args, frame)
    if name.startswith(("environs.Env()", "environs.FlaskEnv()")):
        return _environs(machine, name.partition("()")[2].lstrip(".") or "str", args, frame)
    if name in ("decouple.config", "starlette.config.Config()", "decouple.Config()", "decouple.AutoConfig()"):
        return _decouple(machine, args, frame)
    if name.rpartition(".")[2] == "strtobool" and args.positional:
        return machine.plain_result([args.positional[0]], lambda values: _strtobool(values[0]))
    if name == "decouple.Csv()" and args.positional:
        return machine.plain_result([args.positional[0]], lambda values: [p.strip() for p in str(values[0]).split(",")])
    if name.rpartition(".")[2] in _LOADERS or _may_configure(machine, name, args):
        for arg in args.all:
            applications.lose(machine, arg, f"{name} sets what its own files say", args.span)
        applications.hand_over(machine, name, args)
    machine.uncertain += 1
    return depending(known(Made(f"{name}()", args.positional[:4])), *args.all)


def _note_write(machine: Machine, item: External | Made, args: Arguments) -> None:
    """A start that writes its own ``.env``: the next one reads it."""
    data = args.get(0)
    if not isinstance(item, Made) or not item.args or data is None or data.span is None:
        return
    try:
        path, text = str(machine.plain(item.args[0])), machine.plain(data)
    except NotPlainError:
        return
    if not isinstance(text, str) or not posixpath.basename(path).startswith(".env") or len(text) > _LONG:
        return
    folder = machine.roots[0] if machine.roots else "."
    relative = project_path(path) if path.startswith("/") else posixpath.normpath(posixpath.join(folder, path))
    if relative is None:
        return
    variables = []
    for number, line in enumerate(text.split("\n")):
        name, equals, value = line.strip().partition("=")
        if equals and name.isidentifier():
            place = Span(data.span.file, data.span.line + number)
            variables.append(EnvVar(name, value.strip().strip("\"'"), place))
    machine.writes[relative] = EnvFile(relative, tuple(variables))


def _may_configure(machine: Machine, name: str, args: Arguments) -> bool:
    """Whether an external function that is handed an application may set its keys: its name says so, or it is handed an
    object with settings as well."""
    if any(word in name.rpartition(".")[2].lower() for word in ("config", "settings")):
        return True
    for arg in args.all:
        item = arg.value.value if isinstance(arg.value, Known) else None
        holder = machine.obj(item) if isinstance(item, Ref) and item.kind in ("class", "module", "instance") else None
        if holder is not None and any(isinstance(key, str) and key.isupper() for key in holder.cells):
            return True
    return False


def _strtobool(value: object) -> int:
    text = str(value).lower()
    if text in _TRUE_WORDS:
        return 1
    if text in _FALSE_WORDS:
        return 0
    raise ValueError(f"invalid truth value {text!r}")


def _environment(machine: Machine, name: str, args: Arguments) -> Evaluated:
    key = machine.key_of(args.positional[0]) if args.positional else machine.key_of(args.keywords.get("key", known(0)))
    if name in ("get", "getenv", "pop", "setdefault"):
        default = args.get(1, "default") or known(None)
        if key is None or not isinstance(key[0], str):
            return unknown("which variable is read is not known", *args.all)
        result = environment_get(machine, key[0], default)
        if key[0] in result.absent:
            machine.read_at[key[0]] = args.span
        if name == "setdefault" and environment_value(machine, key[0]) is None:
            machine.write(
                machine.environ, key[0], machine.controlled(replace(result, variables=merged(result.variables)))
            )
        if name == "pop":
            machine.write(machine.environ, key[0], Evaluated(Unset()))
        return result
    if name == "update":
        for source in args.positional:
            entries = machine.mapping(source)
            if entries is None or entries[1]:
                machine.open_environment = True
            for word, cell in (entries[0] if entries is not None else {}).items():
                machine.write(machine.environ, word, cell)
        for keyword, cell in args.keywords.items():
            machine.write(machine.environ, keyword, cell)
        return known(None)
    cells, opened = environment_entries(machine)
    if name == "copy":
        return machine.make("dict", cells, opened=opened)
    return unknown("the whole environment is not known")


def _path_call(machine: Machine, name: str, args: Arguments) -> Evaluated:
    if name in ("abspath", "realpath") and args.positional:
        try:
            value = machine.plain(args.positional[0])
        except NotPlainError:
            value = None
        if isinstance(value, str | PurePosixPath) and str(value).startswith("/"):
            return depending(known(posixpath.normpath(str(value))), args.positional[0])
        return unknown("the current folder is not known", *args.all)
    if name in _PATH_LIKE:
        return machine.plain_result(
            list(args.positional),
            lambda values: getattr(posixpath, name)(*(str(v) if isinstance(v, PurePosixPath) else v for v in values)),
        )
    if name in ("exists", "isfile", "isdir") and args.positional:
        try:
            return _exists(machine, str(machine.plain(args.positional[0])), *args.positional)
        except NotPlainError:
            pass
    return unknown(f"os.path.{name}() is not evaluated", *args.all)


def _builtin(machine: Machine, name: str, args: Arguments, frame: Frame) -> Evaluated:
    first = args.positional[0] if args.positional else None
    if name in ("exit", "quit"):
        return _exit(machine, args, frame)
    if name == "bool" and first is not None:
        truth = machine.truth(first)
        return unknown("its truth is not known", first) if truth is None else depending(known(truth), first)
    if name in (
        "str",
        "int",
        "float",
        "len",
        "abs",
        "round",
        "min",
        "max",
        "sum",
        "any",
        "all",
        "sorted",
        "repr",
        "bytes",
        "chr",
        "ord",
    ):
        if name in ("str", "bool", "int", "float", "bytes") and first is None:
            return known({"str": "", "int": 0, "float": 0.0, "bytes": b""}.get(name, False))
        return machine.plain_result(list(args.positional), lambda values: _compute(name, values, args.keywords))
    if name in ("list", "tuple", "set", "frozenset"):
        parts = machine.elements(first) if first is not None else ()
        if parts is None:
            return unknown("its elements are not all known", *args.all)
        kind = "set" if name == "frozenset" else name
        return depending(machine.sequence(parts, kind), *args.positional)
    if name == "dict":
        return _dict(machine, args)
    if name in ("getattr", "hasattr", "setattr"):
        return _attribute_call(machine, name, args)
    if name == "isinstance" and len(args.positional) == 2:
        return _isinstance(machine, args)
    if name == "print":
        return known(None)
    if name == "range":
        return machine.plain_result(list(args.positional), lambda values: range(*cast("list[int]", values)))
    if name in ("enumerate", "zip", "reversed"):
        columns = [machine.elements(arg) for arg in args.positional]
        if not columns or any(column is None for column in columns) or args.keywords:
            return unknown("its elements are not all known", *args.all)
        lists = [column for column in columns if column is not None]
        if name == "reversed":
            return machine.sequence(lists[0][::-1])
        if name == "enumerate":
            return machine.sequence([machine.sequence([known(i), part], "tuple") for i, part in enumerate(lists[0])])
        return machine.sequence([machine.sequence(row, "tuple") for row in zip(*lists, strict=False)])
    if name == "__import__" and first is not None:
        return import_module(machine, first, frame)
    if name.endswith(("Error", "Exception", "Warning")) or name == "SystemExit":
        return known(Made(f"builtins.{name}()"))
    machine.uncertain += 1
    for arg in args.all if name in ("exec", "eval", "map", "vars") else ():
        applications.lose(machine, arg, f"{name}() is not followed", args.span)
    return depending(known(Made(f"builtins.{name}()", args.positional[:4])), *args.all)


def _compute(name: str, values: list[object], keywords: object) -> object:
    if keywords:
        raise RefusedError(f"{name}() with keyword arguments is not evaluated")
    if name == "str":
        return text_of(values[0])
    if name == "bytes" and isinstance(values[0], int):
        raise RefusedError("the text is too long")
    functions: dict[str, Callable[..., object]] = {
        "int": int, "float": float, "len": len, "abs": abs, "round": round, "min": min, "max": max, "sum": sum,
        "any": any, "all": all, "sorted": sorted, "repr": repr, "bytes": bytes, "chr": chr, "ord": ord,
    }  # fmt: skip
    return functions[name](*values)


def _dict(machine: Machine, args: Arguments) -> Evaluated:
    cells: dict[object, Evaluated] = {}
    opened = args.open
    for arg in args.positional:
        item = arg.value.value if isinstance(arg.value, Known) else None
        entries = machine.mapping(arg)
        if isinstance(item, External) and item.name == "os.environ":
            entries = environment_entries(machine)
        if entries is None:
            return unknown("its entries are not known", *args.all)
        cells.update(entries[0])
        opened = opened or entries[1]
    cells.update(args.keywords)
    return machine.make("dict", cells, opened=opened)


def _attribute_call(machine: Machine, name: str, args: Arguments) -> Evaluated:
    if len(args.positional) < 2:
        return unknown(f"{name}() is not evaluated")
    target, attr = args.positional[0], args.positional[1]
    key = machine.key_of(attr)
    if key is None or not isinstance(key[0], str):
        if name == "setattr":
            applications.lose(machine, target, "an attribute whose name is not known is set", args.span)
        return unknown("which attribute is meant is not known", target, attr)
    if name == "setattr":
        if len(args.positional) == 3:
            machine.set_attribute(target, key[0], machine.controlled(args.positional[2]), args.span)
        return known(None)
    try:
        found = machine.attribute(target, key[0])
    except RaisedError as raised:
        if raised.name != "AttributeError":
            raise
        if name == "hasattr":
            return depending(known(False), target, attr)
        if len(args.positional) == 3:
            return selected(args.positional[2], target, attr)
        raise
    if name == "getattr":
        return selected(found, attr)
    return unknown("whether it has the attribute is not known") if isinstance(found.value, Unknown) else known(True)


def _isinstance(machine: Machine, args: Arguments) -> Evaluated:
    item = args.positional[1].value.value if isinstance(args.positional[1].value, Known) else None
    types: Sequence[object] = [item]
    if isinstance(item, Seq):
        types = [part.value.value if isinstance(part.value, Known) else None for part in item.items]
    wanted = [_TYPES.get(one.name) if isinstance(one, External) else None for one in types]
    if any(one is None for one in wanted):
        return unknown("isinstance() is not evaluated", *args.all)
    flat = tuple(kind for one in wanted if one is not None for kind in one)
    return machine.plain_result([args.positional[0]], lambda values: isinstance(values[0], flat))


def _exit(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    raise RaisedError("SystemExit", known(None), deliberate=True)


def import_module(machine: Machine, name: Evaluated, frame: Frame) -> Evaluated:
    """``importlib.import_module(name)``."""
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        return unknown("which module is imported is not known", name)
    dotted = key[0]
    level = len(dotted) - len(dotted.lstrip("."))
    path = machine.locate(frame.file, dotted[level:], level)
    if path is None:
        return selected(known(External(dotted)), name)
    return selected(machine.run_module(path), name)


def _import_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return import_module(machine, args.positional[0], frame) if args.positional else unknown("nothing is imported")


def _import_string(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if not args.positional:
        return unknown("nothing is imported")
    return applications.imported_object(machine, args.positional[0], frame.file)


def _path(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return machine.plain_result(list(args.positional), lambda values: PurePosixPath(*cast("list[str]", values)))


def _json_loads(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if not args.positional or args.keywords:
        return unknown("json.loads() is not evaluated", *args.all)
    return machine.plain_result([args.positional[0]], lambda values: json.loads(cast("str", values[0])))


def _json_dumps(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    if len(args.positional) != 1 or args.keywords:
        return unknown("json.dumps() is not evaluated", *args.all)
    return machine.plain_result([args.positional[0]], lambda values: json.dumps(values[0]))


def _literal_eval(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    def compute(values: list[object]) -> object:
        text = values[0]
        if not isinstance(text, str) or len(text) > 5000 or text.count("(") + text.count("[") + text.count("-") > 60:
            raise RefusedError("it is too long")
        return ast.literal_eval(text)

    return machine.plain_result(list(args.positional[:1]), compute) if args.positional else unknown("nothing is read")


def _timedelta(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    count = len(args.positional)
    keys = tuple(args.keywords)

    def compute(values: list[object]) -> object:
        numbers = [cast("float", value) for value in values]
        return dt.timedelta(*numbers[:count], **dict(zip(keys, numbers[count:], strict=True)))

    return machine.plain_result([*args.positional, *args.keywords.values()], compute)


def _load_dotenv(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    where = args.get(0, "dotenv_path", "path")
    override = args.get(99, "override")
    path: str | None = None
    if where is not None:
        try:
            value = machine.plain(where)
        except NotPlainError:
            machine.open_environment = True
            return unknown("which file is loaded is not known")
        if value is not None and value != "":
            text = str(value)
            path = project_path(text) if text.startswith("/") else posixpath.normpath(text)
            if path is None:
                machine.open_environment = True
                return unknown("the file lies outside of the project")
    loaded = load_dotenv(
        machine,
        path if path is not None else nearest_dotenv(machine, posixpath.dirname(frame.file)),
        override is not None and machine.truth(override) is True,
    )
    return known(True) if loaded else unknown("whether the file exists is not known")


def _find_dotenv(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    folder = posixpath.dirname(frame.file)
    key = machine.key_of(args.positional[0]) if args.positional else (".env",)
    name = str(key[0]) if key is not None else ".env"
    path = nearest_dotenv(machine, folder, name)
    return known(f"{ROOT}/{path}" if path in machine.modules.facts.env_files else "")


def _dotenv_values(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    where = args.get(0, "dotenv_path")
    key = machine.key_of(where) if where is not None else (".env",)
    text = str(key[0]) if key is not None else ""
    path = project_path(text) if text.startswith("/") else posixpath.join(posixpath.dirname(frame.file), text)
    file = machine.modules.facts.env_files.get(path or "")
    if file is None or (machine.modules.facts.tracked and path not in machine.modules.facts.tracked):
        return machine.make("dict", {}, opened=True)
    cells: dict[object, Evaluated] = {
        variable.name: _from_file(known(variable.value), variable.span, variable.name)
        for variable in file.variables
        if variable.value is not None and "${" not in variable.value
    }
    return machine.make("dict", cells, opened=len(cells) < len(file.variables))


def _environs(machine: Machine, kind: str, args: Arguments, frame: Frame) -> Evaluated:
    if kind in ("read_env", "read_envfile"):
        return _load_dotenv(machine, args, frame)
    if not args.positional:
        return unknown(f"environs: {kind}() is not evaluated")
    key = machine.key_of(args.positional[0])
    if kind == "prefixed" and key is not None:
        return known(Made("environs.Env().prefixed()", args.positional[:1]))
    if key is None or not isinstance(key[0], str) or kind in ("prefixed", "seal", "dump", "add_parser"):
        return unknown(f"environs: {kind}() is not evaluated", *args.all)
    name = "".join((*machine.prefixes, key[0]))
    default = args.get(1, "default")
    found = environment_value(machine, name)
    if found is None:
        if default is None:
            return environment_item(machine, name, "EnvError")
        machine.read_at[name] = args.span
        return environment_default(name, default)
    subcast = args.get(99, "subcast")
    item = subcast.value.value if subcast is not None and isinstance(subcast.value, Known) else None
    inner = item.name.removeprefix("builtins.") if isinstance(item, External) else "str" if subcast is None else "?"
    return machine.plain_result([found], lambda values: _environs_cast(kind, str(values[0]), inner))


def _environs_cast(kind: str, text: str, inner: str = "str") -> object:
    if kind == "str":
        return text
    if kind == "bool":
        if text.lower() in _TRUE_WORDS:
            return True
        if text.lower() in _FALSE_WORDS:
            return False
        raise ValueError("not a valid boolean")
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "json":
        return json.loads(text)
    if kind == "list":
        return [_environs_cast(inner, part) for part in text.split(",")] if text else []
    if kind == "dict":
        pairs = [part.partition("=") for part in text.split(",") if part]
        return {name.strip(): _environs_cast(inner, value.strip()) for name, _, value in pairs}
    raise RefusedError(f"environs: {kind}() is not evaluated")


def _decouple(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    key = machine.key_of(args.positional[0]) if args.positional else None
    if key is None or not isinstance(key[0], str):
        return unknown("which variable is read is not known", *args.all)
    load_dotenv(machine, nearest_dotenv(machine, posixpath.dirname(frame.file)))
    default = args.get(1, "default")
    found = environment_value(machine, key[0])
    if found is None:
        if default is None:
            return environment_item(machine, key[0], "UndefinedValueError")
        machine.read_at[key[0]] = args.span
        found = environment_default(key[0], default)
    converter = args.get(99, "cast")
    if converter is None:
        return found
    item = converter.value.value if isinstance(converter.value, Known) else None
    if isinstance(item, External) and item.name == "builtins.bool":
        return machine.plain_result([found], lambda values: bool(_strtobool(values[0])) if str(values[0]) else False)
    return depending(machine.call(converter, replace(args, positional=(found,), keywords={}), frame), found)


def _field(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``dataclasses.field()``: the default itself, or what holds the factory."""
    if "default" in args.keywords:
        return args.keywords["default"]
    factory = args.keywords.get("default_factory")
    return known(Made(FIELD, (factory,) if factory is not None else ()))


def _pydantic_field(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Field()``: its default and the name of its variable, as far as they are given."""
    default = args.get(0, "default")
    if default is not None and isinstance(default.value, Known) and default.value.value is ...:
        default = None
    alias = args.get(99, "validation_alias", "alias")
    if "default_factory" in args.keywords:
        default = machine.call(args.keywords["default_factory"], replace(args, positional=(), keywords={}), frame)
    return known(Made(SETTINGS_FIELD, (default or known(...), alias or known(None))))


def _load_handle(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``json.load(handle)`` and its like, of a file of the project."""
    handle = args.get(0, "fp")
    item = handle.value.value if handle is not None and isinstance(handle.value, Known) else None
    if isinstance(item, Made) and item.name in ("builtins.open()", "io.open()") and item.args and handle is not None:
        kind = "json" if args.text.startswith("json") else "tomli.load"
        try:
            path = project_path(str(machine.plain(item.args[0])))
        except NotPlainError:
            path = None
        table = applications.table(machine, path, kind) if path is not None else None
        if table is not None:
            return depending(machine.make("dict", table), handle)
    return unknown("what the file holds is not known", *args.all)


def _namespace(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    from flask_prodcheck.model.evaluation.values import Obj

    cells: dict[object, Evaluated] = dict(args.keywords.items())
    return known(Ref(machine.new(Obj("instance", cells, args.open)), "instance"))


def _partial(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    return known(Made(PARTIAL, args.all)) if not args.keywords and args.positional else unknown("a partial function")


def _chain_map(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    tables = [machine.mapping(arg) for arg in args.positional]
    cells: dict[object, Evaluated] = {}
    opened = args.open
    for table in reversed(tables):
        if table is None:
            return unknown("its entries are not known", *args.all)
        cells.update(table[0])
        opened = opened or table[1]
    return machine.make("dict", cells, opened=opened)


_CALLS: dict[str, Callable[[Machine, Arguments, Frame], Evaluated]] = {
    "sys.exit": _exit,
    "os._exit": _exit,
    "os.makedirs": lambda machine, args, frame: known(None),
    "os.mkdir": lambda machine, args, frame: known(None),
    "os.fspath": lambda machine, args, frame: args.positional[0] if args.positional else known(None),
    "os.getcwd": lambda machine, args, frame: unknown("the current folder is not known"),
    "pathlib.Path.cwd": lambda machine, args, frame: unknown("the current folder is not known"),
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "json.loads": _json_loads,
    "json.dumps": _json_dumps,
    "ast.literal_eval": _literal_eval,
    "datetime.timedelta": _timedelta,
    "importlib.import_module": _import_call,
    "werkzeug.utils.import_string": _import_string,
    "dotenv.load_dotenv": _load_dotenv,
    "dotenv.main.load_dotenv": _load_dotenv,
    "dotenv.find_dotenv": _find_dotenv,
    "dotenv.dotenv_values": _dotenv_values,
    "dataclasses.field": _field,
    "pydantic_settings.SettingsConfigDict": lambda machine, args, frame: _dict(machine, args),
    "pydantic.ConfigDict": lambda machine, args, frame: _dict(machine, args),
    "pydantic.Field": _pydantic_field,
    "json.load": _load_handle,
    "tomllib.load": _load_handle,
    "tomli.load": _load_handle,
    "types.SimpleNamespace": _namespace,
    "argparse.Namespace": _namespace,
    "functools.partial": _partial,
    "collections.ChainMap": _chain_map,
    "collections.OrderedDict": lambda machine, args, frame: _dict(machine, args),
    "warnings.warn": lambda machine, args, frame: known(None),
    "typing.cast": lambda machine, args, frame: args.positional[1] if len(args.positional) > 1 else known(None),
    "copy.copy": lambda machine, args, frame: args.positional[0] if args.positional else known(None),
}


# --- pydantic settings -----------------------------------------------------------------------------------------------


def settings_instance(machine: Machine, function: Evaluated, ref: Ref, args: Arguments) -> Evaluated:
    """An instance of a project's ``BaseSettings`` class: each field from the environment, else its default."""
    from flask_prodcheck.model.evaluation.values import Obj

    prefix = ""
    fields: dict[str, tuple[Evaluated | None, str]] = {}
    opened = False
    for owner in reversed(machine.mro(function)):
        item = owner.value.value if isinstance(owner.value, Known) else None
        if not isinstance(item, Ref):
            continue
        obj = machine.obj(item)
        prefix = _settings_prefix(machine, obj.cells.get("model_config"), obj.cells.get("Config")) or prefix
        for name, written in obj.annotations:
            fields[name] = (obj.cells.get(name), unparse(written))
    cells: dict[object, Evaluated] = {}
    for name, (default, annotation) in fields.items():
        if name == "model_config":
            continue
        if name in args.keywords:
            cells[name] = args.keywords[name]
            continue
        cells[name] = _settings_field(machine, name, prefix, default, annotation)
    return selected(known(Ref(machine.new(Obj("instance", cells, opened, bases=(known(ref),))), "instance")), function)


def _settings_prefix(machine: Machine, *sources: Evaluated | None) -> str:
    for source in sources:
        item = source.value.value if source is not None and isinstance(source.value, Known) else None
        cell: Evaluated | None = None
        if isinstance(item, Made):
            cell = next((arg for arg in item.args if isinstance(arg.value, Known)), None)
        elif isinstance(item, Ref):
            cell = machine.obj(item).cells.get("env_prefix")
        if cell is not None and isinstance(cell.value, Known) and isinstance(cell.value.value, str):
            return cell.value.value
    return ""


def _settings_field(machine: Machine, name: str, prefix: str, default: Evaluated | None, annotation: str) -> Evaluated:
    variable = f"{prefix}{name}".upper()
    item = default.value.value if default is not None and isinstance(default.value, Known) else None
    if isinstance(item, Made) and item.name == SETTINGS_FIELD:
        default = None if item.args[0] == known(...) else item.args[0]
        alias = machine.key_of(item.args[1])
        if alias is None:
            return unknown("which variable is read is not known")
        variable = alias[0] if isinstance(alias[0], str) else variable
    elif isinstance(item, Made):
        default = item.args[0] if item.args else None
    found = environment_value(machine, variable) or environment_value(machine, variable.lower())
    if found is None:
        return (
            environment_item(machine, variable, "ValidationError")
            if default is None
            else environment_default(variable, default)
        )
    kind = annotation.replace("Optional[", "").rstrip("]").partition("|")[0].strip()
    if kind in ("str", "int", "float", "bool"):
        return machine.plain_result([found], lambda values: _environs_cast(kind, str(values[0])))
    return unknown("how the field is converted is not known", found)
