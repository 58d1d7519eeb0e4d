"""PC401: no signing key that production ends with is a constant that the project publishes."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    SIGNING_KEYS,
    Hit,
    Project,
    Span,
    deployed,
    masked,
    published_key,
    replacer,
    token_keys,
    variants,
)


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
                severity="warning" if read is configuration.unselected or installed or found.unsure else None,
            )
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
