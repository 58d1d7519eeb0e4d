"""What is advised where Windows starts the application: Gunicorn does not run there."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
SITE = """<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <handlers><add name="shop" path="*" verb="*" modules="httpPlatformHandler" /></handlers>
    <httpPlatform processPath="C:\\Python\\python.exe" arguments="app.py" />
  </system.webServer>
</configuration>
"""
IMAGE = 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install flask==3.1.3\nCMD ["python", "--version"]\n'
RUNS_IMAGE = "docker build -t shop .\ndocker run -p 5000:5000 shop python app.py\n"

Files = dict[str, str]


@pytest.mark.parametrize(
    ("files", "advised"),
    [
        ({"web.config": SITE}, {"PC101": "Waitress", "PC103": "Waitress"}),
        ({"production.bat": "python app.py\n"}, {"PC101": "Waitress", "PC103": "Waitress"}),
        ({"production.ps1": "python app.py\n"}, {"PC101": "Waitress", "PC103": "Waitress"}),
        ({"Procfile": "web: python app.py\n"}, {"PC101": "scaffold gunicorn", "PC103": "scaffold gunicorn"}),
        (
            {"Procfile": "web: python app.py\n", "web.config": SITE},
            {"PC101": "scaffold gunicorn", "PC103": "scaffold gunicorn"},
        ),
        ({}, {"PC103": "scaffold gunicorn"}),
        ({"Dockerfile": IMAGE, "production.bat": RUNS_IMAGE}, {"PC101": "scaffold gunicorn", "PC103": "scaffold gunicorn"}),
    ],
    ids=["IIS", "batch file", "PowerShell", "Unix", "both", "no deploy file", "a container"],
)
def test_the_cure_runs_where_the_application_does(files: Files, advised: dict[str, str]) -> None:
    tree = memory_tree({"app.py": APP, "requirements.txt": "flask==3.1.3\n", **files})
    found = {each.code: each for each in audit_tree(tree, Settings()).findings if each.code in ("PC101", "PC103")}
    assert found.keys() == advised.keys()
    for code, word in advised.items():
        assert word in found[code].cure
        assert (found[code].fix is not None) is (word != "Waitress")
