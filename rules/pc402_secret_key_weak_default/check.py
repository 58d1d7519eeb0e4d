"""PC402: no signing key falls back to a published value that production can really end with."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import SIGNING_KEYS, Hit, Project, deployed, masked, published_key

TEMPLATE = "{key} has a published value ({shown}) until somebody edits or supplies {variable}"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        via = configuration.launch.hops if configuration.launch is not None else ()
        for key in SIGNING_KEYS:
            read = deployed(configuration, key)
            for each in (read, *configuration.weaker):
                found = published_key(each, key, template=each is not read)
                if found is None or not found.variable:
                    continue
                shown = masked(key, found.value)
                yield Hit(
                    at=found.at,
                    via=via,
                    facts={"key": key, "shown": shown, "variable": found.variable},
                    message=None if found.variable.isidentifier() else TEMPLATE,
                    severity="warning" if read is configuration.unselected else None,  # the mode may be set elsewhere
                )
