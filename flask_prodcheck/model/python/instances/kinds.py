"""The classes and functions of distributions that make applications, wrappers around them, servers and command groups.

Sources of the names: each framework's API documentation (Flask, APIFlask, flask-openapi3, Dash, Connexion,
the MAX Framework, Flask-SocketIO, Flask-Script, Werkzeug middleware, gevent, cheroot, Tornado, Invenio-Base and Invenio-App).
"""

from __future__ import annotations

FLASK_KINDS = frozenset({"flask", "apiflask", "openapi", "dash", "connexion", "maxfw"})
"""Kinds whose ``run`` starts Flask's development server."""
INNER_APP = {"dash": "server", "connexion": "app", "maxfw": "app"}
"""The attribute of an object of such a kind that is the application of Flask."""
WRAPPED_APPS = frozenset({"dash", "maxfw"})
"""Kinds of which a server takes that attribute, not the object itself."""
WSGI_KINDS = FLASK_KINDS | {"wsgi"}

CLASSES = {
    "flask.Flask": "flask", "flask.app.Flask": "flask", "flask.current_app": "flask", "eve.Eve": "flask", "eve.flaskapp.Eve": "flask",
    "flask_api.FlaskAPI": "flask", "flask_api.app.FlaskAPI": "flask",
    "apiflask.APIFlask": "apiflask", "apiflask.app.APIFlask": "apiflask",
    "flask_openapi3.OpenAPI": "openapi", "flask_openapi3.openapi.OpenAPI": "openapi",
    "dash.Dash": "dash", "dash.dash.Dash": "dash", "jupyter_dash.JupyterDash": "dash", "dash_extensions.enrich.DashProxy": "dash",
    "dash_extensions.enrich.Dash": "dash", "connexion.App": "connexion", "connexion.FlaskApp": "connexion",
    "connexion.apps.flask_app.FlaskApp": "connexion", "connexion.apps.flask.FlaskApp": "connexion",
    "connexion.AsyncApp": "asgi-app", "maxfw.core.MAXApp": "maxfw", "maxfw.core.app.MAXApp": "maxfw",
    "quart.Quart": "asgi-app", "quart.app.Quart": "asgi-app", "fastapi.FastAPI": "asgi-app",
    "fastapi.applications.FastAPI": "asgi-app", "starlette.applications.Starlette": "asgi-app", "sanic.Sanic": "asgi-app",
    "aiohttp.web.Application": "asgi-app", "litestar.Litestar": "asgi-app",
    "flask_socketio.SocketIO": "socketio", "flask.ext.socketio.SocketIO": "socketio",
    "flask_script.Manager": "flask-script", "flask.ext.script.Manager": "flask-script",
    "flaskext.script.Manager": "flask-script", "flask_script.Server": "flask-script-server",
    "flask.ext.script.Server": "flask-script-server",
    "flask.cli.FlaskGroup": "flask-group",
    "invenio_base.app.create_cli": "flask-group", "invenio_base.cli.create_cli": "flask-group",
    "invenio_app.factory.create_app": "flask", "invenio_app.factory.create_ui": "flask", "invenio_app.factory.create_api": "flask",
    "gevent.pywsgi.WSGIServer": "gevent", "gevent.wsgi.WSGIServer": "gevent",
    "gevent.pywsgi.WSGIServer.WSGIServer": "gevent", "gevent.server.StreamServer": "gevent",
    "geventwebsocket.WebSocketServer": "gevent", "geventwebsocket.server.WebSocketServer": "gevent",
    "cheroot.wsgi.Server": "cheroot", "cheroot.wsgi.WSGIServer": "cheroot", "cherrypy.wsgiserver.CherryPyWSGIServer": "cheroot",
    "cherrypy.wsgiserver.WSGIServer": "cheroot", "cheroot.server.HTTPServer": "cheroot",
    "cheroot.wsgi.WSGIPathInfoDispatcher": "wsgi",
    "tornado.httpserver.HTTPServer": "tornado", "gunicorn.app.wsgiapp.WSGIApplication": "gunicorn",
    "gunicorn.app.base.BaseApplication": "gunicorn", "gunicorn.app.base.Application": "gunicorn",
    "meinheld.server": "other", "bjoern": "bjoern", "click.Group": "click-group", "typer.Typer": "click-group", "typer.main.Typer": "click-group",
    "cleo.application.Application": "cleo", "cleo.Application": "cleo",
    "cyclopts.App": "click-group", "cyclopts.core.App": "click-group",
    "click.core.Group": "click-group", "click.MultiCommand": "click-group", "click.core.MultiCommand": "click-group",
    "click.CommandCollection": "click-group", "click.core.CommandCollection": "click-group",
    "flask.cli.AppGroup": "click-group", "argparse.ArgumentParser": "argparse",
    "threading.Thread": "thread", "multiprocessing.Process": "thread", "celery.Celery": "celery",
    "concurrent.futures.ThreadPoolExecutor": "pool", "concurrent.futures.thread.ThreadPoolExecutor": "pool",
    "concurrent.futures.ProcessPoolExecutor": "pool", "gevent.pool.Pool": "pool", "gevent.pool.Group": "pool",
    "gevent.threadpool.ThreadPool": "pool", "eventlet.GreenPool": "pool", "eventlet.greenpool.GreenPool": "pool",
    "multiprocessing.pool.ThreadPool": "pool", "multiprocessing.Pool": "pool",
    "granian.Granian": "granian", "granian.server.Granian": "granian",
    "granian.server.Server": "granian", "granian.server.embed.Server": "granian", "granian.server.mp.MPServer": "granian",
    "granian.server.mt.MTServer": "granian",
    "uvicorn.Server": "uvicorn", "uvicorn.server.Server": "uvicorn", "tornado.web.Application": "tornado",
}  # fmt: skip
#: Applications that a module of a distribution holds (Invenio-App).
READY_MADE = frozenset(
    {"invenio_app.wsgi.application", "invenio_app.wsgi_ui.application", "invenio_app.wsgi_rest.application"}
)
#: Functions that make an application factory (Invenio-Base).
FACTORY_MAKERS = frozenset({"invenio_base.app.create_app_factory", "invenio_base.create_app_factory"})
MAKERS = {
    "werkzeug.serving.make_server": "werkzeug", "wsgiref.simple_server.make_server": "werkzeug",
    "wsgiref.simple_server.WSGIServer": "werkzeug", "werkzeug.serving.BaseWSGIServer": "werkzeug",
    "werkzeug.serving.ThreadedWSGIServer": "werkzeug", "waitress.create_server": "waitress",
    "waitress.server.create_server": "waitress",
}  # fmt: skip
WRAPPERS = frozenset({
    "ProxyFix", "DispatcherMiddleware", "SharedDataMiddleware", "ProfilerMiddleware", "LintMiddleware",
    "DebuggedApplication", "HTTPMethodOverrideMiddleware", "HeaderRewriterFix", "WhiteNoise", "WSGIApp", "Middleware",
    "SentryWsgiMiddleware", "OpenTelemetryMiddleware", "WSGIApplicationWrapper", "SessionMiddleware", "Cling", "Cascade",
    "ReverseProxied", "PrefixMiddleware", "XForwardedFor", "TransLogger", "Dozer", "ThreadedSimpleMiddleware",
})  # fmt: skip
ASGI_WRAPPERS = frozenset({"WsgiToAsgi", "WSGIMiddleware", "ASGIApp", "AsyncioWSGIMiddleware", "TrioWSGIMiddleware"})
WITHOUT_APP = frozenset({"WSGIApp", "Middleware"})  # of socketio and engineio: applications around nothing
WRAPPER_HOMES = (
    "werkzeug", "whitenoise", "socketio", "engineio", "sentry_sdk", "opentelemetry", "newrelic", "beaker", "dj_static", "static",
    "asgiref", "a2wsgi", "uvicorn", "hypercorn", "starlette", "fastapi", "paste", "dozer", "raven", "webob", "flask_reverse_proxy",
)  # fmt: skip
#: The packages of Flask-Script.
FLASK_SCRIPT = ("flask_script", "flask.ext.script", "flaskext.script")
#: Stand-ins for what a function returns, which is called when they are first used.
LAZY = frozenset(
    {"lazy_object_proxy.Proxy", "werkzeug.local.LocalProxy", "werkzeug.LocalProxy", "wrapt.LazyObjectProxy"}
)
