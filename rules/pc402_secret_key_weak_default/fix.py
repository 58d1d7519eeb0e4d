"""PC402: the signing key comes from the environment."""

from __future__ import annotations

from flask_prodcheck.rulekit import Fix, Hit, Project, key_from_environment


def fix(project: Project, hit: Hit) -> Fix | None:
    return key_from_environment(project, hit)
