"""PC402: no signing key falls back to a published value that production can really end with."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import SIGNING_KEYS, Hit, Project, deployed, masked, published_key, replacer, supplier

ELSEWHERE = "{key} falls back to a published value ({shown}) when {variable} is not set; only {supplier} may set it"
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
                launch, variable = configuration.launch, found.variable
                elsewhere = supplier(launch, variable, project.facts) if launch is not None else ""
                if launch is not None and variable.isidentifier() and variable not in launch.env:
                    elsewhere = elsewhere or configuration.absent_env
                elsewhere = elsewhere or replacer(found.value, project.facts)
                unsure = (
                    found.unsure or bool(elsewhere) or read is configuration.unselected
                )  # the key, or the mode, may be set elsewhere
                yield Hit(
                    at=found.at,
                    via=via,
                    facts={"key": key, "shown": masked(key, found.value), "variable": variable, "supplier": elsewhere},
                    message=TEMPLATE if not variable.isidentifier() else ELSEWHERE if elsewhere else None,
                    severity="warning" if unsure else None,
                )
