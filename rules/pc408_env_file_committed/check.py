"""PC408: no environment file with secrets is under version control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project, is_placeholder

_NAMES = re.compile(
    r"(?:^|/)(?:\.env|\.flaskenv|\.env\.(?:local|prod|production|live|deploy)|(?:prod|production)\.env)$"
)
_SECRET = re.compile(
    r"(?:^|_|[A-Z])(?:PASSWORD|PASSWD|PASS|PWD|SECRET|SECRET_KEY|API_KEY|TOKEN|PRIVATE_KEY|ACCESS_KEY)$", re.IGNORECASE
)
#: Names that say that the value is for tests.
_FOR_TESTS = re.compile(r"(?:^|_)(?:TEST|TESTS|TESTING|DUMMY|FAKE|MOCK)(?:_|$)", re.IGNORECASE)
_USERINFO = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]{0,40}://[^/@\s:]{0,200}:([^/@\s]{1,200})@")


def check(project: Project) -> Iterator[Hit]:
    for path, file in sorted(project.facts.env_files.items()):
        if path not in project.facts.tracked or not _NAMES.search(path):
            continue
        secret = next((each for each in file.variables if _is_secret(each.name, each.value or "")), None)
        if secret is not None:
            yield Hit(at=secret.span, facts={"file": path, "name": secret.name})


def _is_secret(name: str, value: str) -> bool:
    if not value or "$" in value or _FOR_TESTS.search(name):
        return False
    found = _USERINFO.match(value)
    if found is not None:
        return not is_placeholder(found.group(1))
    return _SECRET.search(name) is not None and "://" not in value and not is_placeholder(value)
