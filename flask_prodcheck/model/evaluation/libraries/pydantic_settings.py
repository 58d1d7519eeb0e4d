"""pydantic-settings: classes whose fields come from the arguments, the environment, ``.env`` files, then the defaults.

Source: https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.facts.syntax import Attribute, BinOp, Call, Collection, Const, Expr, FunctionDef, Name, Subscript
from flask_prodcheck.model.evaluation.environment import (
    environment_default,
    environment_item,
    environment_names,
    environment_value,
)
from flask_prodcheck.model.evaluation.external_names import is_plain_base
from flask_prodcheck.model.evaluation.libraries.conversions import converted
from flask_prodcheck.model.evaluation.libraries.dotenv import file_values
from flask_prodcheck.model.evaluation.operations import NotPlainError, RefusedError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Obj,
    Ref,
    depending,
    known,
    ref_of,
    selected,
    unknown,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

FIELD = "pydantic.Field()"
CHOICES = "pydantic.AliasChoices()"
SECRETS = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes", "pydantic.types.SecretStr"})
DUMPS = frozenset({"model_dump", "dict"})
_NESTED = 20
_PLAIN = frozenset({"str", "int", "float", "bool"})
_JSON = frozenset({"list", "dict", "List", "Dict", "Sequence"})
_NUMBER = regex(r"[-+]?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_CHECKING = frozenset({"field_validator", "validator", "model_validator", "root_validator"})
_OPTIONS = frozenset(
    {"env_prefix", "env_file", "env_file_encoding", "env_nested_delimiter", "case_sensitive", "env_ignore_empty", "extra",
     "title", "frozen", "validate_assignment", "arbitrary_types_allowed", "populate_by_name", "str_strip_whitespace",
     "protected_namespaces", "orm_mode", "from_attributes", "anystr_strip_whitespace", "use_enum_values"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a class. ``annotation``: what it is said to be; ``file`` and ``module``: where."""

    default: Evaluated | None
    annotation: Expr
    file: str


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the values of fields are looked for: names with ``prefix``, in the environment and then in ``files``."""

    prefix: str = ""
    delimiter: str = ""
    exact: bool = False
    skip_empty: bool = False
    files: Mapping[str, Evaluated] | None = None

    def variable(self, machine: Machine, name: str) -> tuple[str, Evaluated | None]:
        """The variable that ``name`` means, and its value; None when nothing sets it."""
        names = (
            [name]
            if self.exact
            else sorted(each for each in environment_names(machine) if each.lower() == name.lower())
        )
        shown = name if self.exact else name.upper()
        for each in (*names, shown):
            found = environment_value(machine, each)
            if found is not None and not self._is_empty(found):
                return each, found
        for each, found in (self.files or {}).items():
            if (each if self.exact else each.lower()) == (name if self.exact else name.lower()) and not self._is_empty(
                found
            ):
                return each, found
        return shown, None

    def _is_empty(self, found: Evaluated) -> bool:
        return self.skip_empty and isinstance(found.value, Known) and found.value.value == ""

    def names(self, machine: Machine) -> tuple[str, ...]:
        return (*environment_names(machine), *(self.files or {}))


def settings_instance(machine: Machine, function: Evaluated, ref: Ref, args: Arguments) -> Evaluated:
    """An instance of a project's ``BaseSettings`` class."""
    fields, options, doubt = _declared(machine, function)
    sources, reason = _sources(machine, options, args)
    reason = reason or ("its arguments are not known" if args.open else doubt.get("*", ""))
    cells: dict[object, Evaluated] = {}
    for name, field in fields.items():
        why = reason or doubt.get(name, "")
        if name in args.keywords:
            cells[name] = args.keywords[name]
        else:
            cells[name] = _value(machine, name, field, sources) if not reason else unknown(reason)
        if why and not reason:
            cells[name] = unknown(why, cells[name])
    made = known(Ref(machine.new(Obj("instance", cells, bool(reason), bases=(known(ref),))), "instance"))
    _after(machine, made, ref)
    return selected(made, function)


def _declared(machine: Machine, function: Evaluated) -> tuple[dict[str, _Field], dict[str, Evaluated], dict[str, str]]:
    """The fields of a class and those above it, its options, and the fields (``*``: all) that its own code changes."""
    fields: dict[str, _Field] = {}
    options: dict[str, Evaluated] = {}
    doubt: dict[str, str] = {}
    for owner in reversed(machine.mro(function)):
        item = owner.value.value if isinstance(owner.value, Known) else None
        if not isinstance(item, Ref):
            if not (isinstance(item, External) and (is_plain_base(item.name) or item.name.startswith("pydantic."))):
                doubt["*"] = "a base class is not known"
            continue
        obj = machine.obj(item)
        options.update(_class_options(machine, obj))
        for name, written in obj.annotations:
            if name != "model_config" and not name.startswith("_"):
                fields[name] = _Field(obj.cells.get(name), written, obj.file)
        own = dict(obj.annotations)
        for name, field in list(fields.items()):
            if name in obj.cells and name not in own:
                fields[name] = replace(field, default=obj.cells[name])
        for key, cell in obj.cells.items():
            if isinstance(cell.value, Known) and isinstance(cell.value.value, Function):
                doubt.update(dict.fromkeys(_changed(str(key), cell.value.value), f"{key}() may change it"))
    return fields, options, doubt


def _changed(name: str, function: Function) -> Iterator[str]:
    """The fields that a method of the class may change while an instance is made."""
    if name in ("__init__", "settings_customise_sources", "__init_subclass__", "__new__"):
        yield "*"
    for decorator in function.node.decorators if isinstance(function.node, FunctionDef) else ():
        target = decorator.func if isinstance(decorator, Call) else decorator
        word = target.attr if isinstance(target, Attribute) else target.id if isinstance(target, Name) else ""
        if word in _CHECKING:
            named = decorator.args if isinstance(decorator, Call) and word in ("field_validator", "validator") else ()
            texts = [arg.value for arg in named if isinstance(arg, Const) and isinstance(arg.value, str)]
            yield from texts if texts and len(texts) == len(named) else ("*",)


def _class_options(machine: Machine, obj: Obj) -> dict[str, Evaluated]:
    """``model_config``, or the entries of the inner class ``Config``."""
    options: dict[str, Evaluated] = {}
    written = obj.cells.get("model_config")
    if written is not None:
        entries = machine.mapping(written)
        options.update({str(key): cell for key, cell in entries[0].items()} if entries is not None else {"?": written})
        if entries is not None and entries[1]:
            options["?"] = written
    inner = ref_of(obj.cells["Config"]) if "Config" in obj.cells else Ref(0, "")
    cells = machine.obj(inner).cells if inner.kind == "class" else {}
    return {**options, **{key: cell for key, cell in cells.items() if isinstance(key, str) and key[:2] != "__"}}


def _sources(machine: Machine, options: Mapping[str, Evaluated], args: Arguments) -> tuple[_Sources, str]:
    """Where values come from, and why that is not known ("": it is)."""
    given = {name[1:]: cell for name, cell in args.keywords.items() if name.startswith("_")}
    options = {**options, **given}
    other = next((name for name in options if name not in _OPTIONS), None)
    if other is not None:
        return _Sources(), f"what {other} does is not evaluated"
    try:
        plain = {name: machine.plain(cell) for name, cell in options.items()}
    except NotPlainError:
        return _Sources(), "its options are not known"
    paths = plain.get("env_file")
    files: dict[str, Evaluated] = {}
    for each in paths if isinstance(paths, list | tuple) else [paths] if paths is not None else []:
        text = str(each)
        folder = machine.roots[0] if machine.roots else "."
        path = project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(folder, text))
        values = file_values(machine, path) if path is not None else None
        files.update(values or {})
    return _Sources(
        str(plain.get("env_prefix") or ""), str(plain.get("env_nested_delimiter") or ""),
        bool(plain.get("case_sensitive")), bool(plain.get("env_ignore_empty")), files,
    ), ""  # fmt: skip


def _value(machine: Machine, name: str, field: _Field, sources: _Sources) -> Evaluated:
    annotation, extra = _without_metadata(machine, field)
    default, aliases = _default(machine, field.default, extra)
    if aliases is None:
        return unknown("which variable is read is not known")
    names = aliases or (f"{sources.prefix}{name}",)
    shown, found = "", None
    for each in names:
        variable, value = sources.variable(machine, each)
        shown = shown or variable
        if value is not None:
            found = value
            break
    kind = _kind(machine, annotation, field.file)
    if sources.delimiter and any(
        each.lower().startswith(f"{names[0]}{sources.delimiter}".lower()) for each in sources.names(machine)
    ):
        return _nested(machine, names[0], kind, found, sources)
    if found is not None:
        return _read(machine, found, kind)
    if default is None:
        return environment_item(machine, shown, "ValidationError")
    checked = _checked_default(machine, default, kind)
    return environment_default(shown, checked)


def _without_metadata(machine: Machine, field: _Field) -> tuple[Expr, Evaluated | None]:
    """The type of ``Annotated[type, Field(...)]``, and the field information."""
    expr = field.annotation
    if not (isinstance(expr, Subscript) and _last(expr.value) == "Annotated"):
        return expr, None
    parts = expr.index.items if isinstance(expr.index, Collection) else (expr.index,)
    frame = _frame(machine, field.file)
    metadata = [machine.evaluate(part, frame) for part in parts[1:]]
    information = next((each for each in metadata if _is_field(each)), None)
    return parts[0], information


def _frame(machine: Machine, file: str) -> Frame:
    return Frame(file, machine.imported.get(file, 0))


def _last(expr: Expr) -> str:
    return expr.attr if isinstance(expr, Attribute) else expr.id if isinstance(expr, Name) else ""


def _is_field(value: Evaluated) -> bool:
    item = value.value.value if isinstance(value.value, Known) else None
    return isinstance(item, Made) and item.name == FIELD


def _default(
    machine: Machine, written: Evaluated | None, extra: Evaluated | None
) -> tuple[Evaluated | None, tuple[str, ...] | None]:
    """The default of a field (None: required), and the names of its variables (empty: its own; None: not known)."""
    default = written if written is None or not _is_field(written) else None
    aliases: tuple[str, ...] | None = ()
    for information in (extra, written if written is not None and _is_field(written) else None):
        item = information.value.value if information is not None and isinstance(information.value, Known) else None
        if isinstance(item, Made):
            own = item.args[0]
            default = default if isinstance(own.value, Known) and own.value.value is ... else own
            aliases = _aliases(machine, item.args[1]) if aliases == () else aliases
    if isinstance(default, Evaluated) and isinstance(default.value, Known) and default.value.value is ...:
        default = None
    return default, aliases


def _aliases(machine: Machine, alias: Evaluated) -> tuple[str, ...] | None:
    item = alias.value.value if isinstance(alias.value, Known) else ...
    if item is None:
        return ()
    parts = item.args if isinstance(item, Made) and item.name == CHOICES else (alias,)
    keys = [machine.key_of(part) for part in parts]
    names = tuple(key[0] for key in keys if key is not None and isinstance(key[0], str))
    return names if len(names) == len(parts) else None


# --- types -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a field is said to be: ``name`` is a plain type, "json", "secret", "model" (with its class) or ""."""

    name: str
    model: Evaluated | None = None
    optional: bool = False
    choices: tuple[str, ...] = ()


def _kind(machine: Machine, expr: Expr, file: str, depth: int = 0) -> _Kind:
    if depth > _NESTED:
        return _Kind("")
    if isinstance(expr, BinOp) and expr.op == "|":
        sides = (expr.left, expr.right)
        inner = [side for side in sides if not (isinstance(side, Const) and side.value is None)]
        return replace(_kind(machine, inner[0], file, depth + 1), optional=True) if len(inner) == 1 else _Kind("")
    if isinstance(expr, Subscript):
        word = _last(expr.value)
        parts = expr.index.items if isinstance(expr.index, Collection) else (expr.index,)
        if word == "Optional":
            return replace(_kind(machine, parts[0], file, depth + 1), optional=True)
        if word == "Literal":
            texts = tuple(part.value for part in parts if isinstance(part, Const) and isinstance(part.value, str))
            return _Kind("str", choices=texts) if len(texts) == len(parts) else _Kind("")
        return _Kind("json") if word in _JSON and all(_last(part) in _PLAIN for part in parts) else _Kind("")
    word = _last(expr)
    if word in _PLAIN:
        return _Kind(word)
    if word in ("list", "dict"):
        return _Kind("json")
    if not isinstance(expr, Name | Attribute):
        return _Kind("")
    meant = machine.evaluate(expr, _frame(machine, file))
    item = meant.value.value if isinstance(meant.value, Known) else None
    if isinstance(item, External) and item.name in SECRETS:
        return _Kind("secret")
    return (
        _Kind("model", meant)
        if isinstance(item, Ref) and item.kind == "class" and _is_model(machine, meant)
        else _Kind("")
    )


def is_model(machine: Machine, instance: Evaluated) -> bool:
    """Whether ``instance`` is one of a class of pydantic."""
    return any(_is_model(machine, base) for base in machine.obj(ref_of(instance)).bases)


def _is_model(machine: Machine, meant: Evaluated) -> bool:
    owners = [owner.value.value for owner in machine.mro(meant) if isinstance(owner.value, Known)]
    return any(isinstance(owner, External) and owner.name.startswith("pydantic") for owner in owners)


def _read(machine: Machine, found: Evaluated, kind: _Kind) -> Evaluated:
    """The text of a variable as the field has it."""
    if kind.name == "secret":
        return depending(known(Made("pydantic.SecretStr()", (found,))), found)
    if kind.name == "json":
        return machine.plain_result([found], lambda values: json.loads(str(values[0])))
    if kind.name not in _PLAIN or (kind.optional and kind.name == ""):
        return unknown("how the field is converted is not known", found)
    checked = machine.plain_result([found], lambda values: _convert(kind, str(values[0])))
    return found if kind.name == "str" and isinstance(checked.value, Known) else checked


def _convert(kind: _Kind, text: str) -> object:
    if kind.name in ("int", "float") and not _NUMBER.fullmatch(text.strip()):
        raise RefusedError("a number in another form")
    if kind.name == "int" and "." in text:
        raise RefusedError("a number in another form")
    if kind.choices and text not in kind.choices:
        raise ValueError(text)
    return converted(kind.name, text.strip() if kind.name in ("int", "float") else text)


def _checked_default(machine: Machine, default: Evaluated, kind: _Kind) -> Evaluated:
    """A default goes through the same checks: one of another type may become something else."""
    item = default.value.value if isinstance(default.value, Known) else None
    wanted = {"str": str, "int": int, "float": float, "bool": bool}.get(kind.name)
    if wanted is None or not isinstance(default.value, Known) or (item is None and kind.optional):
        return default
    return default if type(item) is wanted else unknown("its default is of another type", default)


def _nested(machine: Machine, name: str, kind: _Kind, found: Evaluated | None, sources: _Sources) -> Evaluated:
    """A model whose own fields have variables (``MAIL__HOST``)."""
    deep = sources.prefix.count(sources.delimiter) > _NESTED
    if kind.name != "model" or kind.model is None or found is not None or deep:
        return unknown("a part of it is set by a variable")
    fields, options, doubt = _declared(machine, kind.model)
    prefix = f"{name}{sources.delimiter}"
    if doubt or options:
        return unknown("what its class does is not followed")
    inner = replace(sources, prefix=prefix)
    cells: dict[object, Evaluated] = {each: _value(machine, each, field, inner) for each, field in fields.items()}
    return known(Ref(machine.new(Obj("instance", cells, bases=(kind.model,))), "instance"))


# --- instances -------------------------------------------------------------------------------------------------------


def _after(machine: Machine, made: Evaluated, ref: Ref) -> None:
    """``model_post_init``, which runs when all fields are set."""
    after = machine.find((known(ref),), "model_post_init")
    function = after.value.value if after is not None and isinstance(after.value, Known) else None
    if not isinstance(function, Function):
        return
    if isinstance(function.node, FunctionDef) and function.node.screened:
        machine.loosen(ref_of(made).oid, "model_post_init() is not read")
    machine.call_function(function, Arguments((made, known(None))))


def model_method(machine: Machine, item: Ref, name: str, args: Arguments) -> Evaluated:
    """``settings.model_dump()``: the fields as a dict."""
    obj = machine.obj(item)
    computed = any(_computes(machine, base) for base in obj.bases)
    if args.all or args.open:
        return unknown(f"{name}() is not evaluated")
    models = [cell for cell in obj.cells.values() if ref_of(cell).kind == "instance"]
    return machine.make("dict", dict(obj.cells), opened=obj.open or computed or bool(models))


def _computes(machine: Machine, base: Evaluated) -> bool:
    for owner in machine.mro(base):
        for cell in machine.obj(ref_of(owner)).cells.values():
            function = cell.value.value if isinstance(cell.value, Known) else None
            node = function.node if isinstance(function, Function) else None
            if isinstance(node, FunctionDef) and any(
                _last(each.func if isinstance(each, Call) else each).endswith(("computed_field", "serializer"))
                for each in node.decorators
            ):
                return True
    return False


def secret_value(item: Made) -> Evaluated:
    """``SecretStr("...").get_secret_value()``."""
    return item.args[0] if item.args else unknown("nothing is held")


def field_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Field()``: its default and the name of its variable, as far as they are given."""
    default = args.get(0, "default")
    alias = args.get(99, "validation_alias", "alias")
    if "default_factory" in args.keywords:
        default = machine.call(args.keywords["default_factory"], replace(args, positional=(), keywords={}), frame)
    return known(Made(FIELD, (default or known(...), alias or known(None))))
