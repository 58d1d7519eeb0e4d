"""PC102: importing the app must not start the development server."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Guard, Hit, Project


def check(project: Project) -> Iterator[Hit]:
    importing = [launch for launch in project.production if not launch.server.is_development and launch.imported]
    best = project.best_app
    for site in project.run_sites:
        if site.guard is not Guard.NONE or site.span.file.endswith("__main__.py"):
            continue
        facts = {"call": site.call, "module": site.span.file}
        launch = next((each for each in importing if site.span.file in each.imported), None)
        if launch is not None:
            yield Hit(at=site.span, via=launch.hops, facts=facts)
        elif not project.production and best is not None and best.form == "global" and best.span.file == site.span.file:
            yield Hit(at=site.span, via=(), facts=facts)
