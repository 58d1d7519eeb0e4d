"""The environment that deploy files give a process, seen through the configuration of an application that reads it.

What shells and Flask's command do is compared with a real shell and the real loader; the other formats with their
references (Dockerfile, compose, Kubernetes, systemd and each platform's own).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from flask_prodcheck.base import Known, Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config['MODE'] = os.environ.get('MODE', 'none')\n"
DOT = (
    "import os\nfrom dotenv import load_dotenv\nfrom flask import Flask\nload_dotenv()\napp = Flask(__name__)\n"
    "app.config['MODE'] = os.environ.get('MODE', 'none')\n"
)
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN pip install flask gunicorn python-dotenv\n"
CMD = 'CMD ["gunicorn", "app:app"]\n'
POD = (
    "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
    "      - name: web\n        image: shop\n        command: [gunicorn, 'app:app']\n"
)
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {MODE: live}\n"
UNIT = (
    "[Service]\nWorkingDirectory=/srv/site\n{}ExecStart=/srv/site/venv/bin/gunicorn app:app\n"
    "[Install]\nWantedBy=multi-user.target\n"
)
REQUIREMENTS = "flask\ngunicorn\npython-dotenv\n"

# fmt: off
CASES: list[tuple[str, dict[str, str], str]] = [
    ('Dockerfile ENV', {'Dockerfile': IMAGE + 'ENV MODE=live\n' + CMD}, 'live'),
    ('Dockerfile ENV old form', {'Dockerfile': IMAGE + 'ENV MODE live\n' + CMD}, 'live'),
    ('Dockerfile ENV of a base stage', {'Dockerfile': 'FROM python:3.13 AS base\nENV MODE=live\nFROM base\nWORKDIR /app\nCOPY . .\nCMD ["gunicorn", "app:app"]\n'}, 'live'),
    ('ENV of a builder stage does not carry over', {'Dockerfile': 'FROM python:3.13 AS build\nENV MODE=live\nFROM python:3.13\nWORKDIR /app\nCOPY . .\nCOPY --from=build /x /x\nCMD ["gunicorn", "app:app"]\n'}, 'none'),
    ('ARG into ENV', {'Dockerfile': IMAGE + 'ARG MODE=live\nENV MODE=$MODE\n' + CMD}, 'live'),
    ('ARG alone is gone at run time', {'Dockerfile': IMAGE + 'ARG MODE=live\n' + CMD}, 'none'),
    ('build args of compose', {'Dockerfile': IMAGE + 'ARG M=x\nENV MODE=${M}\n' + CMD, 'docker-compose.yml': 'services:\n  web:\n    build:\n      context: .\n      args: {M: live}\n'}, 'live'),
    ('ENV expands ENV', {'Dockerfile': IMAGE + 'ENV A=li\nENV MODE=${A}ve\n' + CMD}, 'live'),
    ('compose environment mapping', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      MODE: live\n'}, 'live'),
    ('compose environment list', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      - MODE=live\n'}, 'live'),
    ('compose overrides the image', {'Dockerfile': IMAGE + 'ENV MODE=x\n' + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      - MODE=live\n'}, 'live'),
    ('compose env_file', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    env_file: web.env\n', 'web.env': 'MODE=live\n'}, 'live'),
    ('compose env_file list, the last wins', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    env_file: [a.env, b.env]\n', 'a.env': 'MODE=x\n', 'b.env': 'MODE=live\n'}, 'live'),
    ('compose environment over env_file', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    env_file: a.env\n    environment: {MODE: live}\n', 'a.env': 'MODE=x\n'}, 'live'),
    ('compose default of a variable', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      MODE: ${MODE:-live}\n'}, 'live'),
    ('compose anchors', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'x-env: &env\n  MODE: live\nservices:\n  web:\n    build: .\n    environment:\n      <<: *env\n      A: b\n'}, 'live'),
    ('compose with a command', {'Dockerfile': IMAGE, 'compose.yaml': 'services:\n  web:\n    build: .\n    command: gunicorn app:app\n    environment: {MODE: live}\n'}, 'live'),
    ('compose extends', {'Dockerfile': IMAGE, 'docker-compose.base.yml': 'services:\n  web:\n    image: x\n    environment: {MODE: live}\n', 'compose.yaml': 'services:\n  web:\n    extends: {file: docker-compose.base.yml, service: web}\n    build: .\n    command: gunicorn app:app\n'}, 'live'),
    ('compose boolean', {'Dockerfile': IMAGE + CMD, 'compose.yaml': "services:\n  web:\n    build: .\n    environment:\n      MODE: 'true'\n"}, 'true'),
    ('compose number', {'Dockerfile': IMAGE + CMD, 'compose.yaml': 'services:\n  web:\n    build: .\n    environment:\n      MODE: 1\n'}, '1'),
    ('Kubernetes env', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        env:\n        - {name: MODE, value: live}\n'}, 'live'),
    ('Kubernetes envFrom', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        envFrom:\n        - configMapRef: {name: conf}\n', 'k8s/conf.yaml': MAP}, 'live'),
    ('Kubernetes key of a map', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        env:\n        - name: MODE\n          valueFrom: {configMapKeyRef: {name: conf, key: MODE}}\n', 'k8s/conf.yaml': MAP}, 'live'),
    ('Kubernetes key of a secret', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        env:\n        - name: MODE\n          valueFrom: {secretKeyRef: {name: conf, key: MODE}}\n', 'k8s/conf.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: conf}\ndata: {MODE: bGl2ZQ==}\n'}, 'live'),
    ('Kubernetes secret as a whole, in clear', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        envFrom:\n        - secretRef: {name: conf}\n', 'k8s/conf.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: conf}\nstringData: {MODE: live}\n'}, 'live'),
    ('Kubernetes secret that somebody has to fill in', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        envFrom:\n        - secretRef: {name: conf}\n', 'k8s/conf.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: conf}\nstringData: {MODE: change-me}\n'}, '?'),
    ('Kubernetes env over envFrom', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        envFrom:\n        - configMapRef: {name: conf}\n        env:\n        - {name: MODE, value: mine}\n', 'k8s/conf.yaml': MAP}, 'mine'),
    ("Kubernetes image's own command", {'Dockerfile': IMAGE + CMD, 'k8s/web.yaml': POD.replace("        command: [gunicorn, 'app:app']\n", '') + '        env:\n        - {name: MODE, value: live}\n'}, 'live'),
    ('kustomize generator', {'Dockerfile': IMAGE, 'k8s/web.yaml': POD + '        envFrom:\n        - configMapRef: {name: conf}\n', 'k8s/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [web.yaml]\nconfigMapGenerator:\n- name: conf\n  literals: [MODE=live]\n'}, 'live'),
    ('systemd Environment', {'web.service': UNIT.format('Environment=MODE=live\n')}, 'live'),
    ('systemd Environment quoted', {'web.service': UNIT.format('Environment="A=b c" "MODE=live"\n')}, 'live'),
    ('systemd EnvironmentFile', {'deploy/web.service': UNIT.format('EnvironmentFile=/srv/site/deploy/web.env\n'), 'deploy/web.env': 'MODE=live\n'}, 'live'),
    ('systemd EnvironmentFile optional', {'deploy/web.service': UNIT.format('EnvironmentFile=-/srv/site/deploy/web.env\n'), 'deploy/web.env': 'MODE=live\n'}, 'live'),
    ('systemd the later wins', {'web.service': UNIT.format('Environment=MODE=x\nEnvironment=MODE=live\n')}, 'live'),
    ('Procfile assignment', {'Procfile': 'web: MODE=live gunicorn app:app\n'}, 'live'),
    ('Procfile env', {'Procfile': 'web: env MODE=live gunicorn app:app\n'}, 'live'),
    ('Procfile export', {'Procfile': 'web: export MODE=live && gunicorn app:app\n'}, 'live'),
    ('Procfile shell', {'Procfile': "web: sh -c 'MODE=live exec gunicorn app:app'\n"}, 'live'),
    ('script export', {'Dockerfile': IMAGE + 'CMD ./start.sh\n', 'start.sh': '#!/bin/sh\nexport MODE=live\nexec gunicorn app:app\n'}, 'live'),
    ('script assignment without export', {'Dockerfile': IMAGE + 'CMD ./start.sh\n', 'start.sh': '#!/bin/sh\nMODE=live\nexec gunicorn app:app\n'}, 'none'),
    ('script default', {'Dockerfile': IMAGE + 'CMD ./start.sh\n', 'start.sh': '#!/bin/sh\nexport MODE=${MODE:-live}\nexec gunicorn app:app\n'}, 'live'),
    ('script default over ENV', {'Dockerfile': IMAGE + 'ENV MODE=image\nCMD ./start.sh\n', 'start.sh': '#!/bin/sh\nexport MODE=${MODE:-live}\nexec gunicorn app:app\n'}, 'image'),
    ('script colon default', {'Dockerfile': IMAGE + 'CMD ./start.sh\n', 'start.sh': '#!/bin/sh\n: ${MODE:=live}\nexport MODE\nexec gunicorn app:app\n'}, 'live'),
    ('script sources a file', {'Dockerfile': IMAGE + 'CMD ./start.sh\n', 'start.sh': '#!/bin/sh\nset -a\n. ./prod.env\nset +a\nexec gunicorn app:app\n', 'prod.env': 'MODE=live\n'}, 'live'),
    ('script unset', {'Dockerfile': IMAGE + 'ENV MODE=x\nCMD ./start.sh\n', 'start.sh': '#!/bin/sh\nunset MODE\nexec gunicorn app:app\n'}, 'none'),
    ('dotenv run', {'Procfile': 'web: dotenv -f prod.env run gunicorn app:app\n', 'prod.env': 'MODE=live\n'}, 'live'),
    ('flask run reads .env', {'Procfile': 'web: flask --app app run\n', '.env': 'MODE=live\n'}, 'live'),
    ('flask run reads .flaskenv', {'Procfile': 'web: flask --app app run\n', '.flaskenv': 'MODE=live\n'}, 'live'),
    ('flask run: .env over .flaskenv', {'Procfile': 'web: flask --app app run\n', '.flaskenv': 'MODE=x\n', '.env': 'MODE=live\n'}, 'live'),
    ('gunicorn reads no .env', {'Procfile': 'web: gunicorn app:app\n', '.env': 'MODE=x\n'}, 'none'),
    ('load_dotenv', {'Procfile': 'web: gunicorn app:app\n', '.env': 'MODE=live\n', 'app.py': DOT}, 'live'),
    ('load_dotenv does not replace', {'Dockerfile': IMAGE + 'ENV MODE=image\n' + CMD, '.env': 'MODE=x\n', 'app.py': DOT}, 'image'),
    ('load_dotenv of an image without the file', {'Dockerfile': IMAGE + CMD, '.env': 'MODE=x\n', '.dockerignore': '.env\n', 'app.py': DOT}, 'none'),
    ('load_dotenv of an image that copies other files', {'Dockerfile': IMAGE.replace('COPY . .', 'COPY app.py requirements.txt ./') + CMD, '.env': 'MODE=x\n', 'app.py': DOT}, 'none'),
    ('load_dotenv of an image that copies the file', {'Dockerfile': IMAGE.replace('COPY . .', 'COPY app.py .env ./') + CMD, '.env': 'MODE=live\n', 'app.py': DOT}, 'live'),
    ('.dockerignore of all but a few', {'Dockerfile': IMAGE + CMD, '.env': 'MODE=x\n', '.dockerignore': '*\n!app.py\n', 'app.py': DOT}, 'none'),
    ('.dockerignore that lets the file in again', {'Dockerfile': IMAGE + CMD, '.env': 'MODE=live\n', '.dockerignore': '.env*\n!.env\n', 'app.py': DOT}, 'live'),
    ('.dockerignore of every folder', {'Dockerfile': IMAGE + CMD, '.env': 'MODE=x\n', '.dockerignore': '# secrets\n**/.env\n', 'app.py': DOT}, 'none'),
    ('app.json', {'Procfile': 'web: gunicorn app:app\n', 'app.json': '{"env": {"MODE": "live"}}'}, 'live'),
    ('app.json value object', {'Procfile': 'web: gunicorn app:app\n', 'app.json': '{"env": {"MODE": {"value": "live"}}}'}, 'live'),
    ('fly.toml', {'Dockerfile': IMAGE + CMD, 'fly.toml': "app = 'x'\n[env]\nMODE = 'live'\n"}, 'live'),
    ('render.yaml', {'render.yaml': 'services:\n- type: web\n  name: w\n  env: python\n  startCommand: gunicorn app:app\n  envVars:\n  - key: MODE\n    value: live\n'}, 'live'),
    ('app.yaml', {'app.yaml': 'runtime: python313\nentrypoint: gunicorn app:app\nenv_variables:\n  MODE: live\n'}, 'live'),
    ('supervisor', {'supervisord.conf': '[program:web]\ncommand=gunicorn app:app\nenvironment=MODE="live",A=b\n'}, 'live'),
    ('gunicorn --env', {'Procfile': 'web: gunicorn --env MODE=live app:app\n'}, 'live'),
    ('gunicorn raw_env', {'Procfile': 'web: gunicorn -c gunicorn.conf.py app:app\n', 'gunicorn.conf.py': "raw_env = ['MODE=live']\n"}, 'live'),
    ('gunicorn config sets os.environ', {'Procfile': 'web: gunicorn -c gunicorn.conf.py app:app\n', 'gunicorn.conf.py': "import os\nos.environ['MODE'] = 'live'\n"}, 'live'),
    ('uwsgi env', {'Procfile': 'web: uwsgi --ini uwsgi.ini\n', 'uwsgi.ini': '[uwsgi]\nmodule = app:app\nenv = MODE=live\n'}, 'live'),
    ('docker run -e', {'Dockerfile': IMAGE, 'deploy.sh': '#!/bin/sh\ndocker build -t shop .\ndocker run -e MODE=live -p 80:8000 shop gunicorn app:app\n'}, 'live'),
    ('Makefile', {'Makefile': 'serve:\n\tMODE=live gunicorn app:app\n'}, 'live'),
    ('wsgi file sets it', {'Procfile': 'web: gunicorn wsgi:app\n', 'wsgi.py': "import os\nos.environ['MODE'] = 'live'\nfrom app import app\n"}, 'live'),
    ("apache SetEnv is not the process's environment", {'site.conf': '<VirtualHost *:80>\n SetEnv MODE live\n WSGIScriptAlias / /srv/site/app.wsgi\n</VirtualHost>\n', 'app.wsgi': 'from app import app as application\n'}, 'none'),
    ('vercel', {'vercel.json': '{"builds": [{"src": "app.py", "use": "@vercel/python"}], "env": {"MODE": "live"}}'}, 'live'),
    ('serverless', {'serverless.yml': 'service: s\nprovider:\n  name: aws\n  runtime: python3.12\n  environment:\n    MODE: live\nplugins: [serverless-wsgi]\ncustom:\n  wsgi: {app: app.app}\nfunctions:\n  api: {handler: wsgi_handler.handler}\n'}, 'live'),
    ('serverless, of the function', {'serverless.yml': 'service: s\nprovider: {name: aws, environment: {MODE: dev}}\ncustom:\n  wsgi: {app: app.app}\nfunctions:\n  api: {handler: wsgi_handler.handler, environment: {MODE: live}}\n'}, 'live'),
    ('nixpacks', {'nixpacks.toml': "[variables]\nMODE = 'live'\n[start]\ncmd = 'gunicorn app:app'\n"}, 'live'),
    ('beanstalk', {'Procfile': 'web: gunicorn app:app\n', '.ebextensions/env.config': 'option_settings:\n  aws:elasticbeanstalk:application:environment:\n    MODE: live\n'}, 'live'),
    ('cloudfoundry', {'manifest.yml': 'applications:\n- name: a\n  command: gunicorn app:app\n  env:\n    MODE: live\n'}, 'live'),
    ('digitalocean', {'.do/app.yaml': 'name: a\nservices:\n- name: web\n  run_command: gunicorn app:app\n  envs:\n  - key: MODE\n    value: live\n'}, 'live'),
]
# fmt: on


def _answers(files: Mapping[str, str]) -> list[str]:
    """What the configuration of each production launch says of MODE; "?" where it is unknown."""
    project = link(parse(memory_tree(dict(files))), name="site", read=lambda name: files[name].encode())
    found = []
    for configuration in project.configurations:
        value = configuration.get("MODE").value
        assert isinstance(value, Known | Unknown)
        found.append(str(value.value) if isinstance(value, Known) else "?")
    return found


def _complete(files: dict[str, str]) -> dict[str, str]:
    return {"app.py": APP, "requirements.txt": REQUIREMENTS, **files}


@pytest.mark.parametrize(("files", "mode"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_environment_of_the_launch(files: dict[str, str], mode: str) -> None:
    assert _answers(_complete(files)) in ([mode], ["?"])


def test_a_sample_of_an_environment_file_gives_no_value() -> None:
    unit = UNIT.format("EnvironmentFile=/srv/site/deploy/web.env\n")
    assert _answers(_complete({"deploy/web.service": unit, "deploy/web.env.example": "MODE=sample\n"})) == ["none"]


@pytest.mark.parametrize(
    ("statement", "mode"),
    [
        ("os.environ['MODE'] = 'live'", "live"),
        ("os.environ['MODE'] = environ.get('MODE', '')", "?"),  # only a request says it
        ("pass", "none"),
    ],
)
def test_a_wsgi_function_sets_up_what_it_hands_on_to(statement: str, mode: str) -> None:
    function = (
        f"import os\ndef application(environ, start_response):\n    {statement}\n    from app import app as served\n"
    )
    files = {
        "site.conf": "<VirtualHost *:80>\n WSGIScriptAlias / /srv/site/app.wsgi\n</VirtualHost>\n",
        "app.wsgi": f"{function}    return served(environ, start_response)\n",
    }
    assert _answers(_complete(files)) == [mode]
    files["app.wsgi"] = f"{function}    served.config['MODE'] = 'own'\n    return served(environ, start_response)\n"
    assert _answers(_complete(files)) == ["own"]


def test_few_are_unknown() -> None:
    unknown = [name for name, files, _ in CASES if _answers(_complete(files)) == ["?"]]
    assert len(unknown) <= 0.15 * len(CASES), unknown


@pytest.mark.parametrize(
    ("files", "debug"),
    [
        ({"Procfile": "web: flask --app app run\n", ".flaskenv": "FLASK_DEBUG=1\n"}, True),
        ({"Procfile": "web: flask --app app run\n", ".flaskenv": "FLASK_DEBUG=0\n"}, False),
        ({"Procfile": "web: flask --app app run --no-debug\n", ".flaskenv": "FLASK_DEBUG=1\n"}, False),
        ({"Procfile": "web: gunicorn app:app\n", ".flaskenv": "FLASK_DEBUG=1\n"}, None),
        (
            {"Procfile": "web: flask --app app run\n", ".flaskenv": "FLASK_DEBUG=1\n", "requirements.txt": "flask\n"},
            False,
        ),
    ],
)
def test_flaskenv_and_debug_mode(files: dict[str, str], debug: bool | None) -> None:
    whole = _complete(files)
    (found,) = link(parse(memory_tree(whole)), name="site", read=lambda name: whole[name].encode()).configurations
    value = found.get("DEBUG").value
    assert (value.value if isinstance(value, Known) else None) is debug


def test_the_port_of_a_platform_is_set_and_not_known() -> None:
    text = APP.replace("os.environ.get('MODE', 'none')", "os.environ.get('PORT', 'none')")
    assert _answers(_complete({"app.py": text, "Procfile": "web: gunicorn app:app\n"})) == ["?"]


_READ = "import app; print(app.app.config['MODE'])"
SERVERS = {"gunicorn": _READ, "flask": f"from flask.cli import load_dotenv; load_dotenv(); {_READ}"}
SHELL_CASES = [
    case for case in CASES if "Procfile" in case[1] or "start.sh" in case[1]
    if not {"app.json", "gunicorn.conf.py", "uwsgi.ini", "wsgi.py", ".ebextensions/env.config"} & set(case[1])
    if "--env" not in case[1].get("Procfile", "") and "dotenv" not in case[1].get("Procfile", "")
]  # fmt: skip


@pytest.mark.parametrize(("files", "mode"), [case[1:] for case in SHELL_CASES], ids=[case[0] for case in SHELL_CASES])
def test_a_real_shell_says_the_same(tmp_path: Path, files: dict[str, str], mode: str) -> None:
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("there is no sh")
    for path, text in _complete(files).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    programs = tmp_path / "bin"
    programs.mkdir()
    for program, source in SERVERS.items():
        (programs / program).write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{source}"\n', encoding="utf-8")
        (programs / program).chmod(0o755)
    command = files["Procfile"].partition(": ")[2] if "Procfile" in files else "sh ./start.sh"
    image = dict(
        line.removeprefix("ENV ").split("=", 1)
        for line in files.get("Dockerfile", "").split("\n")
        if line[:4] == "ENV "
    )
    env = {"PATH": f"{programs}{os.pathsep}{os.defpath}", "PYTHONPATH": str(tmp_path), **image}
    run = subprocess.run(
        [shell, "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert (run.stdout.strip(), run.stderr) == (mode, "")
