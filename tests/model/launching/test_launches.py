"""The launch graph: small projects and the chains they must give, one mechanism each."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = APP + 'if __name__ == "__main__":\n    app.run()\n'
FACTORY = "from flask import Flask\n\n\ndef create_app():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"


def linked(files: dict[str, str]) -> Project:
    return link(parse(memory_tree(files)), name="site")


def shown(project: Project) -> list[str]:
    return [
        f"{' > '.join(str(hop.span) for hop in launch.hops)} {launch.server.value} {launch.purpose.value} {launch.target} {launch.resolves}"
        for launch in project.launches
    ]


CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "exec form",
        {"Dockerfile": IMAGE + 'CMD ["gunicorn", "app:app"]\n', "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "an interpreter before a program that the shell looks up",
        {"serve.sh": '#!/bin/sh\npython3 "$(which gunicorn)" app:app\n', "app.py": APP},
        ["serve.sh:2 gunicorn production app:app True"],
    ),
    (
        "entrypoint script that execs its arguments",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["gunicorn", "app:app"]\n',
            "boot.sh": '#!/bin/sh\nset -e\nexec "$@" --workers 2\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "script to interpreter to app.run",
        {"Dockerfile": IMAGE + "CMD ./start.sh\n", "start.sh": "#!/bin/sh\npython app.py\n", "app.py": MAIN},
        ["Dockerfile:4 > start.sh:2 > app.py:4 app-run production app:app True"],
    ),
    (
        "the stage that compose targets",
        {
            "Dockerfile": "FROM python:3.13 AS web\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app\nFROM python:3.13 AS tools\nCMD bash\n",
            "compose.yaml": "services:\n  web:\n    build: {context: ., target: web}\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "compose command over the image's entrypoint",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["tini", "--"]\n',
            "compose.yaml": "services:\n  web:\n    build: .\n    command: gunicorn app:app\n",
            "app.py": APP,
        },
        ["compose.yaml:4 > Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "a development server that replaces the image's production one",
        {
            "Dockerfile": IMAGE + "CMD gunicorn app:app\n",
            "compose.yaml": "services:\n  web:\n    build: .\n    command: flask run\n",
            "app.py": APP,
        },
        ["Dockerfile:4 gunicorn production app:app True", "compose.yaml:4 flask-run development app:app True"],
    ),
    (
        "kubernetes arguments behind the image's entrypoint",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\nexec "$@"\n',
            "deploy.yaml": (
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
                '        - name: web\n          image: site\n          args: ["gunicorn", "app:app"]\n'
            ),
            "app.py": APP,
        },
        ["deploy.yaml:10 > Dockerfile:4 > boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "the branch that the arguments decide",
        {
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\nCMD ["web"]\n',
            "boot.sh": '#!/bin/sh\ncase "$1" in\n  web) exec gunicorn app:app ;;\n  dev) exec flask run ;;\nesac\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > Dockerfile:5 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "an undecided branch gives both, each for what it says",
        {
            "Dockerfile": IMAGE + "CMD ./boot.sh\n",
            "boot.sh": '#!/bin/sh\nif [ "$FLASK_ENV" = "development" ]; then\n  flask run\nelse\n  gunicorn app:app\nfi\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > boot.sh:3 flask-run development app:app True",
            "Dockerfile:4 > boot.sh:5 gunicorn production app:app True",
        ],
    ),
    (
        "a shell function with its arguments",
        {
            "Dockerfile": IMAGE + "CMD ./boot.sh\n",
            "boot.sh": '#!/bin/sh\nserve() {\n  exec gunicorn "$1"\n}\nserve app:app\n',
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "a sourced file sets the target",
        {
            "Dockerfile": IMAGE + "CMD ./boot.sh\n",
            "boot.sh": "#!/bin/sh\n. ./env.sh\nexec gunicorn $TARGET\n",
            "env.sh": "TARGET=app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:3 gunicorn production app:app True"],
    ),
    (
        "a console script",
        {
            "pyproject.toml": '[project]\nname = "site"\nversion = "1"\n[project.scripts]\nserve = "site_web:main"\n',
            "Dockerfile": IMAGE + 'RUN pip install .\nCMD ["serve"]\n',
            "site_web.py": APP + "\n\ndef main():\n    app.run()\n",
        },
        ["Dockerfile:5 > pyproject.toml:5 > site_web.py:6 app-run production site_web:app True"],
    ),
    (
        "make from the image",
        {"Dockerfile": IMAGE + "CMD make serve\n", "Makefile": "serve:\n\tgunicorn app:app\n", "app.py": APP},
        ["Dockerfile:4 > Makefile:2 gunicorn production app:app True"],
    ),
    (
        "an embedded server",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": "from waitress import serve\nfrom app import app\n\nserve(app)\n",
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:4 waitress production serve:app True"],
    ),
    (
        "a subprocess",
        {
            "Procfile": "web: python serve.py\n",
            "serve.py": 'import subprocess\n\nsubprocess.run(["gunicorn", "app:app"])\n',
            "app.py": APP,
        },
        ["Procfile:1 > serve.py:3 gunicorn production app:app True"],
    ),
    (
        "systemd with a working directory",
        {
            "deploy/web.service": "[Service]\nWorkingDirectory=/srv/site\nExecStart=/srv/site/venv/bin/gunicorn 'app:create_app()'\n",
            "app.py": FACTORY,
        },
        ["deploy/web.service:3 gunicorn production app:create_app() True"],
    ),
    (
        "supervisor to a uwsgi file",
        {
            "supervisord.conf": "[program:web]\ncommand=uwsgi --ini conf/uwsgi.ini\n",
            "conf/uwsgi.ini": "[uwsgi]\nmodule = app:app\n",
            "app.py": APP,
        },
        ["supervisord.conf:2 > conf/uwsgi.ini:2 uwsgi production app:app True"],
    ),
    (
        "a unit that an installation script writes",
        {
            "install.sh": "#!/bin/sh\ncat > /etc/systemd/system/web.service <<EOF\n[Service]\nExecStart=gunicorn app:app\nEOF\n",
            "app.py": APP,
        },
        ["install.sh:4 gunicorn production app:app True"],
    ),
    (
        "mod_wsgi executes a file",
        {
            "site.conf": "WSGIScriptAlias / /srv/site/web.wsgi\n",
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["site.conf:1 > web.wsgi:1 mod_wsgi production web.wsgi:application True"],
    ),
    (
        "a script for mod_wsgi beside a deploy file that starts production",
        {
            "Procfile": "web: gunicorn app:app\n",
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "a script for mod_wsgi beside a task for people at work",
        {
            "Makefile": "run:\n\tflask run\n",
            "web.wsgi": "from app import app as application\n",
            "app.py": APP,
        },
        [
            "Makefile:2 flask-run development app:app True",
            "web.wsgi:1 mod_wsgi production web.wsgi:application True",
        ],
    ),
    (
        "a base image with a start script of its own",
        {
            "Dockerfile": 'FROM tiangolo/uwsgi-nginx:python3.12\nCOPY ./app /app\nCMD ["/start.sh"]\n',
            "app/uwsgi.ini": "[uwsgi]\nmodule = main\ncallable = app\n",
            "app/main.py": APP,
        },
        ["Dockerfile:3 > app/uwsgi.ini:2 uwsgi production main:app True"],
    ),
    (
        "the platform's own start",
        {"app.yaml": "runtime: python312\n", "main.py": APP},
        ["app.yaml:1 gunicorn production main:app True"],
    ),
    (
        "a source layout and PYTHONPATH",
        {"Procfile": "web: PYTHONPATH=src gunicorn web.app:app\n", "src/web/__init__.py": "", "src/web/app.py": APP},
        ["Procfile:1 gunicorn production web.app:app True"],
    ),
    (
        "--chdir",
        {"Procfile": "web: gunicorn --chdir backend app:app\n", "backend/app.py": APP},
        ["Procfile:1 gunicorn production app:app True"],
    ),
    (
        "--chdir leaves the folder before on the path of gunicorn",
        {"Procfile": "web: gunicorn --chdir src src.app:app\n", "src/app.py": "import views\n" + APP, "src/views.py": ""},
        ["Procfile:1 gunicorn production src.app:app True"],
    ),
    (
        "the module half is missing",
        {"Procfile": "web: gunicorn wsgi:app\n", "app.py": APP},
        ["Procfile:1 gunicorn production wsgi:app False"],
    ),
    (
        "an object under the main guard only",
        {
            "Procfile": "web: gunicorn app:app\n",
            "app.py": 'from flask import Flask\nif __name__ == "__main__":\n    app = Flask(__name__)\n',
        },
        ["Procfile:1 gunicorn production app:app False"],
    ),
    (
        "a package wins over a module",
        {"Procfile": "web: gunicorn web:app\n", "web.py": "x = 1\n", "web/__init__.py": APP},
        ["Procfile:1 gunicorn production web:app True"],
    ),
    (
        "a package wins over a module in a folder that had to be assumed",
        {
            "web.service": "[Service]\nExecStart=/usr/bin/gunicorn web:app\n",
            "server/web.py": "x = 1\n",
            "server/web/__init__.py": APP,
        },
        ["web.service:2 gunicorn production web:app True"],
    ),
    (
        "a build argument decides the target",
        {"Dockerfile": "FROM python:3.13\nARG MODULE\nCOPY . .\nCMD gunicorn ${MODULE}:app\n", "app.py": APP},
        ["Dockerfile:4 gunicorn production ${MODULE}:app None"],
    ),
    (
        "an exec form whose one word is the whole command",
        {"Dockerfile": IMAGE + 'CMD ["gunicorn app:app"]\n', "app.py": APP},
        ["Dockerfile:4 gunicorn production app:app False"],
    ),
    (
        "... with option files that are not there",
        {"Dockerfile": IMAGE + 'CMD ["uwsgi --ini uwsgi.ini"]\n', "app.py": APP},
        ["Dockerfile:4 uwsgi production  False"],
    ),
    (
        "... given to a shell",
        {"Dockerfile": IMAGE + 'ENTRYPOINT ["sh", "-c"]\nCMD ["gunicorn app:app"]\n', "app.py": APP},
        ["Dockerfile:4 > Dockerfile:5 > Dockerfile:4 gunicorn production app:app True"],
    ),
    (
        "... in an image whose base may have an entry point",
        {"Dockerfile": IMAGE.replace("python:3.13", "house/base") + 'CMD ["gunicorn app:app"]\n', "app.py": APP},
        [],
    ),
    ("celery is no web server", {"Procfile": "worker: celery -A app worker\n", "app.py": APP}, []),
    (
        "a variable that is handed on under its own name",
        {
            "run.sh": "#!/bin/sh\ndocker run -e FLASK_APP=$FLASK_APP site flask run\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["run.sh:2 flask-run development app:app True"],
    ),
    (
        "docker run from a task",
        {
            "Makefile": "run-local:\n\tdocker run -it -p 80:80 site web\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\n[ "$1" = web ] && exec flask run\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > boot.sh:2 flask-run production app:app True",  # whoever runs the image may give "web" too
            "Makefile:2 > Dockerfile:4 > boot.sh:2 flask-run development app:app True",
        ],
    ),
    (
        "tasks that only run an image which starts by itself, or one of another program",
        {
            "Makefile": "run:\n\tdocker run -it -p 80:80 site\n",
            "dump.sh": "#!/bin/sh\ndocker run --rm ${PG_CLIENT_IMAGE} psql -c 'select 1'\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": "#!/bin/sh\nexec gunicorn app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > boot.sh:2 gunicorn production app:app True"],
    ),
    (
        "an exporter of numbers, though its module reads the application",
        {
            "k8s.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template:\n    spec:\n      containers:\n"
            "        - name: numbers\n          image: site\n          command: [gunicorn, 'numbers_:app']\n",
            "numbers_.py": "from prometheus_client import make_wsgi_app\nimport app as site\n\n\ndef create():\n    registry = site\n"
            "    return make_wsgi_app(registry)\n\n\napp = create()\n",
            "app.py": APP,
        },
        [],
    ),
    (
        "an image that a generator wrote beside the project's own deploy file",
        {
            "Procfile": "web: gunicorn app:app\n",
            "gen/api/.openapi-generator-ignore": "",
            "gen/api/Dockerfile": "FROM python:3.13\nCOPY main.py .\nCMD python main.py\n",
            "gen/api/main.py": APP + "if __name__ == '__main__':\n    app.run()\n",
            "app.py": APP,
        },
        [
            "Procfile:1 gunicorn production app:app True",
            "gen/api/Dockerfile:3 > gen/api/main.py:4 app-run development main:app True",
        ],
    ),
    (
        "such an image that is all there is",
        {
            ".openapi-generator-ignore": "",
            "Dockerfile": "FROM python:3.13\nCOPY main.py .\nCMD python main.py\n",
            "main.py": APP + "if __name__ == '__main__':\n    app.run()\n",
        },
        ["Dockerfile:3 > main.py:4 app-run production main:app True"],
    ),
    (
        "an image that a variable holds and calls after another program",
        {
            "dump.sh": "#!/bin/sh\ndocker run --rm ${PG_CLIENT_IMAGE} web\n",
            "try.sh": "#!/bin/sh\ndocker run --rm ${SITE_IMAGE} web\n",
            "work": "#!/bin/sh\ndocker run --rm ${dev_image} web\n",
            "Dockerfile": IMAGE + 'ENTRYPOINT ["./boot.sh"]\n',
            "boot.sh": '#!/bin/sh\n[ "$1" = web ] && exec flask run\n',
            "app.py": APP,
        },
        [
            "Dockerfile:4 > boot.sh:2 flask-run production app:app True",
            "try.sh:2 > Dockerfile:4 > boot.sh:2 flask-run development app:app True",
        ],
    ),
]


@pytest.mark.parametrize(("files", "chains"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chains(files: dict[str, str], chains: list[str]) -> None:
    assert shown(linked(files)) == chains


def test_a_cycle_ends_with_a_said_problem() -> None:
    project = linked(
        {
            "Dockerfile": IMAGE + "CMD ./a.sh\n",
            "a.sh": "#!/bin/sh\n./b.sh\n",
            "b.sh": "#!/bin/sh\n./a.sh\n",
            "app.py": APP,
        }
    )
    assert shown(project) == []
    assert any("comes back to itself" in problem.message for problem in project.problems)


def test_settings_overrule_the_purpose() -> None:
    facts = parse(memory_tree({"Dockerfile.dev": IMAGE + "CMD gunicorn app:app\n", "app.py": APP}))
    assert [launch.purpose.value for launch in link(facts, name="site").launches] == ["development"]
    assert [launch.purpose.value for launch in link(facts, name="site", production=("Dockerfile.dev",)).launches] == [
        "production"
    ]


def test_settings_name_one_process_of_a_file() -> None:
    files = {
        "compose.yaml": "services:\n  api:\n    image: x\n    command: gunicorn app:app\n  admin:\n    image: x\n    command: flask run\n",
        "ops/start.sh": "gunicorn app:app\n",
        "app.py": APP,
    }
    facts = parse(memory_tree(files))
    found = link(facts, name="site", production=("ops/*",), development=("compose.yaml:admin", "nothing/*")).launches
    assert [(str(each.head.span), each.purpose.value, each.purpose_reason) for each in found] == [
        ("compose.yaml:4", "production", "a compose starts it"),
        ("compose.yaml:7", "development", "[tool.prodcheck] says so (compose.yaml:admin)"),
        ("ops/start.sh:1", "production", "[tool.prodcheck] says so (ops/*)"),
    ]


def test_production_wins_over_development_in_the_settings() -> None:
    facts = parse(memory_tree({"Procfile": "web: gunicorn app:app\n", "app.py": APP}))
    found = link(facts, name="site", production=("Procfile",), development=("*",)).launches
    assert [each.purpose.value for each in found] == ["production"]


def test_a_template_that_decides_a_command_is_said_to_be_unknown() -> None:
    command = "{% if plain %}flask run{% else %}gunicorn app:app{% endif %}"
    project = linked({"supervisord.conf.j2": f"[program:web]\ncommand={command}\n", "app.py": APP})
    assert [(str(hop.span), hop.text) for hop in project.unknown_starts] == [("supervisord.conf.j2:2", "web")]
    assert shown(project) == []


@pytest.mark.parametrize(("autostart", "confidence"), [("true", "high"), ("false", "low"), ("{{ web }}", "low")])
def test_a_process_that_its_manager_may_not_start_is_doubtful(autostart: str, confidence: str) -> None:
    project = linked(
        {
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD supervisord\n",
            "supervisord.conf": f"[program:web]\ncommand=gunicorn app:app\nautostart={autostart}\n",
            "app.py": APP,
        }
    )
    [launch] = project.launches
    assert launch.confidence.value == confidence


def test_a_command_that_the_values_of_a_chart_decide_is_said_to_be_unknown() -> None:
    container = "      - name: web\n        image: site\n        command: {{ toYaml .Values.command | nindent 10 }}\n"
    project = linked(
        {
            "chart/templates/web.yaml": f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  template:\n    spec:\n      containers:\n{container}",
            "app.py": APP,
        }
    )
    assert [str(hop.span) for hop in project.unknown_starts] == ["chart/templates/web.yaml:10"]


def test_scripts_that_name_each_other_end() -> None:
    scripts = "[tool.pdm.scripts]\na = {composite = ['b']}\nb = {composite = ['a']}\n"
    project = linked({"pyproject.toml": scripts, "Dockerfile": "FROM python\nCMD pdm run a\n", "app.py": APP})
    assert shown(project) == []
    assert any("comes back to itself" in problem.message for problem in project.problems)


def test_what_terraform_starts_is_said_to_be_unknown() -> None:
    project = linked(
        {
            "infra/main.tf": '# one\nresource "aws_ecs_task_definition" "web" {\n}\nresource "aws_s3_bucket" "b" {}\n',
            "app.py": APP,
        }
    )
    assert [(str(hop.span), hop.text) for hop in project.unknown_starts] == [
        ("infra/main.tf:2", "aws_ecs_task_definition")
    ]
    assert shown(project) == []


@pytest.mark.parametrize(
    "files",
    [
        {"Makefile": "a: b\n\tmake b\nb:\n\tmake a\n"},
        {"Taskfile.yml": "version: '3'\ntasks:\n  a: task b\n  b: task a\n"},
        {"justfile": "a:\n    just b\nb:\n    just a\n"},
        {"a.sh": "#!/bin/sh\n. ./b.sh\n", "b.sh": "#!/bin/sh\n. ./a.sh\n"},
        {"a.sh": "#!/bin/sh\n./a.sh\n"},
        {"Procfile": "web: python a.py\n", "a.py": "import subprocess\nsubprocess.run(['python', 'a.py'])\n"},
        {"a.sh": "#!/bin/sh\npython a.py\n", "a.py": "import os\nos.system('./a.sh')\n"},
    ],
)
def test_every_kind_of_cycle_is_said(files: dict[str, str]) -> None:
    project = linked({**files, "app.py": APP})
    assert shown(project) == []
    assert any("comes back to itself" in problem.message for problem in project.problems)


def test_only_a_reached_call_counts_as_production() -> None:
    project = linked({"Procfile": "web: gunicorn app:app\n", "app.py": MAIN})
    assert [site.production for site in project.run_sites] == ["no"]
    assert [site.production for site in linked({"app.py": MAIN}).run_sites] == ["no-deploy-files"]
    assert [site.production for site in linked({"Procfile": "web: python app.py\n", "app.py": MAIN}).run_sites] == [
        "yes"
    ]
    for script, expected in (("gunicorn app:app", "no"), ("python app.py", "no-deploy-files")):
        files = {"serve": f"#!/bin/sh\n{script}\n", "app.py": MAIN}
        assert [site.production for site in linked(files).run_sites] == [expected]


@pytest.mark.parametrize(
    ("command", "files", "unseen"),
    [
        ('["runsvdir", "/etc/service"]', {}, True),
        ('["runsvdir", "/app/services"]', {"services/jobs/run": "#!/bin/sh\nexec celery -A app worker\n"}, False),
        ('["supervisord", "-n"]', {}, True),
        ('["supervisord", "-n"]', {"supervisord.conf": "[program:jobs]\ncommand=celery -A app worker\n"}, False),
    ],
)
def test_a_process_manager_of_which_nothing_is_seen_is_said_to_be_unknown(
    command: str, files: dict[str, str], unseen: bool
) -> None:
    image = f"FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD {command}\n"
    project = linked({"Dockerfile": image, "app.py": APP, **files})
    assert [str(hop.span) for hop in project.unknown_starts] == (["Dockerfile:4"] if unseen else [])


@pytest.mark.parametrize(
    ("command", "unseen"),
    [
        ('["site-server", "--port", "80"]', True),
        ("site-server --port 80", True),
        ("/opt/site/serve", True),
        ("exec site-server", True),
        ('["sh", "-c", "site-server --port 80"]', True),
        ("python prepare.py && site-server", True),
        ("site-server | tee log", True),
        ("site-server & nginx", True),
        ('if [ -n "$DEBUG" ]; then bash; else site-server; fi', True),
        ("$SERVER_COMMAND", True),
        ("eval site-server", True),
        ("eval " * 50 + "site-server", False),
        ("supervisord -n", True),
        ("prepare-data && nginx -g 'daemon off;'", False),
        ("prepare-data; tail -f /dev/null", False),
        ("celery -A app worker", False),
        ("while true; do sleep 60; done", False),
        ('["site-server" "--port"]', False),
        ("bash", False),
        ("python prepare.py", False),
    ],
)
def test_a_program_that_is_not_in_the_project_is_an_unknown_start_in_either_form(command: str, unseen: bool) -> None:
    image = f"FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD {command}\n"
    project = linked({"Dockerfile": image, "app.py": APP, "prepare.py": "print(1)\n"})
    assert [str(hop.span) for hop in project.unknown_starts] == (["Dockerfile:4"] if unseen else [])


@pytest.mark.parametrize(
    ("command", "files", "unseen"),
    [
        ("python -m launcher --port 80", {}, True),
        ('["python", "-m", "launcher.web"]', {}, True),
        ("python $PROGRAM", {}, True),
        ("prepare && python -m launcher", {}, True),
        ("python -m celery worker", {}, False),
        ("python -m worker", {"worker.py": "print(1)\n"}, False),
        ("python -m worker.jobs", {"src/worker/jobs.py": "print(1)\n"}, False),
        ("python -c 'print(1)'", {}, False),
        # The image holds no code, or something else starts it.
        ("python -m launcher", {".dockerignore": "", "COPY": "requirements.txt"}, False),
        ("python -m launcher", {"compose.yml": "services: {web: {build: ., command: gunicorn app:app}}\n"}, False),
    ],
)
def test_a_python_program_that_is_not_in_the_project_is_an_unknown_start(
    command: str, files: dict[str, str], unseen: bool
) -> None:
    source = files.pop("COPY", ".")
    image = f"FROM python:3.13\nWORKDIR /app\nCOPY {source} .\nCMD {command}\n"
    project = linked({"Dockerfile": image, "app.py": APP, "requirements.txt": "flask\n", **files})
    assert [str(hop.span) for hop in project.unknown_starts] == (["Dockerfile:4"] if unseen else [])


@pytest.mark.parametrize(
    ("run", "missing"),
    [
        ("pip install flask", True),
        ("chmod +x bin/serve", True),
        ("make", False),
        ("git clone https://example.org/shop.git .", False),
        ("curl -o bin/serve https://example.org/download", False),
        ("python -m venv bin", False),
        ("echo exec gunicorn > bin/serve", False),
    ],
)
def test_a_program_that_the_build_may_make_is_not_missing_but_unknown(run: str, missing: bool) -> None:
    image = f"FROM python:3.13\nWORKDIR /app\nCOPY . .\nRUN {run}\nCMD ./bin/serve\n"
    project = linked({"Dockerfile": image, "app.py": APP})
    assert [each.missing for each in project.launches] == (["script"] if missing else [])
    assert [str(hop.span) for hop in project.unknown_starts] == ([] if missing else ["Dockerfile:5"])


@pytest.mark.parametrize(
    ("files", "production", "starts"),
    [
        ({".devcontainer/Dockerfile": "FROM x/y\nENTRYPOINT ['/z/init']\n"}, "no-deploy-files", []),
        ({".devcontainer/Dockerfile": 'FROM x/y\nENTRYPOINT ["/z/init"]\n'}, "no-deploy-files", []),
        ({".devcontainer/Dockerfile": "FROM x/y\n"}, "no-deploy-files", []),
        ({"ops/Dockerfile": 'FROM x/y\nENTRYPOINT ["/z/init"]\n'}, "no", ["ops/Dockerfile:2"]),
        ({"netlify.toml": '[build]\ncommand = "make site"\n'}, "no-deploy-files", []),
        ({"gunicorn.conf.py": "workers = 2\nbind = ':8000'\n"}, "no", []),  # it says how, though not when
    ],
)
def test_what_people_work_in_is_no_deploy_file(files: dict[str, str], production: str, starts: list[str]) -> None:
    project = linked({"app.py": MAIN, **files})
    assert [site.production for site in project.run_sites] == [production]
    assert [str(hop.span) for hop in project.unknown_starts] == starts


ENTRY = "[project]\nname = 'locust'\n[project.scripts]\nlocust = 'web:main'\ntest = 'web:main'\n"
SERVING = APP + "from waitress import serve\ndef main():\n    serve(app)\n"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ('["locust"]', ["Dockerfile:4 > pyproject.toml:4 > web.py:5 waitress production web:app True"]),
        ("locust", ["Dockerfile:4 > pyproject.toml:4 > web.py:5 waitress production web:app True"]),
        ("test", []),  # the shell's own
        ('["celery"]', []),
    ],
)
def test_a_program_that_is_known_to_serve_nothing_may_be_the_project(command: str, expected: list[str]) -> None:
    files = {"Dockerfile": IMAGE + f"CMD {command}\n", "pyproject.toml": ENTRY, "web.py": SERVING}
    assert [each for each in shown(linked(files)) if each.startswith("Dockerfile")] == expected


@pytest.mark.parametrize(
    ("script", "command", "parent"),
    [
        ("gunicorn app:app\n", '["bash", "-c", "/app/boot.sh"]', "boot.sh:1"),
        ("exec gunicorn app:app\n", '["bash", "-c", "/app/boot.sh"]', None),
        ("exec gunicorn app:app\n", '["sh", "-c", "/app/boot.sh"]', None),
        ("", '["bash", "-c", "gunicorn app:app"]', None),
        ("", '["sh", "-c", "gunicorn app:app"]', "Dockerfile:4"),
        ("", '["bash", "-c", "sleep 1 && gunicorn app:app"]', None),
        ("", '["bash", "-c", "sleep 1; gunicorn app:app"]', None),
        ("", '["bash", "-c", "sleep 1 > /tmp/log; gunicorn app:app"]', None),
        ("", '["sh", "-c", "sleep 1 && gunicorn app:app"]', "Dockerfile:4"),
        ("", '["bash", "-c", "sleep 1 && gunicorn app:app 2> log"]', "Dockerfile:4"),
        ("", '["bash", "-c", "sleep 1 && gunicorn app:app; true"]', "Dockerfile:4"),
        ("", '["bash", "-c", "sleep 1 & gunicorn app:app"]', "Dockerfile:4"),
        ("", '["bash", "-c", "trap true TERM; gunicorn app:app"]', "Dockerfile:4"),
        ("gunicorn app:app\n", '["bash", "-c", "sleep 1 && /app/boot.sh"]', "boot.sh:1"),
        ("gunicorn app:app &\nwait\n", '["/app/boot.sh"]', "boot.sh:1"),
        ("exec gunicorn app:app &\nwait\n", '["/app/boot.sh"]', "boot.sh:1"),
        ("trap 'kill $!' TERM\ngunicorn app:app &\nwait\n", '["/app/boot.sh"]', None),
        ("trap 'kill $!' TERM\nsh -c 'gunicorn app:app; true' &\nwait\n", '["/app/boot.sh"]', "boot.sh:3"),
    ],
)
def test_the_shell_that_stays_in_front(script: str, command: str, parent: str | None) -> None:
    files = {"Dockerfile": IMAGE + f"CMD {command}\n", "boot.sh": f"#!/bin/bash\n{script}", "app.py": APP}
    launches = linked(files).launches
    assert [str(each.shell_parent) if each.shell_parent else None for each in launches if each.container] == [parent]


@pytest.mark.parametrize(
    ("own", "program", "expected"),
    [
        (', "--all"', APP + "app.run()\n", ["Dockerfile:4", "compose.yaml:4"]),
        (', "--all"', APP + "import sys\nif other():\n    app.run()\n", ["compose.yaml:4"]),
        ("", APP + "import sys\napp.run(port=int(sys.argv[1]))\n", ["compose.yaml:4"]),
    ],
)
def test_an_image_that_serves_without_the_arguments_of_compose(own: str, program: str, expected: list[str]) -> None:
    files = {
        "Dockerfile": IMAGE + f'ENTRYPOINT ["python", "app.py"{own}]\n',
        "compose.yaml": 'services:\n  web:\n    build: .\n    command: ["80"]\n',
        "app.py": program,
    }
    assert [str(launch.head.span) for launch in linked(files).launches] == expected
