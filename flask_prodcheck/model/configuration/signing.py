"""The configuration keys that sign or encrypt what an application hands out, and the values that everybody can read."""

from __future__ import annotations

import posixpath
from typing import cast

from flask_prodcheck.base import Known, Span, Unknown
from flask_prodcheck.facts.placeholders import is_blank
from flask_prodcheck.facts.secrets import is_secret
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.project import Configuration, Purpose
from flask_prodcheck.records import dataclass, replace

#: Flask's own (also the old keys that it still accepts), Flask-WTF's, Flask-JWT-Extended's and Flask-Security's keys.
SIGNING_KEYS = ("SECRET_KEY", "SECRET_KEY_FALLBACKS", "JWT_SECRET_KEY", "WTF_CSRF_SECRET_KEY", "SECURITY_PASSWORD_SALT")
#: Keys that are mixed into what another key, or a hash, protects: with them alone nothing can be forged.
MIXED_IN = frozenset({"SECURITY_PASSWORD_SALT"})


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """A signing key that stands in the project. ``at``: the line that says it; ``variable``: what replaces it when it is
    set ("" = nothing that the deployment is made to set: a constant); ``unsure`` when production may well have that."""

    value: object
    at: Span
    variable: str = ""
    unsure: bool = False


def is_secret_text(value: object) -> bool:
    """Whether ``value`` could be used as a key at all (a non-empty text)."""
    return isinstance(value, (str, bytes)) and bool(value)


def _is_for_development(path: str) -> bool:
    """Whether a file of settings, which is no Python, is called as one for development or for tests."""
    purpose = purpose_of_words(words_of(posixpath.basename(path)))
    return not path.endswith(".py") and purpose is not None and purpose[0] is not Purpose.PRODUCTION


def deployed(configuration: Configuration, key: str) -> Configuration:
    """The configuration that decides ``key``: where the launch does not set the variable that selects the production
    settings, the settings that it gets without are what it ends with, unless production's own key is published too."""
    if configuration.launch is None or configuration.unselected is None or published_key(configuration, key):
        return configuration
    return configuration.unselected


def published_key(configuration: Configuration, key: str, *, template: bool = False) -> PublishedKey | None:
    """The value of ``key`` that production ends with when the project itself publishes it, else None.

    A default of a variable, in the source or in a deploy file, names the variable; a constant that a variable for
    something else selects (a mode, a class) stays a constant. A variable's name also goes with a template that a script
    copies into place, where somebody is expected to edit it, and with (``template``) the default that such a file
    replaces. An optional file that nothing supplies leaves a constant, unless it
    is one that production may well have. Where a branch is not decided, every way of it has
    to publish the key. Of a value that a deploy file marks as one to fill in nobody knows whether production still has it;
    what stands in the code is what runs.
    """
    found = _published(configuration, key, template=template)
    to_fill_in = found is not None and is_blank(found.value) and not found.at.file.endswith(".py")
    return replace(found, unsure=True) if found is not None and to_fill_in else found


def _published(configuration: Configuration, key: str, *, template: bool) -> PublishedKey | None:
    setting = configuration.get(key)
    value = setting.value
    if setting.span is None or setting.random or setting.guarded:
        return None
    if isinstance(value, Unknown) and setting.either and all(map(is_secret_text, setting.either)):
        variable = setting.variable if setting.fallback and is_secret(setting.variable) else ""
        return PublishedKey(setting.either[0], setting.span, variable)
    if not isinstance(value, Known):
        return None
    listed = key == "SECRET_KEY_FALLBACKS" and isinstance(value.value, list)
    if not any(map(is_secret_text, cast("list[object]", value.value) if listed else [value.value])):
        return None
    if setting.expected and setting.deployed_at is not None and not setting.is_constant:
        return PublishedKey(value.value, setting.deployed_at, setting.deploy_default, unsure=True)
    if setting.expected:
        return PublishedKey(value.value, setting.span, setting.file, unsure=True)
    in_image = configuration.launch is not None and configuration.launch.container
    if setting.installed_as and not in_image:
        return PublishedKey(value.value, setting.span, setting.variable or setting.installed_as)
    if setting.fallback and setting.is_constant and not is_secret(setting.variable):
        # A mode selects it. One file for each mode: that of production need not be in the project.
        return PublishedKey(value.value, setting.span, unsure=_is_for_development(setting.span.file))
    if setting.fallback:
        return PublishedKey(value.value, setting.span, setting.variable or "a variable")
    if setting.deployed_at is not None and not setting.is_constant:
        return PublishedKey(value.value, setting.deployed_at, setting.deploy_default)
    return PublishedKey(value.value, setting.span, setting.file if template else "")
