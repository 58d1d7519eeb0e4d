"""Kubernetes workloads and charts, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a StatefulSet, command and args",
        {
            "k8s.yaml": 'apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: ["gunicorn"]\n        args: ["app:app"]\n',
            "app.py": APP,
        },
        ["k8s.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Cloud Run: a Knative service",
        {
            "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - image: site\n        command: [gunicorn]\n        args: ['app:app']\n",
            "app.py": APP,
        },
        ["service.yaml:9 gunicorn production app:app True"],
    ),
    (
        "a job serves nothing",
        {
            "k8s.yaml": "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: j}\nspec:\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n          - name: j\n            image: site\n            command: [python, job.py]\n",
            "app.py": APP,
            "job.py": "print(1)\n",
        },
        [],
    ),
    (
        "args alone replace CMD behind the image's ENTRYPOINT",
        {
            "k8s.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        args: ["app:app"]\n',
            "Dockerfile": IMAGE + 'ENTRYPOINT ["gunicorn"]\nCMD ["other:app"]\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 gunicorn production other:app False",
            "k8s.yaml:10 > Dockerfile:4 gunicorn production app:app True",
        ],
    ),
    (
        "a secret decides the target: not known",
        {
            "k8s.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: ["sh", "-c", "gunicorn $TARGET"]\n        envFrom:\n        - secretRef: {name: s}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {TARGET: \'app:app\'}\n',
            "app.py": APP,
        },
        ["k8s.yaml:10 gunicorn production ${TARGET} None"],
    ),
    (
        "Helm: a template with a plain command",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: "{{ .Values.image }}"\n        command: ["gunicorn", "app:app"]\n',
            "chart/values.yaml": "image: site\n",
            "app.py": APP,
        },
        ["chart/templates/d.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Helm: the values decide the command",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: ["sh", "-c", "{{ .Values.command }}"]\n',
            "chart/values.yaml": "command: gunicorn app:app\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "Helm: the values are the command",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: {{ toYaml .Values.command | nindent 10 }}\n",
            "chart/values.yaml": "command: [gunicorn, 'app:app']\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "Helm: a command under a condition",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        {{- if .Values.command }}\n        command: {{ .Values.command }}\n        {{- end }}\n",
            "chart/values.yaml": "command: [gunicorn, 'app:app']\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "Kustomize: a patch of an overlay",
        {
            "base/d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: ["gunicorn", "app:app"]\n',
            "base/kustomization.yaml": "resources: [d.yaml]\n",
            "overlays/dev/p.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: ["flask", "run"]\n',
            "overlays/dev/kustomization.yaml": "resources: [../../base]\npatches: [{path: p.yaml}]\n",
            "app.py": APP,
        },
        [
            "base/d.yaml:10 gunicorn production app:app True",
            "overlays/dev/p.yaml:10 flask-run development app:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chain(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected
