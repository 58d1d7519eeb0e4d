"""PC402: no signing key falls back to a published value that production can really end with."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    MIXED_IN,
    SIGNING_KEYS,
    Configuration,
    Hit,
    Project,
    PublishedKey,
    Setting,
    deployed,
    masked,
    published_key,
    replacer,
    supplier,
    token_keys,
)

ELSEWHERE = "{key} falls back to a published value ({shown}) when {variable} is not set; only {supplier} may set it"
TEMPLATE = "{key} has a published value ({shown}) until somebody edits or supplies {variable}"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        for key in SIGNING_KEYS:
            read = deployed(configuration, key)
            for each in (read, *configuration.weaker):
                found = published_key(each, key, template=each is not read)
                if found is not None and found.variable:
                    # the mode may be set elsewhere
                    unsure = read is configuration.unselected
                    yield _hit(project, configuration, key, found, unsure=unsure, above=_above(read.get(key), each is read))
        for own in token_keys(project, configuration):
            for key in own.settings:
                found = published_key(own, key)
                if found is not None and found.variable:
                    # what it signs may not matter, and nothing shows that it is called
                    yield _hit(project, configuration, key, found, unsure=True)


def _above(setting: Setting, same: bool) -> str:
    """Where a deploy file writes a default for the variable, which keeps the one in the code from being used."""
    return str(setting.deployed_at) if not same and setting.deploy_default and setting.deployed_at is not None else ""


def _hit(
    project: Project, configuration: Configuration, key: str, found: PublishedKey, *, unsure: bool, above: str = ""
) -> Hit:
    launch, variable = configuration.launch, found.variable
    elsewhere = above or (supplier(launch, variable, project.facts) if launch is not None else "")
    if launch is not None and variable.isidentifier() and variable not in launch.env:
        elsewhere = elsewhere or configuration.absent_env
    if launch is None:
        given = (other.env[variable] for other in project.production if variable in other.env)
        elsewhere = elsewhere or next((each.origin[0].span.file for each in given if each.origin), "")
    elsewhere = elsewhere or replacer(found.value, project.facts)
    return Hit(
        at=found.at,
        via=launch.hops if launch is not None else (),
        facts={
            "key": key,
            "shown": masked(key if key in SIGNING_KEYS else "SECRET", found.value),
            "variable": variable,
            "supplier": elsewhere,
        },
        message=TEMPLATE if not variable.isidentifier() else ELSEWHERE if elsewhere else None,
        severity="warning" if unsure or found.unsure or elsewhere or key in MIXED_IN else None,
    )
