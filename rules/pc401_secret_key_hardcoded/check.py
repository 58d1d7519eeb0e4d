"""PC401: no signing key that production ends with is a constant that the project publishes."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    MIXED_IN,
    SIGNING_KEYS,
    Configuration,
    Hit,
    Known,
    Project,
    Span,
    Unknown,
    cluster_secrets,
    deployed,
    is_blank,
    is_placeholder,
    masked,
    published_key,
    replacer,
    token_keys,
    variants,
)

IN_IMAGE = "{key} is part of the image ({shown}): where the application takes it, its signatures can be forged"
IN_COMPOSE = "{key} stands in a compose file ({shown}): where the application takes it, its signatures can be forged"
IN_CLUSTER = "{key} stands in a manifest ({shown}): where the application takes it, its signatures can be forged"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        said: set[Span] = set()
        via = configuration.launch.hops if configuration.launch is not None else ()
        for key in SIGNING_KEYS:
            read = deployed(configuration, key)
            found = published_key(read, key)
            if found is None or found.variable:
                continue
            setting = read.get(key)
            doubtful = read is configuration.unselected or found.unsure or key in MIXED_IN
            installed = replacer(found.value, project.facts)  # the script that installs it writes another one there
            first, *others = variants(project, found.at)
            said.add(first)
            yield Hit(
                at=first,
                via=(*via, *others),
                facts={
                    "key": key,
                    "shown": masked(key, found.value),
                    "where": "the source" if found.at == setting.span else "a published file",
                },
                # the mode, or the key, may be set elsewhere
                severity="warning" if doubtful or installed else None,
            )
        yield from _in_deploy_files(project, configuration)
        yield from _in_image(project, configuration)
        yield from _in_cluster(project, configuration)
        for own in token_keys(project, configuration):
            for key in own.settings:
                found = published_key(own, key)
                if found is None or found.variable or found.at in said:
                    continue
                yield Hit(
                    at=found.at,
                    via=via,
                    facts={"key": key, "shown": masked("SECRET", found.value), "where": "the source"},
                    severity="warning",  # what it signs may not matter, and nothing shows that it is called
                )


def _in_deploy_files(project: Project, configuration: Configuration) -> Iterator[Hit]:
    """The key that a deploy file writes into the variable which the application takes it from, where what that file starts
    is not seen to be this application."""
    for key in SIGNING_KEYS if configuration.launch is None else ():
        setting = configuration.get(key)
        for launch in project.production if setting.variable else ():
            value = launch.env.get(setting.variable)
            if isinstance(value, Known) and value.value and not is_blank(value.value) and "$" not in value.value:
                yield Hit(
                    at=value.origin[0].span,
                    via=launch.hops,
                    facts={"key": key, "shown": masked(key, value.value), "where": "a published file"},
                    severity="warning",
                )


def _in_image(project: Project, configuration: Configuration) -> Iterator[Hit]:
    """The key that the image itself sets, or the compose file that starts it, where what the application signs with cannot
    be seen: it may come from a file that a script fills in when the container starts."""
    launch, setting = configuration.launch, configuration.get("SECRET_KEY")
    if launch is None or not launch.container or not isinstance(setting.value, Unknown):
        return
    for key in ("SECRET_KEY", "FLASK_SECRET_KEY"):
        value = launch.env.get(key)
        if not isinstance(value, Known) or not value.value or is_placeholder(value.value):
            continue
        at = value.origin[0].span
        composed = at.file in project.facts.compose
        if at.file == launch.dockerfile or composed:
            yield Hit(
                at=at,
                via=launch.hops,
                message=IN_COMPOSE if composed else IN_IMAGE,
                facts={"key": key, "shown": masked(key, value.value)},
                severity="warning",
            )


def _in_cluster(project: Project, configuration: Configuration) -> Iterator[Hit]:
    """The same for the one key that a secret of the cluster gives, whatever its name begins with, where the secret stands
    in the project."""
    launch, setting = configuration.launch, configuration.get("SECRET_KEY")
    if launch is None or not isinstance(setting.value, Unknown):
        return
    held = {entry.span: entry for _, entries in cluster_secrets(project) for entry in entries}
    keys = [name for name in launch.env if name == "SECRET_KEY" or name.endswith("_SECRET_KEY")]
    value = launch.env[keys[0]] if len(keys) == 1 else None
    if isinstance(value, Known) and (at := value.origin[0].span) in held and not is_placeholder(value.value):
        yield Hit(
            at=at,
            via=launch.hops,
            message=IN_CLUSTER,
            facts={"key": keys[0], "shown": masked(keys[0], value.value)},
            severity="warning",
        )
