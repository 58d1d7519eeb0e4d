"""A server in words for people; the machine formats keep the contract's one-word names."""

from __future__ import annotations

from flask_prodcheck.rulekit import Server

_WORDS = {
    Server.FLASK_RUN: "the development server (flask run)",
    Server.APP_RUN: "the development server (app.run())",
    Server.WERKZEUG: "the development server (werkzeug.serving)",
    Server.SOCKETIO_DEV: "the development server (socketio.run())",
    Server.OTHER: "another server",
}


def server_words(server: Server) -> str:
    """What to call ``server`` after "starts"."""
    return _WORDS.get(server, server.value)
