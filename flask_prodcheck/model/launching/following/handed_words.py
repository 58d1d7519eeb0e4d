"""Words that a script does not say itself but hands on: the text that another script wrote, the arguments of its caller."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.words import is_open


def where_written(text: str, place: Place, facts: Facts) -> Place:
    """``place`` with the line of the script that holds ``text`` as its end, where a later script only hands it on."""
    shown = " ".join(text.split())[:60]
    if not shown or not place.hops or shown in place.hops[-1].text:
        return place
    written = next((hop for hop in place.hops if hop.span.file in facts.scripts and shown in hop.text), None)
    return place.hop(written.span, text) if written is not None else place


def hands_on_all(args: Sequence[str], place: Place) -> bool:
    """Whether a script that somebody gives more arguments than are written here may give them on with ``args``."""
    return any(is_open(arg) for arg in args) or bool(place.args and tuple(args)[-len(place.args) :] == place.args)
