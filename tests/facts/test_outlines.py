"""The outline of a file as plain data: nothing is lost on the way there and back, and nothing else is taken for one."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flask_prodcheck
from flask_prodcheck.facts.outlines import from_data, to_data
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.syntax import PyModule

SOURCE = """
import os as system
from ..pkg import thing as other, more
from flask import Flask, current_app, flash, request, url_for
from flask import *
SEEN = []
PASSWORD = system.getenv("SHOP_PASSWORD", "kettle7blue")

class Site(Flask):
    def __init__(self):
        self.server = self.made = Flask(__name__)

@app.cli.command
def start(): return make()(1)

@app.route("/", methods=["POST"])
def view():
    SEEN.append(request.remote_addr)
    flash("é")
    if request.cookies["token"]:
        return request.form, request.files, request.json
    response.set_cookie("token", token, secure=True)
    return url_for("view", _external=True)

def keep(name):
    request.files["a"].save(f"media/{name}")
    return send_file("media/" + name)

with Site() as site, open("x"):
    pass
"""
OWN = sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))


def read(source: str) -> PyModule:
    module = read_python("pkg/app.py", source.encode())
    assert module is not None
    return module


def there_and_back(module: PyModule) -> PyModule | None:
    return from_data(module.path, json.loads(json.dumps(to_data(module))))


def same_outline(one: PyModule, other: PyModule | None) -> bool:
    return other is not None and all(
        getattr(one, name) == getattr(other, name)
        for name in ("path", "names", "open_names", "stars", "imports", "uses", "mutations", "mentions")
    )


def test_every_part_survives() -> None:
    module = read(SOURCE)
    assert all([module.uses.session, module.uses.views, module.uses.login_cookies, module.uses.cookie_forms])
    assert module.uses.uploads and module.uses.sent_folders
    assert module.mutations and all(
        map(list, (module.mentions.aliases, module.mentions.inside, module.mentions.values))
    )
    assert same_outline(module, there_and_back(module))


@pytest.mark.parametrize("place", OWN[::12], ids=lambda place: place.stem)
def test_real_files_survive(place: Path) -> None:
    module = read_python(place.name, place.read_bytes())
    assert module is not None and same_outline(module, there_and_back(module))


def _places(data: Any, here: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    inner = (
        [each for index, item in enumerate(data) for each in _places(item, (*here, index))]
        if isinstance(data, list)
        else []
    )
    return [here, *inner]


DATA = json.loads(json.dumps(to_data(read(SOURCE))))
_WRONG: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=6,
)


@given(place=st.sampled_from(_places(DATA)), wrong=_WRONG)
def test_data_of_any_other_shape_is_no_outline_or_a_sound_one(place: tuple[int, ...], wrong: Any) -> None:
    data: Any = [copy.deepcopy(DATA)]
    *way, last = (0, *place)
    inner = data
    for index in way:
        inner = inner[index]
    inner[last] = wrong
    found = from_data("pkg/app.py", data[0])
    assert found is None or same_outline(found, there_and_back(found))
