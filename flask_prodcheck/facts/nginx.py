"""nginx configuration and Caddyfiles: what they pass to the application, and how."""

from __future__ import annotations

import posixpath
import re

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import ProxyConfig, Start
from flask_prodcheck.patterns import regex

_TOKEN = regex(
    r"""#[^\n]*|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]|"""
    r"""(?:\$\{\w*\}|[^\s{};"'#\\]|\\.)(?:\$\{\w*\}|[^\s;{}])*|.""",
    re.DOTALL,
)
_PASSES = frozenset({"proxy_pass", "uwsgi_pass", "fastcgi_pass", "grpc_pass", "scgi_pass"})
_CADDY_HEADERS = frozenset({"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host"})


def read_nginx(path: str, text: str) -> ProxyConfig:
    """The upstreams that requests are passed to (names of ``upstream`` blocks replaced by their servers), whether TLS
    ends here, the names of the headers set for the upstream, and whether bodies are limited by the file. A Caddyfile is
    recognised by its name. Never raises."""
    if "caddyfile" in posixpath.basename(path).lower():
        return _read_caddyfile(path, text)
    groups: dict[str, list[str]] = {}
    targets: list[str] = []
    headers: set[str] = set()
    tls = limit = False
    first = 0
    group: str | None = None
    for line, words, opens in _directives(text):
        name = words[0]
        if opens:
            group = words[1] if name == "upstream" and len(words) > 1 else group if name == "{" else None
            if group is not None:
                groups.setdefault(group, [])
            continue
        if name == "}":
            group = None
        elif len(words) < 2:
            continue
        elif name == "server" and group is not None:
            groups[group].append(words[1])
        elif name in _PASSES:
            first = first or line
            targets.append(words[1])
        elif name in ("proxy_set_header", "uwsgi_param", "grpc_set_header"):
            headers.add(words[1])
        elif name == "listen":
            tls = tls or "ssl" in words or "quic" in words
        elif name == "ssl_certificate" or (name == "ssl" and words[1] == "on"):
            tls = True
        elif name == "client_max_body_size":
            limit = limit or words[1] != "0"
    upstreams: list[str] = []
    for target in targets:
        host = _host(target)
        upstreams.extend(groups.get(host, [host]))
    return ProxyConfig(
        path,
        "nginx",
        Span(path, first or 1),
        tls,
        frozenset(headers),
        tuple(dict.fromkeys(upstreams)),
        limit,
        _passenger(path, text),
    )


def _passenger(path: str, text: str) -> tuple[Start, ...]:
    """The application that Passenger runs inside nginx, where a directive names the file that it executes (Passenger,
    "Configuration reference": ``passenger_startup_file``, ``passenger_app_root``)."""
    said = {words[0]: (words[1], line) for line, words, _ in _directives(text) if len(words) > 1}
    file, line = said.get("passenger_startup_file", ("", 0))
    if said.get("passenger_enabled", ("", 0))[0] != "on" or not file.endswith(".py"):
        return ()
    folder = said.get("passenger_app_root", (None, 0))[0]
    user = said.get("passenger_user", (None, 0))[0]
    return (Start("passenger", "web", Span(path, line), None, folder, user=user, options=(("startup", file),)),)


def _directives(text: str) -> list[tuple[int, list[str], bool]]:
    """``(line, words, whether a block opens)`` in order; the end of a block is the word ``}``."""
    found: list[tuple[int, list[str], bool]] = []
    words: list[str] = []
    line = start = 1
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece in ("{", "}", ";"):
            if words or piece == "{":
                found.append((start, words or ["{"], piece == "{"))
            if piece == "}":
                found.append((line, ["}"], False))
            words = []
        elif piece[0] != "#" and not piece.isspace() and not piece.startswith("{%"):
            if not words:
                start = line
            words.append(piece[1:-1] if piece[0] in "\"'" and len(piece) > 1 else piece)
        line += piece.count("\n")
    return found


def _host(target: str) -> str:
    """``host:port`` or ``unix:/path`` of the value of a ``*_pass`` directive."""
    bare = target.partition("://")[2] if "://" in target else target
    if bare.startswith("unix:"):
        return "unix:" + bare[5:].partition(":")[0]
    return bare.partition("/")[0]


def _read_caddyfile(path: str, text: str) -> ProxyConfig:
    upstreams: list[str] = []
    first, limit, depth = 0, False, 0
    plain: list[bool] = []
    manual = False
    headers: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if depth == 0 and words[-1] == "{" and len(words) > 1 and not words[0].startswith("("):
            plain.extend(
                site.startswith("http://") or site.endswith(":80") for site in (word.rstrip(",") for word in words[:-1])
            )
        elif depth == 0 and words[-1] != "{" and not plain:  # a file without braces serves one site
            plain.append(words[0].startswith("http://") or words[0].endswith(":80"))
        if words[0] == "reverse_proxy":
            first = first or number
            headers |= _CADDY_HEADERS
            upstreams.extend(word for word in words[1:] if word not in ("{", "*") and not word.startswith(("/", "@")))
        elif words[0] == "to" and depth > 0:
            upstreams.extend(words[1:])
        elif words[0] == "header_up" and len(words) > 1:
            headers.add(words[1].lstrip("+-"))
        elif words[0] == "max_size":
            limit = True
        elif words[:2] == ["auto_https", "off"]:
            manual = True
        depth = max(0, depth + words.count("{") - words.count("}"))
    hosts = tuple(dict.fromkeys(_host(target.replace("unix//", "unix:/")) for target in upstreams))
    return ProxyConfig(
        path,
        "caddy",
        Span(path, first or 1),
        bool(plain) and not all(plain) and not manual,
        frozenset(headers),
        hosts,
        limit,
    )
