"""How command lines are read: wrappers, servers, interpreters, task runners."""

from __future__ import annotations

import shlex

import pytest

from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.steps import (
    ConsoleRun,
    Nothing,
    PythonRun,
    ScriptRun,
    ServerStart,
    ShellRun,
    TaskRun,
)
from flask_prodcheck.model.project import Server

#: Words behind a program that is not known, and whether they are those of a Python.
BEHIND_A_VARIABLE = [
    ("-u main.py", PythonRun(script="main.py")),
    ("-uB main.py -p 80", PythonRun(script="main.py", args=("-p", "80"))),
    ("-m shop.web x", PythonRun(module="shop.web", args=("x",))),
    ("-B -m shop", PythonRun(module="shop")),
    ("main.py", PythonRun(script="main.py")),
    ("-m 512m", None),
    ("-m", None),
    ("-u www main.py", None),
    ("-c main.py", None),
    ("commit -m shop", None),
    ("", None),
]

SERVERS = [
    ("gunicorn app:app", Server.GUNICORN, "app:app"),
    ("exec gunicorn -b :5000 --access-logfile - app:app", Server.GUNICORN, "app:app"),
    ("command gunicorn app:app", Server.GUNICORN, "app:app"),
    ("gunicorn '${OPTIONS}' -w 4 site.wsgi", Server.GUNICORN, "site.wsgi"),
    ("gunicorn '${OPTIONS}' '${TARGET}'", Server.GUNICORN, "${OPTIONS}"),
    ("env A=b gunicorn app:app", Server.GUNICORN, "app:app"),
    ("tini -s -- gunicorn app:app", Server.GUNICORN, "app:app"),
    ("dumb-init gunicorn app:app", Server.GUNICORN, "app:app"),
    ("gosu web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("su-exec web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("sudo -u web -E gunicorn app:app", Server.GUNICORN, "app:app"),
    ("nohup nice -n 5 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("sage --python -m gunicorn app:app", Server.GUNICORN, "app:app"),
    ("timeout -k 5 30 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("./wait-for-it.sh db:5432 -t 30 -- gunicorn app:app", Server.GUNICORN, "app:app"),
    ("dockerize -wait tcp://db:5432 -timeout 10s gunicorn app:app", Server.GUNICORN, "app:app"),
    ("screen -dmS web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("screen -A -m -d -Sweb -Logfile web.log gunicorn app:app", Server.GUNICORN, "app:app"),
    ("screen -S web -X screen -t first gunicorn app:app", Server.GUNICORN, "app:app"),
    ("tmux -L web new-session -d -s web -c /srv gunicorn app:app", Server.GUNICORN, "app:app"),
    ("talisker.gunicorn.gevent --bind :80 app:app", Server.GUNICORN, "app:app"),
    ("s6-applyuidgid -u 1000 -g 1000 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("s6-envdir ./env gunicorn app:app", Server.GUNICORN, "app:app"),
    ("s6-setlock -t 500 /run/lock gunicorn app:app", Server.GUNICORN, "app:app"),
    ("s6-softlimit -m 100000 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("envdir /etc/web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("envuidgid web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("setlock -n /run/lock gunicorn app:app", Server.GUNICORN, "app:app"),
    ("softlimit -o 1024 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("pgrphack gunicorn app:app", Server.GUNICORN, "app:app"),
    ("prlimit --nofile=1024 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("systemd-cat -t web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("systemd-inhibit --what=idle gunicorn app:app", Server.GUNICORN, "app:app"),
    ("torsocks -p 9050 gunicorn app:app", Server.GUNICORN, "app:app"),
    ("proxychains4 -f proxies.conf gunicorn app:app", Server.GUNICORN, "app:app"),
    ("elasticapm-run gunicorn app:app", Server.GUNICORN, "app:app"),
    ("splunk-py-trace gunicorn app:app", Server.GUNICORN, "app:app"),
    ("contrast-python-run -- gunicorn app:app", Server.GUNICORN, "app:app"),
    ("pyagent run -c agent.cfg gunicorn app:app", Server.GUNICORN, "app:app"),
    ("poetry run gunicorn app:app", Server.GUNICORN, "app:app"),
    ("pipenv run gunicorn app:app", Server.GUNICORN, "app:app"),
    ("uv run --frozen --no-dev gunicorn app:app", Server.GUNICORN, "app:app"),
    ("conda run -n web --no-capture-output gunicorn app:app", Server.GUNICORN, "app:app"),
    ("docker compose -f prod.yml run --rm -e A=b web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("docker-compose exec -T web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("newrelic-admin run-program gunicorn app:app", Server.GUNICORN, "app:app"),
    ("ddtrace-run gunicorn app:app", Server.GUNICORN, "app:app"),
    ("opentelemetry-instrument --service_name web gunicorn app:app", Server.GUNICORN, "app:app"),
    ("doppler run -- gunicorn app:app", Server.GUNICORN, "app:app"),
    ("chamber exec web -- gunicorn app:app", Server.GUNICORN, "app:app"),
    ("/srv/venv/bin/gunicorn app:app", Server.GUNICORN, "app:app"),
    ("'$(which gunicorn)' app:app", Server.GUNICORN, "app:app"),
    ("'$(command -v gunicorn)' app:app", Server.GUNICORN, "app:app"),
    ("'`which gunicorn`' app:app", Server.GUNICORN, "app:app"),
    ("python -m gunicorn app:app", Server.GUNICORN, "app:app"),
    ("python3.12 -u -W ignore -m gunicorn.app.wsgiapp app:app", Server.GUNICORN, "app:app"),
    ("waitress-serve --port=80 --call app:create_app", Server.WAITRESS, "app:create_app"),
    ("uvicorn --host 0.0.0.0 --reload app:asgi", Server.UVICORN, "app:asgi"),
    ("hypercorn -b 0.0.0.0:80 app:app", Server.HYPERCORN, "app:app"),
    ("hypercorn wsgi:app", Server.HYPERCORN, "wsgi:app"),
    ("hypercorn wsgi:app:app", Server.HYPERCORN, "app:app"),
    ("granian --interface wsgi app:app", Server.GRANIAN, "app:app"),
    ("flask run", Server.FLASK_RUN, ""),
    ("flask --app site run --host 0.0.0.0", Server.FLASK_RUN, "site"),
    ("python -m flask -A site --debug run", Server.FLASK_RUN, "site"),
    ("python -m debugpy --listen 0.0.0.0:5678 -m flask run", Server.FLASK_RUN, ""),
    ("python /tmp/debugpy --wait-for-client --listen 0.0.0.0:5678 -m flask run --no-debugger", Server.FLASK_RUN, ""),
    ("coverage run -m flask run", Server.FLASK_RUN, ""),
    ("mod_wsgi-express start-server --port 80 site.wsgi", Server.MOD_WSGI, "site.wsgi"),
]


@pytest.mark.parametrize(("line", "server", "target"), SERVERS)
def test_server_behind_wrappers(line: str, server: Server, target: str) -> None:
    step = read_command(shlex.split(line)).step
    assert isinstance(step, ServerStart)
    assert (step.server, step.target) == (server, target)


FOLLOWED = [
    ("python app.py --port 80", PythonRun(script="app.py", args=("--port", "80"))),
    ("python 'app.py${OPTIONS}' --port 80", PythonRun(script="app.py", args=("${OPTIONS}", "--port", "80"))),
    ("bin/micromamba run -r runtime -n web python app.py", PythonRun(script="app.py")),
    ("docker-compose run web", Nothing("docker-compose run")),
    ("docker-compose run --entrypoint sh web app.py", Nothing("docker-compose run")),
    ("sage -python app.py --debug", PythonRun(script="app.py", args=("--debug",))),
    ("sage --pip install flask", Nothing("sage")),
    ("python -m site.server x", PythonRun(module="site.server", args=("x",))),
    ("python -c 'print(1)'", PythonRun(code="print(1)")),
    ("bash -lc 'cd x && gunicorn a:b'", ShellRun("cd x && gunicorn a:b", shell="bash")),
    ("python -X frozen_modules=off /tmp/debugpy --listen 5678 app.py 1", PythonRun(script="app.py", args=("1",))),
    ("powershell -NoProfile -ExecutionPolicy Bypass -Command 'cd x; flask run'", ShellRun("cd x; flask run", shell="powershell")),
    ("PowerShell.exe -ep Bypass -noexit flask run", ShellRun("flask run", shell="powershell")),
    ("pwsh -wd /app -c flask run", ShellRun("flask run", shell="powershell")),
    ("pwsh -NoLogo -File ./start.ps1 -Port 80", ScriptRun("./start.ps1", ("-Port", "80"), shell=True)),
    (r"'C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe' -f 'C:\site\start.ps1'", ScriptRun("/site/start.ps1", shell=True)),
    ("powershell -EncodedCommand Zmxhc2s=", ConsoleRun("powershell")),
    ("powershell -e Zmxhc2s=", ConsoleRun("powershell")),
    ("powershell", Nothing("powershell")),
    ("pwsh -File", Nothing("powershell")),
    ("cmd /S /C 'cd x && flask run'", ShellRun("cd x && flask run", shell="cmd")),
    ("cmd.exe /k", Nothing("cmd")),
    ("cmd", Nothing("cmd")),
    ("start.ps1", ScriptRun("start.ps1")),
    ("sh start.sh web", ScriptRun("start.sh", ("web",), shell=True)),
    ("./start.sh", ScriptRun("./start.sh")),
    (". ./env.sh", ScriptRun("./env.sh", sourced=True)),
    ("make -C deploy serve", TaskRun("make", ("serve",), directory="deploy")),
    ("npm run serve", TaskRun("npm", ("serve",))),
    ("honcho start web -f Procfile.dev", TaskRun("procfile", ("web",), file="Procfile.dev")),
    ("supervisord -n -c /etc/supervisord.conf", TaskRun("supervisor", (), file="/etc/supervisord.conf")),
    ("invoke app.run --port 80", TaskRun("invoke", ("app.run",), ("app.run", "--port", "80"))),
    ("poetry run serve", ConsoleRun("serve")),
    ("celery -A app worker", Nothing("celery", ConsoleRun("celery", ("-A", "app", "worker")))),
    ("nginx -g x", Nothing("nginx")),
    ("flask db upgrade", Nothing("flask db", ConsoleRun("db", ("upgrade",)))),
    ("python -m http.server", Nothing("python -m http.server")),
    ("uwsgi --version", Nothing("uwsgi")),
    ("/srv/venv/bin/gunicorn --version", Nothing("/srv/venv/bin/gunicorn")),
    ("gunicorn --check-config -c gunicorn.py app:app", Nothing("gunicorn")),
    ("! command -v gunicorn", Nothing("command -v")),
    (
        "screen -S web -X screen -t first bash -c 'cd web; ./serve.py; read x'",
        ShellRun("cd web; ./serve.py; read x", shell="bash"),
    ),
    ("screen -S web -p 0 -X stuff 'gunicorn app:app\\n'", ShellRun("gunicorn app:app", shell="sh")),
    ("screen -S web -X stuff '^C'", Nothing("screen -S")),
    ("screen -S web -X quit", Nothing("screen -S")),
    ("ssh -i key -p 22 me@host gunicorn app:app", ShellRun("gunicorn app:app", shell="ssh")),
    ("ssh me@host -p 22 -t 'cd web && gunicorn app:app'", ShellRun("cd web && gunicorn app:app", shell="ssh")),
    ("sshpass -p x ssh me@host ./run.sh", ShellRun("./run.sh", shell="ssh")),
    ("ssh -t me@host", Nothing("ssh")),
    ("screen -dmS web", Nothing("screen -dmS")),
    ("screen -ls", Nothing("screen -ls")),
    ("screen -dr web", Nothing("screen -dr")),
    ("tmux new -ds web 'cd web && gunicorn app:app'", ShellRun("cd web && gunicorn app:app", shell="sh")),
    ("tmux neww -t web:1 -n app python app.py ';' attach", PythonRun(script="app.py")),
    ("tmux send-keys -t web 'gunicorn app:app' C-m", ShellRun("gunicorn app:app", shell="sh")),
    ("tmux send-keys -t web 'gunicorn app:app'", Nothing("tmux send-keys")),
    ("tmux send-keys -t web C-c Enter", Nothing("tmux send-keys")),
    ("tmux kill-session -t web", Nothing("tmux kill-session")),
]


@pytest.mark.parametrize(("line", "step"), FOLLOWED)
def test_what_is_followed(line: str, step: object) -> None:
    assert read_command(shlex.split(line)).step == step


def test_gunicorn_options_by_setting_name() -> None:
    step = read_command(
        shlex.split(
            "gunicorn -w4 -k gevent --bind=0.0.0.0:80 -b unix:/run/x --worker-tmp-dir /dev/shm --preload --thr 2 --chdir src --pythonpath a,b app:app"
        )
    ).step
    assert isinstance(step, ServerStart)
    assert step.options["workers"] == "4"
    assert step.options["worker_class"] == "gevent"
    assert step.options["bind"] == "0.0.0.0:80,unix:/run/x"
    assert step.options["threads"] == "2"
    assert step.options["preload_app"] == "true"
    assert (step.chdir, step.paths, step.unknown) == ("src", ("b", "a"), ())


def test_unknown_gunicorn_option_is_said() -> None:
    step = read_command(shlex.split("gunicorn --keepalive 5 app:app")).step
    assert isinstance(step, ServerStart)
    assert (step.unknown, step.target) == (("--keepalive",), "app:app")


def test_uwsgi_arguments() -> None:
    step = read_command(shlex.split("uwsgi --master --http :80 -w site:app -p 4 --ini conf/uwsgi.ini")).step
    assert isinstance(step, ServerStart)
    assert step.options == {
        "master": "true",
        "http": ":80",
        "module": "site:app",
        "processes": "4",
        "ini": "conf/uwsgi.ini",
    }


def test_what_wrappers_say() -> None:
    reading = read_command(shlex.split("A=1 exec gosu web watchmedo auto-restart -p '*.py' -- gunicorn app:app"))
    assert (reading.environment, reading.user, reading.reloads, reading.replaces_shell) == (
        {"A": "1"},
        "web",
        True,
        True,
    )


@pytest.mark.parametrize(("words", "expected"), BEHIND_A_VARIABLE)
def test_a_program_that_a_variable_holds(words: str, expected: PythonRun | None) -> None:
    step = read_command(shlex.split(f"'${{program}}' {words}")).step
    assert step == expected if expected is not None else not isinstance(step, PythonRun)
