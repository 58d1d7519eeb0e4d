"""What NGINX Unit serves in a container: the configuration that the image, or a mount, puts where Unit looks for it.

Source: https://unit.nginx.org/installation/#docker-images ("Initial Configuration"), "Configuration Storage".
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.nginx_unit import KIND, read_nginx_unit
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.model.launching.place import Place, standing_at
from flask_prodcheck.model.launching.server_settings import unit_start
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.steps import TaskRun
from flask_prodcheck.model.launching.written_files import written_by_runs
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

#: Where the images look for configuration, and where Unit keeps it.
_READ_BY_UNIT = regex(r"/docker-entrypoint\.d/[^/]*\.json$|/var/lib/unit/conf\.json$")


def served_by_unit(_: TaskRun, place: Place, facts: Facts) -> list[Ended]:
    """What Unit serves at ``place``; nothing outside a container, where it is told over its control socket."""
    if place.image is None:
        return []
    ended: list[Ended] = []
    for start in (*_read(place, facts), *_written(place.image)):
        inner = start_place(start, place.hop(start.span, start.name), facts)
        # As root Unit only opens its ports: the applications are another user's by default.
        user = "unit" if start.user is None and inner.user in (None, "root", "0") else inner.user
        inner = replace(inner, user=user, shell_parent=None)
        ended.append(Ended(inner, start=unit_start(dict(start.options))))
    return ended


def _read(place: Place, facts: Facts) -> Iterator[Start]:
    for path in sorted(facts.start_files):
        file = facts.start_files[path]
        if file.kind == KIND and any(_READ_BY_UNIT.match(each) for each in standing_at(path, place)):
            yield from file.starts


def _written(image: Image) -> Iterator[Start]:
    """The same of configuration whose text stands in the Dockerfile itself."""
    texts = [(path, content, where) for path, (content, where) in sorted(image.inline.items())]
    texts += [(each.path, each.text, each.span) for each in written_by_runs(image)]
    for path, content, where in texts:
        if not _READ_BY_UNIT.match(path):
            continue
        try:
            file = read_nginx_unit(where.file, content)
        except ReadError:
            continue  # what an ``echo`` puts together may be more than is seen here
        for start in file.starts if file is not None else ():
            yield replace(start, span=Span(where.file, where.line))
