"""The addresses that a launch listens on, as far as its files decide them.

Sources: gunicorn ``bind`` (the default follows PORT), uvicorn, hypercorn and granian ``--host``/``--bind``, waitress
``--listen``, uWSGI ``http``/``http-socket``/``socket``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flask_prodcheck.base import Known, Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.statements import calls_in, statements
from flask_prodcheck.facts.syntax import Name
from flask_prodcheck.model.launching.gunicorn import MORE_ARGUMENTS
from flask_prodcheck.model.project import Launch, Server
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

#: Platforms that set PORT for the processes they start.
SETS_PORT = frozenset({
    "procfile", "heroku-yml", "app-json", "render", "railway", "nixpacks", "railpack", "app-engine", "cloudfoundry", "digitalocean", "fly",
})  # fmt: skip
#: What Heroku starts, where DYNO names the process.
NAMES_DYNO = frozenset({"procfile", "heroku-yml", "app-json"})
#: What Azure App Service may start, where WEBSITE_SITE_NAME names the site (Azure App Service, "Environment variables and
#: app settings").
NAMES_SITE = frozenset({"azure", "iis"})

#: How servers write every interface.
_EVERYWHERE = frozenset({"", "*", "::", "0.0.0.0"})  # noqa: S104

_LOOPBACK = regex(r"(127(\.\d+){3}|localhost|::1)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """One address: ``host`` ("" = every interface, None = undecided), ``port`` (None = undecided, or no TCP port at all
    when ``unix``) and where it is said. ``default`` when nothing says it; ``protocol`` is "http" or "uwsgi"."""

    host: str | None
    port: int | None
    span: Span
    unix: bool = False
    default: bool = False
    protocol: str = "http"

    @property
    def loopback(self) -> bool:
        """Whether only the same machine (or container) reaches it over TCP."""
        return not self.unix and self.host is not None and _LOOPBACK.fullmatch(self.host) is not None


def listens(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    """Every address of ``launch``; None when they cannot be decided."""
    reader = {
        Server.GUNICORN: _gunicorn,
        Server.UVICORN: _host_and_port,
        Server.GRANIAN: _host_and_port,
        Server.HYPERCORN: _hypercorn,
        Server.WAITRESS: _waitress,
        Server.UWSGI: _uwsgi,
    }.get(launch.server)
    return reader(launch, facts) if reader is not None else None


def parse_address(text: str, span: Span, *, port: int | None, protocol: str = "http") -> Address:
    """``text`` as servers write addresses: ``host:port``, ``:port``, ``[::1]:port``, ``unix:path``, ``fd://3``. ``port`` is
    what the server takes where the text names none."""
    if text.startswith(("unix:", "fd://", "/")) or text.endswith(".sock"):
        return Address("", None, span, unix=True, protocol=protocol)
    if "{" in text.split(":", maxsplit=1)[0]:
        return Address(None, None, span, protocol=protocol)
    bare = text.removeprefix("tcp://").removeprefix("//")
    if bare.startswith("["):
        host, _, rest = bare[1:].partition("]")
        number = rest.removeprefix(":")
    else:
        host, _, number = bare.rpartition(":") if ":" in bare else (bare, "", "")
    return Address(_host(host), _number(number) if number else port, span, protocol=protocol)


def _host(text: str) -> str | None:
    """A host as written: "" for every interface, None where part of it is undecided."""
    return None if "{" in text or "$" in text else "" if text in _EVERYWHERE else text


def _number(text: str) -> int | None:
    return numeral(text)


def _gunicorn(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    end = launch.end.span
    arguments = launch.env.get("GUNICORN_CMD_ARGS")
    if arguments is not None and not isinstance(arguments, Known):
        return None
    said = launch.setting("bind")
    in_command = said is not None and said[1] == end
    if not in_command and (_computed(launch, facts) or ("config" in launch.options and launch.config_file is None)):
        return None
    if said is not None and said[0]:
        return tuple(parse_address(each.strip(), said[1], port=8000) for each in _parts(said[0]))
    if MORE_ARGUMENTS in launch.options:
        return None
    variable = launch.env.get("PORT")
    if isinstance(variable, Known):
        return (Address("", _number(variable.value), end, default=True),)
    if variable is not None:
        return (Address("", None, end, default=True),)
    return (Address("127.0.0.1", 8000, end, default=True),)


def _parts(text: str) -> Iterator[str]:
    """The addresses of a list; a comma inside ``${...}`` separates nothing."""
    yield from (re.split(r",(?![^{]*\})", text) if not text.startswith("${") else [text])


def _computed(launch: Launch, facts: Facts) -> bool:
    """Whether the configuration file hands its names to something else, which may set more of them."""
    module = facts.modules.get(launch.config_file or "")
    if module is None:
        return False
    return module.is_open or any(
        isinstance(call.func, Name) and call.func.id in ("globals", "locals", "exec", "vars")
        for statement, _ in statements(module.body)
        for call in calls_in(statement)
    )


def _host_and_port(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    end = launch.end.span
    if "uds" in launch.options or "fd" in launch.options:
        return (Address("", None, end, unix=True),)
    prefix = "UVICORN_" if launch.server is Server.UVICORN else "GRANIAN_"
    for name in ("HOST", "PORT"):
        if prefix + name in launch.env and name.lower() not in launch.options:
            return None
    host, at = launch.options.get("host", ("127.0.0.1", end))
    port = launch.options.get("port", ("8000", end))[0]
    return (Address(_host(host), _number(port), at, default="host" not in launch.options),)


def _hypercorn(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    if "config" in launch.options and "bind" not in launch.options:
        return None
    said = launch.setting("bind")
    if said is None:
        return (Address("127.0.0.1", 8000, launch.end.span, default=True),)
    return (parse_address(said[0], said[1], port=8000),)


def _waitress(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    end = launch.end.span
    if "unix-socket" in launch.options:
        return (Address("", None, end, unix=True),)
    listen = launch.setting("listen")
    if listen is not None:
        return tuple(parse_address(each, listen[1], port=8080) for each in listen[0].split())
    host, at = launch.options.get("host", ("*", end))
    port = launch.options.get("port", ("8080", end))[0]
    return (Address(_host(host), _number(port), at, default="host" not in launch.options),)


def _uwsgi(launch: Launch, facts: Facts) -> tuple[Address, ...] | None:
    found = [
        parse_address(text, span, port=None, protocol="http" if "http" in name else "uwsgi")
        for name in ("http", "http-socket", "socket", "uwsgi-socket", "http11-socket")
        if (said := launch.setting(name)) is not None
        for text, span in [said]
    ]
    return tuple(found) or None
