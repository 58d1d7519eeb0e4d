"""The names whose calls launch or configure an application: such statements are always kept, and read by libcst."""

from __future__ import annotations

LAUNCHING = frozenset(
    {
        "run",
        "run_server",
        "run_app",
        "run_simple",
        "run_with_reloader",
        "run_forever",
        "serve",
        "serve_forever",
        "make_server",
        "WSGIServer",
        "Flask",
        "Dash",
        "FlaskApp",
        "APIFlask",
        "SocketIO",
        "create_app",
        "make_app",
        "build_app",
        "from_object",
        "from_pyfile",
        "from_envvar",
        "from_prefixed_env",
        "from_file",
        "from_mapping",
        "from_json",
    }
)
