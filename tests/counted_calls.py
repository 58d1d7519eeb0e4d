"""How much work something is, whatever the machine: the functions that it calls."""

from __future__ import annotations

import sys
from collections.abc import Callable


def counted_calls(action: Callable[[], object]) -> int:
    """How many functions ``action`` calls."""
    count = 0

    def noted(_frame: object, event: str, _given: object) -> None:
        nonlocal count
        count += event == "call"

    before = sys.getprofile()
    sys.setprofile(noted)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count
