"""A checkout that is a package itself: what its deploy files say it is called on the host."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
SCRIPT = "import sys\nsys.path.insert(0, '/srv/shop')\nfrom shop import app as application\n"
UNNAMED = "from shop import app as application\n"
APACHE = "<VirtualHost *:80>\nWSGIScriptAlias / /srv/shop/shop/site.wsgi\n</VirtualHost>\n"


def _launches(files: dict[str, str]) -> list[tuple[str, bool | None]]:
    project = link(parse(memory_tree(files)), name="site")
    return [(each.target, each.resolves) for each in project.launches if each.app is not None]


@pytest.mark.parametrize(
    "files",
    [
        {"site.wsgi": SCRIPT, "__init__.py": APP},
        {"site.wsgi": UNNAMED, "__init__.py": APP, "site.conf": APACHE},
        {
            "site.wsgi": SCRIPT.replace("shop import app", "shop.web import app"),
            "__init__.py": "",
            "web.py": "from shop.base import app\n",
            "base.py": APP,
        },
        {"site.wsgi": SCRIPT.replace("shop import app", "shop.web import app"), "__init__.py": "", "web.py": APP},
        {"site.wsgi": SCRIPT, "__init__.py": "from .base import *\n", "base.py": APP},
    ],
)
def test_the_checkout_is_the_package(files: dict[str, str]) -> None:
    assert _launches(files) == [("site.wsgi:application", True)]


@pytest.mark.parametrize(
    "files",
    [
        {"site.wsgi": UNNAMED, "__init__.py": APP},  # nothing says what the folder is called
        {"site.wsgi": SCRIPT, "app.py": APP},  # no package
        {"site.wsgi": SCRIPT, "__init__.py": APP.replace("app =", "other =")},  # it is not in there
        {"site.wsgi": SCRIPT, "__init__.py": APP, "requirements.txt": "shop\n"},  # a distribution is called so
        {"site.wsgi": SCRIPT, "__init__.py": APP, "shop/views.py": ""},  # the project has a folder of that name
        {  # two names
            "site.wsgi": SCRIPT,
            "other.wsgi": SCRIPT.replace("shop", "store"),
            "__init__.py": APP,
        },
    ],
)
def test_the_checkout_is_not_known_to_be_the_package(files: dict[str, str]) -> None:
    assert _launches(files) == []


def test_the_configuration_is_what_the_script_leaves() -> None:
    files = {"site.wsgi": f"{SCRIPT}application.secret_key = 'known'\n", "__init__.py": APP}
    [found] = link(parse(memory_tree(files)), name="site").configurations
    assert getattr(found.get("SECRET_KEY").value, "value", None) == "known"
