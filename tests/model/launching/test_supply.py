"""The file that may set a variable which a launch lacks."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.supply import absent_env_file, supplier
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

_FILES = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "Dockerfile": 'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
}


def _project(files: dict[str, str]) -> Project:
    return link(parse(memory_tree({**_FILES, **files})), name="project")


@pytest.mark.parametrize(
    ("env_files", "present", "absent"),
    [
        ("", "", ""),
        ("    env_file: live.env\n", "", "live.env"),
        ("    env_file: ./live.env\n", "deploy/live.env", ""),
        ("    env_file: ../live.env\n", "live.env", ""),
        ("    env_file: [live.env, more.env]\n", "deploy/live.env", "more.env"),
    ],
)
def test_an_env_file_that_is_not_in_the_project(env_files: str, present: str, absent: str) -> None:
    files = {present: "A=1\n"} if present else {}
    compose = f"services:\n  web:\n    build: ..\n{env_files}"
    found = _project({"deploy/compose.yaml": compose, **files})
    file = found.facts.compose["deploy/compose.yaml"]
    assert absent_env_file(file, file.services[0], found.facts) == absent


@pytest.mark.parametrize(
    ("line", "hands_on"),
    [
        ("docker run -e SIGNS=$VALUE web", True),
        ("export SIGNS=1", False),
        ("read -r SIGNS", False),
        ("unset SIGNS", False),
        ("echo SIGNS=$VALUE", False),
        ("echo SIGNS=$VALUE >> live.env", True),
        ("f() { local SIGNS=1; }", False),
        ("cat > live.env <<EOF\nSIGNS=1\nEOF", True),
        ("docker run -e DESIGNS=1 web", False),
        ("docker run web ${SIGNS}", False),
        ("SIGNS=1", False),
    ],
)
def test_a_script_that_hands_a_variable_on(line: str, hands_on: bool) -> None:
    found = _project({"tools/up.sh": f"#!/bin/sh\n{line}\n"})
    assert supplier(found.launches[0], "SIGNS", found.facts) == ("tools/up.sh" if hands_on else "")


@pytest.mark.parametrize(
    ("present", "absent"), [("", "/srv/site/web.env"), ("deploy/web.env", ""), ("web.env.example", "/srv/site/web.env")]
)
def test_an_environment_file_that_stands_on_the_host_alone(present: str, absent: str) -> None:
    unit = "[Service]\nEnvironmentFile=/srv/site/web.env\nExecStart=/srv/site/venv/bin/gunicorn app:app\n"
    files = {"app.py": _FILES["app.py"], "web.service": unit} | ({present: "A=1\n"} if present else {})
    found = link(parse(memory_tree(files)), name="project")
    assert supplier(found.launches[0], "SIGNS", found.facts) == absent


@pytest.mark.parametrize(
    ("path", "line", "fills"),
    [
        ("setup/live.env", "SIGNS={{ secret(16) }}", True),
        ("setup/live.env", "SIGNS=changeme", False),
        ("setup/live.env", "OTHER={{ secret(16) }}", False),
        ("tests/live.env", "SIGNS={{ secret(16) }}", False),
    ],
)
def test_an_environment_file_that_a_template_engine_fills_in(path: str, line: str, fills: bool) -> None:
    found = _project({path: f"{line}\n"})
    assert supplier(found.launches[0], "SIGNS", found.facts) == (path if fills else "")


@pytest.mark.parametrize(
    ("path", "image", "name", "sets"),
    [
        ("chart/templates/web.yaml", "'{{ .Values.registry }}/{{ .Chart.Name }}:1'", "SIGNS", True),
        ("chart/templates/web.yaml", "'{{ .Values.registry }}/{{ .Chart.Name }}:1'", "OTHER", False),
        ("openshift/web.yaml", "'${REGISTRY}/pages:1'", "SIGNS", True),
        ("chart/templates/web.yaml", "docker.io/library/redis:8", "SIGNS", False),
        ("chart-dev/templates/web.yaml", "'{{ .Values.registry }}/{{ .Chart.Name }}:1'", "SIGNS", False),
    ],
)
def test_a_workload_whose_image_a_chart_decides(path: str, image: str, name: str, sets: bool) -> None:
    manifest = (
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n"
        f"      - name: web\n        image: {image}\n        env:\n        - name: {name}\n"
        "          valueFrom: {secretKeyRef: {name: keys, key: signs}}\n"
    )
    found = _project({path: manifest, "Procfile": "web: gunicorn app:app\n"})
    launches = {each.head.span.file: each for each in found.launches}
    assert supplier(launches["Dockerfile"], "SIGNS", found.facts) == (path if sets else "")
    assert supplier(launches["Procfile"], "SIGNS", found.facts) == ""  # no image


_RENDER = "services:\n- {{type: web, runtime: python, startCommand: {}, envVars: [{{key: SIGNS, generateValue: true}}]}}\n"


@pytest.mark.parametrize(
    ("path", "text", "other", "sets"),
    [
        ("Procfile", "web: gunicorn app:app\n", "gunicorn -w 2 app:app", True),
        ("railway.json", '{"deploy": {"startCommand": "gunicorn app:app"}}', "gunicorn -w 2 app:app", True),
        ("railway.json", '{"deploy": {"startCommand": "gunicorn app:app"}}', "gunicorn other:app", False),
        ("railway.json", '{"deploy": {"startCommand": "python serve.py"}}', "python serve.py", True),
        ("railway.json", '{"deploy": {"startCommand": "python serve.py"}}', "python other.py", False),
        ("fly.toml", "app = 'x'\n[processes]\nweb = 'gunicorn app:app'\n", "gunicorn app:app", False),
    ],
)
def test_the_file_of_another_platform_that_starts_the_same(path: str, text: str, other: str, sets: bool) -> None:
    serve = "from waitress import serve\nfrom app import app\nserve(app)\n"
    found = _project({path: text, "render.yaml": _RENDER.format(other), "serve.py": serve})
    (launch,) = (each for each in found.launches if each.head.span.file == path)
    assert supplier(launch, "SIGNS", found.facts) == ("render.yaml" if sets else "")
