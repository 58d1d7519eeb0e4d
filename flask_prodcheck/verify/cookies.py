"""The cookies that visitors get: whether they may travel without TLS, and whether scripts can read the session."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flask_prodcheck.boot.recipe import Recipe
from flask_prodcheck.boot.server import Server, plain
from flask_prodcheck.model.deployment.tls import tls_evidence
from flask_prodcheck.reports.style import safe
from flask_prodcheck.verify.check import FAILED, NOTED, PASSED, Check

#: What a proxy that ends TLS says of a request.
BEHIND_HTTPS = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "prodcheck.example",
    "X-Forwarded-Port": "443",
}


def cookies(server: Server, path: str, recipe: Recipe, state: Mapping[str, object]) -> Check:
    """The cookies of the page ``path`` and of a session, asked for behind a proxy. One without Secure fails only where
    the project's files show that the site has TLS: elsewhere the flag could lock everyone out."""
    name = "cookies"
    probe = server.probe("session", headers=BEHIND_HTTPS)
    page = server.get(path, headers=BEHIND_HTTPS)
    sent = [value for answer in (page, probe) for key, value in answer.headers if key == "set-cookie"]
    uses = any(module.uses.session is not None for module in recipe.project.facts.modules.values())
    try:
        session = str(json.loads(probe.body).get("session", "")) if probe.status == 200 else ""
    except ValueError:
        session = ""
    if not sent:
        if uses and session and session != "set":
            return Check(name, FAILED, f"sessions do not work: {safe(session)}")
        return Check(name, NOTED, "no cookie is set" + ("" if uses else ", and nothing uses sessions"))
    flags = [_parsed(cookie) for cookie in sent]
    shown = tuple(dict.fromkeys(_flags(*each) for each in flags))
    # A cookie of the project's own may be meant for scripts; nobody's session is.
    readable = _names(each for each, given in flags if each == _session_cookie(state) and "httponly" not in given)
    bare = _names(each for each, given in flags if "secure" not in given)
    if not bare and not readable:
        return Check(name, PASSED, "every cookie has Secure, the session's HttpOnly too", shown)
    if not uses and not any(key == "set-cookie" for key, _ in page.headers):
        said = "the session cookie would go without Secure or HttpOnly; nothing uses sessions"
        return Check(name, NOTED, said, shown)
    if readable:
        return Check(name, FAILED, f"{readable} goes without HttpOnly: scripts can read the session", shown)
    tls = tls_evidence(recipe.project, recipe.configuration) if recipe.configuration is not None else None
    said = f"{bare} goes without Secure, behind an HTTPS proxy too"
    if tls is not None:
        return Check(name, FAILED, f"{said}; the site has TLS ({tls})", shown)
    return Check(name, NOTED, f"{said}; no file of the project shows that the site has TLS", shown)


def _names(found: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(map(safe, found)))


def _session_cookie(state: Mapping[str, object]) -> str:
    """The name of the cookie that holds the session."""
    config = state.get("config")
    name = plain(config.get("SESSION_COOKIE_NAME")) if isinstance(config, dict) else None
    return name if isinstance(name, str) else "session"


def _flags(name: str, flags: frozenset[str]) -> str:
    same_site = next((flag for flag in flags if flag.startswith("samesite=")), "no SameSite")
    words = (
        "Secure" if "secure" in flags else "no Secure",
        "HttpOnly" if "httponly" in flags else "no HttpOnly",
        same_site,
    )
    return safe(f"{name}: {', '.join(words)}")


def _parsed(cookie: str) -> tuple[str, frozenset[str]]:
    name, _, rest = cookie.partition("=")
    return name.strip()[:80], frozenset(part.strip().lower()[:80] for part in rest.split(";")[1:])
