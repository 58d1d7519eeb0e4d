"""What a call or an attribute of something outside of the project gives.

Every name here is the documented one of its distribution. A call of anything else makes an object of which nothing is
known but its maker.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known
from flask_prodcheck.model.evaluation.applications.app import app_attribute, new_app
from flask_prodcheck.model.evaluation.applications.entries import bare_config
from flask_prodcheck.model.evaluation.applications.handed_over import hand_over, lose
from flask_prodcheck.model.evaluation.data_files import FORMATS, OPENED, load_handle, opened_path, text_of_file
from flask_prodcheck.model.evaluation.environment import environment_call
from flask_prodcheck.model.evaluation.external_names import is_flask_class, is_random
from flask_prodcheck.model.evaluation.libraries import decouple, environs
from flask_prodcheck.model.evaluation.libraries.argparse import from_command_line, parse_args, parse_known_args
from flask_prodcheck.model.evaluation.libraries.builtin import builtin_call, dict_call, exit_call
from flask_prodcheck.model.evaluation.libraries.confuse import CLASSES as CONFUSE_CLASSES
from flask_prodcheck.model.evaluation.libraries.confuse import configuration
from flask_prodcheck.model.evaluation.libraries.conversions import strtobool
from flask_prodcheck.model.evaluation.libraries.dotenv import (
    dotenv_values_call,
    find_dotenv_call,
    load_dotenv_call,
    note_write,
)
from flask_prodcheck.model.evaluation.libraries.dynaconf import CLASSES as DYNACONF_CLASSES
from flask_prodcheck.model.evaluation.libraries.dynaconf import settings, validator
from flask_prodcheck.model.evaluation.libraries.ini_parser import parser
from flask_prodcheck.model.evaluation.libraries.pydantic_settings import field_call, secret_value
from flask_prodcheck.model.evaluation.libraries.pydantic_types import SECRETS
from flask_prodcheck.model.evaluation.libraries.standard import (
    PARTIAL,
    as_dict,
    chain_map,
    field,
    import_call,
    import_string,
    json_dumps,
    json_loads,
    literal_eval,
    namespace,
    partial,
    timedelta,
)
from flask_prodcheck.model.evaluation.paths import ROOT, make_path, path_call
from flask_prodcheck.model.evaluation.plain_methods import plain_method
from flask_prodcheck.model.evaluation.running import DEPTH, Arguments, Frame
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, Ref, depending, known, unknown
from flask_prodcheck.model.python.config_parsers import CONFIG_PARSERS
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

TRUE_OBJECTS = frozenset({"logging.getLogger()", "flask.Blueprint()", "environs.Env()"})
_LOADERS = ("FlaskDynaconf", "AppConfig", "FlaskConfig", "Confuse")


def external_attribute(machine: Machine, item: External, name: str) -> Evaluated:
    if item.name in ("flask.current_app", "flask.globals.current_app") and machine.apps:
        app = Ref(machine.apps[-1], "app")
        return app_attribute(machine, known(app), app, name)
    if item.name == "typing" and name == "TYPE_CHECKING":
        return known(False)
    if (item.name, name) in (("os", "sep"), ("os.path", "sep")):
        return known("/")
    if (item.name, name) == ("os", "name"):
        return known("posix")
    if item.name == "sys" and name == "argv" and machine.argv is not None:
        words = [unknown(word) if "${" in word else from_command_line(machine, "", word) for word in machine.argv]
        program = known(f"{ROOT}/{machine.main}") if machine.main is not None else unknown("the name of the program")
        return machine.sequence([program, *words])
    if item.name == "sys" and name in ("argv", "platform", "version_info", "modules", "path", "executable"):
        return known(Made(f"sys.{name}"))
    return known(External(f"{item.name}.{name}"))


def made_attribute(machine: Machine, receiver: Evaluated, name: str) -> Evaluated:
    item = receiver.value.value if isinstance(receiver.value, Known) else None
    if isinstance(item, Made):
        return depending(known(Made(f"{item.name}.{name}", item.args)), receiver)
    return unknown(f"{name} of a function")


def call_external(machine: Machine, item: External | Made, args: Arguments, frame: Frame) -> Evaluated:
    """What a call of something outside of the project gives."""
    name = item.name
    if isinstance(item, Made) and name == PARTIAL:
        if machine.depth > DEPTH - 10:
            return unknown("the calls are nested too deeply", *args.all)
        machine.depth += 1
        try:
            return machine.call(item.args[0], replace(args, positional=(*item.args[1:], *args.positional)), frame)
        finally:
            machine.depth -= 1
    if isinstance(item, External):
        if is_random(name):
            return replace(unknown(f"{name}() is random", *args.all), random=True)
        if is_flask_class(name):
            return new_app(machine, args, frame, None, name)
        if name in ("flask.Config", "flask.config.Config"):
            return bare_config(machine, args)
        if name.startswith("builtins."):
            return builtin_call(machine, name[9:], args, frame)
        if name.startswith("os.environ.") or name in ("os.getenv", "os.environ"):
            return environment_call(machine, name.rpartition(".")[2], args)
        if name.startswith("os.path."):
            return path_call(machine, name[8:], args)
        if name.startswith("pathlib.Path.") and args.positional:  # a method that is given its object
            path = args.positional[0].value
            if isinstance(path, Known) and isinstance(path.value, PurePosixPath):
                rest = replace(args, positional=args.positional[1:])
                return plain_method(machine, args.positional[0], name.rpartition(".")[2], rest)
    if isinstance(item, Made) and name.endswith(".read") and name.removesuffix(".read") in OPENED and not args.all:
        if _is_binary(machine, item):
            return depending(known(Made(f"{name}()", item.args)), *item.args)
        text = text_of_file(machine, opened_path(machine, item))
        return text if text is not None else unknown("what the file holds is not known", *item.args)
    if name == "builtins.open().write":
        note_write(machine, item, args)
    if isinstance(item, External) and name in CONFUSE_CLASSES:
        return configuration(machine, name, args, frame)
    if isinstance(item, Made) and name.endswith(".get_secret_value") and name.partition("()")[0] in SECRETS:
        return secret_value(item)
    handler = _CALLS.get(name)
    if handler is not None:
        return handler(machine, args, frame)
    if environs.is_reader(name):
        return environs.environs_call(machine, item, args, frame)
    if name in decouple.READERS:
        return decouple.read(machine, item, args, frame)
    if isinstance(item, Made) and name in ("decouple.Csv()", "decouple.Choices()"):
        return (decouple.csv if name == "decouple.Csv()" else decouple.choices)(machine, item, args, frame)
    if name.rpartition(".")[2] == "strtobool" and args.positional:
        kind = bool if name.startswith("decouple.") else int
        return machine.plain_result([args.positional[0]], lambda values: kind(strtobool(values[0])))
    if name.rpartition(".")[2] in _LOADERS or _may_configure(machine, name, args):
        for arg in args.all:
            lose(machine, arg, f"{name} sets what its own files say", args.span)
        hand_over(machine, name, args)
    machine.uncertain += 1
    return depending(known(Made(f"{name}()", args.positional[:4])), *args.all)


def _is_binary(machine: Machine, item: Made) -> bool:
    mode = machine.key_of(item.args[1]) if len(item.args) > 1 else ("r",)
    return mode is None or "b" in str(mode[0])


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


_CALLS: dict[str, Callable[[Machine, Arguments, Frame], Evaluated]] = {
    "sys.exit": exit_call,
    "os._exit": exit_call,
    "os.makedirs": lambda machine, args, frame: known(None),
    "os.mkdir": lambda machine, args, frame: known(None),
    "os.fspath": lambda machine, args, frame: args.positional[0] if args.positional else known(None),
    "os.getcwd": lambda machine, args, frame: unknown("the current folder is not known"),
    "pathlib.Path.cwd": lambda machine, args, frame: unknown("the current folder is not known"),
    "pathlib.Path": make_path,
    "pathlib.PurePath": make_path,
    "pathlib.PosixPath": make_path,
    "json.loads": json_loads,
    "json.dumps": json_dumps,
    "ast.literal_eval": literal_eval,
    "datetime.timedelta": timedelta,
    "importlib.import_module": import_call,
    "werkzeug.utils.import_string": import_string,
    "dotenv.load_dotenv": load_dotenv_call,
    "dotenv.main.load_dotenv": load_dotenv_call,
    "dotenv.find_dotenv": find_dotenv_call,
    "dotenv.dotenv_values": dotenv_values_call,
    "dataclasses.asdict": as_dict,
    "dataclasses.field": field,
    "pydantic_settings.SettingsConfigDict": lambda machine, args, frame: dict_call(machine, args),
    "pydantic.ConfigDict": lambda machine, args, frame: dict_call(machine, args),
    "pydantic.Field": field_call,
    **{name: load_handle(name) for name in FORMATS},
    "types.SimpleNamespace": namespace,
    "argparse.Namespace": namespace,
    "argparse.ArgumentParser().parse_args": parse_args,
    "argparse.ArgumentParser().parse_known_args": parse_known_args,
    "functools.partial": partial,
    "collections.ChainMap": chain_map,
    "collections.OrderedDict": lambda machine, args, frame: dict_call(machine, args),
    "warnings.warn": lambda machine, args, frame: known(None),
    "typing.cast": lambda machine, args, frame: args.positional[1] if len(args.positional) > 1 else known(None),
    **{name: parser(name) for name in CONFIG_PARSERS},
    **dict.fromkeys(DYNACONF_CLASSES, settings),
    "dynaconf.Validator": validator,
    "environs.Env": environs.new_env,
    "decouple.Config": decouple.made("decouple.Config", "repository"),
    "decouple.AutoConfig": decouple.made("decouple.AutoConfig", "search_path"),
    "decouple.RepositoryEnv": decouple.made("decouple.RepositoryEnv", "source"),
    "decouple.RepositoryIni": decouple.made("decouple.RepositoryIni", "source"),
    "decouple.Csv": decouple.made("decouple.Csv", "cast", "delimiter", "strip", "post_process"),
    "decouple.Choices": decouple.made("decouple.Choices", "flat", "cast", "choices"),
    "starlette.config.Config": decouple.made("starlette.config.Config", "env_file"),
    "copy.copy": lambda machine, args, frame: args.positional[0] if args.positional else known(None),
}
