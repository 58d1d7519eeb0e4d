"""Targets that hand requests on, an ASGI adapter or the handler of a function, with the application behind them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.model.launching.launches.found import Found
from flask_prodcheck.model.project import App, Server
from flask_prodcheck.records import replace


def with_application_behind(each: Found, apps: Sequence[App]) -> Found | None:
    """A launch of something that hands requests on, with the application behind it where the files show which one:
    an ASGI adapter, or the handler of a function. Such a handler is a launch only where its module reaches an
    application of the project; None where it reaches none."""
    launch = each.launch
    named = launch.server is Server.LAMBDA and not each.head.default  # a command names it, and not a platform's file
    handler = named or "handler" in dict(each.head.options)
    if launch.app is not None or not (handler or launch.target_kind == "asgi"):
        return each
    reached = [app for app in apps if app.span.file in launch.imported]
    own = [app for app in reached if app.span.file == launch.module_file] or reached
    if handler and not own:
        return None
    kind = "app" if handler else launch.target_kind
    return replace(each, launch=replace(launch, app=own[0] if len(own) == 1 else None, target_kind=kind))
