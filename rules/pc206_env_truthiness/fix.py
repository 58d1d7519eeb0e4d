"""PC206: the text of the variable is read as a switch."""

from __future__ import annotations

from flask_prodcheck.rulekit import Call, Const, Expr, Fix, Hit, Project, SetValue, safe

ON = '("1", "true", "yes", "on")'


def fix(project: Project, hit: Hit) -> Fix | None:
    """Only where the call that starts the server says it: its argument is a plain look-up there."""
    site = next((each for each in project.run_sites if each.span == hit.at), None)
    keyword = next((each for each in site.node.keywords if each.name == "debug"), None) if site is not None else None
    if keyword is None or not _is_text(keyword.value):
        return None
    text = f"str({{old}}).lower() in {ON}"
    return safe("read the variable as a switch", SetValue(hit.at, "debug", text))


def _is_text(value: Expr) -> bool:
    """Whether ``value`` is a look-up and not already the truth of one."""
    return isinstance(value, Call) and bool(value.args) and isinstance(value.args[0], Const)
