"""The routers of hosting platforms, which hand requests on to the processes that they start.

Sources: https://devcenter.heroku.com/articles/http-routing ("Heroku headers": X-Forwarded-For, X-Forwarded-Proto),
https://render.com/docs/web-services ("Connect to your web service": TLS ends before it),
https://fly.io/docs/networking/request-headers/, https://docs.railway.com/reference/public-networking,
https://docs.cloud.google.com/appengine/docs/standard/reference/request-headers,
https://docs.digitalocean.com/products/app-platform/ and
https://docs.cloudfoundry.org/concepts/http-routing.html ("HTTP headers").
"""

from __future__ import annotations

from flask_prodcheck.model.deployment.storage import is_dyno
from flask_prodcheck.model.project import Launch, Project

#: Formats of platforms whose processes get every request from a router, by plain HTTP.
_ROUTED = frozenset({"render", "fly", "railway", "app-engine", "digitalocean", "cloudfoundry"})


def router_of(project: Project, launch: Launch) -> str:
    """What hands the requests to ``launch`` on its platform, with the file that names the platform; "" where no platform is
    known to run it."""
    path = launch.head.span.file
    if launch.kind in _ROUTED or (launch.kind == "procfile" and is_dyno(project, launch)):
        return f"the router of its platform ({path})"
    return ""
