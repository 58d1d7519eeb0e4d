"""PC206: a switch that a text from the environment decides can be switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Attribute, Call, Const, Expr, Hit, Name, Project, Setting, Subscript, Unset

SWITCHES = (
    "DEBUG",
    "TESTING",
    "SQLALCHEMY_ECHO",
    "PROPAGATE_EXCEPTIONS",
    "EXPLAIN_TEMPLATE_LOADING",
    "TEMPLATES_AUTO_RELOAD",
)
# The whole expression is a look-up, perhaps inside bool(): nothing compares or parses the text.
_LOOKUP = re.compile(
    r"""^(?P<bool>bool\()?(?:os\.)?(?:(?:environ\.get|getenv)\((?P<name>'[^']{1,80}')(?:, (?P<default>'[^']{0,80}'|None|True|False))?\)"""
    r"""|environ\[(?P<item>'[^']{1,80}')\])(?(bool)\))$"""
)


def check(project: Project) -> Iterator[Hit]:
    calls = {(site.span.file, site.span.line) for site in project.run_sites}
    for configuration in project.configurations:
        if configuration.launch is None:
            continue
        for key in SWITCHES:
            setting = configuration.get(key)
            if setting.span is None or isinstance(setting.value, Unset) or setting.guarded:
                continue
            if (setting.span.file, setting.span.line) not in calls:
                yield from _in_setting(key, setting, configuration.launch.hops)
    for site in project.run_sites:
        if site.production == "no":
            continue
        for keyword in site.node.keywords:
            found = _lookup(keyword.value) if keyword.name == "debug" else None
            if found is not None:
                via = next((launch.hops for launch in project.production if launch.run_site == site), ())
                yield Hit(at=site.span, via=via, facts={"key": f"debug of {site.call}", "variable": found})


def _in_setting(key: str, setting: Setting, via: tuple[object, ...]) -> Iterator[Hit]:
    found = _LOOKUP.match(setting.expression)
    if found is not None and setting.span is not None:
        variable = (found["name"] or found["item"]).strip("'")
        yield Hit(at=setting.span, via=via, facts={"key": key, "variable": variable})  # type: ignore[arg-type]


def _lookup(expr: Expr) -> str | None:
    """The variable whose text ``expr`` is, as it stands or inside ``bool()``."""
    if isinstance(expr, Call) and isinstance(expr.func, Name) and expr.func.id == "bool" and len(expr.args) == 1:
        return _lookup(expr.args[0])
    if isinstance(expr, Call) and expr.args and isinstance(expr.args[0], Const):
        name, holder = _tail(expr.func)
        if (name == "get" and holder == "environ") or name == "getenv":
            return str(expr.args[0].value)
    if isinstance(expr, Subscript) and isinstance(expr.index, Const) and _tail(expr.value)[0] == "environ":
        return str(expr.index.value)
    return None


def _tail(expr: Expr) -> tuple[str, str]:
    """The last two names of a dotted expression, the last one first."""
    if isinstance(expr, Name):
        return expr.id, ""
    if isinstance(expr, Attribute):
        return expr.attr, _tail(expr.value)[0]
    return "", ""
