"""How large the values may be that programs put together: those of commands are small, and what doubles itself a few dozen
times has no end.
"""

from __future__ import annotations

from flask_prodcheck.facts.syntax import MAX_BITS

SIZE = 20_000  # characters, and what the items weigh
_ITEM = 16
_NESTED = 8
_SIZED = (str, list, dict, int)


def size(value: object) -> int:
    """How many characters ``value`` has, with all that is in it, and :data:`_ITEM` for each item; more than :data:`SIZE` where
    it is beyond one of the bounds."""
    found, pending = 0, [(value, 0)]
    while pending:
        each, depth = pending.pop()
        if isinstance(each, str):
            found += len(each)
        elif isinstance(each, list | dict):
            found += _ITEM * len(each)
            if depth < _NESTED and found <= SIZE:
                inside = each if isinstance(each, list) else (*each, *each.values())
                pending += [(inner, depth + 1) for inner in inside if isinstance(inner, _SIZED)]
            elif each:
                return SIZE + 1
        elif isinstance(each, int) and each.bit_length() > MAX_BITS:
            return SIZE + 1
    return found


def is_small(value: object) -> bool:
    """Whether ``value`` is within the bounds."""
    return size(value) <= SIZE
