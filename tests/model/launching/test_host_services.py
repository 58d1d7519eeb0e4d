"""Services of a host that Upstart and launchd start, and scripts that pbr installs for a server, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run()\n"
JOB = "description 'the shop'\nstart on runlevel [2345]\nchdir /srv/shop\nsetuid shop\n"
PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>net.shop.web</string>
  <key>ProgramArguments</key>
  <array>{words}</array>
</dict>
</plist>
"""
SETUP = """[metadata]
name = shop
[entry_points]
wsgi_scripts =
    shop-wsgi = shop.web:make
console_scripts =
    shop-serve = shop.serve:main
"""
MAKER = "from flask import Flask\ndef make():\n    return Flask(__name__)\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "Upstart: exec",
        {"ops/shop.conf": JOB + "exec /srv/shop/venv/bin/gunicorn \\\n  app:app\n", "app.py": APP},
        ["ops/shop.conf:5 gunicorn production app:app True"],
    ),
    (
        "Upstart: a script",
        {"ops/shop.conf": JOB + "script\n  . venv/bin/activate\n  exec python app.py\nend script\n", "app.py": RUN},
        ["ops/shop.conf:6 > ops/shop.conf:7 > app.py:4 app-run production app:app True"],
    ),
    ("Upstart: a job that runs nothing", {"ops/shop.conf": JOB, "app.py": APP}, []),
    (
        "launchd",
        {
            "shop.plist": PLIST.format(words="<string>/usr/bin/python3</string><string>app.py</string>"),
            "app.py": RUN,
        },
        ["shop.plist:6 > app.py:4 app-run production app:app True"],
    ),
    (
        "another property list",
        {"Info.plist": PLIST.replace("ProgramArguments", "CFBundleDocumentTypes").format(words=""), "app.py": APP},
        [],
    ),
    (
        "pbr: uWSGI loads a script that the distribution installs",
        {
            "setup.cfg": SETUP,
            "uwsgi.ini": "[uwsgi]\nwsgi-file = /usr/local/bin/shop-wsgi\n",
            "shop/__init__.py": "",
            "shop/web.py": MAKER,
        },
        ["uwsgi.ini:2 uwsgi production shop.web:make() True"],
    ),
    (
        "pbr: so does Apache; that it is installed is no launch",
        {
            "setup.cfg": SETUP,
            "site.conf": "WSGIScriptAlias / /usr/bin/shop-wsgi\n",
            "shop/__init__.py": "",
            "shop/web.py": MAKER,
        },
        ["site.conf:1 mod_wsgi production shop.web:make() True"],
    ),
    (
        "pbr: console scripts in its own section",
        {
            "setup.cfg": SETUP,
            "Procfile": "web: shop-serve\n",
            "shop/__init__.py": "",
            "shop/serve.py": "from waitress import serve\nfrom shop.web import make\ndef main():\n    serve(make())\n",
            "shop/web.py": MAKER,
        },
        ["Procfile:1 > setup.cfg:7 > shop/serve.py:4 waitress production shop.web:make() True"],
    ),
    (
        "a file of the project called like one, and another program",
        {
            "setup.cfg": SETUP,
            "uwsgi.ini": "[uwsgi]\nwsgi-file = /usr/bin/other-wsgi\n",
            "shop/__init__.py": "",
            "shop/web.py": MAKER,
        },
        ["uwsgi.ini:2 uwsgi production /usr/bin/other-wsgi:application None"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_launches_on_a_host(
    files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]
) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("<plist><dict><key>CFBundleName</key>", []),  # of an application for a desk: nobody's start
        ("<plist><dict><key>ProgramArguments</key>", ["invalid property list"]),
        (PLIST.replace("UTF-8", "UTF-9").format(words="<string>/opt/shop/run</string>"), []),
    ],
)
def test_property_lists_that_cannot_be_read(text: str, problems: list[str]) -> None:
    found = parse(memory_tree({"net.shop.web.plist": text})).problems
    assert [each.message.partition(":")[0] for each in found] == problems
