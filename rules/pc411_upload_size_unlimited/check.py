"""PC411: an application that takes uploads limits their size."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Known, Project, Server, Unset, served_modules, used_by


def check(project: Project) -> Iterator[Hit]:
    # A proxy in front has a limit of its own (nginx 1 MB), or is told one.
    if any(proxy.upstreams or proxy.body_limit for proxy in project.facts.proxies.values()):
        return
    for configuration in project.configurations:
        launch = configuration.launch
        if launch is not None and (launch.setting("limit-post") is not None or launch.server is Server.LAMBDA):
            continue  # uWSGI's own limit; a function is handed a few megabytes at most
        limit = configuration.get("MAX_CONTENT_LENGTH")
        unlimited = isinstance(limit.value, Unset) or (
            isinstance(limit.value, Known) and limit.value.value is None and not limit.fallback
        )
        use = used_by(project, configuration, "files") if unlimited and configuration.complete else None
        # Code that looks at the length itself may refuse what is too long.
        if use is not None and not any(module.uses.limits_body for module in served_modules(project, configuration)):
            yield Hit(at=use, via=launch.hops if launch is not None else ())
