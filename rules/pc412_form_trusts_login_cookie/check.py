"""PC412: a form that a login cookie of one's own vouches for is checked for where it came from."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project, served_modules

# They look at every form, or at where requests come from.
PROTECTIONS = frozenset({"flask_wtf", "flask_seasurf", "flask_security", "flask_paranoid", "flask_jwt_extended"})


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        if configuration.launch is None:
            continue
        modules = list(served_modules(project, configuration))
        if any(module.uses.guards_forms or module.imports & PROTECTIONS for module in modules):
            continue
        cookies = [cookie for module in modules for cookie in module.uses.login_cookies if not cookie.same_site]
        forms = [form for module in modules for form in module.uses.cookie_forms]
        if cookies and forms:
            (name, place), *others = forms
            more = f" and {len(others)} more" if others else ""
            yield Hit(
                at=place,
                via=(*configuration.launch.hops, cookies[0].span),
                facts={"views": f"{name}(){more}", "cookie": cookies[0].name},
                symbol=name,
            )
