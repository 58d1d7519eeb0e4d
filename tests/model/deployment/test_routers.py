"""Which launches get their requests from the router of a platform."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.deployment.routers import router_of
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = {"app.py": "from flask import Flask\napp = Flask(__name__)\n", "main.py": "from app import app\n"}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Procfile", "web: gunicorn -b 0.0.0.0:$PORT app:app\n"),
        ("render.yaml", "services:\n  - type: web\n    name: shop\n    startCommand: gunicorn app:app\n"),
        ("fly.toml", 'app = "shop"\n[processes]\nweb = "gunicorn app:app"\n'),
        ("railway.toml", '[deploy]\nstartCommand = "gunicorn app:app"\n'),
        ("app.yaml", "runtime: python312\nentrypoint: gunicorn app:app\n"),
        (".do/app.yaml", "name: shop\nservices:\n  - name: web\n    run_command: gunicorn app:app\n"),
        ("manifest.yml", "applications:\n  - name: shop\n    command: gunicorn app:app\n"),
    ],
)
def test_a_platform_has_a_router(path: str, text: str) -> None:
    project = link(parse(memory_tree({**APP, path: text})), name="shop")
    assert [router_of(project, launch) for launch in project.launches] == [f"the router of its platform ({path})"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Procfile", "web: gunicorn app:app\n"),  # for a process manager on one host
        ("shop.service", "[Service]\nExecStart=/usr/bin/gunicorn app:app\n"),
    ],
)
def test_other_starts_have_none(path: str, text: str) -> None:
    project = link(parse(memory_tree({**APP, path: text})), name="shop")
    assert [router_of(project, launch) for launch in project.launches] == [""]
