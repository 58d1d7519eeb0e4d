"""Kubernetes workloads and charts, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

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
        ["chart/templates/d.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Helm: the values are the command",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: {{ toYaml .Values.command | nindent 10 }}\n",
            "chart/values.yaml": "command: [gunicorn, 'app:app']\n",
            "app.py": APP,
        },
        ["chart/templates/d.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Helm: the values are the command, below its key, in a block of their own",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        {{- with .Values.web.command }}\n        command:\n          {{- toYaml . | nindent 10 }}\n        {{- end }}\n        args:\n          {{- toYaml .Values.web.args | nindent 10 }}\n",
            "chart/values.yaml": "web:\n  command: [gunicorn]\n  args:\n  - app:app\n",
            "app.py": APP,
        },
        ["chart/templates/d.yaml:11 gunicorn production app:app True"],
    ),
    (
        "Helm: words that are values, and those of functions",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: [gunicorn, --bind, "0.0.0.0:{{ .Values.port }}", {{ .Values.target | default "app:app" | quote }}]\n',
            "chart/values.yaml": "port: 8000\ntarget: ''\n",
            "app.py": APP,
        },
        ["chart/templates/d.yaml:10 gunicorn production app:app True"],
    ),
    (
        "Helm: no command by default: that of the image",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command:\n          {{- toYaml .Values.command | nindent 10 }}\n",
            "chart/values.yaml": "command: []\n",
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "Helm: another file of values says otherwise: not known",
        {
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/templates/d.yaml": 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: [gunicorn, "{{ .Values.target }}"]\n',
            "chart/values.yaml": "target: app:app\n",
            "chart/values-prod.yaml": "target: main:app\n",
            "app.py": APP,
        },
        ["chart/templates/d.yaml:10 gunicorn production {{ .Values.target }} None"],
    ),
    (
        "Helm: no chart, or a function that is not known: not known",
        {
            "other/values.yaml": "command: [gunicorn, 'app:app']\n",
            "other/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: {{ toYaml .Values.command | nindent 10 }}\n",
            "chart/Chart.yaml": "name: x\nversion: 1\n",
            "chart/values.yaml": "command: [gunicorn, 'app:app']\n",
            "chart/templates/d.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        image: site\n        command: {{ tpl (toYaml .Values.command) . }}\n",
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


CHART = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
      - name: web
        image: "{{ .Values.image.repository }}:{{ .Values.image.tag }}"
        ports:
        - containerPort: {{ .Values.port }}
        - containerPort: {{ include "site.port" . }}
        env:
        - name: FLASK_DEBUG
          value: {{ .Values.debug | quote }}
        - name: SECRET_KEY
          value: {{ .Values.key | quote }}
        - name: REGION
          value: {{ .Values.region | quote }}
"""


def test_a_chart_gives_its_image_what_is_plain_in_its_values() -> None:
    files = {
        "chart/Chart.yaml": "name: x\nversion: 1\n",
        "chart/templates/d.yaml": CHART,
        "chart/values.yaml": "image: {repository: example.org/team/site}\nport: 8000\ndebug: false\nkey: changeme\nregion: ''\n",
        "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
        "site/__init__.py": "",
        "app.py": APP,
    }
    facts = parse(memory_tree(files))
    (container,) = facts.kubernetes["chart/templates/d.yaml"].containers
    assert container.image == "example.org/team/site:{{ .Values.image.tag }}"
    assert container.ports == ("8000",)
    (launch,) = link(facts, name="site").launches
    values = {name: launch.env[name] for name in ("FLASK_DEBUG", "SECRET_KEY", "REGION")}
    assert isinstance(values["FLASK_DEBUG"], Known)
    assert values["FLASK_DEBUG"].value == "false"
    assert isinstance(values["SECRET_KEY"], Unknown)  # what an installation replaces
    assert isinstance(values["REGION"], Unknown)  # what an installation gives


def test_what_a_chart_does_not_say_is_an_unknown_start() -> None:
    files = {
        "chart/Chart.yaml": "name: x\nversion: 1\n",
        "chart/templates/d.yaml": CHART + "        command:\n          {{- toYaml .Values.command | nindent 10 }}\n",
        "chart/values.yaml": "port: 8000\n",
        "app.py": APP,
    }
    assert [str(hop.span) for hop in link(parse(memory_tree(files)), name="site").unknown_starts] == [
        "chart/templates/d.yaml:20"
    ]
