"""What requests leave in the memory of a process for those that come after them."""

from __future__ import annotations

import re

from flask_prodcheck.facts.syntax import Mutation, PyModule
from flask_prodcheck.patterns import regex

# What is only kept to answer sooner may differ between processes.
_CACHE = regex(r"cache|memo|registry|pool", re.IGNORECASE)


def shared_state(module: PyModule) -> list[Mutation]:
    """The changes of variables of the module that requests make and see."""
    return [
        change
        for change in module.mutations
        if change.view and change.read and not change.memo and not _CACHE.search(change.name)
    ]
