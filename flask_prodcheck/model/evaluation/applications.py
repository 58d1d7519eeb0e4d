"""Flask applications and their configuration, as objects of the evaluator.

Facts: https://flask.palletsprojects.com/en/stable/config/ and https://flask.palletsprojects.com/en/stable/api/ (the
methods of ``flask.Config`` and the attributes of ``flask.Flask`` that stand for configuration keys).
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unknown, Unset
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.evaluation.data_files import table
from flask_prodcheck.model.evaluation.environment import (
    environment_entries,
    environment_get,
    environment_item,
    environment_names,
    environment_value,
)
from flask_prodcheck.model.evaluation.external_names import is_plain_base
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.evaluation.libraries.views import view_doubts, view_entries
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import ROOT, project_path, shown_path
from flask_prodcheck.model.evaluation.production_names import is_production_name
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    External,
    Function,
    Made,
    Method,
    Obj,
    Ref,
    View,
    agree,
    depending,
    join,
    known,
    merged,
    ref_of,
    selected,
    traced,
    unknown,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

ATTRIBUTES: Mapping[str, str] = {
    "debug": "DEBUG",
    "testing": "TESTING",
    "secret_key": "SECRET_KEY",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME",
}
_OLD_ATTRIBUTES: Mapping[str, str] = {  # removed in Flask 2.3
    "env": "ENV",
    "session_cookie_name": "SESSION_COOKIE_NAME",
    "send_file_max_age_default": "SEND_FILE_MAX_AGE_DEFAULT",
    "use_x_sendfile": "USE_X_SENDFILE",
    "templates_auto_reload": "TEMPLATES_AUTO_RELOAD",
    "propagate_exceptions": "PROPAGATE_EXCEPTIONS",
}
DEFAULTS: Mapping[str, object] = {  # flask.Flask.default_config of Flask 3.1
    "DEBUG": False,
    "TESTING": False,
    "PROPAGATE_EXCEPTIONS": None,
    "SECRET_KEY": None,
    "SECRET_KEY_FALLBACKS": None,
    "PERMANENT_SESSION_LIFETIME": timedelta(days=31),
    "USE_X_SENDFILE": False,
    "TRUSTED_HOSTS": None,
    "SERVER_NAME": None,
    "APPLICATION_ROOT": "/",
    "SESSION_COOKIE_NAME": "session",
    "SESSION_COOKIE_DOMAIN": None,
    "SESSION_COOKIE_PATH": None,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SECURE": False,
    "SESSION_COOKIE_PARTITIONED": False,
    "SESSION_COOKIE_SAMESITE": None,
    "SESSION_REFRESH_EACH_REQUEST": True,
    "MAX_CONTENT_LENGTH": None,
    "MAX_FORM_MEMORY_SIZE": 500_000,
    "MAX_FORM_PARTS": 1_000,
    "SEND_FILE_MAX_AGE_DEFAULT": None,
    "TRAP_BAD_REQUEST_ERRORS": None,
    "TRAP_HTTP_EXCEPTIONS": False,
    "EXPLAIN_TEMPLATE_LOADING": False,
    "PREFERRED_URL_SCHEME": "http",
    "TEMPLATES_AUTO_RELOAD": None,
    "MAX_COOKIE_SIZE": 4093,
    "PROVIDE_AUTOMATIC_OPTIONS": True,
}
_CONFIG_FILES = regex(r"(?:^|/)(?:config|configs|configuration|settings)(?:\.py|/[^/]+\.py)$")
_TEST_PATH = regex(r"(?:^|/)tests?/|(?:^|/)(?:test_[^/]*|conftest)\.py$")
_MANY_FILES = 20
_NESTED = 20
_WRAPPED = frozenset({"server", "app"})  # dash.Dash.server and connexion's .app are the Flask application


def debug_flag(machine: Machine) -> Evaluated | None:
    """What Flask makes of FLASK_DEBUG (and, before 2.3, FLASK_ENV); None when neither is set."""
    found = environment_value(machine, "FLASK_DEBUG")
    old = machine.flask_version < (2, 3)
    if found is not None and isinstance(found.value, Known) and (found.value.value or not old):
        text = str(found.value.value)
        return replace(found, value=Known(turns_debug_on(text), found.value.origin))
    if found is not None and isinstance(found.value, Unknown):
        return found
    if not old or machine.flask_version < (1,):
        return None
    mode = environment_value(machine, "FLASK_ENV")
    if mode is None:
        return None
    if not isinstance(mode.value, Known):
        return mode
    return replace(mode, value=Known(mode.value.value == "development", mode.value.origin))


def new_app(
    machine: Machine, args: Arguments, frame: Frame, owner: Evaluated | None, name: str = "flask.Flask"
) -> Evaluated:
    """A new application with its configuration."""
    if name == "dash.Dash" and args.get(2, "server") is not None:
        given = args.get(2, "server")
        item = given.value.value if given is not None and isinstance(given.value, Known) else None
        if isinstance(item, Ref) and given is not None:
            return given
    root: Evaluated = known(f"{ROOT}/{posixpath.dirname(frame.file)}".rstrip("/"))
    named = args.get(0, "import_name")
    if named is not None and isinstance(named.value, Known) and isinstance(named.value.value, str):
        dotted = named.value.value
        module = machine.heap.get(frame.module)
        own = module.cells.get("__name__") if module is not None else None
        if dotted != "__main__" and (own is None or not isinstance(own.value, Known) or own.value.value != dotted):
            path = machine.locate(frame.file, dotted, 0)
            root = unknown("where the application lies is not known")
            if path is not None:
                root = known(f"{ROOT}/{posixpath.dirname(path)}".rstrip("/"))
    root = args.get(99, "root_path") or root
    top = machine.modules.top(frame.file)
    instance = args.get(99, "instance_path") or known(f"{ROOT}/instance" if top == "." else f"{ROOT}/{top}/instance")
    relative = args.get(99, "instance_relative_config")
    base = instance if relative is not None and machine.truth(relative) is True else root
    cells: dict[object, Evaluated] = {}
    debug = debug_flag(machine)
    if debug is not None:
        cells["DEBUG"] = traced(debug, args.span, args.text, "FLASK_DEBUG")
    if (1,) <= machine.flask_version < (2, 3):
        cells["ENV"] = environment_get(machine, "FLASK_ENV", known("production"))
    folder = base.value.value if isinstance(base.value, Known) else None
    config = machine.new(Obj("config", cells, name=str(folder) if isinstance(folder, str | PurePosixPath) else ""))
    attributes: dict[object, Evaluated] = {
        "root_path": root,
        "instance_path": instance,
        "import_name": named or unknown("its name is not known"),
    }
    bases = (owner,) if owner is not None else ()
    oid = machine.new(Obj("app", attributes, config=config, bases=bases, span=args.span, file=frame.file))
    machine.apps.append(oid)
    return known(Ref(oid, "app"))


def bare_config(machine: Machine, args: Arguments) -> Evaluated:
    """``flask.Config(root, defaults)`` on its own."""
    root = args.get(0, "root_path")
    folder = root.value.value if root is not None and isinstance(root.value, Known) else ""
    defaults = args.get(1, "defaults")
    entries = machine.mapping(defaults) if defaults is not None else ({}, False)
    cells, opened = entries if entries is not None else ({}, True)
    return known(Ref(machine.new(Obj("config", cells, opened, name=str(folder), bare=True)), "config"))


def _key(machine: Machine, name: str) -> str | None:
    if name in ATTRIBUTES:
        return ATTRIBUTES[name]
    return _OLD_ATTRIBUTES.get(name) if machine.flask_version < (2, 3) else None


def app_attribute(machine: Machine, receiver: Evaluated, item: Ref, name: str) -> Evaluated:
    """``app.name``."""
    obj = machine.obj(item)
    key = _key(machine, name)
    if key is not None:
        return config_item(machine, Ref(obj.config, "config"), key)
    if name == "config":
        return selected(known(Ref(obj.config, "config")), receiver)
    cell = obj.cells.get(name)
    if cell is not None and not isinstance(cell.value, Unset):
        return cell
    if obj.bases:
        found = machine.find(obj.bases, name)
        if found is not None:
            return selected(machine.bound_to(found, receiver), receiver)
    if name in _WRAPPED:
        return receiver
    if name in ("run", "__init__", "app_context"):
        return known(Method(receiver, name))
    return known(Made(f"flask.Flask().{name}"))


def set_app_attribute(machine: Machine, item: Ref, name: str, value: Evaluated, span: Span) -> None:
    """``app.name = value``."""
    obj = machine.obj(item)
    key = _key(machine, name)
    if key is not None:
        machine.write(obj.config, key, value)
    elif name == "config" and ref_of(value).kind == "config":
        machine.heap[item.oid] = replace(obj, config=ref_of(value).oid)
    elif name == "config":
        machine.loosen(obj.config, "the configuration is replaced", span)
    else:
        machine.write(item.oid, name, value)


def app_method(machine: Machine, receiver: Evaluated, item: Ref, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``app.name(...)``."""
    if name == "run":
        debug = args.get(2, "debug")
        obj = machine.obj(item)
        if debug is None:
            from_env = debug_flag(machine)
            if from_env is not None:
                machine.write(obj.config, "DEBUG", machine.controlled(from_env))
        elif isinstance(debug.value, Known) and debug.value.value is None:
            pass
        else:
            truth = machine.truth(debug)
            flag = unknown("its truth is not known", debug) if truth is None else replace(debug, value=Known(truth))
            machine.write(obj.config, "DEBUG", machine.controlled(traced(flag, args.span, args.text)))
    return known(None) if name != "app_context" else known(Made("flask.Flask().app_context()"))


def lose(machine: Machine, arg: Evaluated, reason: str, span: Span | None = None) -> None:
    """``arg`` was handed to something that is not followed: an application may have been configured there."""
    item = arg.value.value if isinstance(arg.value, Known) else None
    if isinstance(item, Ref):
        if item.kind == "app":
            machine.widen(machine.obj(item).config)
        elif item.kind in ("config", "dict"):
            machine.widen(item.oid)


# --- the configuration -----------------------------------------------------------------------------------------------


def config_item(machine: Machine, item: Ref, key: object) -> Evaluated:
    """``app.config[key]``. Raises the program's KeyError."""
    if isinstance(key, str):
        machine.keys_read.append(key)
    obj = machine.obj(item)
    cell = obj.cells.get(key)
    if cell is not None and not isinstance(cell.value, Unset):
        return cell
    if obj.open or cell is not None:
        return unknown(f"whether {key} is set is not known")
    if isinstance(key, str) and key in DEFAULTS and not obj.bare:
        return known(DEFAULTS[key])
    raise RaisedError("KeyError", known(None))


def config_has(machine: Machine, item: Ref, key: object) -> bool | None:
    obj = machine.obj(item)
    cell = obj.cells.get(key)
    if cell is not None:
        return None if isinstance(cell.value, Unset) else True
    if key in DEFAULTS and not obj.bare:
        return True
    return None if obj.open else False


def store(machine: Machine, item: Ref, key: object, value: Evaluated, span: Span, text: str) -> None:
    """Write one key, with the step that writes it."""
    machine.write(item.oid, key, machine.controlled(traced(value, span, text)))


def _load(
    machine: Machine, item: Ref, cells: Mapping[object, Evaluated], opened: bool, args: Arguments, upper: bool = True
) -> None:
    if opened:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
    for key, cell in cells.items():
        if not upper or (isinstance(key, str) and key.isupper()):
            if isinstance(cell.value, Unset):
                continue
            store(machine, item, key, cell, args.span, args.text)


def config_method(machine: Machine, item: Ref, name: str, args: Arguments, frame: Frame) -> Evaluated:
    """``app.config.name(...)``."""
    silent = args.get(1, "silent")
    quiet = silent is not None and machine.truth(silent) is True
    first = args.positional[0] if args.positional else None
    if name == "get" and first is not None:
        return _get(machine, item, first, args.get(1, "default") or known(None))
    if name == "setdefault" and first is not None:
        return _setdefault(machine, item, first, args.get(1, "default") or known(None), args)
    if name in ("update", "from_mapping"):
        _update(machine, item, args, upper=name == "from_mapping")
    elif name == "from_object":
        target = first or args.keywords.get("obj")
        if target is not None:
            from_object(machine, item, target, args, frame)
    elif name == "from_pyfile":
        target = first or args.keywords.get("filename")
        if target is not None:
            _from_file(machine, item, target, "pyfile", quiet, args)
    elif name in ("from_file", "from_json", "from_toml", "from_yaml"):
        target = first or args.keywords.get("filename")
        load = args.get(1, "load") if name == "from_file" else known(External(name.removeprefix("from_") + ".load"))
        kind = (
            load.value.value.name
            if load and isinstance(load.value, Known) and isinstance(load.value.value, External)
            else ""
        )
        noise = args.get(2 if name == "from_file" else 1, "silent")
        if target is not None and _loaded(machine, item, target, load, args, frame):
            return known(True)
        if target is not None:
            _from_file(machine, item, target, kind, noise is not None and machine.truth(noise) is True, args)
    elif name == "from_envvar":
        target = first or args.keywords.get("variable_name")
        if target is not None:
            _from_envvar(machine, item, target, quiet, args)
    elif name == "from_prefixed_env":
        _from_prefixed_env(machine, item, args)
    elif name == "pop" and first is not None:
        key = machine.key_of(first)
        if key is None:
            machine.loosen(item.oid, "a key that is not known is removed", args.span)
            return unknown("which key is removed is not known")
        value = _get(machine, item, first, args.get(1, "default") or known(None))
        if key[0] in DEFAULTS and not machine.obj(item).bare:
            machine.write(item.oid, key[0], Evaluated(Unset()))
        else:
            machine.erase(item.oid, key[0])
        return value
    elif name in ("items", "keys", "values", "copy", "get_namespace", "__getitem__"):
        return unknown(f"config.{name}() is not evaluated")
    elif name == "__setitem__" and len(args.positional) == 2:
        machine.set_item(known(item), args.positional[0], machine.controlled(args.positional[1]), args.span)
    else:
        machine.widen(item.oid)
    return known(True)


def _loaded(
    machine: Machine, item: Ref, target: Evaluated, load: Evaluated | None, args: Arguments, frame: Frame
) -> bool:
    """``from_file(name, load=own)`` with a function of the project. False where it is none, or the file is missing."""
    function = load.value.value if load is not None and isinstance(load.value, Known) else None
    path, _ = _resolve(machine, item, target)
    if load is None or not isinstance(function, Function | Method) or path not in machine.modules.facts.paths:
        return False
    handle = known(Made("builtins.open()", (known(f"{ROOT}/{path}"),)))
    entries = machine.mapping(machine.call(load, Arguments((handle,), span=args.span, text=args.text), frame))
    if entries is None:
        return False
    _load(machine, item, entries[0], entries[1], args)
    return True


def _get(machine: Machine, item: Ref, key_value: Evaluated, default: Evaluated) -> Evaluated:
    key = machine.key_of(key_value)
    if key is None:
        return unknown("which key is read is not known", key_value)
    try:
        return selected(config_item(machine, item, key[0]), key_value)
    except RaisedError:
        return selected(default, key_value)


def _setdefault(machine: Machine, item: Ref, key_value: Evaluated, default: Evaluated, args: Arguments) -> Evaluated:
    key = machine.key_of(key_value)
    if key is None:
        machine.widen(item.oid)
        return unknown("which key is set is not known")
    present = config_has(machine, item, key[0])
    if present is True:
        return config_item(machine, item, key[0])
    if present is False:
        store(machine, item, key[0], default, args.span, args.text)
    else:
        cell = machine.obj(item).cells.get(key[0]) or unknown("it may be set before")
        store(machine, item, key[0], join(cell, default), args.span, args.text)
    return machine.obj(item).cells[key[0]]


def _update(machine: Machine, item: Ref, args: Arguments, *, upper: bool) -> None:
    for source in args.positional:
        value = source.value.value if isinstance(source.value, Known) else None
        if isinstance(source.value, Known) and value is None:
            continue
        if isinstance(value, View):
            _from_settings(machine, item, value, args)
            continue
        entries = machine.mapping(source)
        if isinstance(value, External) and value.name == "os.environ":
            entries = environment_entries(machine)
        if entries is None:
            machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
            continue
        cells: dict[object, Evaluated] = {key: selected(cell, source) for key, cell in entries[0].items()}
        _load(machine, item, cells, entries[1], args, upper)
    if args.open:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
    words: dict[object, Evaluated] = {}
    words.update(args.keywords.items())
    _load(machine, item, words, False, args, upper)


def imported_object(machine: Machine, name: Evaluated, file: str) -> Evaluated:
    """What ``werkzeug.utils.import_string`` finds. Raises the program's ImportError."""
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        return unknown("what is imported is not known", name)
    dotted = key[0].replace(":", ".")
    path = machine.locate(file, dotted, 0)
    if path is not None and not path.endswith("/"):
        return selected(machine.run_module(path), name)
    outer, _, attr = dotted.rpartition(".")
    path = machine.locate(file, outer, 0) if outer else None
    if path is None:
        return unknown(f"{dotted} is not in the project", name)
    try:
        return selected(machine.attribute(machine.run_module(path), attr), name)
    except RaisedError as raised:
        if raised.name == "AttributeError":
            raise RaisedError("ImportError", name, deliberate=True) from None
        raise


def from_object(machine: Machine, item: Ref, source: Evaluated, args: Arguments, frame: Frame) -> None:
    """``config.from_object(source)``: the upper-case attributes of a module, class or instance."""
    plain = source.value.value if isinstance(source.value, Known) else None
    target = imported_object(machine, source, frame.file) if isinstance(plain, str) else source
    value = target.value
    found = value.value if isinstance(value, Known) else None
    if isinstance(value, Known) and (found is None or isinstance(found, int | float)):
        return
    if isinstance(found, View):
        _from_settings(machine, item, found, args)
        return
    if not isinstance(found, Ref) or found.kind not in ("class", "instance", "module"):
        if isinstance(found, Ref):
            return
        machine.loosen(item.oid, f"{args.text} reads an object that is not known", args.span)
        for key, cell in _whatever_is_chosen(machine).items():
            store(machine, item, key, selected(cell, source), args.span, args.text)
        return
    _note_class_selector(machine, source, plain, target)
    names: dict[str, None] = {}
    opened = False
    holders = [found]
    if found.kind in ("class", "instance"):
        bases = (target,) if found.kind == "class" else machine.obj(found).bases
        holders = [found] if found.kind == "instance" else []
        for base in bases:
            for owner in machine.mro(base):
                owner_item = owner.value.value if isinstance(owner.value, Known) else None
                if isinstance(owner_item, Ref):
                    holders.append(owner_item)
                elif not (isinstance(owner_item, External) and is_plain_base(owner_item.name)):
                    opened = True
    for holder in holders:
        obj = machine.obj(holder)
        opened = opened or obj.open
        names.update(dict.fromkeys(key for key in obj.cells if isinstance(key, str) and key.isupper()))
    if found.kind == "module":
        module = machine.modules.module(machine.obj(found).file)
        if module is not None:
            names.update(dict.fromkeys(name for name in module.names if name.isupper()))
    if opened:
        machine.loosen(item.oid, f"{args.text} reads an object that is not known whole", args.span)
    alternatives = machine.alternatives.get(found.oid, ())
    for name in names:
        try:
            cell = machine.attribute(target, name)
        except RaisedError as raised:
            if raised.name != "AttributeError":
                raise
            continue
        if isinstance(cell.value, Unset):
            continue
        if not alternatives or any(not _agrees(machine, other, name, cell) for other in alternatives):
            store(machine, item, name, selected(cell, target), args.span, args.text)
            continue
        own = machine.find((known(found),), name)  # whatever was chosen, this is the value
        store(machine, item, name, own or cell, args.span, args.text)


def _from_settings(machine: Machine, item: Ref, source: View, args: Arguments) -> None:
    """All settings of a library's object; a variable or a file that the project lacks may set more."""
    held = view_entries(machine, source)
    if held is None:
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
        return
    prefix, missing = view_doubts(machine, source)
    if prefix is not None:
        _may_override(machine, item, lambda key: f"{prefix}_{key}")
    for file in missing:
        _file_may_override(machine, item, file)
    _load(machine, item, held[0], False, args)


def hand_over(machine: Machine, name: str, args: Arguments) -> None:
    """``init_app(app, Settings)`` of something external: it takes the settings of the class, as far as anything shows
    it, for the keys that nothing has set; its own code may replace each (``files`` names it)."""
    given = [ref_of(arg) for arg in args.all]
    target = next((machine.obj(each).config for each in given if each.kind == "app"), 0)
    classes = [arg for arg in args.all if ref_of(arg).kind == "class"]
    for source in classes if target else ():
        for key, cell in (_public(machine, ref_of(source)) or {}).items():
            known_so_far = machine.obj(Ref(target, "config")).cells
            if key not in known_so_far and not isinstance(cell.value, Unset):
                doubted = replace(selected(cell, source), files=merged(cell.files, (f"{name}()",)))
                store(machine, Ref(target, "config"), key, doubted, args.span, args.text)


def _note_class_selector(machine: Machine, source: Evaluated, plain: object, target: Evaluated) -> None:
    """A class that a variable's default names: its neighbour for production is what the variable selects there."""
    if not isinstance(plain, str) or len(source.absent) != 1 or ref_of(target).kind != "class":
        return
    machine.note_selection(source)
    obj = machine.obj(ref_of(target))
    outer = plain.replace(":", ".").rpartition(".")[0]
    if is_production_name(obj.name) or not outer:
        return
    for _, other in machine.heap.objects():
        if other.kind == "class" and other.file == obj.file and is_production_name(other.name):
            machine.selectors.setdefault(source.absent[0], f"{outer}.{other.name}")


def _whatever_is_chosen(machine: Machine) -> dict[str, Evaluated]:
    """What every configuration class says that an unknown name could mean: those for production if there are any, else
    all that are not for tests."""
    classes = _configuration_classes(machine)
    wanted = [each for each in classes if is_production_name(machine.obj(each).name)]
    wanted = wanted or [each for each in classes if "test" not in machine.obj(each).name.lower()]
    tables = [_public(machine, each) for each in wanted]
    first = tables[0] if tables else None
    if first is None:
        return {}
    return {
        key: cell
        for key, cell in first.items()
        if all(other is not None and key in other and agree(other[key], cell) for other in tables[1:])
    }


def _configuration_classes(machine: Machine) -> list[Ref]:
    """The classes of the project's configuration modules."""
    paths = sorted(machine.modules.facts.modules)
    files = [path for path in paths if _CONFIG_FILES.search(path) and not _TEST_PATH.search(path)]
    classes: list[Ref] = []
    for path in files[:_MANY_FILES]:
        try:
            module = machine.run_module(path)
        except RaisedError as raised:
            if raised.cause.absent:
                raise  # a variable that production has to set
            return []
        for cell in machine.obj(ref_of(module)).cells.values():
            made = ref_of(cell)
            if made.kind == "class" and machine.obj(made).file == path:
                classes.append(made)
    return classes


def _public(machine: Machine, owner: Ref) -> dict[str, Evaluated] | None:
    """The upper-case attributes of a class; None when a base class is not known."""
    cells: dict[str, Evaluated] = {}
    for base in reversed(machine.mro(known(owner))):
        item = base.value.value if isinstance(base.value, Known) else None
        if isinstance(item, Ref):
            attributes = machine.obj(item).cells.items()
            cells.update((key, cell) for key, cell in attributes if isinstance(key, str) and key.isupper())
        elif not (isinstance(item, External) and is_plain_base(item.name)):
            return None
    return cells


def _agrees(machine: Machine, other: Ref, name: str, cell: Evaluated) -> bool:
    """Whether the class ``other`` says the same; one that only tests use is not asked."""
    if "test" in machine.obj(other).name.lower():
        return True
    found = machine.find((known(other),), name)
    return found is not None and agree(found, cell)


def _resolve(machine: Machine, item: Ref, name: Evaluated) -> tuple[str | None, str]:
    """The project file that a loader reads (None when it lies elsewhere) and the name to show."""
    try:
        value = machine.plain(name)
    except NotPlainError:
        return None, ""
    text = str(value)
    root = machine.obj(item).name
    if not text.startswith("/"):
        if not root:
            return None, text
        text = posixpath.join(root, text)
    relative = project_path(text) or _inside_image(machine, text)
    return relative, relative or shown_path(text)


def _inside_image(machine: Machine, text: str) -> str | None:
    """The project file that the image has at the absolute path ``text``."""
    wanted = posixpath.normpath(text)
    for image, repo in reversed(machine.layout):
        if wanted == image:
            return repo
        if wanted.startswith(image.rstrip("/") + "/"):
            inside = posixpath.normpath(posixpath.join(repo, posixpath.relpath(wanted, image)))
            if inside in machine.modules.facts.paths:
                return inside
    return None


def _from_file(machine: Machine, item: Ref, name: Evaluated, kind: str, silent: bool, args: Arguments) -> None:
    path, shown = _resolve(machine, item, name)
    facts = machine.modules.facts
    present = path is not None and (path in facts.modules or path in facts.paths)
    cells: dict[object, Evaluated]
    if kind == "pyfile" and path is not None and present:
        module = _pyfile(machine, path)
        if module is not None:
            cells, opened = _run_pyfile(machine, module)
            _load(machine, item, cells, opened, args)
            return
    elif path is not None and present and machine.read is not None:
        cells_read = table(machine, path, kind)
        if cells_read is not None:
            _load(machine, item, cells_read, False, args)
            return
    asked = path is not None and any(path in cause.files for cause in machine.control)
    outside = path is None and shown.startswith(("/", "~"))
    if (silent or asked or outside) and not present and shown and shown not in machine.required:
        if (outside and not silent) or shown.startswith("~"):
            machine.expected.add(shown)  # the machine, or its user, has to have it, or is asked for it
        _file_may_override(machine, item, shown)
        return
    machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)


def _file_may_override(machine: Machine, item: Ref, file: str) -> None:
    """A file that nothing in the project supplies may replace each key."""
    obj = machine.obj(item)
    cells: dict[object, Evaluated] = {
        key: replace(cell, files=merged(cell.files, (file,))) for key, cell in obj.cells.items()
    }
    machine.heap[item.oid] = replace(obj, cells=cells, open=True)


def _may_override(machine: Machine, item: Ref, by: Callable[[object], str]) -> None:
    """What is set so far is a published default: something outside of the project may replace each key."""
    obj = machine.obj(item)
    cells: dict[object, Evaluated] = {}
    for key, cell in obj.cells.items():
        name = by(key)
        cells[key] = replace(cell, variables=merged(cell.variables, (name,)), absent=merged(cell.absent, (name,)))
    machine.heap[item.oid] = replace(obj, cells=cells, open=True)


def _pyfile(machine: Machine, path: str) -> PyModule | None:
    module = machine.modules.module(path)
    if module is not None or machine.read is None:
        return module
    data = machine.read(path)
    if data is None:
        return None
    from flask_prodcheck.facts.python import read_python

    try:
        return read_python(machine.placed.get(path, path), data)
    except ReadError:
        return None


def _run_pyfile(machine: Machine, module: PyModule) -> tuple[dict[object, Evaluated], bool]:
    start: dict[object, Evaluated] = {
        "__file__": known(f"{ROOT}/{module.path}"),
        "__name__": known("config"),
    }
    oid = machine.new(Obj("module", start, open=module.is_open, name=module.path, file=module.path))
    ends = machine.block(module.body, Frame(module.path, oid))
    ended = ends.get("next")
    if ended is None:
        raised = ends.get("raise")
        if raised is None:
            return {}, True
        machine.heap = raised.heap
        raise RaisedError(raised.name, raised.value, deliberate=raised.deliberate)
    machine.heap = ended.heap
    obj = machine.heap[oid]
    cells = dict(obj.cells)
    for name in module.names:
        if name.isupper() and name not in cells:
            cells[name] = unknown(f"{name} is not read")
    return cells, obj.open


def _from_envvar(machine: Machine, item: Ref, name: Evaluated, silent: bool, args: Arguments) -> None:
    key = machine.key_of(name)
    if key is None or not isinstance(key[0], str):
        machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)
        return
    variable = key[0]
    found = environment_value(machine, variable)
    if found is not None and isinstance(found.value, Known) and found.value.value:
        _from_file(machine, item, found, "pyfile", silent, args)
    elif found is not None and not isinstance(found.value, Known):
        machine.loosen(item.oid, f"{args.text} reads a file that is not known", args.span)
    elif silent:
        if not machine.env_closed:
            _file_may_override(machine, item, f"${variable}")
    else:
        environment_item(machine, variable, "RuntimeError")


def _from_prefixed_env(machine: Machine, item: Ref, args: Arguments) -> None:
    given = args.get(0, "prefix") or known("FLASK")
    key = machine.key_of(given)
    loads = args.get(99, "loads")
    loader = loads.value.value if loads is not None and isinstance(loads.value, Known) else None
    name_of_loader = loader.name if isinstance(loader, External) else "" if loads is not None else "json.loads"
    if key is None or name_of_loader not in ("json.loads", "builtins.str"):
        machine.loosen(item.oid, f"{args.text} sets keys that are not known", args.span)
        return
    prefix = f"{key[0]}_"
    names = [name for name in environment_names(machine) if name.startswith(prefix)]
    if not machine.env_closed or machine.open_environment:
        _may_override(machine, item, lambda key: f"{prefix}{key}")
    for name in names:
        found = environment_value(machine, name)
        target = name[len(prefix) :]
        if found is None:
            continue
        value = machine.plain_result([found], _loads) if name_of_loader == "json.loads" else found
        outer, *inner = target.split("__")
        if inner:
            value = _with_part(machine, item, outer, inner, value)
        store(machine, item, outer, value, args.span, args.text)
    for name in sorted(machine.required):
        if name.startswith(prefix) and name not in names:
            store(machine, item, name[len(prefix) :], environment_item(machine, name), args.span, args.text)


def _with_part(machine: Machine, item: Ref, key: str, path: list[str], value: Evaluated) -> Evaluated:
    """The mapping under ``key`` with the entry at ``path`` set, made where it is missing."""
    present = machine.obj(item).cells.get(key)
    held = ref_of(present) if present is not None else Ref(0, "dict")
    if len(path) > _NESTED or held.kind != "dict" or (present is None and (machine.obj(item).open or key in DEFAULTS)):
        return unknown("a part of it is set", value)
    cells = dict(machine.obj(held).cells) if present is not None else {}
    if len(path) > 1:
        inner = machine.make("dict", {path[0]: cells[path[0]]} if path[0] in cells else {})
        value = _with_part(machine, ref_of(inner), path[0], path[1:], value)
    made = machine.make("dict", {**cells, path[0]: value}, opened=present is not None and machine.obj(held).open)
    return depending(made, value)


def _loads(values: list[object]) -> object:
    text = values[0]
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
