"""How loaders of configuration turn the text of a variable into a value."""

from __future__ import annotations

import json
import math

from flask_prodcheck.model.evaluation.operations import RefusedError

_TRUE_WORDS = frozenset({"y", "yes", "t", "true", "on", "1"})
_FALSE_WORDS = frozenset({"n", "no", "f", "false", "off", "0"})


def strtobool(value: object) -> int:
    if not isinstance(value, str):
        raise RefusedError("a truth value of something that is no text")
    text = value.lower()
    if text in _TRUE_WORDS:
        return 1
    if text in _FALSE_WORDS:
        return 0
    raise ValueError(f"invalid truth value {text!r}")


def converted(kind: str, text: str, inner: str = "str", separator: str = ",") -> object:
    """``text`` as a loader's ``kind`` (``bool``, ``list``...) makes it; ``inner``: what the elements of a list become."""
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
        if not math.isfinite(float(text)):
            raise ValueError("not a finite number")
        return float(text)
    if kind == "json":
        if (value := json.loads(text)) is None:
            raise RefusedError("whether null is a value hangs on the default")
        return value
    if kind == "list":
        return [converted(inner, part) for part in text.split(separator)] if text else []
    if kind == "dict":
        pairs = [part.split("=", 1) for part in text.split(separator)] if text else []
        return {name.strip(): converted(inner, value.strip()) for name, value in pairs}
    raise RefusedError(f"environs: {kind}() is not evaluated")
