"""Where an application saves uploads under one launch, and whether what is there is lost."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.deployment.storage import loses_folder
from flask_prodcheck.model.deployment.uploads import upload_folders
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

IMAGE = """\
FROM python:3.13
WORKDIR /srv
COPY . .
CMD ["gunicorn", "-b", ":8000", "--chdir", "site", "app:app"]
"""
APP = """\
import os
from pathlib import Path
from flask import Flask, current_app, request, url_for
app = Flask(__name__)
BASE = os.path.abspath(os.path.dirname(__file__))
MEDIA = Path(__file__).resolve().parent / "media"
app.config["RELATIVE"] = "media"
app.config["OWN"] = os.path.join(BASE, "media")
app.config["ABSOLUTE"] = "/srv/media"
app.config["CHOSEN"] = os.environ.get("CHOSEN", "media")
app.config["UNNAMED"] = f"{os.getenv('PLACE')}/media"
app.config["GIVEN"] = os.environ["GIVEN"]

@app.post("/<name>")
def add(name):
    request.files["a"].save({})
    return url_for("add", name=name)
"""


def project(path: str, **files: str) -> Project:
    tree = {
        "Dockerfile": IMAGE,
        "requirements.txt": "flask\ngunicorn\n",
        "site/app.py": APP.replace("{}", path),
        **files,
    }
    return link(parse(memory_tree(tree)), name="p")


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("os.path.join(app.config['RELATIVE'], name)", [("site/media", "")]),
        ("os.path.join(app.config['OWN'], name)", [("site/media", "")]),
        ("os.path.join(current_app.config.get('ABSOLUTE'), name)", [("/srv/media", "")]),
        ("os.path.join(app.config['CHOSEN'], name)", [("site/media", "CHOSEN")]),
        ("os.path.join(app.config['GIVEN'], name)", []),
        ("os.path.join(app.config['NEVER_SET'], name)", []),
        ("os.path.join(app.config['UNNAMED'], name)", []),
        ("os.path.join(BASE, 'media', name)", [("site/media", "")]),
        ("MEDIA / name", [("site/media", "")]),
        ("os.path.join(current_app.root_path, 'media', name)", [("site/media", "")]),
        ("os.path.join(current_app.static_folder, name)", [("site/static", "")]),
        ("f'media/{name}'", [("site/media", "")]),
        ("f'../media/{name}'", [("media", "")]),
        ("f'../../media/{name}'", []),  # outside of the project
        ("os.path.join(os.path.expanduser('~'), name)", []),
        ("os.path.join(BASE, os.environ['GIVEN'], name)", [("site", "")]),
    ],
)
def test_the_folder_of_uploads(path: str, found: list[tuple[str, str]]) -> None:
    subject = project(path)
    (configuration,) = subject.configurations
    assert [(each.path, each.variable) for each in upload_folders(subject, configuration)] == found


def test_files_that_nobody_asks_for_again_have_no_folder() -> None:
    kept = project("f'media/{name}'")
    unasked = APP.replace("{}", "f'media/{name}'").replace("return url_for('add', name=name)", "return name")
    unasked = unasked.replace('return url_for("add", name=name)', "return name")
    lost = project("", **{"site/app.py": unasked})
    sent = "\n@app.get('/<name>')\ndef show(name):\n    return send_from_directory('{}', name)\n"
    for folder, count in (("media", 1), ("other", 0), ("med", 0)):
        subject = project("", **{"site/app.py": unasked + sent.replace("{}", folder)})
        assert len(list(upload_folders(subject, subject.configurations[0]))) == count, folder
    assert [len(list(upload_folders(each, each.configurations[0]))) for each in (kept, lost)] == [1, 0]


COMPOSE = "services:\n  web:\n    build: .\n    volumes:\n      - {}\n"
MANIFEST = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w}\nspec: {template: {spec: {containers: [{name: w, image: x}]}}}\n"


@pytest.mark.parametrize(
    ("folder", "files", "lost"),
    [
        ("site/media", {}, True),
        ("/srv/media", {}, True),
        ("/data/media", {}, False),  # whoever runs the image is to put a disk there
        ("site/media", {"docker-compose.yml": COMPOSE.format("media:/srv/site/media")}, False),
        ("site/media", {"docker-compose.yml": COMPOSE.format("media:/srv/site/media/")}, False),
        ("site/media", {"docker-compose.yml": COMPOSE.format("./site:/srv/site")}, False),
        ("site/media", {"docker-compose.yml": COMPOSE.format("media:/srv/site/media/photos")}, False),
        ("site/media", {"docker-compose.yml": COMPOSE.format("media:/srv/site/media-old")}, True),
        ("site/media", {"docker-compose.yml": COMPOSE.format("media:$MEDIA")}, False),
        ("/srv/media", {"docker-compose.yml": COMPOSE.format("logs:/var/log")}, True),
        ("site/media", {"Dockerfile": IMAGE.replace("CMD", "VOLUME /srv/site/media\nCMD")}, False),
        ("site/media", {"fly.toml": "app = 'x'\n[mounts]\ndestination = '/srv/site/media'\n"}, False),
        ("site/media", {"fly.toml": "app = 'x'\n[mounts]\ndestination = '/data'\n"}, True),
        ("site/media", {"railway.toml": "[build]\nbuilder = 'DOCKERFILE'\n"}, False),
        ("site/media", {"k8s/web.yaml": MANIFEST}, False),
    ],
)
def test_whether_the_folder_is_lost(folder: str, files: dict[str, str], lost: bool) -> None:
    subject = project("f'media/{name}'", **files)
    launches = [each for each in subject.production if each.kind == "dockerfile" and each.container]
    assert launches
    assert {loses_folder(subject, each, folder) for each in launches} == {lost}


@pytest.mark.parametrize(
    ("command", "lost"), [("gunicorn -b :$PORT app:app", True), ("gunicorn -b :8000 app:app", False)]
)
def test_the_disk_of_a_dyno_is_lost(command: str, lost: bool) -> None:
    subject = link(
        parse(memory_tree({"Procfile": f"web: {command}\n", "requirements.txt": "flask\n", "app.py": APP})), name="p"
    )
    (launch,) = subject.production
    assert loses_folder(subject, launch, "media") is lost
    assert not loses_folder(subject, launch, "/data/media")


RENDER = "services:\n  - type: web\n    name: w\n    startCommand: gunicorn app:app\n"


@pytest.mark.parametrize(
    ("path", "text", "lost"),
    [
        ("render.yaml", RENDER, True),
        ("render.yaml", RENDER + "    disk: {name: media, mountPath: /var/media}\n", False),
        (".do/app.yaml", "name: w\nservices:\n  - name: web\n    run_command: gunicorn app:app\n", True),
        ("railway.toml", '[deploy]\nstartCommand = "gunicorn app:app"\n', False),  # a volume is added elsewhere
    ],
)
def test_the_disk_of_a_platform_is_lost(path: str, text: str, lost: bool) -> None:
    subject = link(parse(memory_tree({path: text, "requirements.txt": "flask\n", "app.py": APP})), name="p")
    (launch,) = subject.production
    assert loses_folder(subject, launch, "media") is lost
    assert not loses_folder(subject, launch, "/data/media")
