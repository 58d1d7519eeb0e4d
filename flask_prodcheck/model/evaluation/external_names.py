"""What the dotted name of something outside of the project says of it: a class of Flask, of settings, a random source."""

from __future__ import annotations

_RANDOM = ("secrets.", "random.", "numpy.random.", "Crypto.Random.", "os.urandom", "os.getrandom", "ssl.RAND_bytes")
_RANDOM_WHOLE = frozenset(
    {"uuid.uuid1", "uuid.uuid4", "cryptography.fernet.Fernet.generate_key", "secrets", "random", "bcrypt.gensalt"}
)
_FLASK = frozenset(
    {"flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "apiflask.app.APIFlask", "flask_openapi3.OpenAPI",
     "flask_openapi3.openapi.OpenAPI", "eve.Eve", "eve.flaskapp.Eve", "flask_api.FlaskAPI", "flask_api.app.FlaskAPI",
     "quart.Quart", "dash.Dash", "connexion.App", "connexion.FlaskApp", "connexion.apps.flask_app.FlaskApp"}
)  # fmt: skip
_PLAIN_BASES = frozenset(
    {"object", "abc.ABC", "typing.NamedTuple", "typing.Protocol", "typing.Generic", "flask.config.Config", "Exception"}
)
_SETTINGS = ("BaseSettings",)


def is_flask_class(name: str) -> bool:
    """Whether ``name`` is Flask or a class of a distribution that is one."""
    return name in _FLASK


def is_settings_class(name: str) -> bool:
    return name.rpartition(".")[2] in _SETTINGS


def is_enum(name: str) -> bool:
    return name in ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag")


def is_plain_base(name: str) -> bool:
    """Whether a base class brings no attributes that a configuration would read."""
    return name.removeprefix("builtins.") in _PLAIN_BASES or is_enum(name) or is_settings_class(name)


def is_random(name: str) -> bool:
    """Whether calling ``name`` gives something new in every process."""
    if name in ("secrets.compare_digest", "random.seed"):
        return False
    return name in _RANDOM_WHOLE or name.startswith(_RANDOM)
