"""What the outline says of view bodies: uses of Flask, and module state that functions change."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python import read_python


def read(source: str) -> s.PyModule:
    module = read_python("app.py", source.encode())
    assert module is not None
    return module


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "from flask import session\ndef f():\n    return session['a']\n",
            {"session": (3, 12)},
        ),
        ("from flask import session\ndef f(session):\n    return session['a']\n", {}),
        ("from db import session\ndef f():\n    return session['a']\n", {}),
        (
            "import flask\ndef f():\n    é = 1; flask.session['a'] = 1\n",
            {"session": (3, 12)},
        ),
        (
            "from flask import flash as say\ndef f():\n    say('x')\n",
            {"session": (3, 5)},
        ),
        (
            "from flask_login import login_user\ndef f():\n    login_user(u)\n",
            {"session": (3, 5)},
        ),
        (
            "from flask_wtf import FlaskForm\nclass A(FlaskForm): pass\n",
            {"session": (2, 9)},
        ),
        (
            "from flask import request\ndef f():\n    request.files['a']\n",
            {"files": (3, 5)},
        ),
        (
            "from flask import request as r\ndef f():\n    r.get_json()\n",
            {"body": (3, 5)},
        ),
        (
            "from flask import request\ndef f():\n    x = request.remote_addr\n",
            {"remote_addr": (3, 9)},
        ),
        ("def f():\n    url_for('a', _external=True)\n", {"external_urls": (2, 5)}),
        ("def f():\n    url_for('a', _external=False)\n", {}),
        ("def f():\n    url_for('a', _external=True, _scheme='https')\n", {}),
        ("from flask_login import login_required\n@login_required\ndef f(): pass\n", {"session": (2, 2)}),
        ("from accounts import login_required\n@login_required\ndef f(): pass\n", {}),
        ("app.add_url_rule('/', view_func=f)\n", {"routes": (1, 1)}),
        ("@mock.patch('a.b')\ndef f(): pass\n", {}),
    ],
)
def test_first_uses(source: str, expected: dict[str, tuple[int, int]]) -> None:
    found = read(source).uses
    kinds = ("session", "files", "body", "remote_addr", "external_urls", "routes")
    places = {kind: getattr(found, kind) for kind in kinds}
    assert {kind: (span.line, span.column) for kind, span in places.items() if span} == expected


def test_views() -> None:
    source = """\
@app.route("/")
def a(): pass
@bp.get("/b")
def b(): pass
@cache.get("b")
def c(): pass
@app.before_request
def d(): pass
@sio.on("x")
def e(): pass
class F(MethodView):
    def get(self): pass
    def other(self): pass
class G:
    def get(self): pass
"""
    views = [(name, span.line) for name, span in read(source).uses.views]
    assert views == [("a", 2), ("b", 4), ("d", 8), ("e", 10), ("get", 12)]


VIEW = "@app.route('/')\ndef view():\n    "


@pytest.mark.parametrize(
    ("bound", "body", "expected"),
    [
        ("X = []", VIEW + "X.append(1)", [("X", 4, "view", True)]),
        ("X = {}", VIEW + "X['a']['b'] = 1", [("X", 4, "view", True)]),
        ("X = defaultdict(int)", VIEW + "del X[1]", [("X", 4, "view", True)]),
        ("X = 0", VIEW + "global X; X += 1", [("X", 4, "view", True)]),
        ("X = 0", VIEW + "X = 1", []),
        ("X = None", VIEW + "global X; X = connect()", []),
        ("X = []", VIEW + "X = []; X.append(1)", []),
        ("X = []", "def f(X):\n    X.append(1)", []),
        ("X = threading.local()", VIEW + "X.update(1)", []),
        ("X = 'a'", VIEW + "X.add(1)", []),
        ("X = []", "def register(f):\n    X.append(f)", [("X", 3, "register", False)]),
        (
            "X = []",
            VIEW + "helper()\ndef helper():\n    X.append(1)",
            [("X", 6, "helper", True)],
        ),
    ],
)
def test_mutations(bound: str, body: str, expected: list[tuple[str, int, str, bool]]) -> None:
    found = read(f"{bound}\n{body}\n").mutations
    assert [(m.name, m.changed.line, m.function, m.view) for m in found] == expected
    assert all(m.bound.line == 1 for m in found)


def test_login_cookies_and_the_forms_that_read_them() -> None:
    found = read(
        "from flask import request\nNAME = 'sid'\n"
        "def a(r):\n    r.set_cookie(NAME, token, httponly=True, samesite='none')\n    r.set_cookie('csrf_token', x)\n"
        "    r.set_cookie('token', '', max_age=0)\n    r.set_cookie('auth', x, **flags)\n"
        "    r.set_cookie(key='jwt', value=x, secure=flag, samesite='Lax')\n"
        "@app.post('/a')\ndef b():\n    return request.form[request.cookies.get(NAME)]\n"
        "@app.get('/b')\ndef c():\n    return request.values[request.cookies['jwt']]\n"
    ).uses
    assert [
        (each.span.line, each.name, each.secure, each.httponly, each.same_site) for each in found.login_cookies
    ] == [
        (4, "NAME", False, True, False),
        (8, "jwt", True, False, True),
    ]
    assert [(each.span.line, each.function, each.cookies) for each in found.cookie_forms] == [
        (10, "b", frozenset({"NAME"}))
    ]
    assert found.guards_forms


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("jwt.encode({}, SECRET, 'HS256')", ["SECRET"]),
        ("jwt.decode(token, key=os.environ.get('JWT_KEY', 'dev'))", ["os.environ.get('JWT_KEY', 'dev')"]),
        ("key = app.config['TOKEN_KEY']\n    hmac.new(bytes(key, 'utf8'), x)", ["app.config['TOKEN_KEY']"]),
        ("URLSafeSerializer(f'{settings.SECRET}-{salt}'.encode())", ["settings.SECRET"]),
        ("PBKDF2HMAC(salt=salt).derive(settings.SECRET.encode())", ["settings.SECRET"]),
        ("hashlib.sha256(os.getenv('SALT', 'x').encode() + x)", ["os.getenv('SALT', 'x')"]),
        ("hashlib.sha256(SECRET + x)", []),  # it may be a value like any other
        ("jwt.encode({}, given_key)", []),  # an argument: the caller knows
        ("key = a\n    key = b\n    jwt.encode({}, key)", []),
        ("self.key = SECRET\n    jwt.encode({}, user.secret)", []),  # of one user
        ("jwt.encode({}, PRIVATE)", []),
        ("other.encode({}, SECRET)", []),
    ],
)
def test_what_a_function_signs_with(body: str, texts: list[str]) -> None:
    head = (
        "import hashlib, hmac, jwt, os\nfrom itsdangerous import URLSafeSerializer\n"
        "from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC\n"
    )
    found = read(head + f"def f(given_key, salt, user, x):\n    {body}\n").uses.token_keys
    assert [text for text, _ in found] == texts


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("DB_PASSWORD = 'kettle7blue'\n", [("DB_PASSWORD", "kettle7blue", "", 1)]),
        ("a_password = 'KettleBlue'\n", [("a_password", "KettleBlue", "", 1)]),
        (
            "import os\nMASTER = os.getenv('MASTER_PASSWORD', 'kettle7blue')\n",
            [("MASTER", "kettle7blue", "MASTER_PASSWORD", 2)],
        ),
        (
            "from os import environ\nKEY = environ.get('MAP_API_KEY') or 'a1b2c3d4'\n",
            [("KEY", "a1b2c3d4", "MAP_API_KEY", 2)],
        ),
        ("client.username_pw_set('shop', 'kettle7blue')\n", [("username_pw_set()", "kettle7blue", "", 1)]),
        (
            "def f():\n    return connect(host='db', password='kettle7blue')\n",
            [("connect()", "kettle7blue", "", 2)],
        ),
        ("connect(host='localhost', password='kettle7blue')\n", []),
        ("Form(password='kettle7blue')\n", []),
        ("login(name, 'kettle7blue')\n", []),
        ("API_KEY = 'a1b2c3d4'\n", []),  # of a public interface
        ("PASSWORD = 'password'\nOTHER_PASSWORD = 'change-me-1'\n", []),
        ("RESET_PASSWORD = 'reset-password'\nPASSWORD_URL = '/a1b2c3d4'\n", []),
        ("PASSWORD = 'https://a1b2c3d4'\nSET_PASSWORD = 'set 1 password'\nPASSWORD = PREFIX + 'a1b2c3'\n", []),
        ("class Config:\n    DB_PASSWORD = 'kettle7blue'\nif debug:\n    DB_PASSWORD = 'kettle7blue'\n", []),
    ],
)
def test_passwords_that_a_module_writes_down(source: str, expected: list[tuple[str, str, str, int]]) -> None:
    found = read(source).uses.passwords
    assert [(each.name, each.value, each.variable, each.span.line) for each in found] == expected
