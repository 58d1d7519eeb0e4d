"""Compose files: overrides, pairs, inheritance, profiles, images."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "override file merges",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "docker-compose.override.yml": "services:\n  web:\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.override.yml:3 flask-run development app:app True",
            "docker-compose.yml:4 gunicorn production app:app True",
        ],
    ),
    (
        "the image of a sibling, beside the service that mounts the project over its own",
        {
            "docker-compose.yml": "services:\n  web:\n    image: hub.io/shop/site:develop\n    command: python run.py\n"
            "    volumes: ['./:/code']\n  files:\n    image: hub.io/shop/files:develop\n    command: python run.py\n"
            "  again:\n    image: hub.io/shop/site-extra:develop\n    command: python run.py\n"
            "  other:\n    image: hub.io/else/files:develop\n    command: python run.py\n",
            "run.py": APP + "app.run()\n",
        },
        [
            "docker-compose.yml:4 > run.py:3 app-run development run:app True",
            "docker-compose.yml:11 > run.py:3 app-run development run:app True",
            "docker-compose.yml:14 > run.py:3 app-run development run:app True",
        ],
    ),
    (
        "a word that the script of the only image asks for",
        {
            "docker-compose.yml": "services:\n  web:\n    image: hub.io/shop:1\n    command: [site]\n"
            "  jobs:\n    image: hub.io/shop:1\n    command: [jobs]\n  search:\n    image: hub.io/search:1\n"
            "    command: [index]\n",
            "docker/Dockerfile": IMAGE + 'ENTRYPOINT ["/app/docker/boot.sh"]\n',
            "docker/boot.sh": '#!/bin/sh\nROLE=$1\nif [ "$ROLE" = site ]; then\n  exec gunicorn app:app\nfi\n'
            'case "$1" in jobs) exec celery -A app worker ;; esac\n',
            "app.py": APP,
        },
        ["docker-compose.yml:4 > docker/Dockerfile:4 > docker/boot.sh:4 gunicorn production app:app True"],
    ),
    (
        "a word that it does not ask for",
        {
            "docker-compose.yml": "services:\n  search:\n    image: hub.io/search:1\n    command: [index]\n",
            "docker/Dockerfile": IMAGE + 'ENTRYPOINT ["/app/docker/boot.sh"]\n',
            "docker/boot.sh": "#!/bin/sh\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["docker/Dockerfile:4 > docker/boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "such a word where two images may be meant",
        {
            "docker-compose.yml": "services:\n  web:\n    image: hub.io/shop:1\n    command: [site]\n",
            "docker/Dockerfile": IMAGE + 'ENTRYPOINT ["/app/docker/boot.sh"]\n',
            "jobs/Dockerfile": IMAGE + "CMD celery -A app worker\n",
            "docker/boot.sh": '#!/bin/sh\n[ "$1" = site ] && exec gunicorn app:app\n',
            "app.py": APP,
        },
        ["docker/Dockerfile:4 > docker/boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "production and development pair",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "docker-compose.prod.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.prod.yml:4 gunicorn production app:app True",
            "docker-compose.yml:4 flask-run development app:app True",
        ],
    ),
    (
        "a production file with a service of another name",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "docker-compose.prod.yml": "services:\n  proxy:\n    image: nginx\n    depends_on: [shop]\n"
            "  shop:\n    build: .\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.prod.yml:7 gunicorn production app:app True",
            "docker-compose.yml:4 flask-run development app:app True",
        ],
    ),
    (
        "a production file that needs the base file's service is read on top of it",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "docker-compose.prod.yml": "services:\n  proxy:\n    image: nginx\n    depends_on: [web]\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:4 flask-run production app:app True"],
    ),
    (
        "... and where it changes that service, what it changes is production's",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n  db: {image: postgres}\n",
            "docker-compose.prod.yml": "services:\n  web:\n    command: gunicorn app:app\n    depends_on: [db]\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.prod.yml:3 gunicorn production app:app True",
            "docker-compose.yml:4 flask-run development app:app True",
        ],
    ),
    (
        "a development file beside",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "docker-compose.dev.yml": "services:\n  web:\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.dev.yml:3 flask-run development app:app True",
            "docker-compose.yml:4 gunicorn production app:app True",
        ],
    ),
    (
        "an image that a test service borrows with the same argument is started by production as well",
        {
            "compose.test.yml": "services:\n  web:\n    build: .\n    command: server\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\nCMD ["server"]\n',
            "entry.sh": '#!/bin/sh\ncase "$1" in server) exec gunicorn app:app;; esac\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > entry.sh:2 gunicorn production app:app True",
            "compose.test.yml:4 > Dockerfile:4 > entry.sh:2 gunicorn test app:app True",
        ],
    ),
    (
        "a server as ENTRYPOINT starts nothing without the arguments that compose gives it",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    command: site.ini\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["uwsgi", "--ini"]\n',
            "site.ini": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        ["compose.yml:4 > Dockerfile:4 > site.ini:2 uwsgi production app:app True"],
    ),
    (
        "... but a test's arguments say nothing of production's",
        {
            "compose.test.yml": "services:\n  web:\n    build: .\n    command: site.ini\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["uwsgi", "--ini"]\n',
            "site.ini": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 uwsgi production  None",
            "compose.test.yml:4 > Dockerfile:4 > site.ini:2 uwsgi test app:app True",
        ],
    ),
    (
        "a stage that compose targets inherits the ENTRYPOINT and has a CMD of its own",
        {
            "docker-compose.yml": "services:\n  web:\n    build: {context: ., target: dev}\n",
            "Dockerfile": 'FROM python:3.13 AS dev\nWORKDIR /app\nCOPY . .\nENTRYPOINT ["./entry.sh"]\nCMD ["dev"]\nFROM dev AS live\nCMD ["web"]\n',
            "entry.sh": '#!/bin/sh\ncase "$1" in\n web) exec gunicorn app:app;;\n dev) exec flask run;;\nesac\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > entry.sh:4 flask-run development app:app True",
            "Dockerfile:4 > Dockerfile:7 > entry.sh:3 gunicorn production app:app True",
        ],
    ),
    (
        "an ENTRYPOINT that runs what it is given starts the image's own command as well as the service's",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\nCMD ["flask", "run"]\n',
            "entry.sh": '#!/bin/sh\nexec "$@"\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > entry.sh:2 flask-run production app:app True",
            "docker-compose.yml:4 > Dockerfile:4 > entry.sh:2 gunicorn production app:app True",
        ],
    ),
    (
        "an environment file that is called after development",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n    env_file: config/development/web.env\n",
            "Dockerfile": IMAGE + 'CMD ["gunicorn", "app:app"]\n',
            "config/development/web.env": "A=1\n",
            "app.py": APP,
        },
        [
            "Dockerfile:4 gunicorn production app:app True",
            "docker-compose.yml:4 gunicorn development app:app True",
        ],
    ),
    (
        "an environment file that is only a sample says nothing",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n    env_file: .env.example\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "a service beside that switches local development on, and the image that is borrowed",
        {
            "docker-compose.yml": "services:\n  admin:\n    build: .\n    command: admin\n    environment:\n      LOCAL_DEV: 1\n  web:\n    build: .\n    command: web\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\nCMD ["web"]\n',
            "entry.sh": '#!/bin/sh\ncase "$1" in web) exec gunicorn app:app;; esac\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > Dockerfile:5 > entry.sh:2 gunicorn production app:app True",
            "docker-compose.yml:9 > Dockerfile:4 > entry.sh:2 gunicorn development app:app True",
        ],
    ),
    (
        "a switch of local development that the caller decides says nothing",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n    environment:\n      LOCAL_DEV: ${LOCAL_DEV:-0}\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "a variable that calls the environment local development",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n    environment:\n      VERSION: local-dev\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:4 gunicorn development app:app True"],
    ),
    (
        "extends in one file",
        {
            "docker-compose.yml": "services:\n  base:\n    build: .\n    environment:\n      TARGET: app:app\n  web:\n    extends: base\n    command: sh -c 'gunicorn $$TARGET'\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:8 gunicorn production app:app True"],
    ),
    (
        "extends of another file",
        {
            "docker-compose.yml": "services:\n  web:\n    extends: {file: common.yml, service: base}\n    command: gunicorn app:app\n",
            "common.yml": "services:\n  base:\n    build: backend\n",
            "backend/Dockerfile": IMAGE,
            "backend/app.py": APP,
        },
        ["docker-compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "extends: a service that extends another",
        {
            "compose.yaml": "services:\n  a:\n    build: .\n    environment: {TARGET: 'app:app'}\n  b:\n    extends: a\n  web:\n    extends: {service: b}\n    command: sh -c 'gunicorn $$TARGET'\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["compose.yaml:9 gunicorn production app:app True"],
    ),
    (
        "extends: the paths of the other file are its own",
        {
            "compose.yaml": "services:\n  web:\n    extends: {file: ops/common.yml, service: base}\n    command: sh -c 'gunicorn $$TARGET'\n",
            "ops/common.yml": "services:\n  base:\n    build: ../api\n    env_file: web.env\n",
            "ops/web.env": "TARGET=site:app\n",
            "api/Dockerfile": IMAGE,
            "api/site.py": APP,
        },
        ["compose.yaml:4 gunicorn production site:app True"],
    ),
    (
        "extends: services that extend each other",
        {
            "compose.yaml": "services:\n  a:\n    extends: b\n    command: gunicorn app:app\n  b:\n    extends: a\n",
            "app.py": APP,
        },
        ["compose.yaml:4 gunicorn production app:app True"],
    ),
    (
        "include: several files of one project",
        {
            "compose.yaml": "include:\n- path: [infra/web.yml, infra/more.yml]\n  project_directory: .\n",
            "infra/web.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "infra/more.yml": "services:\n  web:\n    environment: {A: b}\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["infra/web.yml:4 gunicorn production app:app True"],
    ),
    (
        "extends: command inherited",
        {
            "docker-compose.yml": "services:\n  web:\n    extends: {file: common.yml, service: base}\n",
            "common.yml": "services:\n  base:\n    build: .\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["common.yml:4 gunicorn production app:app True"],
    ),
    (
        "include",
        {
            "docker-compose.yml": "include:\n  - web/compose.yaml\n",
            "web/compose.yaml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "web/Dockerfile": IMAGE,
            "web/app.py": APP,
        },
        ["web/compose.yaml:4 gunicorn production app:app True"],
    ),
    (
        "profile",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n  debug:\n    profiles: [dev]\n    build: .\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        [
            "docker-compose.yml:4 gunicorn production app:app True",
            "docker-compose.yml:8 flask-run development app:app True",
        ],
    ),
    (
        "image only",
        {
            "docker-compose.yml": "services:\n  web:\n    image: example/site:1\n    command: gunicorn app:app\n",
            "app.py": APP,
        },
        ["docker-compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "image only, a foreign one",
        {
            "docker-compose.yml": "services:\n  db:\n    image: postgres\n    command: postgres -c fsync=off\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "anchors",
        {
            "docker-compose.yml": "x-web: &web\n  build: .\n  command: gunicorn app:app\nservices:\n  web:\n    <<: *web\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:3 gunicorn production app:app True"],
    ),
    (
        "entrypoint in compose drops CMD",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    entrypoint: ['sh', '-c', 'gunicorn app:app']\n",
            "Dockerfile": IMAGE + "CMD flask run\n",
            "app.py": APP,
        },
        ["Dockerfile:4 flask-run production app:app True", "docker-compose.yml:4 gunicorn production app:app True"],
    ),
    (
        "volume over the image",
        {
            "docker-compose.yml": "services:\n  web:\n    image: python:3.13\n    working_dir: /code\n    volumes: ['./backend:/code']\n    command: gunicorn app:app\n",
            "backend/app.py": APP,
        },
        ["docker-compose.yml:6 gunicorn production app:app True"],
    ),
    (
        "env_file decides",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    env_file: web.env\n",
            "web.env": "TARGET=app:app\n",
            "Dockerfile": IMAGE + "CMD gunicorn $TARGET\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "docker-compose.test.yml",
        {
            "docker-compose.test.yml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.test.yml:4 flask-run test app:app True"],
    ),
    (
        "the head of the file refuses production",
        {
            "docker-compose.yml": "# WARNING: this file is not suitable for production, use with care\nservices:\n  web:\n    build: .\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:5 flask-run development app:app True"],
    ),
    (
        "the head of the file says what another one is for",
        {
            "docker-compose.yml": "# Not only for production. For development use `flask run`.\nservices:\n  web:\n    build: .\n    command: flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:5 flask-run production app:app True"],
    ),
    (
        "develop watch is no launch",
        {
            "compose.yaml": "services:\n  web:\n    build: .\n    develop:\n      watch:\n        - action: sync\n          path: .\n          target: /app\n",
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "an environment file for development of the database beside it",
        {
            "docker-compose.yml": "services:\n  web:\n    build: .\n    command: flask run\n  db:\n    image: postgres\n    env_file: env/postgres.dev\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["docker-compose.yml:4 flask-run development app:app True"],
    ),
    (
        "an image that is built with other arguments and run for development",
        {
            "docker-compose.yml": "services:\n  web:\n    build:\n      context: .\n      args:\n        EXTRA: docs\n    environment:\n      FLASK_DEBUG: 1\n",
            "Dockerfile": IMAGE + "ARG EXTRA=none\nCMD gunicorn app:app\n",
            "app.py": APP,
        },
        [
            "Dockerfile:5 gunicorn production app:app True",
            "docker-compose.yml:6 gunicorn development app:app True",
        ],
    ),
    (
        "an ENTRYPOINT that serves without arguments, which a test service gives it",
        {
            "compose.e2e.yml": "services:\n  web:\n    build: .\n    command: --fill\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\n',
            "entry.sh": '#!/bin/sh\nif [ "$1" = "--fill" ]; then\n  ./fill\nfi\nexec gunicorn app:app\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > entry.sh:5 gunicorn production app:app True",
            "compose.e2e.yml:4 > Dockerfile:4 > entry.sh:5 gunicorn test app:app True",
        ],
    ),
    (
        "an ENTRYPOINT that is a shell's text waits for no arguments: a development service takes nothing from it",
        {
            "compose.yml": "services:\n  web:\n    build: {context: ., args: {KIND: web}}\n    environment: {STAGE: local}\n",
            "Dockerfile": IMAGE + 'ARG KIND\nENV KIND ${KIND}\nENTRYPOINT ["/bin/bash", "-c", "./entry.sh ${KIND}"]\n',
            "entry.sh": '#!/bin/sh\nif [ "$1" = web ]; then\n  exec gunicorn app:app\nfi\nexit 1\n',
            "app.py": APP,
        },
        [
            "Dockerfile:6 > entry.sh:3 gunicorn production app:app True",
            "compose.yml:3 > Dockerfile:6 > compose.yml:3 > entry.sh:3 gunicorn development app:app True",
        ],
    ),
    (
        "another project's image with another project's program, beside one's own",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n"
            "  other:\n    image: registry.example/other\n    command: gunicorn other.wsgi:app\n"
            "  pulled:\n    image: registry.example/site\n    command: gunicorn app:app -w 2\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["compose.yml:4 gunicorn production app:app True", "compose.yml:10 gunicorn production app:app True"],
    ),
    (
        "... but not where nothing else serves anything",
        {
            "compose.yml": "services:\n  web:\n    image: registry.example/site\n    command: gunicorn site.wsgi:app\n",
            "app.py": APP,
        },
        ["compose.yml:4 gunicorn production site.wsgi:app None"],
    ),
    (
        "of the services that run one image, one prepares and one serves",
        {
            "compose.yml": "services:\n  init:\n    build: .\n    environment: {PREPARE: 'true'}\n  web:\n    build: .\n    ports: ['80:8000']\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./entry.sh"]\n',
            "entry.sh": '#!/bin/sh\nif [ "${PREPARE:-}" = "true" ]; then\n  exit 0\nfi\nexec gunicorn app:app\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > entry.sh:5 gunicorn production app:app True"],
    ),
    (
        "an image that runs the command which a variable of the service holds",
        {
            "container-compose.yml": "services:\n  web:\n    build: .\n    environment:\n      - FLASK_DEBUG=1\n      - START=flask run\n"
            "  api:\n    build: .\n    environment: {START: gunicorn app:app, WORKERS: 2}\n"
            "  check:\n    build: .\n    environment: {START: check}\n",
            "Dockerfile": IMAGE + 'CMD ["sh", "-c", "pip install . && exec $START"]\n',
            "app.py": APP,
        },
        [
            "container-compose.yml:6 > Dockerfile:4 flask-run development app:app True",
            "container-compose.yml:9 > Dockerfile:4 gunicorn production app:app True",
        ],
    ),
    (
        "a variable that only counts starts nothing of its own",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    environment: {WORKERS: 2}\n",
            "Dockerfile": IMAGE + "CMD gunicorn -w $WORKERS app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "an image that another service builds for development",
        {
            "docker-compose.yml": "services:\n  web:\n    build:\n      context: .\n      target: site-dev\n    image: site\n    command: flask run\n  api:\n    image: site\n    command: flask run\n",
            "Dockerfile": IMAGE.replace("3.13", "3.13 AS site-dev")
            + "FROM site-dev AS site-prod\nCMD gunicorn app:app\n",
            "app.py": APP,
        },
        [
            "Dockerfile:5 gunicorn production app:app True",
            "docker-compose.yml:7 flask-run development app:app True",
            "docker-compose.yml:10 flask-run development app:app True",
        ],
    ),
    (
        "an image of another project runs no script of this one, whatever its name",
        {
            "compose.yml": "services:\n  web:\n    build: .\n  panel:\n    image: registry.example.org/panel:1\n    command: /usr/bin/serve.sh\n",
            "Dockerfile": IMAGE + "CMD deploy/serve.sh\n",
            "deploy/serve.sh": "#!/bin/sh\nexec mod_wsgi-express-3 start-server app.py\n",
            "app.py": APP.replace("app", "application"),
        },
        ["Dockerfile:4 > deploy/serve.sh:2 > app.py:2 mod_wsgi production app.py:application True"],
    ),
    (
        "an image with a tag for development",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    image: registry.example.org/web:dev\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "compose.yml:5 gunicorn development app:app True"],
    ),
    (
        "an override for production is one of production",
        {
            "compose.yml": "services:\n  web:\n    build: .\n",
            "compose-production.override.yml": "services:\n  web:\n    command: gunicorn app:app\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["compose-production.override.yml:3 gunicorn production app:app True"],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


def test_a_container_of_another_project_is_said_as_unknown() -> None:
    name = "another project's image with another project's program, beside one's own"
    files = next(case[1] for case in CASES if case[0] == name)
    unknown = link(parse(memory_tree(files)), name="site").unknown_starts
    assert [str(hop.span) for hop in unknown] == ["compose.yml:7"]
