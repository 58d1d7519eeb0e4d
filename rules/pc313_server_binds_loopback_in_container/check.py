"""PC313: a server that listens on the loopback address of its container serves nobody."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Project, Span, listens, open_environment, shares_container


def check(project: Project) -> Iterator[Hit]:
    seen: set[Span] = set()
    for launch in project.production:
        if not launch.container or launch.confidence is Confidence.LOW:
            continue
        addresses = listens(launch, project.facts)
        if not addresses or not all(each.loopback for each in addresses) or shares_container(launch, project.facts):
            continue
        first = addresses[0]
        if first.span in seen:
            continue
        seen.add(first.span)
        said = next((each for each in launch.config_settings if each.key == "bind" and each.span == first.span), None)
        replaceable = first.default or (said is not None and said.fallback)  # a variable of the environment decides
        yield Hit(
            at=first.span,
            via=launch.hops,
            facts={
                "server": launch.server.value,
                "host": first.host or "",
                "how": ", its default" if first.default else "",
            },
            severity="error"
            if launch.published and not (replaceable and open_environment(launch, project.facts))
            else "warning",
        )
