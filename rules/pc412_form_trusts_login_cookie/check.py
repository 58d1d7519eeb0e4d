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
        forms = [form for module in modules for form in module.uses.cookie_forms]
        for cookie in (cookie for module in modules for cookie in module.uses.login_cookies if not cookie.same_site):
            trusting = [form for form in forms if cookie.name in form.cookies]
            if trusting:
                more = f" and {len(trusting) - 1} more" if len(trusting) > 1 else ""
                yield Hit(
                    at=trusting[0].span,
                    via=(*configuration.launch.hops, cookie.span),
                    facts={"views": f"{trusting[0].function}(){more}", "cookie": cookie.name},
                    symbol=trusting[0].function,
                )
                break
