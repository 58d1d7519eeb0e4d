"""What a shell makes of the value of a parameter: parts cut off, replaced, in other letters.

Source: POSIX "Shell Command Language", 2.6.2 (pattern removal, length); Bash, "Shell Parameter Expansion".
"""

from __future__ import annotations

import fnmatch
import re

_LONGEST = 1000  # characters of a value whose beginnings or ends are compared with a pattern
_STARS = 3
_OTHER_SETS = ("[^", "[:", "[.", "[=")  # which ``fnmatch`` reads as plain characters
_REMOVALS = frozenset({"%", "%%", "#", "##"})
_REPLACEMENTS = frozenset({"/", "//", "/#", "/%"})
_LETTERS = {"^^": str.upper, ",,": str.lower}

#: The operators whose result hangs on the value and on their operand alone.
TRANSFORMING = frozenset({*_REMOVALS, *_REPLACEMENTS, *_LETTERS, "^", ",", ":", "length"})


def transformed(value: str, operator: str, operand: str) -> str | None:
    """``${value<operator><operand>}``; None where it is not worked out."""
    if operator in _REMOVALS:
        return _removed(value, operator, operand)
    if operator in _REPLACEMENTS:
        return _replaced(value, operator, operand)
    if operator == ":":
        return _substring(value, operand)
    if operator == "length":
        return str(len(value))
    if operand:
        return None  # letters that match a pattern
    if operator in _LETTERS:
        return _LETTERS[operator](value)
    return (value[:1].upper() if operator == "^" else value[:1].lower()) + value[1:]


def _removed(value: str, operator: str, pattern: str) -> str | None:
    """``value`` without the shortest (or, the operator doubled, longest) beginning or end that ``pattern`` matches."""
    if len(value) > _LONGEST or pattern.count("*") > _STARS or any(mark in pattern for mark in _OTHER_SETS):
        return None
    matches = re.compile(fnmatch.translate(pattern)).match
    lengths = range(len(value) + 1)
    for length in lengths if len(operator) == 1 else reversed(lengths):
        if operator[0] == "#" and matches(value[:length]):
            return value[length:]
        if operator[0] == "%" and matches(value[len(value) - length :]):
            return value[: len(value) - length]
    return value


def _replaced(value: str, operator: str, operand: str) -> str | None:
    pattern, _, new = operand.partition("/")
    if not pattern or any(mark in pattern for mark in "*?[") or "&" in new:  # "&" is what matched, from bash 5.2 on
        return None
    if operator == "/#":
        return new + value.removeprefix(pattern) if value.startswith(pattern) else value
    if operator == "/%":
        return value.removesuffix(pattern) + new if value.endswith(pattern) else value
    return value.replace(pattern, new, -1 if operator == "//" else 1)


def _substring(value: str, operand: str) -> str | None:
    first, colon, length = (part.strip() for part in operand.partition(":"))
    if not re.fullmatch(r"-?\d{1,6}", first) or (colon and not re.fullmatch(r"-?\d{1,6}", length)):
        return None
    begin = int(first) if int(first) >= 0 else len(value) + int(first)
    if not 0 <= begin <= len(value):
        return ""
    end = len(value) if not colon else begin + int(length) if int(length) >= 0 else len(value) + int(length)
    return value[begin:end] if end >= begin else None  # bash refuses it
