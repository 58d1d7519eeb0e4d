"""The words of a file decide where the reader looks closer: what they leave out holds nothing.

A screen is compared with the same look without it, on every spelling that the reader knows; a fact of a new kind without
a spelling here, or a word that a screen does not know, fails.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import itertools
import os
import re
import warnings
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

import flask_prodcheck
from flask_prodcheck.facts.python import read_python, screen, triggers
from flask_prodcheck.facts.python.regions import cut
from flask_prodcheck.facts.python.text import Text
from flask_prodcheck.facts.python.walk import statements_of
from flask_prodcheck.facts.syntax import Uses

# The package has its function under the same name.
uses_module = importlib.import_module("flask_prodcheck.facts.python.uses")
outline_module = importlib.import_module("flask_prodcheck.facts.python.outline")
uploads_module = importlib.import_module("flask_prodcheck.facts.python.uploads")
VIEW = "@app.route('/')\ndef view():\n"


def _spellings() -> Iterator[tuple[str, str]]:
    """(kind of use, a source that holds it)."""
    for framework, name in sorted(uses_module._SESSION_NAMES):
        for kind in ("session", "kept_session"):
            yield kind, f"from {framework} import {name} as held\nheld['a'] = 1\n"
            yield kind, f"import {framework} as f\nprint(f.{name})\n"
    for package in sorted(uses_module._SESSION_PACKAGES):
        for name in sorted(uses_module._SESSION_EXTENSIONS):
            for kind in ("session", "logins") if name in uses_module._LOGINS else ("session",):
                yield kind, f"from {package} import {name} as held\nheld()\n"
                yield kind, f"import {package} as p\np.{name}(user)\n"
    yield "logins", "from flask_login import login_required as held\n@held\ndef f():\n    pass\n"
    for framework in sorted(uses_module._FRAMEWORKS):
        for name, kind in sorted(uses_module._REQUEST.items()):
            yield kind, f"from {framework} import request as r\nx = r.{name}\n"
            yield kind, f"from {framework} import request\nx = (request\n  # here\n  .{name})\n"
    for name, kind in sorted(uses_module._REQUEST.items()):
        yield kind, f"import flask as f\nx = f.request.{name}\n"
    yield "remote_addr", f"from anything import {uses_module._ADDRESS} as address\naddress()\n"
    for name in sorted(uses_module._REGISTRATIONS):
        yield "routes", f"app.{name}('/', view)\n"
    yield "routes", VIEW + "    pass\n"
    yield "views", VIEW + "    pass\n"
    yield "login_cookies", "def f(response):\n    response.set_cookie(key='token', value=token)\n"
    yield (
        "cookie_forms",
        (
            "from flask import request as r\n@app.route('/', methods=['POST'])\ndef f():\n    return r.cookies['token'], r.form\n"
        ),
    )
    yield "guards_forms", "# the nonce of the form\n"
    yield "token_keys", "import jwt\ndef f():\n    jwt.encode({}, SECRET)\n"
    yield "uploads", "from flask import request as r\ndef f():\n    r.files['a'].save('media/' + name)\n"
    yield "uploads", "def f(file):\n    file.save(f'media/{file.filename}')\n"
    yield "uploads", "def f(form):\n    form.photo.data.save('media/' + name)\n"
    for name in sorted(uploads_module._SENDS):
        yield "sent_folders", f"def f(name):\n    return {name}('media/' + name, name)\n"
    yield "passwords", "SHOP_PASSWORD = 'kettle7blue'\n"
    yield "passwords", "client.username_pw_set('shop', 'kettle7blue')\n"
    yield "passwords", "db = {'host': 'a', 'user': 'b', 'password': 'kettle7blue'}\n"
    yield "passwords", "User(name='admin', password='kettle7blue')\n"
    yield "passwords", "client = MongoClient('mongodb://shop:kettle7blue@db.shop.org/shop')\n"
    yield "passwords", "engine = sqlalchemy.create_engine('mysql://shop:kettle7blue@db.shop.org/shop')\n"
    yield "passwords", "Administrator(name='boris', password='kettle7blue')\n"
    for name in ("set", "set_many", "add", "delete", "delete_many", "delete_memoized", "clear", "inc", "dec"):
        yield "changes_cache", f"def f(shop_cache):\n    shop_cache.{name}('a')\n"
    yield "hash_methods", "from werkzeug.security import generate_password_hash as g\ng('a', method='sha256')\n"
    yield "hash_methods", "from werkzeug import security\nsecurity.generate_password_hash('a', method='md5')\n"
    yield "limits_body", "if request.content_length > LIMIT:\n    abort(413)\n"
    yield "limits_body", "request.max_content_length = LIMIT\n"
    yield "external_urls", "x = url_for('a', _external=True)\ny = anything.url_for('a', _external=b)\n"


class Everywhere(Text):
    """A text that has every word in every line."""

    def lines_of(self, _words: AbstractSet[str]) -> list[int]:
        return list(range(1, len(self.lines) + 1))

    def lines_with(self, _parts: Sequence[str]) -> list[int]:
        return self.lines_of(frozenset())

    def has_one_of(self, _words: AbstractSet[str], _first: int, _last: int) -> bool:
        return True


def _uses(source: str, text: type[Text] = Text) -> Uses:
    tree = ast.parse(source)
    found = uses_module.uses("f.py", tree, statements_of(tree), text(source))
    assert isinstance(found, Uses)
    return found


@pytest.mark.parametrize(("kind", "source"), list(_spellings()))
def test_each_use_passes_the_screen(kind: str, source: str) -> None:
    found = _uses(source)
    assert getattr(found, kind), source
    assert _uses(source, Everywhere) == found


@pytest.mark.parametrize(
    "around",
    ["if x:\n{}", "try:\n    pass\nexcept E:\n{}", "try:\n{}finally:\n    pass\n", "match x:\n  case 1:\n{}", "@g\ndef f():\n{}"],
)
def test_what_stands_in_a_block_passes_the_screen(around: str) -> None:
    for kind, source in _spellings():
        inside = "".join([f"    {line}\n" for line in source.splitlines()]) + "    pass\n"
        found = _uses(around.format(inside))
        assert getattr(found, kind) or kind in AT_THE_TOP, source
        assert _uses(around.format(inside), Everywhere) == found


#: What does not count in a function, or where it is bound again.
AT_THE_TOP = {"passwords", "views"}


def test_a_form_keeps_nothing_of_the_visitor() -> None:
    found = _uses("from flask_wtf import FlaskForm\nclass Search(FlaskForm):\n    pass\n")
    assert found.session is not None
    assert (found.kept_session, found.logins) == (None, None)


def test_reading_a_cache_changes_nothing() -> None:
    assert not _uses("@cache.memoize(60)\ndef f():\n    return cache.get('a')\n").changes_cache


def test_every_kind_of_use_has_a_spelling() -> None:
    assert {kind for kind, _ in _spellings()} == {each.name for each in dataclasses.fields(Uses)}


class Unscreened(Text):
    """A text in which every line has every word that a screen asks for."""

    @property
    def words(self) -> frozenset[str]:
        return Text(self.source).words | triggers.TRIGGERS | {"app", "return"}

    def words_in(self, first: int, last: int) -> Iterator[str]:
        return iter(sorted(self.words))


def _lines_cut(source: str, text: Text) -> tuple[set[int], set[int]]:
    """The first lines of the statements and of the bodies that are left out."""
    tree = ast.parse(source)
    found = cut(tree, text)
    dropped = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt) and id(node) in found.dropped}
    return dropped, {line for line, _ in found.passes.values()}


FORMS = ("{}(1)", "x = anything.{}", "from anything import {} as y", "import {}", "lambda: [{}]")
RETURNS = ("return app", "return (\n        wsgi_app(1))", "return self.application", "return make(server)")


@pytest.mark.parametrize("form", FORMS)
def test_a_function_that_mentions_a_trigger_is_kept(form: str) -> None:
    for word in sorted(triggers.TRIGGERS):
        source = f"def helper(a):\n    {form.format(word)}\n"
        assert _lines_cut(source, Text(source)) == (set(), set()), source


@pytest.mark.parametrize("returned", RETURNS)
def test_a_function_that_returns_an_application_is_kept(returned: str) -> None:
    source = f"def helper(a):\n    {returned}\n"
    kept = (set[int](), set[int]()) if "make" not in returned else (set[int](), {2})
    assert _lines_cut(source, Text(source)) == kept == _lines_cut(source, Unscreened(source))


def test_a_function_that_binds_a_name_of_the_module_is_kept() -> None:
    source = "def quiet():\n    name = 1\ndef sets():\n    global name\n    name = 1\n"
    assert _lines_cut(source, Text(source)) == (set[int](), {2}) == _lines_cut(source, Unscreened(source))


def test_a_function_that_is_called_is_kept() -> None:
    source = "def quiet():\n    x = 1\ndef called():\n    x = 1\ndef also():\n    x = 1\ndef create_app():\n    called()\n@also\ndef f():\n    x = 1\n"
    assert _lines_cut(source, Text(source)) == _lines_cut(source, Unscreened(source)) == (set(), {2, 11})


def test_identifiers_count_in_their_normal_form() -> None:
    # Python reads letters of other shapes as the plain ones.
    source = "def helper(a):\n    \uff41pp.\uff52un()\n"
    assert _lines_cut(source, Text(source)) == (set(), set())
    module = read_python("app.py", ("from flask import \uff53ession\n\uff53ession['a'] = 1\n" + source).encode())
    assert module is not None and module.uses.session is not None


def _samples() -> Iterator[Path]:
    yield from sorted(Path(flask_prodcheck.__file__).parent.rglob("*.py"))[::6]
    yield from sorted(Path(os.__file__).parent.glob("*.py"))[::6]


def test_real_sources_are_cut_the_same_without_the_screens() -> None:
    compared = 0
    for path in _samples():
        source = path.read_text(encoding="utf-8")
        if len(source) > 60_000:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert _lines_cut(source, Text(source)) == _lines_cut(source, Unscreened(source)), path
        compared += 1
    assert compared >= 40


def test_real_sources_use_the_same_without_the_screens() -> None:
    for path in _samples():
        source = path.read_text(encoding="utf-8")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert _uses(source) == _uses(source, Everywhere), path


#: What the plain searches of the screen look for, as one pattern.
MENTIONS = re.compile(
    rb"[Ff]lask|[Dd]ash\b|[Cc]onnexion|[Qq]uart|[Ss]ocket_?[Ii][Oo]|[Ww][Ss][Gg][Ii]|[Gg]unicorn|[Ww]aitress|[Ww]erkzeug"
    rb"|\.run\(|run_server|run_app|\bserve|environ|getenv|dotenv|decouple|[Ss][Ee][Cc][Rr][Ee][Tt]|[Dd][Ee][Bb][Uu][Gg]"
    rb"|[Cc][Oo][Nn][Ff][Ii][Gg]|create_app|make_app|__main__|subprocess|os\.exec|os\.spawn|os\.system|[Cc]elery"
    rb"|gevent|eventlet|url_for|render_template|\bapp\b|\bapplication\b"
)
WORDS = """
    Flask dash Dash connexion Connexion Quart socketio Socket_IO socket_iO WSGI wSgi gunicorn Waitress Werkzeug x.run(
    run_server run_app serve server environ getenv dotenv decouple seCRet DEBUG Config create_app make_app __main__
    subprocess os.exec os.spawn os.system celery Celery gevent eventlet url_for render_template app application
"""


def test_plain_searches_of_bytes_find_what_one_pattern_does() -> None:
    found = set()
    pieces = itertools.product(("", "_", ".", "é"), WORDS.split(), ("", "s", "-"))
    for before, word, after in pieces:
        for text in (f"{before}{word}{after}", f"{before}{word[1:]}{after}"):
            data = f"{text}\n".encode() + b"#" * screen.SMALL_FILE
            found.add(screen.can_carry_facts("f.py", data))
            assert screen.can_carry_facts("f.py", data) == (MENTIONS.search(data) is not None), text
    assert found == {True, False}


def test_a_search_for_words_finds_what_its_pattern_does() -> None:
    spellings = [
        "exec('x')", "execfile('x')", "globals()['x'] = 1", "globals().update(x)", "vars()['x'] = 1", "vars().update(x)",
        "locals()['x'] = 1", "locals().update(x)", "setattr(sys.modules[__name__], 'x', 1)", "sys.modules[__name__] = x",
    ]  # fmt: skip
    for spelling in spellings:
        assert outline_module._OPENS.search(spelling), spelling
        assert outline_module._opens(Text(f"x = 1\n{spelling}\n")), spelling
    assert not outline_module._opens(Text("import execution\nnames = globals\n"))
