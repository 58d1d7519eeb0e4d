"""python-decouple, and ``starlette.config`` that reads in the same way: the environment, one file, the default.

Source: https://github.com/HBNetwork/python-decouple, https://www.starlette.io/config/
"""

from __future__ import annotations

import configparser
import posixpath
import shlex
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask_prodcheck.base import Known, Origin, Span
from flask_prodcheck.model.evaluation.environment import environment_default, environment_item, environment_value
from flask_prodcheck.model.evaluation.libraries.conversions import strtobool
from flask_prodcheck.model.evaluation.libraries.dotenv import file_values, is_hidden, nearest_dotenv
from flask_prodcheck.model.evaluation.operations import NotPlainError
from flask_prodcheck.model.evaluation.paths import project_path
from flask_prodcheck.model.evaluation.running import Arguments, Frame, RaisedError
from flask_prodcheck.model.evaluation.values import Evaluated, External, Made, depending, known, unknown
from flask_prodcheck.records import replace

if TYPE_CHECKING:
    from flask_prodcheck.model.evaluation.machine import Machine

READERS = frozenset({
    "decouple.config", "decouple.Config()", "decouple.Config().get", "decouple.AutoConfig()", "starlette.config.Config()",
    "starlette.config.Config().get",
})  # fmt: skip
OBJECT = "decouple.config"
ELSEWHERE = "/"
"""Where decouple's own object searches when the program has changed one of its attributes: it is not known."""
_SETTINGS = "settings.ini"
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}
_Lookup = Callable[[str], "Evaluated | None"]


def made(name: str, *parameters: str) -> Callable[[Machine, Arguments, Frame], Evaluated]:
    """A call that makes the object ``name``, with the arguments that fill ``parameters`` (None for one that is left
    out)."""

    def make(machine: Machine, args: Arguments, frame: Frame) -> Evaluated:
        if args.open:
            return unknown("its arguments are not known", *args.all)
        return known(Made(f"{name}()", tuple(args.get(n, word) or known(None) for n, word in enumerate(parameters))))

    return make


def read(machine: Machine, item: External | Made, args: Arguments, frame: Frame) -> Evaluated:
    """``config("NAME", default=..., cast=...)``."""
    key = machine.key_of(args.positional[0]) if args.positional else None
    if key is None or not isinstance(key[0], str) or args.open:
        return unknown("which variable is read is not known", *args.all)
    starlette = item.name.startswith("starlette")
    default, cast = (
        (args.get(2, "default"), args.get(1, "cast")) if starlette else (args.get(1, "default"), args.get(2, "cast"))
    )
    if item.name == OBJECT and machine.searched is None:
        machine.searched = posixpath.dirname(frame.file)  # one object for the program: its first call begins the search
    found = environment_value(machine, key[0])
    if found is None:
        lookup = _repository(machine, item, frame)
        if lookup is None:
            return unknown("what the file holds is not known")
        found = lookup(key[0])
    if found is None:
        if default is None:
            return environment_item(machine, key[0], "KeyError" if starlette else "UndefinedValueError")
        machine.read_at[key[0]] = args.span
        found = environment_default(key[0], default)
    return _cast(machine, found, cast, args, frame, starlette) if cast is not None else found


def _cast(
    machine: Machine, found: Evaluated, cast: Evaluated, args: Arguments, frame: Frame, starlette: bool
) -> Evaluated:
    item = cast.value.value if isinstance(cast.value, Known) else None
    if isinstance(item, External) and item.name == "builtins.bool":
        if starlette:
            return machine.plain_result([found], lambda values: _TRUTHS[str(values[0]).lower()])
        return machine.plain_result([found], lambda values: bool(str(values[0])) and bool(strtobool(str(values[0]))))
    return depending(machine.call(cast, replace(args, positional=(found,), keywords={}), frame), found)


# --- where values come from ------------------------------------------------------------------------------------------


def _repository(machine: Machine, item: External | Made, frame: Frame) -> _Lookup | None:
    """What looks up a name in the file that is read; None where it is not known what the file holds."""
    given = item.args[0] if isinstance(item, Made) and item.args else known(None)
    if item.name.startswith("starlette"):
        return _starlette(machine, given)
    if item.name.startswith("decouple.Config()"):
        source = given.value.value if isinstance(given.value, Known) else None
        if not isinstance(source, Made) or not source.args:
            return None
        path = _path(machine, source.args[0])
        if path is None or source.name not in ("decouple.RepositoryEnv()", "decouple.RepositoryIni()"):
            return None
        return _ini(machine, path) if source.name.endswith("Ini()") else _env(machine, path)
    folder = posixpath.dirname(frame.file)
    if item.name == OBJECT and machine.searched is not None:
        folder = machine.searched
        if folder == ELSEWHERE:
            return None
    elif not (isinstance(given.value, Known) and given.value.value is None):
        path = _path(machine, given)
        if path is None:
            return None
        folder = path if not machine.modules.is_file(path) else posixpath.dirname(path)
    return _nearest(machine, folder)


def _nearest(machine: Machine, folder: str) -> _Lookup | None:
    """What ``settings.ini`` or ``.env`` says in ``folder``, or in the nearest folder above that has one of them."""
    start = folder
    while True:
        path = posixpath.normpath(posixpath.join(folder, _SETTINGS))
        if path in machine.modules.facts.paths:
            return _ini(machine, path)
        values = _env(machine, posixpath.normpath(posixpath.join(folder, ".env")))
        if values is not None:
            return values
        if folder in ("", "."):
            machine.missed.add(nearest_dotenv(machine, start))
            return _nothing
        folder = posixpath.dirname(folder)


def _nothing(name: str) -> None:
    """What a file that is not there says of ``name``."""


def _path(machine: Machine, given: Evaluated) -> str | None:
    try:
        text = str(machine.plain(given))
    except NotPlainError:
        return None
    folder = machine.roots[0] if machine.roots else "."
    return project_path(text) if text.startswith("/") else posixpath.normpath(posixpath.join(folder, text))


def _env(machine: Machine, path: str) -> _Lookup | None:
    """The lines of a ``.env`` file as decouple reads them: nothing is expanded, no comment follows a value."""
    values = file_values(machine, path)
    data = machine.read(path) if machine.read is not None and path not in machine.written else None
    if values is None:
        return None
    if data is None or is_hidden(machine, path):
        return values.get
    found: dict[str, Evaluated] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        name, equals, text = line.strip().partition("=")
        if equals and not name.startswith("#"):
            text = text.strip()
            text = text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
            found[name.strip()] = _at(path, number, name.strip(), text)
    return found.get


def _at(path: str, line: int, name: str, text: str) -> Evaluated:
    return Evaluated(Known(text, (Origin(Span(path, line), f"{name}=..."),)), (name,))


def _ini(machine: Machine, path: str) -> _Lookup | None:
    """The section ``settings`` of an INI file, whose names are read in any case."""
    data = machine.read(path) if machine.read is not None else None
    parser = configparser.ConfigParser()
    try:
        parser.read_string((data or b"").decode("utf-8"))
        entries = parser.items("settings", raw=True) if data is not None else []
    except (configparser.Error, UnicodeError):
        return None
    if data is None or parser.defaults() or any("%" in text for _, text in entries):
        return None
    lines = data.decode("utf-8").split("\n")
    places = {
        name: next((n for n, line in enumerate(lines, 1) if line.lstrip().lower().startswith(name)), 1)
        for name, _ in entries
    }
    found = {name: _at(path, places[name], name, text) for name, text in entries}
    return lambda name: found.get(name.lower())


def _starlette(machine: Machine, given: Evaluated) -> _Lookup | None:
    if isinstance(given.value, Known) and given.value.value is None:
        return _nothing
    path = _path(machine, given)
    return (file_values(machine, path) or {}).get if path is not None else None  # it goes on without a missing file


# --- casts -----------------------------------------------------------------------------------------------------------


def csv(machine: Machine, item: Made, args: Arguments, frame: Frame) -> Evaluated:
    """``Csv(...)`` called with a text."""
    text = args.get(0, "value")
    cast, delimiter, strip, after = item.args
    try:
        separator, blanks = machine.plain(delimiter), machine.plain(strip)
        value = machine.plain(text) if text is not None else ""
    except NotPlainError:
        return unknown("what is split is not known", *args.all)
    if not isinstance(value, str) or text is None:
        return unknown("what is split is not known", *args.all)
    splitter = shlex.shlex(value, posix=True)
    splitter.whitespace = separator if isinstance(separator, str) else ","
    splitter.whitespace_split = True
    try:
        words = [word.strip(blanks if isinstance(blanks, str) else None) for word in splitter]
    except ValueError:
        raise RaisedError("ValueError", depending(known(None), text)) from None
    parts = [known(word) for word in words]
    if not _is_none(cast):
        parts = [machine.call(cast, Arguments((part,), span=args.span), frame) for part in parts]
    made_list = depending(machine.sequence(parts), text)
    return made_list if _is_none(after) else machine.call(after, Arguments((made_list,), span=args.span), frame)


def choices(machine: Machine, item: Made, args: Arguments, frame: Frame) -> Evaluated:
    """``Choices([...])`` called with a text: it has to be one of them."""
    flat, cast, pairs = item.args
    text = args.get(0, "value")
    if text is None or not _is_none(pairs):
        return unknown("which values are allowed is not known", *args.all)
    convert = known(External("builtins.str")) if _is_none(cast) else cast
    value = machine.call(convert, Arguments((text,), span=args.span), frame)
    allowed = machine.contains(flat, value)
    if allowed is False:
        raise RaisedError("ValueError", depending(known(None), value), deliberate=True)
    return value if allowed else unknown("whether the value is allowed is not known", value)


def _is_none(value: Evaluated) -> bool:
    return isinstance(value.value, Known) and value.value.value is None
