"""Reading without looking for garbage in circles: trees have none, and all that is made of them is kept."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """No search for circles of objects that nothing else refers to. What the body leaves behind counts as old afterwards:
    the next search would go through all of it. Both were a twentieth of the time of reading, and more on large trees."""
    if not gc.isenabled() or gc.get_freeze_count():
        yield  # somebody else takes care of it
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.unfreeze()  # from there everything goes to the oldest generation
        gc.enable()
