"""Settings that servers take from files, variables and keywords: what a launch then has."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.syntax import Expr
from flask_prodcheck.model.evaluation.evaluate import Evaluated, Scope, evaluate_all
from flask_prodcheck.model.launching import server_config
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Launch
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"


def launch_of(files: dict[str, str]) -> Launch:
    [launch] = [each for each in link(parse(memory_tree(files)), name="site").launches if each.is_production]
    return launch


def options(launch: Launch) -> dict[str, str]:
    return {name: value for name, (value, _) in launch.options.items()}


def test_uwsgi_takes_variables_and_every_folder_from_its_file() -> None:
    launch = launch_of(
        {
            "Dockerfile": IMAGE + 'CMD ["uwsgi", "--ini", "site.ini", "--processes", "3"]\n',
            "site.ini": "[uwsgi]\nmodule = web:app\npythonpath = lib\npythonpath = src\nenv = MODE=live\n"
            "env = KEY=$(KEY)\nprocesses = 9\n",
            "src/web.py": APP,
            "lib/other.py": "",
        }
    )
    assert (launch.resolves, launch.module_file) == (True, "src/web.py")
    assert options(launch)["processes"] == "3"
    assert {name: isinstance(value, Known) for name, value in launch.env.items()} == {"MODE": True, "KEY": False}


def test_uwsgi_reads_its_own_variables_last() -> None:
    files = {
        "Dockerfile": IMAGE + "ENV UWSGI_MODULE=web:app UWSGI_PROCESSES=2\nCMD uwsgi --processes 4\n",
        "web.py": APP,
    }
    launch = launch_of(files)
    assert (launch.target, launch.resolves, options(launch)["processes"]) == ("web:app", True, "4")


def test_mod_wsgi_works_where_its_daemon_process_says() -> None:
    launch = launch_of(
        {
            "site.conf": "<VirtualHost *:80>\nWSGIDaemonProcess site processes=2 threads=15 home=/srv/site/web"
            " python-path=/srv/site/lib\nWSGIProcessGroup site\nWSGIScriptAlias / /srv/site/web/entry.wsgi\n</VirtualHost>\n",
            "web/entry.wsgi": "from views import app as application\n",
            "web/views.py": APP,
            "lib/x.py": "",
        }
    )
    assert (launch.cwd, options(launch)["processes"], options(launch)["threads"]) == ("web", "2", "15")


@pytest.mark.parametrize(
    ("keywords", "expected"),
    [
        ("host='127.0.0.1', port=8000", {"host": "127.0.0.1", "port": "8000"}),
        ("listen='*:80', trusted_proxy='*'", {"listen": "*:80", "trusted-proxy": "*"}),
        ("port=PORT, threads=2 * 4", {"port": "5000", "threads": "8"}),
        ("port=os.environ.get('PORT', 5000)", {"port": "${port}"}),
        ("**settings", {}),
    ],
)
def test_keywords_of_waitress(keywords: str, expected: dict[str, str]) -> None:
    program = f"import os\nfrom waitress import serve\n{APP}PORT = 5000\nserve(app, {keywords})\n"
    assert options(launch_of({"Procfile": "web: python run.py\n", "run.py": program})) == expected


def test_one_file_of_gunicorn_settings_is_followed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(exprs: Sequence[Expr], scope: Scope) -> list[Evaluated]:
        asked.append(scope.path)
        return evaluate_all(exprs, scope)

    monkeypatch.setattr(server_config, "evaluate_all", counted)
    files = {
        "Procfile": "web: gunicorn app:app\napi: gunicorn app:app --threads 2\n",
        "gunicorn.conf.py": "from app import WORKERS\nworkers = WORKERS\nworker_class = 'gthread'\n",
        "app.py": APP + "WORKERS = 3\n",
    }
    launches = link(parse(memory_tree(files)), name="site").launches
    assert [(options(each)["workers"], options(each)["worker_class"]) for each in launches] == [("3", "gthread")] * 2
    assert asked == ["gunicorn.conf.py"]


def test_it_is_followed_again_where_it_asks_for_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(exprs: Sequence[Expr], scope: Scope) -> list[Evaluated]:
        asked.append(scope.path)
        return evaluate_all(exprs, scope)

    monkeypatch.setattr(server_config, "evaluate_all", counted)
    service = "[Service]\nWorkingDirectory=/srv/site\nEnvironment={}\nExecStart=/srv/site/venv/bin/gunicorn app:app\n"
    variables = {"a": "NAME=a", "b": "NAME=b", "c": "WORKERS=5"}
    files = {
        **{f"{name}.service": service.format(variable) for name, variable in variables.items()},
        "gunicorn.conf.py": "import os\nworkers = int(os.environ.get('WORKERS', '2'))\n",
        "app.py": APP,
    }
    launches = link(parse(memory_tree(files)), name="site").launches
    assert [options(each)["workers"] for each in launches] == ["2", "2", "5"]
    assert asked == ["gunicorn.conf.py"] * 2


def test_a_mount_beside_the_file_of_uwsgi_is_no_second_start() -> None:
    launch = launch_of(
        {
            "Dockerfile": IMAGE + 'CMD ["uwsgi", "--ini", "/app/site.ini"]\n',
            "site.ini": "[uwsgi]\nwsgi-file = web.py\ncallable = app\nmount = /=web.py\n",
            "web.py": APP,
        }
    )
    assert (str(launch.head.span), launch.target) == ("Dockerfile:4", "web.py:app")
