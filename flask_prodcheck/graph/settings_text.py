"""The effective configurations for people."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.graph.effective import EffectiveConfiguration, EffectiveSetting
from flask_prodcheck.reports.style import Style, safe
from flask_prodcheck.reports.text import shortened

_INCOMPLETE = "Some step could not be followed: a key that is not listed may be set there."


def render(configurations: tuple[EffectiveConfiguration, ...], *, color: bool = False) -> str:
    """The configurations as text that ends with a line end."""
    return "\n".join(_lines(configurations, Style(color))) + "\n"


def _lines(configurations: tuple[EffectiveConfiguration, ...], style: Style) -> Iterator[str]:
    if not configurations:
        yield "No configuration to show: no launch reaches an application that this project shows."
    for number, each in enumerate(configurations):
        if number:
            yield ""
        yield style.strong(_heading(each))
        if not each.settings:
            yield "  nothing is set: Flask's own defaults apply"
        for setting in each.settings:
            yield from _setting(setting, style)
        if not each.complete:
            yield f"  {_INCOMPLETE}"


def _heading(each: EffectiveConfiguration) -> str:
    launch = each.launch
    if launch is None:
        return f"{safe(each.app.shown)}, as imported with an empty environment"
    return (
        f"[{each.number}] {safe(each.app.shown)}, started by {safe(str(launch.head.span))} "
        f"({launch.server.value}, {launch.purpose.value})"
    )


def _setting(setting: EffectiveSetting, style: Style) -> Iterator[str]:
    if setting.state == "unset":
        value = "unset (Flask's own default applies)"
    elif setting.state == "unknown":
        value = f"unknown: {safe(shortened(setting.shown))}"
    else:
        value = f"= {safe(setting.shown)}"
    yield f"  {style.strong(safe(setting.key))} {value}"
    for note in setting.notes:
        yield style.faint(f"      {safe(note)}")
    for step in setting.origin:
        yield f"      {safe(str(step.span))}  {safe(shortened(step.text))}".rstrip()
