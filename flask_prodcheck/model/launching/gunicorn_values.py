"""Which values gunicorn refuses when it starts, as far as a value alone decides it.

Source: the validators of gunicorn ``config.py``; those modelled here read the same from 19.9 to 27.0. What also depends on
the machine (users, folders, addresses) or on the release is left out.
"""

from __future__ import annotations

from flask_prodcheck.model.launching.gunicorn import GunicornSetting
from flask_prodcheck.patterns import regex

#: An integer literal as ``int(text, 0)`` reads it.
_INTEGER = regex(r"\s*[+-]?(0[xX](_?[0-9a-fA-F])+|0[oO](_?[0-7])+|0[bB](_?[01])+|0(_?0)*|[1-9](_?[0-9])*)\s*")
_LONGEST = 1000  # characters: ``int`` itself refuses thousands of digits, by a limit that may be set


def refusal(setting: GunicornSetting, value: object) -> str | None:
    """Why gunicorn ends at start-up when a config file gives ``setting`` this ``value``; None when it does not, or when
    that cannot be said."""
    check = setting.check
    if check == "validate_pos_int":
        return _number(value)
    if check == "validate_bool":
        return _boolean(value)
    if check == "validate_string":
        return None if value is None or isinstance(value, str) else "it must be a text"
    if check == "validate_string_to_addr_list":
        return None if value is None or isinstance(value, str) else "it must be one text with commas"
    if check == "validate_list_string":
        return _texts(value)
    if check == "validate_dict":
        return None if isinstance(value, dict) else "it must be a dictionary"
    return None


def argument_refusal(setting: GunicornSetting, text: str) -> str | None:
    """Why gunicorn's command line refuses ``text`` for ``setting``; None when it does not."""
    if setting.type == "int":
        try:
            number = int(text)
        except ValueError:
            return "it must be a whole number"
        return "it must not be negative" if number < 0 else None
    return None


def _number(value: object) -> str | None:
    if isinstance(value, str):
        if _INTEGER.fullmatch(value) is None:
            return "it must be a whole number"
        if len(value) > _LONGEST:
            return None
        number = int(value, 0)
    elif isinstance(value, int):
        number = int(value)
    else:
        return "it must be a whole number"
    return "it must not be negative" if number < 0 else None


def _boolean(value: object) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str) and value.lower().strip() in ("true", "false"):
        return None
    return "it must be True or False"


def _texts(value: object) -> str | None:
    if not value or isinstance(value, str):
        return None
    if isinstance(value, (list, tuple, set)):
        plain = all(each is None or isinstance(each, str) for each in value)
        return None if plain else "it must be a list of texts"
    return "it must be a text or a list of texts" if isinstance(value, (int, float)) else None
