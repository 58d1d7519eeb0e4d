"""PC401: no signing key that production ends with is a constant that the project publishes."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import SIGNING_KEYS, Hit, Project, deployed, masked, published_key, replacer


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        for key in SIGNING_KEYS:
            read = deployed(configuration, key)
            found = published_key(read, key)
            if found is None or found.variable:
                continue
            setting = read.get(key)
            via = configuration.launch.hops if configuration.launch is not None else ()
            installed = replacer(found.value, project.facts)  # the script that installs it writes another one there
            where = "the source" if found.at == setting.span else "a published file"
            yield Hit(
                at=found.at,
                via=via,
                facts={"key": key, "shown": masked(key, found.value), "where": where},
                # the mode may be set elsewhere
                severity="warning" if read is configuration.unselected or installed else None,
            )
