"""PC408: no environment file with secrets is under version control."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project, is_placeholder, is_production_path

_NAMES = re.compile(
    r"(?:^|/)(?:\.env|\.flaskenv|\.env\.(?:local|prod|production|live|deploy)|(?:prod|production)\.env)$"
)
_SECRET = re.compile(
    r"(?:^|_|[A-Z])(?:PASSWORD|PASSWD|PASS|PWD|SECRET|SECRET_KEY|API_KEY|TOKEN|PRIVATE_KEY|ACCESS_KEY)$", re.IGNORECASE
)
#: Names that say that the value is for tests.
_FOR_TESTS = re.compile(r"(?:^|_)(?:TEST|TESTS|TESTING|DUMMY|FAKE|MOCK)(?:_|$)", re.IGNORECASE)
_USERINFO = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]{0,40}://[^/@\s:]{0,200}:([^/@\s]{1,200})@([^/:?,@\s]{0,200})")
#: Hosts by a name of the public domain name system, without those that it keeps for networks of one's own and examples.
_PUBLIC = re.compile(
    r"(?:[a-z0-9-]{1,63}\.){1,8}(?!(?:local|localhost|internal|lan|home|corp|test|example|invalid|svc)$)[a-z]{2,24}",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"(?:^|\.)(?:example|host|domain|server|yourdomain|your-domain)\.[a-z]+$", re.IGNORECASE)


def check(project: Project) -> Iterator[Hit]:
    for path, file in sorted(project.facts.env_files.items()):
        if path not in project.facts.tracked or not _NAMES.search(path):
            continue
        secret = next((each for each in file.variables if _is_secret(each.name, each.value or "")), None)
        if secret is not None:
            open_door = any(_opens_a_public_host(each.value or "") for each in file.variables)
            yield Hit(
                at=secret.span,
                facts={"file": path, "name": secret.name},
                severity="error" if open_door and is_production_path(path) else None,
            )


def _opens_a_public_host(value: str) -> bool:
    """Whether ``value`` is the address, with its password, of a server that the whole internet can reach by name."""
    found = _USERINFO.match(value)
    if found is None or "$" in value or is_placeholder(found[1]) or any(mark in found[1] for mark in ("<", "{", "***")):
        return False
    return _PUBLIC.fullmatch(found[2]) is not None and not _EXAMPLE.search(found[2])


def _is_secret(name: str, value: str) -> bool:
    if not value or "$" in value or _FOR_TESTS.search(name):
        return False
    found = _USERINFO.match(value)
    if found is not None:
        return not is_placeholder(found.group(1))
    return _SECRET.search(name) is not None and "://" not in value and not is_placeholder(value)
