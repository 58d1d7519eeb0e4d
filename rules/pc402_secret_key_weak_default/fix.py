"""PC402: the signing key comes from the environment."""

from __future__ import annotations

from flask_prodcheck.rulekit import SIGNING_KEYS, Fix, Hit, Project, SetValue, settings_at, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    for setting in settings_at(project, hit.at, *SIGNING_KEYS):
        if setting.key == hit.facts["key"]:
            variable = setting.variable or setting.key
            value = SetValue(hit.at, setting.key, f'os.environ["{variable}"]', ("os",))
            return unsafe(f"take the key from the environment variable {variable}", value)
    return None
