"""An image that a Kubernetes manifest runs with the image's own command has that pod's environment and user."""

from __future__ import annotations

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Launch
from flask_prodcheck.sources.discover import memory_tree

FILES = {
    "Dockerfile": 'FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n',
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "k8s/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {MODE: live, REGION: north}\n",
}
POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      securityContext: {runAsNonRoot: true}
      containers:
      - name: web
        image: IMAGE
        env:
        - {name: REGION, value: south}
        - {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}
        - {name: CHOSEN, valueFrom: {configMapKeyRef: {name: settings, key: MODE}}}
        envFrom:
        - configMapRef: {name: settings}
"""


def _launch(path: str = "k8s/web.yaml", image: str = "shop", more: str = "") -> Launch:
    files = {**FILES, path: POD.replace("IMAGE", image) + more}
    (launch,) = link(parse(memory_tree(files)), name="site").launches
    return launch


def test_the_environment_and_the_user_of_the_pod() -> None:
    launch = _launch()
    assert launch.head.span.file == "Dockerfile"
    known = {name: value.value for name, value in launch.env.items() if isinstance(value, Known)}
    assert known == {"MODE": "live", "REGION": "south", "CHOSEN": "live"}
    assert isinstance(launch.env["KEY"], Unknown)
    assert launch.root_user is False


@pytest.mark.parametrize(
    ("path", "image"), [("k8s/dev/web.yaml", "shop"), ("k8s/web.yaml", "postgres:17"), ("k8s/web.yaml", "quay.io/o/p")]
)
def test_a_pod_for_development_or_of_another_image_says_nothing(path: str, image: str) -> None:
    launch = _launch(path, image)
    assert launch.env == {}
    assert launch.root_user


def test_a_command_of_the_manifest_is_a_launch_of_its_own() -> None:
    files = {
        **FILES,
        "k8s/web.yaml": POD.replace("image: IMAGE", 'image: shop\n        command: ["gunicorn", "app:app"]'),
    }
    own, other = link(parse(memory_tree(files)), name="site").launches
    assert (own.head.span.file, own.env, own.root_user) == ("Dockerfile", {}, True)
    assert (other.head.span.file, other.root_user) == ("k8s/web.yaml", False)
    assert isinstance(other.env["MODE"], Known)


@pytest.mark.parametrize(
    ("variable", "mode"),
    [
        ("APP_ENV: ${APP_ENV:-development}", "live"),
        ("ENVIRONMENT: dev", "live"),
        ("APP_ENV: ${APP_ENV:-production}", None),
    ],
)
def test_a_compose_service_for_development_leaves_the_image_to_the_pod(variable: str, mode: str | None) -> None:
    compose = f"services:\n  web:\n    build: .\n    environment:\n      {variable}\n"
    files = {**FILES, "k8s/web.yaml": POD.replace("IMAGE", "shop"), "compose.yaml": compose}
    (launch,) = link(parse(memory_tree(files)), name="site").launches
    found = launch.env.get("MODE")
    assert (found.value if isinstance(found, Known) else None) == mode
