"""pydantic-settings: classes whose fields come from the arguments, the environment, ``.env`` files, then the defaults.

Source: https://docs.pydantic.dev/latest/concepts/pydantic_settings/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Unknown, Unset
from flask_prodcheck.facts.syntax import Call, Const, Expr, FunctionDef, Subscript
from flask_prodcheck.model.evaluation.environment import (
    environment_default,
    environment_item,
    environment_names,
    environment_value,
)
from flask_prodcheck.model.evaluation.external_names import is_plain_base, is_settings_class
from flask_prodcheck.model.evaluation.libraries.dotenv import file_values
from flask_prodcheck.model.evaluation.libraries.pydantic_types import (
    Kind,
    checked,
    is_model_class,
    kind_of,
    module_frame,
    name_of,
    parameters,
    parsed,
)
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.unparse import unparse
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Obj,
    Ref,
    known,
    ref_of,
    selected,
    unknown,
)
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

FIELD = "pydantic.Field()"
CHOICES = "pydantic.AliasChoices()"
DUMPS = frozenset({"model_dump", "dict"})
_NESTED = 20
_CHECKING = frozenset({"field_validator", "validator", "model_validator", "root_validator"})
_CHANGING = frozenset({"__init__", "settings_customise_sources", "__init_subclass__", "__new__"})
_OPTIONS = frozenset(
    {"env_prefix", "env_file", "env_file_encoding", "env_nested_delimiter", "case_sensitive", "env_ignore_empty", "extra",
     "title", "frozen", "arbitrary_types_allowed", "populate_by_name", "protected_namespaces", "orm_mode",
     "from_attributes", "use_enum_values", "validate_assignment", "validate_default", "hide_input_in_errors",
     "json_schema_extra"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Field:
    """A field of a class. ``default``: None where it is required; ``aliases``: the names that stand for its own (empty:
    none do; None: not known); ``hidden``: a dump may leave it out."""

    kind: Kind
    default: Evaluated | None = None
    aliases: tuple[str, ...] | None = ()
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Declared:
    """The fields of a class and those above it, its options, and why its own code may change a field (``*``: all)."""

    fields: Mapping[str, _Field]
    options: Mapping[str, Evaluated]
    doubt: Mapping[str, str]
    settings: bool


@dataclass(frozen=True, slots=True)
class _Sources:
    """Where the values of fields are looked for: names with ``prefix``, in the environment and then in ``files``.
    ``reads``: there are any; ``checks``: a default is validated too; ``by_name``: a field with an alias can be given by
    its name as well."""

    prefix: str = ""
    delimiter: str = ""
    reads: bool = True
    exact: bool = False
    skip_empty: bool = False
    checks: bool = True
    by_name: bool = False
    extra: str = "forbid"
    files: Mapping[str, Evaluated] = field(default_factory=dict)

    def variable(self, machine: Machine, names: Sequence[str]) -> tuple[str, Evaluated | None]:
        """The variable that ``names`` mean, the first one first, and its value; None when nothing sets it."""
        shown = names[0] if self.exact else names[0].upper()
        for name in names:
            held = [each for each in environment_names(machine) if self._meant(each) == self._meant(name)]
            values = [
                environment_value(machine, each)
                for each in dict.fromkeys((*held, name if self.exact else name.upper()))
            ]
            found = [value for value in values if value is not None and not self._is_empty(value)]
            if len(found) > 1:
                return shown, unknown("variables differ in nothing but their case", *found)
            if found:
                return shown, found[0]
        values = [self.files.get(self._meant(name)) for name in names]
        return shown, next((value for value in values if value is not None and not self._is_empty(value)), None)

    def sets_part(self, machine: Machine, name: str) -> bool:
        """Whether a variable sets something inside of ``name``."""
        start = self._meant(f"{name}{self.delimiter}")
        names = (*environment_names(machine), *self.files)
        return bool(self.delimiter) and any(self._meant(each).startswith(start) for each in names)

    def _meant(self, name: str) -> str:
        return name if self.exact else name.lower()

    def _is_empty(self, found: Evaluated) -> bool:
        return self.skip_empty and isinstance(found.value, Known) and found.value.value == ""


def model_instance(machine: Machine, function: Evaluated, ref: Ref, args: Arguments) -> Evaluated:
    """An instance of a project's ``BaseSettings`` or ``BaseModel`` class."""
    declared = _declared(machine, function)
    sources, reason = _sources(machine, declared, args)
    given, stranger = _given(declared, sources, args)
    if args.open or args.positional:
        reason = reason or "its arguments are not known"
    reason = reason or declared.doubt.get("*", "") or stranger
    cells: dict[object, Evaluated] = {}
    for name, each in declared.fields.items():
        if reason:
            cells[name] = unknown(reason)
            continue
        value = _field_value(machine, name, each, sources, given.get(name))
        cells[name] = unknown(declared.doubt[name], value) if name in declared.doubt else value
    made = known(Ref(machine.new(Obj("instance", cells, bool(reason), bases=(known(ref),))), "instance"))
    _after(machine, made, ref)
    return selected(made, function)


def _field_value(
    machine: Machine, name: str, each: _Field, sources: _Sources, given: Evaluated | None = None
) -> Evaluated:
    """An argument that is given, else what a source says, else the default."""
    shown, found, whole = _found(machine, name, each, sources) if sources.reads else ("", None, True)
    if given is not None:
        merges = found is not None and each.kind.name not in ("plain", "choice", "secret", "list")
        return (
            unknown("it is merged with what a variable says", given) if merges else checked(machine, each.kind, given)
        )
    if found is not None:
        return found if whole else parsed(machine, each.kind, found)
    if each.default is None:
        return environment_item(machine, shown, "ValidationError") if sources.reads else unknown(f"{name} is not given")
    default = checked(machine, each.kind, each.default) if sources.checks else each.default
    return environment_default(shown, default) if sources.reads else default


def _given(declared: _Declared, sources: _Sources, args: Arguments) -> tuple[dict[str, Evaluated], str]:
    """The arguments of a call by the fields that they fill, and why that is not known ("": it is)."""
    accepted: dict[str, str] = {}
    for name, each in declared.fields.items():
        accepted.update(dict.fromkeys(each.aliases or (name,), name))
        if each.aliases is None and args.keywords:
            return {}, "which arguments fill a field is not known"
        if sources.by_name:
            accepted[name] = name
    words = {word: cell for word, cell in args.keywords.items() if not (declared.settings and word[0] == "_")}
    strange = [word for word in words if word not in accepted]
    folded = {word.lower() for word in accepted}
    if strange and (sources.extra != "ignore" or any(word.lower() in folded for word in strange)):
        return {}, f"{strange[0]} is no field"
    return {accepted[word]: cell for word, cell in words.items() if word in accepted}, ""


def _declared(machine: Machine, function: Evaluated) -> _Declared:
    written: dict[str, tuple[Evaluated | None, Expr, str]] = {}
    options: dict[str, Evaluated] = {}
    doubt: dict[str, str] = {}
    above: list[str] = []
    for owner in reversed(machine.mro(function)):
        item = owner.value.value if isinstance(owner.value, Known) else None
        if not isinstance(item, Ref):
            if not (isinstance(item, External) and (is_plain_base(item.name) or item.name.startswith("pydantic."))):
                doubt["*"] = "a base class is not known"
            above.append(item.name if isinstance(item, External) else "")
            continue
        obj = machine.obj(item)
        options.update(_class_options(machine, obj))
        own = dict(obj.annotations)
        for name, annotation in own.items():
            if (
                name != "model_config"
                and not name.startswith("_")
                and not _is_class_variable(machine, annotation, obj.file)
            ):
                written[name] = (obj.cells.get(name), annotation, obj.file)
        for name, (_, annotation, file) in list(written.items()):
            if name in obj.cells and name not in own:
                written[name] = (obj.cells[name], annotation, file)
        for key, cell in obj.cells.items():
            changed = _changed(machine, str(key), cell) if key not in own else ()
            doubt.update(dict.fromkeys(changed, f"{key} may change it"))
        if obj.open:
            doubt["*"] = "the class is not known whole"
    old = any(name.startswith("pydantic.") and is_settings_class(name) for name in above)
    fields = {name: _field(machine, *parts, old) for name, parts in written.items()}
    return _Declared(fields, options, doubt, any(is_settings_class(name) for name in above))


def _is_class_variable(machine: Machine, annotation: Expr, file: str) -> bool:
    outer = annotation.value if isinstance(annotation, Subscript) else annotation
    return name_of(machine, outer, file) == "typing.ClassVar"


def _changed(machine: Machine, name: str, cell: Evaluated) -> Iterator[str]:
    """The fields that something in the class, but no field, may change while an instance is made."""
    item = cell.value.value if isinstance(cell.value, Known) else None
    if name in _CHANGING or isinstance(cell.value, Unknown):
        yield "*"
    if isinstance(item, Made) and _last(item.name.partition("(")[0]) in _CHECKING:
        yield "*"
    if not isinstance(item, Function) or not isinstance(item.node, FunctionDef):
        return
    for decorator in item.node.decorators:
        target = decorator.func if isinstance(decorator, Call) else decorator
        meant = machine.evaluate(target, module_frame(machine, item.file)).value
        name = meant.value.name if isinstance(meant, Known) and isinstance(meant.value, External) else unparse(target)
        if _last(name) in _CHECKING:
            named = decorator.args if isinstance(decorator, Call) else ()
            texts = [arg.value for arg in named if isinstance(arg, Const) and isinstance(arg.value, str)]
            yield from texts if texts and len(texts) == len(named) else ("*",)
        elif isinstance(meant, Unknown):
            yield "*"


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


def _sources(machine: Machine, declared: _Declared, args: Arguments) -> tuple[_Sources, str]:
    """Where values come from, and why that is not known ("": it is)."""
    given = {name[1:]: cell for name, cell in args.keywords.items() if name.startswith("_") and declared.settings}
    options = {**declared.options, **given}
    other = next((name for name in options if name not in _OPTIONS), None)
    if other is not None:
        return _Sources(), f"what {other} does is not evaluated"
    try:
        plain = {name: machine.plain(cell) for name, cell in options.items()}
    except NotPlainError:
        return _Sources(), "its options are not known"
    paths = plain.get("env_file")
    exact = bool(plain.get("case_sensitive"))
    files: dict[str, Evaluated] = {}
    for each in paths if isinstance(paths, list | tuple) else [paths] if paths is not None else []:
        text = str(each)
        folder = machine.roots[0] if machine.roots else "."
        path = project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(folder, text))
        values = file_values(machine, path) if path is not None else None
        files.update({name if exact else name.lower(): value for name, value in (values or {}).items()})
    return _Sources(
        str(plain.get("env_prefix") or ""), str(plain.get("env_nested_delimiter") or ""), declared.settings, exact,
        bool(plain.get("env_ignore_empty")), bool(plain.get("validate_default", declared.settings)),
        bool(plain.get("populate_by_name")), str(plain.get("extra", "forbid" if declared.settings else "ignore")), files,
    ), ""  # fmt: skip


def _found(machine: Machine, name: str, each: _Field, sources: _Sources) -> tuple[str, Evaluated | None, bool]:
    """The variable of a field, what the environment or a file says (None: nothing), and whether it is the value already:
    it is no text that the field still parses."""
    if each.aliases is None:
        return "", unknown("which variable is read is not known"), True
    own = (f"{sources.prefix}{name}",)
    names = each.aliases or own
    shown, found = sources.variable(machine, names)
    if any(sources.sets_part(machine, one) for one in names):
        return shown, _nested(machine, names[0], each.kind, found, sources), True
    if found is None and each.aliases and sources.by_name and sources.variable(machine, own)[1] is not None:
        return shown, unknown("releases differ in whether a field with an alias is read by its name"), True
    return shown, found, False


def _nested(machine: Machine, name: str, kind: Kind, found: Evaluated | None, sources: _Sources) -> Evaluated:
    """A model whose own fields have variables (``MAIL__HOST``)."""
    deep = sources.prefix.count(sources.delimiter) > _NESTED
    if kind.name != "model" or kind.model is None or found is not None or deep:
        return unknown("a part of it is set by a variable")
    declared = _declared(machine, kind.model)
    split = any(each.aliases != () or sources.delimiter in word for word, each in declared.fields.items())
    if declared.doubt or declared.options or split:
        return unknown("what its class does is not followed")
    inner = replace(sources, prefix=f"{name}{sources.delimiter}")
    cells: dict[object, Evaluated] = {
        word: _field_value(machine, word, each, inner) for word, each in declared.fields.items()
    }
    return known(Ref(machine.new(Obj("instance", cells, bases=(kind.model,))), "instance"))


# --- fields ----------------------------------------------------------------------------------------------------------


def _field(machine: Machine, written: Evaluated | None, annotation: Expr, file: str, old: bool) -> _Field:
    """A field as the class says it, in ``Annotated`` and as its default. ``old``: the class is one of pydantic 1."""
    metadata: list[Evaluated] = []
    if isinstance(annotation, Subscript) and _last(name_of(machine, annotation.value, file)) == "Annotated":
        annotation, *parts = parameters(annotation)
        metadata = [machine.evaluate(part, module_frame(machine, file)) for part in parts]
    kind = kind_of(machine, annotation, file) if all(map(_information, metadata)) else Kind()
    made = _Field(kind, written if written is None or _information(written) is None else None)
    for item in filter(None, map(_information, (*metadata, *((written,) if written is not None else ())))):
        default, alias, variables, hidden = item.args
        ignored = alias if old else variables
        names = _aliases(machine, variables if old else alias) if _is_none(ignored) else None
        made = _Field(
            kind, made.default if isinstance(default.value, Unset) else default, names if made.aliases == () else made.aliases,
            made.hidden or not _is_none(hidden),
        )  # fmt: skip
    if made.default is None and old and (kind.optional or kind.name == "any"):
        return replace(made, default=known(None))
    required = made.default is not None and isinstance(made.default.value, Known) and made.default.value.value is ...
    return replace(made, default=None) if required else made


def _information(value: Evaluated) -> Made | None:
    """What ``Field()`` says; None for another value."""
    item = value.value.value if isinstance(value.value, Known) else None
    return item if isinstance(item, Made) and item.name == FIELD else None


def _is_none(value: Evaluated) -> bool:
    return isinstance(value.value, Known) and value.value.value is None


def _aliases(machine: Machine, alias: Evaluated) -> tuple[str, ...] | None:
    if _is_none(alias):
        return ()
    item = alias.value.value if isinstance(alias.value, Known) else None
    parts = item.args if isinstance(item, Made) and item.name == CHOICES else (alias,)
    if ref_of(alias).kind == "list":
        parts = machine.elements(alias) or ()
    keys = [machine.key_of(part) for part in parts]
    names = tuple(key[0] for key in keys if key is not None and isinstance(key[0], str))
    return names if parts and len(names) == len(parts) else None


def field_call(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
    """``Field()``: its default, the names of its variable for pydantic 2 and 1, whether a dump may leave it out."""
    if args.open:
        return known(Made(FIELD, (unknown("its arguments are not known"),) * 4))
    default = args.get(0, "default")
    if "default_factory" in args.keywords:
        default = machine.call(args.keywords["default_factory"], replace(args, positional=(), keywords={}), frame)
    rest = (args.get(99, "validation_alias", "alias"), args.get(99, "env"), args.get(99, "exclude"))
    return known(Made(FIELD, (default or Evaluated(Unset()), *(each or known(None) for each in rest))))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


# --- instances -------------------------------------------------------------------------------------------------------


def is_model(machine: Machine, instance: Evaluated) -> bool:
    """Whether ``instance`` is one of a class of pydantic."""
    return any(is_model_class(machine, base) for base in machine.obj(ref_of(instance)).bases)


def is_field(machine: Machine, meant: Evaluated, name: str) -> bool:
    """Whether ``name`` is a field of a class of pydantic, which the class itself does not have."""
    owners = [machine.obj(ref_of(owner)) for owner in machine.mro(meant)]
    return any(name == own for owner in owners for own, _ in owner.annotations) and is_model_class(machine, meant)


def assigned(machine: Machine, instance: Evaluated, value: Evaluated) -> Evaluated:
    """``instance.field = value``: as it is, unless the class asks for more."""
    for base in machine.obj(ref_of(instance)).bases if is_model(machine, instance) else ():
        if not _declared(machine, base).options.keys().isdisjoint(("validate_assignment", "frozen", "?")):
            return unknown("what the class makes of an assignment is not evaluated", value)
    return value


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
    if args.all or args.open or len(obj.bases) != 1:
        return unknown(f"{name}() is not evaluated")
    fields = _declared(machine, obj.bases[0]).fields
    cells: dict[object, Evaluated] = {key: obj.cells[key] for key in fields if key in obj.cells}
    hidden = any(each.hidden for each in fields.values())
    return machine.make("dict", cells, opened=obj.open or hidden or _computes(machine, obj.bases[0]))


def _computes(machine: Machine, base: Evaluated) -> bool:
    for owner in machine.mro(base):
        for cell in machine.obj(ref_of(owner)).cells.values():
            function = cell.value.value if isinstance(cell.value, Known) else None
            node = function.node if isinstance(function, Function) else None
            if isinstance(node, FunctionDef) and any(
                unparse(each.func if isinstance(each, Call) else each).endswith(("computed_field", "serializer"))
                for each in node.decorators
            ):
                return True
    return False


def secret_value(item: Made) -> Evaluated:
    """``SecretStr("...").get_secret_value()``."""
    return item.args[0] if item.args else unknown("nothing is held")
