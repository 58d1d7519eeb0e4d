"""Where launches come from: every place in the project's deploy files that starts a process, with its surroundings.

A head is not yet a launch: only what is followed to a web server becomes one. Precedence and platform defaults follow
the Dockerfile and compose references and each platform's own documentation.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.procfile import is_found_by_name
from flask_prodcheck.facts.types import Command
from flask_prodcheck.model.launching.heads.beanstalk import beanstalk_default, completed
from flask_prodcheck.model.launching.heads.compose import compose_heads
from flask_prodcheck.model.launching.heads.devcontainers import devcontainer_heads
from flask_prodcheck.model.launching.heads.dockerfiles import dockerfile_heads, service_heads
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.image_hosts import IMAGE_KINDS, image_heads, process_heads
from flask_prodcheck.model.launching.heads.pods import kubernetes_heads
from flask_prodcheck.model.launching.heads.processes import start_head
from flask_prodcheck.model.launching.heads.s2i import s2i_head
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.uwsgi_files import UWSGI_TARGETS, read_with_includes
from flask_prodcheck.model.project import Hop
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def find_heads(facts: Facts) -> list[Head]:
    """Every head, in a stable order: images, compose, Kubernetes, then the other formats by path."""
    return [
        *dockerfile_heads(facts),
        *service_heads(facts),
        *compose_heads(facts),
        *kubernetes_heads(facts),
        *_start_heads(facts),
    ]


def _start_heads(facts: Facts) -> Iterator[Head]:
    for path in sorted(facts.start_files):
        file = facts.start_files[path]
        if file.kind == "procfile" and not is_found_by_name(path):
            continue
        if file.kind == "s2i":
            yield from s2i_head(file, facts)
        elif file.kind == "devcontainer":
            yield from devcontainer_heads(file, facts)
        elif file.kind in IMAGE_KINDS:
            yield from image_heads(file, facts)
        else:
            yield from process_heads(completed(file, facts), facts)
    yield from beanstalk_default(facts)
    for path in sorted(facts.manifests):
        for start in facts.manifests[path].starts:
            yield start_head(start, facts)
    for path in sorted(facts.proxies):
        for start in facts.proxies[path].starts:
            yield start_head(start, facts)
    for path in sorted(facts.uwsgi):
        yield from _uwsgi_head(path, facts)
    for path in sorted(facts.paths):
        kind = _host_of_file(path)
        if kind:
            name = posixpath.basename(path)
            place = Place((Hop(Span(path, 1), name),), cwd=posixpath.dirname(path) or ".")
            yield Head(kind, Span(path, 1), name, place, None, default=kind)


def _uwsgi_head(path: str, facts: Facts) -> Iterator[Head]:
    """The head of a configuration of uWSGI that says what is served, or that includes one which does."""
    place = Place((), cwd=".", cwd_known=False)
    read = read_with_includes(facts.uwsgi[path], place, facts)
    found = next(filter(None, map(read.get, UWSGI_TARGETS)), None)
    if found is not None:
        value, span = found
        hop = (*read.led[span], Hop(span, value))[0]
        command = Command(hop.span, hop.text, argv=("uwsgi", "/" + path))
        yield Head("uwsgi", hop.span, hop.text, replace(place, hops=(hop,)), command, names=())


def _host_of_file(path: str) -> str:
    """The host that serves what stands in the file at ``path``, which is called as it wants it; "" for any other."""
    name = posixpath.basename(path)
    if name == "passenger_wsgi.py":
        return "passenger"
    if _PYTHONANYWHERE.fullmatch(name):
        return "pythonanywhere"
    return "toolforge" if f"/{path}".endswith(_TOOLFORGE) else ""


#: Where the web service of Toolforge looks for ``app`` (Toolforge, "My first Flask OAuth tool").
_TOOLFORGE = "/www/python/src/app.py"
#: The file that PythonAnywhere writes for a web application, called after its domain.
_PYTHONANYWHERE = regex(r"[a-z0-9_]+_pythonanywhere_com_wsgi\.py")
