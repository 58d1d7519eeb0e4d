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


@pytest.mark.parametrize(("text", "guards"), [
    ("environ['HTTP_REFERER']", True),
    ("request.referrer", True),
    ("# the preferred way", False),
    ("'Sec-Fetch-Site'", True),
    ("CSRFToken", True),
    ("request.origin", True),
    ("original = 1", False),
    ("_origin", False),
    ("# announce", False),
    ("nonce", True),
])  # fmt: skip
def test_what_guards_forms(text: str, guards: bool) -> None:
    assert read(f"from flask import request\n{text}\n").uses.guards_forms is guards


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


UPLOAD_HEAD = """\
import os
import pathlib
from pathlib import Path
from uuid import uuid4
from flask import current_app, request
FOLDER = "media"
def f(folder, form, store):
    file = request.files["a"]
    name = secure_filename(file.filename)
"""


@pytest.mark.parametrize(
    ("body", "folder", "recorded"),
    [
        ("file.save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("file.save('static/media/' + name)", ("'static/media'",), False),
        ("file.save('static/media/img_' + name)", ("'static/media'",), False),
        ("file.save('static/media/%s' % name)", ("'static/media'",), False),
        ("file.save('static/media/{}'.format(name))", ("'static/media'",), False),
        ("file.save(f'media/{name}')", ("'media'",), False),
        ("file.save(f'{FOLDER}/{name}')", ("FOLDER",), False),
        ("file.save(Path(FOLDER) / 'a' / name)", ("FOLDER", "'a'"), False),
        ("file.save(str(pathlib.Path(FOLDER).joinpath('a', name)))", ("FOLDER", "'a'"), False),
        ("here = os.path.join(current_app.root_path, 'media')\n    file.save(dst=os.path.join(here, str(uuid4())))",
         ("current_app.root_path", "'media'"), False),
        ("file.save(os.path.join(current_app.config.get('MEDIA'), name))", ("current_app.config.get('MEDIA')",), False),
        ("request.files.get('b').save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("for each in request.files.getlist('b'):\n        each.save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("for _, each in request.files.items():\n        each.save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("form.photo.data.save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("image = Image.open(file)\n    image.thumbnail((9, 9))\n    image.save(os.path.join(FOLDER, name))", ("FOLDER",), False),
        ("file.save(os.path.join(FOLDER, name))\n    db.session.add(Photo(file=name))", ("FOLDER",), True),
        ("file.save(os.path.join(FOLDER, name))\n    user.photo = name\n    db.session.commit()", ("FOLDER",), True),
        ("file.save(os.path.join(FOLDER, name))\n    db.execute(SQL, (name,))", ("FOLDER",), True),
        ("path = os.path.join(FOLDER, name)\n    file.save(path)\n    return url_for('show', name=name)", ("FOLDER",), True),
        ("file.save(os.path.join(FOLDER, name))\n    db.session.add(Game(score=1))", ("FOLDER",), False),
        ("file.save(os.path.join(FOLDER, name))\n    read(Document(file=name))", ("FOLDER",), False),
    ],
)  # fmt: skip
def test_where_uploads_are_saved(body: str, folder: tuple[str, ...], recorded: bool) -> None:
    found = read(f"{UPLOAD_HEAD}    {body}\n").uses.uploads
    assert [(each.function, each.folder, each.recorded) for each in found] == [("f", folder, recorded)]


@pytest.mark.parametrize(
    "body",
    [
        "file.save(os.path.join(folder, name))",  # the caller knows
        "file.save(name)",  # where the process stands
        "file.save('temporary_' + name)",
        "here = a\n    here = b\n    file.save(os.path.join(here, name))",
        "file.save(os.path.join(chosen(), name))",
        "buffer = BytesIO()\n    file.save(buffer)\n    image.save(os.path.join(FOLDER, name))",
        "store.save(os.path.join(FOLDER, name))",
        "file.save(os.path.join(FOLDER, name))\n    os.remove(os.path.join(FOLDER, name))",
        "path = Path(FOLDER) / name\n    file.save(path)\n    path.unlink()",
    ],
)
def test_what_is_no_upload_that_stays(body: str) -> None:
    assert read(f"{UPLOAD_HEAD}    {body}\n").uses.uploads == ()


def test_a_function_that_is_handed_the_upload_saves_it() -> None:
    keep = "def keep(file):\n    name = 'a'\n    file.save(os.path.join(FOLDER, name))\n    return name\n"
    view = "def f():\n    user.photo = keep(request.files['a'])\n    db.session.commit()\n"
    head = "from flask import request\n"
    found = read(head + keep + view).uses.uploads
    assert [(each.function, each.recorded) for each in found] == [("keep", True)]
    assert read(head + keep + view.replace("request.files['a']", "image")).uses.uploads == ()
    static = keep.replace("FOLDER", "current_app.root_path, 'static/photos'").replace(
        "file.save", "Image.open(file).save"
    )
    (alone,) = read(head + static.replace("name = 'a'", "name = file.filename")).uses.uploads
    assert alone.recorded  # whoever asks for the name shows it
    path = "path = os.path.join(current_app.root_path, 'static/photos', file.filename)"
    (opened,) = read(f"{head}def keep(file):\n    {path}\n    file.save(path)\n    return path\n{view}").uses.uploads
    assert not opened.recorded
    (unrecorded,) = read(head + keep + view.replace("db.session.commit()", "pass")).uses.uploads
    assert not unrecorded.recorded


@pytest.mark.parametrize(
    ("call", "folders"),
    [
        ("send_from_directory(FOLDER, name)", (("FOLDER",),)),
        ("send_from_directory(directory=app.config['MEDIA'], path=name)", (("app.config['MEDIA']",),)),
        ("send_file(os.path.join(FOLDER, 'a', name))", (("FOLDER", "'a'"),)),
        ("send_from_directory(FOLDER, 'favicon.ico')", ()),  # always the same file
        ("send_from_directory(FOLDER, filename='favicon.ico')", ()),
        ("send_file(BytesIO())", ()),
    ],
)
def test_the_folders_that_files_are_sent_from(call: str, folders: tuple[tuple[str, ...], ...]) -> None:
    assert read(f"def f(name):\n    return {call}\n").uses.sent_folders == folders


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("DB_PASSWORD = 'kettle7blue'\n", [("DB_PASSWORD", "ke***", "", 1)]),
        ("a_password = 'KettleBlue'\n", [("a_password", "Ke***", "", 1)]),
        (
            "import os\nMASTER = os.getenv('MASTER_PASSWORD', 'kettle7blue')\n",
            [("MASTER", "ke***", "MASTER_PASSWORD", 2)],
        ),
        (
            "from os import environ\nKEY = environ.get('MAP_API_KEY') or 'a1b2c3d4'\n",
            [("KEY", "a1***", "MAP_API_KEY", 2)],
        ),
        ("client.username_pw_set('shop', 'kettle7blue')\n", [("username_pw_set()", "ke***", "", 1)]),
        (
            "def f():\n    return connect(host='db', password='kettle7blue')\n",
            [("connect()", "ke***", "", 2)],
        ),
        ("connect(host='localhost', password='kettle7blue')\n", []),
        (
            "connect(host='localhost', user='root', passwd='admin')\n",
            [("connect()", "admin", "", 1)],
        ),
        ("connect(host='localhost', user='postgres', password='postgres')\n", []),
        ("connect(host='db', user='postgres', password='postgres')\n", [("connect()", "po***", "", 1)]),
        ("connect(host=HOST, user='root', password='kettle7blue')\n", [("connect()", "ke***", "", 1)]),
        ("connect(host='localhost', user='shop', password='your_password')\n", []),
        ("connect(host='localhost', user='root', password='')\n", []),
        ("connect(host='localhost', user=USER, password='kettle7blue')\n", []),
        (
            "class Shop:\n    def __init__(self):\n        self.db = {'host': 'db', 'user': 'shop', 'passwd': 'teapot'}\n",
            [("A connection", "te***", "", 3)],
        ),
        ("DB = {'host': os.environ['HOST'], 'user': 'shop', 'password': 'teapot'}\n", []),
        ("FORM = {'user': 'shop', 'password': 'teapot'}\n", []),
        ("DB = {'host': 'db', 'user': 'shop', 'password': '<password>'}\n", []),
        ("DB = {'host': 'db', 'user': 'shop', 'password': 'password'}\n", []),
        (
            "client = MongoClient('mongodb+srv://shop:kettle7blue@cluster0.abcde.mongodb.net/')\n",
            [("MongoClient()", "mongodb+srv://shop:***@cluster0.abcde.mongodb.net/", "", 1)],
        ),
        (
            "def f():\n    return create_engine(url='mysql://shop:kettle7blue@db.shop.org:3306/shop')\n",
            [("create_engine()", "mysql://shop:***@db.shop.org:3306/shop", "", 2)],
        ),
        (
            "import os\nclient = PyMongo(app, os.getenv('DB', 'mongodb://shop:kettle7blue@DB.Shop.org'))\n",
            [("PyMongo()", "mongodb://shop:***@DB.Shop.org", "DB", 2)],
        ),
        (
            "import os\nURI = os.environ.get('DB') or 'mysql://shop:kettle7blue@db.shop.org/shop'\n",
            [("URI", "mysql://shop:***@db.shop.org/shop", "DB", 2)],
        ),
        (
            "create_engine('mysql://shop:kettle7blue@db/shop')\n",
            [("create_engine()", "mysql://shop:***@db/shop", "", 1)],
        ),
        ("create_engine(os.getenv('DB', 'mysql://shop:kettle7blue@db/shop'))\n", []),  # of a developer's containers
        ("create_engine('mysql://shop:kettle7blue@localhost/shop')\n", []),
        ("URI = 'mysql://shop:kettle7blue@db/shop'\n", []),  # nothing shows that it is used
        ("create_engine('mysql://user:kettle7blue@hostname/shop')\n", []),
        ("create_engine('mysql://shop:kettle7blue@127.0.0.1/shop')\n", []),
        ("create_engine('mysql://shop:kettle7blue@db.example.com/shop')\n", []),
        ("create_engine('mysql://shop:kettle7blue@db.shop.svc/shop')\n", []),
        ("create_engine('sqlite://', text='mysql://shop:kettle7blue@db.shop.org/shop')\n", []),
        ("create_engine('mysql://shop:${PASSWORD}@db.shop.org/shop')\n", []),
        ("create_engine('mysql://user:<password>@cluster0.abcde.mongodb.net/')\n", []),
        ("create_engine('mysql://user:password@cluster0.abcde.mongodb.net/')\n", []),
        ("post('https://shop:kettle7blue@api.shop.org/')\n", []),
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
    assert [(each.name, each.shown, each.variable, each.span.line) for each in found] == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("generate_password_hash(a, method='sha256')", ["sha256"]),
        ("generate_password_hash(a, 8, method='plain')", ["plain"]),
        ("generate_password_hash(a, method='pbkdf2:sha256')", []),
        ("generate_password_hash(a, method='scrypt')", []),
        ("generate_password_hash(a, method=METHOD)", []),
        ("generate_password_hash(a)", []),
        ("other.generate_password_hash(a, method='sha256')", []),
        ("check_password_hash(a, method='sha256')", []),
    ],
)
def test_methods_of_hashes_that_are_gone(call: str, expected: list[str]) -> None:
    start = "from werkzeug.security import check_password_hash, generate_password_hash\nMETHOD = 'sha256'\n"
    assert [each for each, _ in read(f"{start}def f(a):\n    return {call}\n").uses.hash_methods] == expected
    assert read(f"from tools import generate_password_hash\n{call}\n").uses.hash_methods == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("User(username='admin', password='admin')\n", [("The account of admin", "admin", "", 1)]),
        (
            "def seed():\n    User(email='admin@shop.org', password_hash=generate_password_hash('kettle7').decode())\n",
            [("The account of admin@shop.org", "ke***", "seed", 2)],
        ),
        (
            "def seed():\n    return {'username': 'root', 'password': hash_password('kettle7blue')}\n",
            [("The account of root", "ke***", "seed", 2)],
        ),
        (
            "cursor.execute('INSERT INTO users (name, password) VALUES (?, ?)', ('admin', 'admin123'))\n",
            [("The account of admin", "ad***", "", 1)],
        ),
        ("cursor.execute('INSERT INTO rooms (name, size) VALUES (?, ?)', ('admin', 'large'))\npassed = 1\n", []),
        (
            "def login():\n    return request.form['username'] == 'admin' and request.form.get('password') == 'kettle7'\n",
            [("The account of admin", "ke***", "", 2)],
        ),
        (
            "import os\nclass Config:\n    ADMIN_PASSWORD = os.environ.get('SHOP_ADMIN_PASS', 'changeme')\n",
            [("SHOP_ADMIN_PASS", "changeme", "", 3)],
        ),
        ("class Seed:\n    def run(self):\n        User(name='admin', password='admin')\n", []),
        (
            "class Login:\n    def post(self):\n        return self.name == 'admin' and self.password == 'kettle7'\n",
            [("The account of admin", "ke***", "", 3)],
        ),
        (
            "import os\ndef login():\n    return os.getenv('ADMIN_PASSWORD') or 'changeme'\n",
            [("ADMIN_PASSWORD", "changeme", "", 3)],
        ),
        (
            "def seed():\n    User(name='admin', password='admin')\n@app.route('/')\ndef index():\n    seed()\n",
            [("The account of admin", "admin", "", 2)],
        ),
        ("@app.cli.command()\ndef seed():\n    User(name='admin', password='admin')\n", []),
        ("@command\ndef seed():\n    User(name='admin', password='admin')\n", []),
        ("if __name__ == '__main__':\n    User(name='admin', password='admin')\n", []),
        ("User(name='anna', password='admin')\n", []),
        ("User(name='admin', password='ad')\n", []),  # hardly a password
        ("log('INSERT INTO users (name, password) VALUES (?, ?)', ('admin', 'admin123'))\n", []),
        ("cursor.execute('INSERT INTO users (name, password) VALUES (?, ?)')  # admin\n", []),
        ("name == 'admin' and password != 'kettle7'\n", []),
        ("import os\nTITLE = os.getenv('TITLE', 'admin')  # pass\n", []),
        ("User(name='admin', password=request.form['password'])\n", []),
        ("User(name='admin', password='<password>')\n", []),
        ("import os\nos.environ.get('ADMIN_PASSWORD', '')\nsettings.get('ADMIN_PASSWORD', 'admin')\n", []),
        ("name == 'admin' or password == 'kettle7'\n", []),
    ],
)
def test_accounts_whose_password_a_module_writes_down(source: str, expected: list[tuple[str, str, str, int]]) -> None:
    found = read(source).uses.passwords
    assert [(each.name, each.shown, each.function, each.span.line) for each in found] == expected
