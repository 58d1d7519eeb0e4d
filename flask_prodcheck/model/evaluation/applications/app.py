"""An application: what it is made with, its attributes and its methods.

Facts: https://flask.palletsprojects.com/en/stable/api/ (the attributes of ``flask.Flask`` that stand
for configuration keys).
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Span, Unset
from flask_prodcheck.model.evaluation.applications.debug import debug_flag
from flask_prodcheck.model.evaluation.applications.entries import config_item
from flask_prodcheck.model.evaluation.environment import environment_get
from flask_prodcheck.model.evaluation.paths import ROOT
from flask_prodcheck.model.evaluation.running import Arguments, Frame
from flask_prodcheck.model.evaluation.values import (
    Evaluated,
    Made,
    Method,
    Obj,
    Ref,
    known,
    ref_of,
    selected,
    traced,
    unknown,
)
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
_WRAPPED = frozenset({"server", "app"})  # dash.Dash.server and connexion's .app are the Flask application


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
