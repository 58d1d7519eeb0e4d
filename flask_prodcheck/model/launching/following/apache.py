"""What Apache serves in a container: the configuration that the image, or a mount, puts where Apache reads it.

Sources: https://httpd.apache.org/docs/2.4/configuring.html (``Include``); the packages of Debian (``/etc/apache2``,
``a2ensite``), of Red Hat (``/etc/httpd``, ``/etc/opt/rh``), of Alpine (``/etc/apache2``); the official image
(``/usr/local/apache2``); the images of Software Collections (``/opt/app-root/etc/httpd.d``).
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.base import Span
from flask_prodcheck.facts.apache import read_apache
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.shell_commands import text_of
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.model.launching.chain_end import Ended
from flask_prodcheck.model.launching.images import Image
from flask_prodcheck.model.launching.place import Place, locate, standing_at
from flask_prodcheck.model.launching.server_settings import apache_start
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.launching.steps import TaskRun
from flask_prodcheck.model.launching.words import is_open
from flask_prodcheck.model.launching.written_files import written_by_runs
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

#: The folders in which Apache looks for its configuration, by distribution.
_READ_BY_APACHE = regex(
    r"/etc/(?:httpd|apache2)/|/usr/local/(?:apache2|etc/apache2\d*|etc/httpd)/|/opt/app-root/etc/httpd\.d/"
    r"|(?:/etc/opt/rh|/opt/rh)/[^/]*httpd[^/]*/"
)
#: The folder of Debian whose files Apache reads once they are enabled; the first of them is.
_AVAILABLE = "/sites-available/"
_ENABLED_BY_DEFAULT = "000-default.conf"
_ENABLES = regex(r"\ba2ensite\b|/sites-enabled\b")
_INCLUDES = regex(r"(?:^|[\s'\"])Include(?:Optional)?\s+[\"']?(/[^\s\"']+)")
_MOD_WSGI = regex(r"\bmod[-_]wsgi\b")


@dataclass(frozen=True, slots=True)
class Served:
    """What one line of a configuration hands to mod_wsgi; not ``certain``: nothing seen enables the file."""

    start: Start
    certain: bool


def apache_starts(run: TaskRun, place: Place, facts: Facts) -> list[Served]:
    """What Apache serves at ``place`` when ``run`` begins it; nothing outside a container, where the host holds the rest of
    the configuration."""
    image = place.image
    if image is None:
        return []
    ours = {path: file for path, file in facts.start_files.items() if file.kind == "apache"}
    text = "\n".join(text_of(command) for command, _ in image.runs)
    read: dict[str, bool] = {}
    for path in ours:
        places = [each for each in standing_at(path, place) if _READ_BY_APACHE.match(each)]
        if places:
            read[path] = any(_is_enabled(each, text) for each in places)
    if run.file and not is_open(run.file) and (named := locate(run.file, place, facts)) in ours:
        read = {str(named): True}
    for name in [*_INCLUDES.findall(text), *(name for path in read for name in _included(ours[path]))]:
        if (named := locate(name, place, facts)) in ours:
            read.setdefault(str(named), True)
    found = [Served(start, read[path]) for path in sorted(read) for start in ours[path].starts]
    return [*found, *_written(image, text)]


def served_by_apache(run: TaskRun, place: Place, facts: Facts) -> list[Ended]:
    """What the configuration of Apache hands to mod_wsgi."""
    ended: list[Ended] = []
    for served in apache_starts(run, place, facts):
        script = dict(served.start.options).get("script", "")
        inner = place.hop(served.start.span, f"WSGIScriptAlias {served.start.name} {script}")
        inner = start_place(served.start, inner, facts)
        # As root Apache only opens its port: the processes that serve are another user's by default.
        user = "apache" if inner.user in (None, "root", "0") else inner.user
        inner = replace(inner, user=user, shell_parent=None, certain=inner.certain and served.certain)
        start = apache_start(dict(served.start.options), inner, facts)
        if start is not None:
            ended.append(Ended(inner, start=start))
    return ended


def installs_mod_wsgi(image: Image) -> bool:
    """Whether a RUN line of ``image`` names mod_wsgi: its Apache then serves an application."""
    return any(_MOD_WSGI.search(text_of(command)) for command, _ in image.runs)


def _is_enabled(path: str, text: str) -> bool:
    return _AVAILABLE not in path or path.endswith(_ENABLED_BY_DEFAULT) or _ENABLES.search(text) is not None


def _included(file: StartFile) -> Iterator[str]:
    for name, value in file.settings:
        if name.lower() in ("include", "includeoptional"):
            yield value


def _written(image: Image, text: str) -> Iterator[Served]:
    """The same of configuration whose text stands in the Dockerfile itself."""
    for path, (content, where) in sorted(image.inline.items()):
        if _READ_BY_APACHE.match(path):
            for start in read_apache(where.file, content).starts:
                at = Span(where.file, where.line + start.span.line)
                yield Served(replace(start, span=at), _is_enabled(path, text))
    for written in written_by_runs(image):
        if _READ_BY_APACHE.match(written.path):
            for start in read_apache(written.span.file, written.text).starts:
                yield Served(replace(start, span=written.span), _is_enabled(written.path, text))
