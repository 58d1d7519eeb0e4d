"""An object that an expression makes, and the objects that it holds."""

from __future__ import annotations

from flask_prodcheck.facts.syntax import Call
from flask_prodcheck.model.python.instances.kinds import WSGI_KINDS
from flask_prodcheck.records import dataclass


@dataclass(frozen=True, slots=True)
class Instance:
    """An object. ``kind``: flask apiflask openapi dash connexion maxfw (applications), wsgi (an application wrapped), asgi (one
    wrapped for ASGI), asgi-app (FastAPI, Quart...), socketio, flask-script, flask-script-server, flask-group,
    click-group, cleo, gevent, cheroot, tornado, gunicorn, werkzeug, waitress, granian, uvicorn (servers), argparse, thread, pool,
    celery, tuple. ``module``/``call`` the constructing call; ``inner`` the application a wrapper or server holds; ``items`` of a
    tuple."""

    kind: str
    module: str = ""
    call: Call | None = None
    inner: Instance | None = None
    items: tuple[Instance | None, ...] = ()

    @property
    def is_app(self) -> bool:
        return self.kind in WSGI_KINDS
