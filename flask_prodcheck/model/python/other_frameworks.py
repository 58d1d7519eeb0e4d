"""What other frameworks than Flask make applications with."""

from __future__ import annotations

OTHER_FRAMEWORKS = frozenset(
    {
        "fastapi.FastAPI", "fastapi.applications.FastAPI", "starlette.applications.Starlette", "quart.Quart", "sanic.Sanic", "litestar.Litestar",
        "falcon.App", "falcon.API", "falcon.asgi.App", "bottle.Bottle", "pyramid.config.Configurator", "aiohttp.web.Application",
        "django.core.wsgi.get_wsgi_application", "django.core.asgi.get_asgi_application",
    }
)  # fmt: skip
