"""The configuration keys that sign or encrypt what an application hands out."""

from __future__ import annotations

#: Flask's own, Flask-WTF's, Flask-JWT-Extended's and Flask-Security's keys.
SIGNING_KEYS = ("SECRET_KEY", "JWT_SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SECURITY_PASSWORD_SALT")


def is_secret_text(value: object) -> bool:
    """Whether ``value`` could be used as a key at all (a non-empty text)."""
    return isinstance(value, (str, bytes)) and bool(value)
