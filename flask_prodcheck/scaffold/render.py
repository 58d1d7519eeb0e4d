"""Filling the templates of this room."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources


def render(template: str, values: Mapping[str, object]) -> str:
    """The text of ``templates/<template>.j2`` filled with ``values``; a name without a value is an error."""
    import jinja2

    environment = jinja2.Environment(
        autoescape=False,  # noqa: S701 - Python and shell text, never HTML
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    source = (resources.files("flask_prodcheck") / "scaffold" / "templates" / f"{template}.j2").read_text("utf-8")
    return environment.from_string(source).render(values)
