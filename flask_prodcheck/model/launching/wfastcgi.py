"""What wfastcgi serves in IIS: the handler that a ``web.config`` names.

Source: ``get_wsgi_handler`` in ``wfastcgi.py`` of wfastcgi 3.0.0: what stands before the last dot is imported; while that is
no module, one name less.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.model.launching.following.python_programs import import_roots
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.launching.targets import place_for
from flask_prodcheck.model.project import Server
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace

_HANDLER = regex(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\.([A-Za-z_]\w*)(\(\))?")


def wfastcgi_start(
    options: Mapping[str, str], place: Place, facts: Facts, modules: Modules
) -> tuple[Place, ServerStart]:
    """The server with its target as ``module:attribute``, "" where the file does not say it or a template fills it in; and
    ``place``, whose folder is known to be the site's where the module stands there."""
    paths = tuple(filter(None, options.get("python-path", "").split(":")))
    start = ServerStart(Server.OTHER, "", paths=paths, program="wfastcgi")
    match = _HANDLER.fullmatch(options.get("wsgi-handler", "").strip())
    if match is None:
        return place, start
    roots = import_roots(place_for(start, place, facts), facts)
    module, attribute, call = match[1], match[2], match[3] or ""
    shorter, longer = module, attribute
    while modules.path_of(shorter, roots) is None and "." in shorter:
        shorter, _, name = shorter.rpartition(".")
        longer = f"{name}.{longer}"
    if modules.path_of(shorter, roots) is not None:
        module, attribute = shorter, longer
    if call and "." in attribute:
        return place, start  # a method of an object: what it returns is not followed
    known = modules.path_of(module, (place.cwd,)) is not None
    place = replace(place, cwd_known=place.cwd_known or known)
    return place, replace(start, target=f"{module}:{attribute}{call}")
