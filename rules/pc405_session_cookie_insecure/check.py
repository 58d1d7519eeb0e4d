"""PC405: neither the session cookie nor a login cookie of a site that is served over TLS ever travels without it."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Configuration,
    Hit,
    Hop,
    Known,
    Project,
    Setting,
    Span,
    Unset,
    is_onion_service,
    served_modules,
    tls_evidence,
    used_by,
)

# Flask-Talisman marks the cookie itself.
MARKS_THE_COOKIE = frozenset({"flask_talisman"})
NO_TLS = "SESSION_COOKIE_SECURE is never set and nothing here shows TLS: logins travel where anyone on the way can read them"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        if configuration.launch is None:
            continue
        yield from _by_hand(project, configuration, configuration.launch.hops)
        if used_by(project, configuration, "kept_session") is None:
            continue
        if any(module.imports & MARKS_THE_COOKIE for module in served_modules(project, configuration)):
            continue
        hops = configuration.launch.hops
        secure = configuration.get("SESSION_COOKIE_SECURE")
        if _is(secure, False) and secure.span is not None:
            if tls_evidence(project, configuration) is not None or not is_onion_service(project):
                yield _hit(secure.span, "SESSION_COOKIE_SECURE is False: the session cookie is also sent without TLS", hops)
        elif isinstance(secure.value, Unset) and configuration.complete:
            tls = tls_evidence(project, configuration)
            if tls is not None:
                what = (
                    f"SESSION_COOKIE_SECURE is never set: the site has TLS ({tls}), the session cookie is sent without"
                )
                yield _hit(_place(configuration), what, (*hops, tls))
            elif (login := used_by(project, configuration, "logins")) is not None:
                yield _hit(_place(configuration), NO_TLS, (*hops, login), confidence="medium")
        httponly = configuration.get("SESSION_COOKIE_HTTPONLY")
        if _is(httponly, False) and httponly.span is not None:
            yield _hit(httponly.span, "SESSION_COOKIE_HTTPONLY is False: scripts can read the session cookie", hops)
        samesite = configuration.get("SESSION_COOKIE_SAMESITE")
        if _is(samesite, "None") and samesite.span is not None and configuration.complete and not _may_be_on(secure):
            yield _hit(
                samesite.span,
                "SESSION_COOKIE_SAMESITE is 'None' without Secure: browsers refuse the session cookie",
                hops,
            )


def _by_hand(project: Project, configuration: Configuration, hops: tuple[Hop, ...]) -> Iterator[Hit]:
    """Login cookies that the code sets itself: nothing but their own arguments marks them."""
    cookies = [
        cookie
        for module in served_modules(project, configuration)
        for cookie in module.uses.login_cookies
        if not cookie.secure
    ]
    tls = tls_evidence(project, configuration) if cookies else None
    if tls is not None:
        for cookie in cookies:
            what = f"The login cookie {cookie.name} is set without secure=True: the site has TLS ({tls}), it is sent without"
            yield _hit(cookie.span, what, (*hops, tls))


def _is(setting: Setting, value: object) -> bool:
    return isinstance(setting.value, Known) and setting.value.value == value and not setting.fallback


def _may_be_on(secure: Setting) -> bool:
    return not (isinstance(secure.value, Unset) or _is(secure, False))


def _place(configuration: Configuration) -> Span:
    """Where the missing line belongs: beside the other cookie settings, else beside the key that signs the cookie."""
    cookie = [each for key, each in configuration.settings.items() if key.startswith("SESSION_COOKIE_")]
    spans = [each.span for each in (*cookie, configuration.get("SECRET_KEY")) if each.span is not None]
    return spans[0] if spans else configuration.app.span


def _hit(at: Span, what: str, via: tuple[Hop | Span, ...], confidence: str | None = None) -> Hit:
    return Hit(at=at, via=via, facts={"what": what}, confidence=confidence)
