"""PC402: no signing key falls back to a published value that production can really end with."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import SIGNING_KEYS, Hit, Known, Project, is_secret_text, masked


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        for key in SIGNING_KEYS:
            setting = configuration.get(key)
            if setting.span is None or not (setting.fallback or setting.variable) or setting.random or setting.guarded:
                continue
            if not isinstance(setting.value, Known) or not is_secret_text(setting.value.value):
                continue
            via = configuration.launch.hops if configuration.launch is not None else ()
            variable = setting.variable or "the environment"
            yield Hit(
                at=setting.span,
                via=via,
                facts={"key": key, "shown": masked(key, setting.value.value), "variable": variable},
            )
