"""What is called under another name is found all the same: the quick look knows every name it goes by."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import linked_tree
from flask_prodcheck.model.python import run_sites
from flask_prodcheck.model.python.mentions import ProjectMentions
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
    everything = frozenset(run_sites._METHODS | {"go", "start", "run_simple"})
    monkeypatch.setattr(ProjectMentions, "spellings", lambda *_: everything)
    assert linked_tree(memory_tree(files)).run_sites == found
