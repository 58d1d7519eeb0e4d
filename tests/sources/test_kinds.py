from __future__ import annotations

import pytest

from flask_prodcheck.sources.kinds import Kind, kind_of, wants_head

NAMES = {
    "Dockerfile": Kind.DOCKERFILE,
    "docker/Dockerfile.prod": Kind.DOCKERFILE,
    "web.dockerfile": Kind.DOCKERFILE,
    "Containerfile": Kind.DOCKERFILE,
    "Dockerfile.j2": Kind.DOCKERFILE,
    "OldDockerfile": Kind.DOCKERFILE,
    "Dockerfile.md": None,
    "dockerfile_parser.py": Kind.PYTHON,
    ".dockerignore": Kind.DOCKERIGNORE,
    "Dockerfile.dockerignore": Kind.DOCKERIGNORE,
    "compose.yaml": Kind.COMPOSE,
    "docker-compose.override.yml": Kind.COMPOSE,
    "docker-compose.yml.example": Kind.COMPOSE,
    ".github/workflows/compose.yml": Kind.WORKFLOW,
    "Procfile": Kind.PROCFILE,
    "Procfile.dev": Kind.PROCFILE,
    ".env": Kind.ENV,
    ".env.example": Kind.ENV,
    ".env.production": Kind.ENV,
    "prod.env": Kind.ENV,
    ".flaskenv": Kind.ENV,
    "env.example": Kind.ENV,
    "alembic/env.py": Kind.PYTHON,
    ".env.js": None,
    "requirements.txt": Kind.REQUIREMENTS,
    "requirements.in": Kind.REQUIREMENTS,
    "requirements-dev.txt": Kind.REQUIREMENTS,
    "dev-requirements.txt": Kind.REQUIREMENTS,
    "requirements/prod.txt": Kind.REQUIREMENTS,
    "constraints.txt": Kind.REQUIREMENTS,
    "notes.txt": None,
    "pyproject.toml": Kind.PYPROJECT,
    "setup.cfg": Kind.SETUP_CFG,
    "setup.py": Kind.SETUP_PY,
    "Pipfile": Kind.PIPFILE,
    "Pipfile.lock": Kind.LOCK,
    "poetry.lock": Kind.LOCK,
    "uv.lock": Kind.LOCK,
    "web.service": Kind.SYSTEMD,
    "web.service.j2": Kind.SYSTEMD,
    "web.service.in": Kind.SYSTEMD,
    "user.service.ts": None,
    "supervisord.conf": Kind.SUPERVISOR,
    "uwsgi.ini": Kind.UWSGI,
    "uwsgi.ini.template": Kind.UWSGI,
    "uwsgi.json": Kind.UWSGI,
    "Makefile": Kind.MAKEFILE,
    "build.mk": Kind.MAKEFILE,
    "justfile": Kind.JUSTFILE,
    "app.yaml": Kind.PLATFORM,
    "render.yaml": Kind.PLATFORM,
    ".s2i/environment": Kind.PLATFORM,
    "environment": None,
    "fly.toml": Kind.PLATFORM,
    "web/netlify.toml": Kind.PLATFORM,
    "fly.prod.toml": Kind.PLATFORM,
    "railway.json": Kind.PLATFORM,
    "zappa_settings.json": Kind.PLATFORM,
    ".do/app.yaml": Kind.PLATFORM,
    ".ebextensions/01.config": Kind.PLATFORM,
    "Dockerrun.aws.json": Kind.PLATFORM,
    "infra/main.bicep": Kind.PLATFORM,
    ".github/actions/ship/action.yml": Kind.WORKFLOW,
    "actions/ship/action.yml": None,
    "deploy/cloudbuild-live.yaml": Kind.CLOUD_BUILD,
    "cloudbuild.json": Kind.CLOUD_BUILD,
    "infra/main.tofu": Kind.TERRAFORM,
    "jobs/web.nomad": Kind.NOMAD,
    "web.nomad.hcl": Kind.NOMAD,
    "Caddyfile": Kind.NGINX,
    "package.json": Kind.NPM,
    "tox.ini": Kind.TOX,
    "web.config": Kind.IIS,
    "Web.Release.config": Kind.IIS,
    "deploy/web.config.template": Kind.IIS,
    "app.config": None,
    "boot.sh": Kind.SHELL,
    "entrypoint.sh.j2": Kind.SHELL,
    "app.wsgi": Kind.PYTHON,
    "config.py.example": None,
    "README.md": None,
    "logo.png": None,
}


@pytest.mark.parametrize(("path", "kind"), NAMES.items())
def test_a_name_decides(path: str, kind: Kind | None) -> None:
    assert kind_of(path, None) is kind


CONTENTS = [
    ("k8s/web.yaml", b"apiVersion: apps/v1\nkind: Deployment\n", Kind.KUBERNETES),
    ("app.yaml", b"apiVersion: v1\nkind: Service\n", Kind.KUBERNETES),
    ("app.yaml", b"runtime: python312\n", Kind.PLATFORM),
    ("templates/web.yaml", b"{{- if .Values.x }}\napiVersion: v1\nkind: Pod\n", Kind.KUBERNETES),
    ("openshift.json", b'{"apiVersion": "v1", "kind": "Template"}', Kind.KUBERNETES),
    ("values.yaml", b"image:\n  repository: x\n  tag: y\n", Kind.CHART_VALUES),
    ("production.yml", b"services:\n  web:\n    build: .\n    command: gunicorn a:b\n", Kind.COMPOSE),
    ("stack.yml", b"web:\n  build: .\n  ports:\n    - '80:80'\n", Kind.COMPOSE),
    (".gitlab-ci.yml", b"web:\n  image: x\n  ports:\n    - 1\n", Kind.WORKFLOW),
    ("ci.yml", b"web:\n  image: x\n  script:\n    - y\n  command: z\n", None),
    ("worker.conf", b"; all\n[program:web]\ncommand=gunicorn a:b\n", Kind.SUPERVISOR),
    ("circus.ini", b"[circus]\n[watcher:web]\ncmd = gunicorn a:b\n", Kind.CIRCUS),
    ("site.ini", b"[uwsgi]\nmodule = a:b\n", Kind.UWSGI),
    ("site.ini:socket", b"[uwsgi]\nmodule = a:b\n", Kind.UWSGI),
    ("etc/web.service.d/override.conf", b"[Service]\nExecStart=/x\n", Kind.SYSTEMD),
    ("pytest.ini", b"[pytest]\n", None),
    ("site.conf", b"<VirtualHost *:80>\n  WSGIScriptAlias / /srv/app.wsgi\n", Kind.APACHE),
    ("site.conf", b"server {\n  listen 80;\n}\n", Kind.NGINX),
    ("bin/start", b"#!/usr/bin/env bash\nexec gunicorn a:b\n", Kind.SHELL),
    ("web/application", b"import sys\nfrom shop import app\napplication = app\n", Kind.PYTHON),
    ("web/entry", b"from shop import app as application\n", Kind.PYTHON),
    ("web/notes", b"application = the one that we serve\n", None),
    ("web/list", b"from here import this\n", None),
    ("web/settings", b"application = shop\nimport = no\n", None),
    ("bin/run", b"#!/usr/bin/env python3\nprint()\n", Kind.PYTHON),
    ("LICENSE", b"MIT\n", None),
    ("docs/install.rst.txt", b"A unit:\n\n  [Service]\n  ExecStart=gunicorn a:b\n", None),
    ("install.txt", b"[Service]\nExecStart=gunicorn a:b\n", Kind.SYSTEMD),
    ("dockerfiles/server", b"# the server\nARG V=1\n\nFROM base:$V AS web\nCOPY . .\n", Kind.DOCKERFILE),
    ("Modelfile", b"FROM llama3\nPARAMETER temperature 1\n", None),
    ("letter", b"FROM me to you\nRUN away\n", None),
    (".envs/.production/.flask", b"# x\nFLASK_DEBUG=0\nA=b\n", Kind.ENV),
    ("task.json", b'{"family": "x", "containerDefinitions": []}', Kind.PLATFORM),
    ("azuredeploy.json", b'{"$schema": "https://schema/2019/deploymentTemplate.json#"}', Kind.PLATFORM),
    ("config.json", b'{"listeners": {"*:80": {"pass": "applications/web"}}, "applications": {', Kind.NGINX_UNIT),
    ("unit.json.j2", b'{"applications": {"web": {}}, "listeners": {}}', Kind.NGINX_UNIT),
    ("events.json", b'{"listeners": {"click": "applications"}}', None),
    ("data.json", b"[1]", None),
    ("blob", b"\0\1[uwsgi]", None),
]


@pytest.mark.parametrize(("path", "head", "kind"), CONTENTS)
def test_the_first_bytes_decide_where_the_name_does_not(path: str, head: bytes, kind: Kind | None) -> None:
    assert kind_of(path, head) is kind


def test_most_files_need_no_look_inside() -> None:
    assert [path for path in ("a.py", "logo.png", "a.js", "Dockerfile.prod", "a.md") if wants_head(path)] == []


@pytest.mark.parametrize(
    ("path", "head", "kind"),
    [
        ("Docker.prod", b"# ours\nFROM python:3.13\nCOPY . .\n", Kind.DOCKERFILE),
        ("web.docker", b"FROM python:3.13 AS base\nRUN pip install .\n", Kind.DOCKERFILE),
        ("docker/build.Container", b"ARG A\nFROM python:3.13\nCMD x\n", Kind.DOCKERFILE),
        ("DockerfileWeb", b"", Kind.DOCKERFILE),
        ("debian/shop.init", b"#!/bin/sh\n", Kind.SHELL),
        ("shop.initd", b"#!/sbin/openrc-run\n", Kind.SHELL),
        ("shop", b"#!/lib/init/init-d-script\n", Kind.SHELL),
        ("docker-notes", b"FROM the beginning\nRUN to the end\n", None),
        ("docker.js", b"FROM python:3.13\nCOPY . .\n", None),
        ("notes.web", b"FROM python:3.13\nCOPY . .\n", None),
    ],
)
def test_a_file_under_another_name(path: str, head: bytes, kind: Kind | None) -> None:
    assert kind_of(path, head) is kind
    assert kind is None or kind_of(path, None) is kind or wants_head(path)
