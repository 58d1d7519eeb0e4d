"""What is called under another name is found all the same: the quick look knows every name it goes by."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import linked_tree
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.launches import unlisted
from flask_prodcheck.model.python import apps
from flask_prodcheck.model.python.execution import shared, statements
from flask_prodcheck.model.python.instances.names import names_of_apps
from flask_prodcheck.model.python.mentions import ProjectMentions
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.run_sites.run_calls import METHODS
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
SPELLINGS = {
    "as it is": {"app.py": APP + "from werkzeug.serving import run_simple\nrun_simple('h', 1, app)\n"},
    "imported as": {"app.py": APP + "from werkzeug.serving import run_simple as go\ngo('h', 1, app)\n"},
    "of a module imported as": {"app.py": APP + "import werkzeug.serving as w\nw.run_simple('h', 1, app)\n"},
    "assigned": {"app.py": APP + "import werkzeug\ngo = werkzeug.run_simple\ngo('h', 1, app)\n"},
    "assigned in a tuple": {
        "app.py": APP + "from werkzeug.serving import run_simple\ngo, x = run_simple, 1\ngo('h', 1, app)\n"
    },
    "handed on by a module": {
        "app.py": APP + "from serving import go\nfrom other import start\nstart('h', 1, app)\n",
        "serving.py": "from werkzeug.serving import run_simple as go\n",
        "other.py": "from serving import go\nstart = go\n",
    },
    "by a star": {
        "app.py": APP + "from serving import *\nrun_simple('h', 1, app)\n",
        "serving.py": "from werkzeug.serving import run_simple\n",
    },
    "held by a class": {
        "app.py": APP + "from werkzeug.serving import run_simple\nclass S:\n    go = run_simple\nS.go('h', 1, app)\n"
    },
    "inside a function": {
        "app.py": APP + "def main():\n    from werkzeug.serving import run_simple as go\n    go('h', 1, app)\n"
    },
}


@pytest.mark.parametrize("files", SPELLINGS.values(), ids=SPELLINGS)
def test_a_call_is_found_under_every_name(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    found = linked_tree(memory_tree(files)).run_sites
    assert [site.call for site in found] == ["run_simple"]
    everything = frozenset(METHODS | {"go", "start", "run_simple"})
    monkeypatch.setattr(ProjectMentions, "spellings", lambda *_: everything)
    assert linked_tree(memory_tree(files)).run_sites == found


MAKER = "from flask import Flask\n"
HOLDS = {
    "a call": {"m.py": MAKER + "site = Flask(__name__)\n"},
    "an alias": {"m.py": "from flask import Flask as F\nsite = F(__name__)\n"},
    "a module": {"m.py": "import flask as f\nsite = f.Flask(__name__)\n"},
    "assigned": {"m.py": "import flask\nG = flask.Flask\nsite = G(__name__)\n"},
    "a class below": {"m.py": MAKER + "class Site(Flask):\n    pass\nsite = Site(__name__)\n"},
    "a class below, elsewhere": {"m.py": "from n import Site\nsite = Site()\n", "n.py": MAKER + "class Site(Flask):\n    pass\n"},
    "a factory elsewhere": {
        "m.py": "from n import make\nsite = make()\n", "n.py": MAKER + "def make():\n    x = Flask(__name__)\n    return x\n",
    },
    "a factory of a factory": {
        "m.py": "import n\nsite = n.create_app()\n",
        "n.py": "from o import make as inner\ndef create_app():\n    made = inner()\n    other = made\n    return other\n",
        "o.py": MAKER + "def make():\n    return Flask(__name__)\n",
    },
    "a method": {
        "m.py": "from n import Maker\nsite = Maker().build()\n",
        "n.py": MAKER + "class Maker:\n    def build(self):\n        return Flask(__name__)\n",
    },
    "an attribute": {
        "m.py": "from n import Maker\nsite = Maker().held\n",
        "n.py": MAKER + "class Maker:\n    def __init__(self):\n        self.held = Flask(__name__)\n",
    },
    "a wrapper": {
        "m.py": "from werkzeug.middleware.proxy_fix import ProxyFix\nfrom n import a\nsite = ProxyFix(a)\n",
        "n.py": MAKER + "a = Flask(__name__)\n",
    },
    "a wrapper by keyword": {
        "m.py": "from werkzeug.middleware.proxy_fix import ProxyFix\nfrom n import a\nsite = ProxyFix(app=a)\n",
        "n.py": MAKER + "a = Flask(__name__)\n",
    },
    "what dash serves": {"m.py": "from n import d\nsite = d.server\n", "n.py": "import dash\nd = dash.Dash()\n"},
    "a choice": {"m.py": MAKER + "import os\nsite = Flask(__name__) if os.environ else None\n"},
    "one or the other": {"m.py": MAKER + "from n import x\nsite = x or Flask(__name__)\n", "n.py": "x = 0\n"},
    "of a pair": {"m.py": "from n import both\nsite = both()[0]\n", "n.py": MAKER + "def both():\n    return Flask(__name__), 1\n"},
    "unpacked": {"m.py": "from n import both\nsite, _ = both()\n", "n.py": MAKER + "def both():\n    return Flask(__name__), 1\n"},
    "by a function": {"m.py": MAKER + "site = None\ndef set_up():\n    global site\n    site = Flask(__name__)\n"},
    "of another name": {"m.py": "from kit import AnyFlask\nsite = AnyFlask(__name__)\n"},
    "around nothing": {"m.py": "import socketio\nsite = socketio.WSGIApp(socketio.Server())\n"},
    "imported by an entry": {"wsgi.py": "from n import site\n", "n.py": MAKER + "site = Flask(__name__)\n"},
    "imported as application": {"entry.py": "from n import x as application\n", "n.py": MAKER + "x = Flask(__name__)\n"},
    "a star": {"m.py": "from n import *\nsite = make()\n", "n.py": MAKER + "def make():\n    return Flask(__name__)\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", HOLDS.values(), ids=HOLDS)
def test_an_application_is_found_whatever_it_is_made_of(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    more = {
        f"idle{number}.py": "import os\nVALUE = os.environ.get('A')\ndef f(x):\n    return x\n" for number in range(3)
    }
    found = linked_tree(memory_tree(files | more)).apps
    assert found and {app.span.file for app in found} & {"m.py", "wsgi.py", "entry.py"}
    monkeypatch.setattr(apps, "_may_hold", lambda *_: True)
    assert linked_tree(memory_tree(files | more)).apps == found


def test_a_file_that_binds_none_is_not_looked_at() -> None:
    files = {
        "m.py": MAKER + "def make():\n    return Flask(__name__)\n",
        "n.py": "from m import make\ndef test():\n    app = make()\n    return app.name\nNAME = str(1)\n",
    }
    modules = Modules(parse(memory_tree(files)))
    holding = names_of_apps(modules)
    assert {"Flask", "make"} <= holding and not {"NAME", "test", "name"} & holding
    assert [module.path for module in modules if apps._may_hold(module, holding)] == ["m.py"]


LEADS = {
    "it calls itself": {"m.py": "import os\nos.system('gunicorn app:app')\n"},
    "what it imports": {"m.py": "import os\nimport n\n", "n.py": "import subprocess as s\ns.run(['gunicorn', 'app:app'])\n"},
    "over several": {
        "m.py": "import os\nfrom pkg import n\n", "pkg/__init__.py": "", "pkg/n.py": "from . import o\n",
        "pkg/o.py": "import os\nos.execvp('gunicorn', ['gunicorn', 'app:app'])\n",
    },
    "the package around": {
        "m.py": "import os\nimport pkg.n\n", "pkg/__init__.py": "import os\nos.system('gunicorn app:app')\n", "pkg/n.py": "A = 1\n",
    },
    "a function of another": {
        "m.py": "import os\nfrom n import go\ngo()\n", "n.py": "import os\ndef go():\n    os.system('gunicorn app:app')\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("files", LEADS.values(), ids=LEADS)
def test_a_program_that_leads_to_a_server_is_followed(files: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    files = files | {"app.py": APP, "idle.py": "import os\nimport re\nVALUE = os.environ.get('A')\n"}
    found = linked_tree(memory_tree(files)).launches
    assert any(launch.end.span.file in files and "gunicorn" in launch.end.text for launch in found)
    monkeypatch.setattr(statements, "may_start", lambda *_: True)
    monkeypatch.setattr(unlisted, "starts_by_itself", lambda *_: True)
    assert [launch.hops for launch in linked_tree(memory_tree(files)).launches] == [launch.hops for launch in found]


def test_a_program_that_leads_nowhere_is_not_followed() -> None:
    files = LEADS["a function of another"] | {
        "idle.py": "import os\nimport rest\n",
        "rest.py": "import idle\nVALUE = f(1)\n",
    }
    modules = Modules(parse(memory_tree(files)))
    assert [path for path in files if shared.may_start(modules, path)] == ["m.py"]
