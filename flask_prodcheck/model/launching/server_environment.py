"""The variables that a server puts into the environment of its workers by its own settings.

Sources: gunicorn's ``raw_env`` (``--env``); uWSGI's ``env``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_prodcheck.base import Origin, Span, Value
from flask_prodcheck.facts.types import UwsgiOption
from flask_prodcheck.model.launching.words import as_value
from flask_prodcheck.patterns import regex

_NEXT = regex(r",(?=[A-Za-z_]\w*=)")


def gunicorn_variables(options: Mapping[str, tuple[str, Span]]) -> dict[str, Value[str]]:
    """What ``raw_env`` among gunicorn's ``options`` sets."""
    if "raw_env" not in options:
        return {}
    text, span = options["raw_env"]
    return _variables((part, span) for part in _NEXT.split(text))


def uwsgi_variables(
    options: Mapping[str, tuple[str, Span]], configured: Sequence[UwsgiOption] = ()
) -> dict[str, Value[str]]:
    """What ``env`` among the ``configured`` options of uWSGI's files sets, and then that of the command line's ``options``."""
    in_file = [(value, span) for key, value, span in configured if key == "env"]
    return _variables([*in_file, *([options["env"]] if "env" in options else [])])


def _variables(pairs: Iterable[tuple[str, Span]]) -> dict[str, Value[str]]:
    found: dict[str, Value[str]] = {}
    for text, span in pairs:
        name, has_value, value = text.partition("=")
        if has_value and name.isidentifier():
            origin = (Origin(span, text),)
            found[name] = as_value(value, origin)
    return found
