"""The head of an image that the Python builder of source-to-image makes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flask_prodcheck.base import Unknown, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Command, StartFile
from flask_prodcheck.model.launching.folders import join
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.place import Place, known_variables
from flask_prodcheck.model.project import Hop


def s2i_head(file: StartFile, facts: Facts) -> Iterator[Head]:
    """What the container of the Python builder of source-to-image starts (``run`` of sclorg/s2i-python-container): the
    script APP_SCRIPT, else the program APP_FILE, else gunicorn with APP_MODULE. The first two are taken by their usual
    names as well. Without any of these variables nothing says that the builder is that of Python; a ``run`` of the
    project's own replaces the builder's."""
    folder = posixpath.dirname(posixpath.dirname(file.path)) or "."
    set_here = {var.name: var for start in file.starts for var in start.env if var.value}
    if not _S2I_DECIDES & set_here.keys() or join(folder, ".s2i/bin/run") in facts.paths:
        return
    value = {name: var.value or "" for name, var in set_here.items()}
    home = join(folder, value.get("APP_HOME", "."))
    script, program = value.get("APP_SCRIPT", "app.sh"), value.get("APP_FILE", "app.py")
    if "APP_SCRIPT" in value or join(home, script) in facts.paths:
        name, argv = "APP_SCRIPT", [script if "/" in script else f"./{script}"]
    elif "APP_FILE" in value or join(home, program) in facts.paths:
        name, argv = "APP_FILE", ["python", program]
    elif target := value.get("APP_MODULE", "wsgi" if join(home, "wsgi.py") in facts.paths else ""):
        config = ["--config", value["APP_CONFIG"]] if "APP_CONFIG" in value else []
        name, argv = "APP_MODULE", ["gunicorn", target, "--bind=0.0.0.0:8080", *config]
    else:
        return
    decisive = set_here.get(name) or next(var for each, var in set_here.items() if each in _S2I_DECIDES)
    text = f"{decisive.name}={decisive.value}"
    counted: dict[str, Value[str]] = {"WEB_CONCURRENCY": Unknown("the builder counts the cores")}
    place = Place((Hop(decisive.span, text),), cwd=home, user="1001").with_env(counted)
    place = place.with_env(known_variables(tuple(set_here.values()), {}))
    yield Head("s2i", decisive.span, text, place, Command(decisive.span, text, argv=tuple(argv)), container=True)


_S2I_DECIDES = frozenset({"APP_HOME", "APP_SCRIPT", "APP_FILE", "APP_MODULE"})
