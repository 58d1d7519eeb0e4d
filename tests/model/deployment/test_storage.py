"""Whether what an application writes outlives its container, and whether its replicas find it in one place."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.deployment.storage import loses_files, shares_disk
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

IMAGE = 'FROM python:3.13\nWORKDIR /app\nCOPY . .\n{}CMD ["gunicorn", "-b", ":8000", "app:app"]\n'
APP = {"requirements.txt": "flask\ngunicorn\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
COMPOSE = "services:\n  web:\n    build: .\n    volumes:\n      - {}\n"
POD = (
    "apiVersion: apps/v1\nkind: {}\nmetadata: {{name: web}}\nspec:\n  template:\n    spec:\n      containers:\n        - {{name: web, image: {},"
    " volumeMounts: [{{name: data, mountPath: /data}}]}}\n      volumes: [{{name: data, {}}}]\n{}"
)
CLAIM = "persistentVolumeClaim: {claimName: data}"
TEMPLATED = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n"
    "          image: example.org/web:1\n          volumeMounts: [{name: data, mountPath: /data}]\n      volumes:\n        {{- toYaml .Values.volumes }}\n"
)
MADE = "  volumeClaimTemplates: [{metadata: {name: data}}]\n"


def project(files: dict[str, str]) -> Project:
    return link(parse(memory_tree({**APP, **files})), name="p")


def pod(kind: str = "Deployment", image: str = "example.org/web:1", volume: str = CLAIM, claims: str = "") -> dict[str, str]:
    return {"Dockerfile": IMAGE.format(""), "k8s/web.yaml": POD.format(kind, image, volume, claims)}


@pytest.mark.parametrize(
    ("files", "lost"),
    [
        ({"Dockerfile": IMAGE.format("")}, True),
        ({"Dockerfile": IMAGE.format("VOLUME /data\n")}, False),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("data:/data")}, False),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("./data:/data")}, False),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("{type: volume, source: d, target: /d}")}, False),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("{type: tmpfs, target: /data}")}, True),
        ({"Dockerfile": IMAGE.format(""), "fly.toml": "app = 'x'\n[mounts]\ndestination = '/data'\n"}, False),
        ({"Dockerfile": IMAGE.format(""), "fly.toml": "app = 'x'\n[[mounts]]\ndestination = '/data'\n"}, False),
        ({"Dockerfile": IMAGE.format(""), "fly.toml": "app = 'x'\n"}, True),
        (
            {
                "Dockerfile": IMAGE.format(""),
                ".devcontainer.json": '{"image": "x/y", "workspaceMount": "source=${localWorkspaceFolder},target=/work",'
                ' "workspaceFolder": "/work", "postStartCommand": "pip list"}',
            },
            True,
        ),
        (
            {
                "Dockerfile": IMAGE.format(""),
                "render.yaml": "services:\n  - type: web\n    runtime: docker\n    disk: {mountPath: /data}\n",
            },
            False,
        ),
        (
            {
                "Dockerfile": IMAGE.format(""),
                "ecs.json": '{"family": "w", "containerDefinitions": [{"name": "w", "image": "w", "mountPoints":'
                ' [{"sourceVolume": "d", "containerPath": "/data"}]}]}',
            },
            False,
        ),
        ({"Dockerfile": IMAGE.format(""), "railway.toml": "[build]\nbuilder = 'DOCKERFILE'\n"}, False),
        (pod(), False),
        (pod(kind="StatefulSet", volume="emptyDir: {}", claims=MADE), False),
        (pod(volume="hostPath: {path: /srv}"), False),
        (pod(volume="emptyDir: {}"), True),
        ({"Dockerfile": IMAGE.format(""), "k8s/web.yaml": TEMPLATED}, False),
        (pod(volume="configMap: {name: settings}"), True),
        (pod(image="postgres:17"), True),
        ({"Procfile": "web: gunicorn -b :$PORT app:app\n"}, True),
        ({"Procfile": "web: gunicorn -b :$PORT app:app\n", "railway.json": "{}"}, False),
        ({"Procfile": "web: gunicorn -b :$PORT app:app\n", "fly.toml": "[mounts]\ndestination = '/data'\n"}, False),
    ],
)
def test_whether_files_are_lost(files: dict[str, str], lost: bool) -> None:
    subject = project(files)
    launches = [each for each in subject.production if each.kind in ("dockerfile", "procfile")]
    assert launches
    assert {loses_files(subject, each) for each in launches} == {lost}


@pytest.mark.parametrize(
    ("files", "file", "shared"),
    [
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("data:/data")}, "/data/shop.db", True),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("data:/data")}, "/app/shop.db", False),
        ({"Dockerfile": IMAGE.format(""), "compose.yaml": COMPOSE.format("data:/data")}, "", True),
        ({"Dockerfile": IMAGE.format("")}, "", False),
        (pod(), "/data/shop.db", True),
        (pod(), "/app/shop.db", False),
        (pod(kind="StatefulSet", volume="emptyDir: {}", claims=MADE), "/data/shop.db", False),
        ({"Dockerfile": IMAGE.format(""), "fly.toml": "app = 'x'\n[mounts]\ndestination = '/data'\n"}, "", False),
    ],
)
def test_whether_replicas_share_a_disk(files: dict[str, str], file: str, shared: bool) -> None:
    subject = project(files)
    launches = [each for each in subject.production if each.kind == "dockerfile"]
    assert launches
    assert {shares_disk(subject, each, file) for each in launches} == {shared}
