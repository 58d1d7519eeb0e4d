"""Methods of texts and tables that programs call, and what texts are cut into.

Source: the Python library reference, "String Methods".
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence

from flask_prodcheck.facts.syntax import Attribute, Call, Expr
from flask_prodcheck.model.python.environments import Surroundings
from flask_prodcheck.model.python.programs.bounds import SIZE
from flask_prodcheck.model.python.programs.loaded import Loaded
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.model.python.programs.words import joined, text_of
from flask_prodcheck.patterns import regex

#: What ``format`` puts something in the place of.
FIELD = regex(r"(?<!\$)\{([^{}:!]*)(?:![rsa])?(?::[^{}]*)?\}")


def called_method(call: Call, func: Attribute, base: object, inside: Callable[[Expr], object]) -> object:
    """What ``call`` of the method ``func`` of the value ``base`` gives."""
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
        return joined(base, ["${value}" if item is OPEN else str(item) for item in value])
    if func.attr in ("split", "rsplit", "partition", "rpartition"):
        return _parts(base, func.attr, [inside(arg) for arg in call.args])
    if func.attr in ("replace", "removeprefix", "removesuffix") and "${" not in base:
        words = [inside(arg) for arg in call.args]
        plain = [word for word in words if isinstance(word, str)]
        wanted = 2 if func.attr == "replace" else 1
        if len(plain) != len(words) or len(words) != wanted:
            return OPEN
        if func.attr == "replace":
            return joined(plain[1], base.split(plain[0])) if plain[0] else OPEN
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
        return shell_words(base)
    if not isinstance(separator, str) or not separator:
        return OPEN
    if "partition" in how:
        return list(base.partition(separator) if how == "partition" else base.rpartition(separator))
    most = words[1] if len(words) > 1 else -1
    if not isinstance(most, int):
        return OPEN
    most = min(most, SIZE)  # (a text has no more parts)
    return list(base.split(separator, most) if how == "split" else base.rsplit(separator, most))


def _format(base: str, call: Call, inside: Callable[[Expr], object]) -> object:
    positional = [text_of(arg, inside(arg)) for arg in call.args]
    named = {item.name: text_of(item.value, inside(item.value)) for item in call.keywords if item.name}
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
    return joined("", [*parts, base[at:]])


def shell_words(text: str) -> list[object]:
    """The words of ``text``, as a shell cuts them; as blanks do where its quotes are not closed."""
    try:
        return list(shlex.split(text))
    except ValueError:
        return list(text.split())
