"""Commands behind wrappers: whatever stands in front, the server and its target are found."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\n"

COMMANDS = [
    "env A=b gunicorn app:app",
    "exec gunicorn app:app",
    'sh -c "gunicorn app:app"',
    'bash -lc "gunicorn app:app"',
    '["bash", "-lc", "exec gunicorn app:app"]',
    "tini -s -- gunicorn app:app",
    '["tini", "--", "gunicorn", "app:app"]',
    "dumb-init -- gunicorn app:app",
    "gosu web gunicorn app:app",
    "su-exec web:web gunicorn app:app",
    "sudo -E -u web gunicorn app:app",
    "nohup gunicorn app:app",
    "nice -n 5 gunicorn app:app",
    "timeout --signal=TERM 30s gunicorn app:app",
    "wait-for-it db:5432 -t 60 -- gunicorn app:app",
    "./wait-for-it.sh --timeout=0 db:5432 -- gunicorn app:app",
    "dockerize -wait tcp://db:5432 -timeout 60s gunicorn app:app",
    "poetry run gunicorn app:app",
    "pipenv run gunicorn app:app",
    "uv run gunicorn app:app",
    "uv run --no-sync -- gunicorn app:app",
    "pdm run gunicorn app:app",
    "hatch run gunicorn app:app",
    "hatch run prod:gunicorn app:app",
    "conda run -n web --no-capture-output gunicorn app:app",
    "micromamba run -n base gunicorn app:app",
    "newrelic-admin run-program gunicorn app:app",
    "ddtrace-run gunicorn app:app",
    "opentelemetry-instrument --service_name web gunicorn app:app",
    "doppler run -- gunicorn app:app",
    'doppler run --command "gunicorn app:app"',
    "chamber exec site -- gunicorn app:app",
    "python -m gunicorn app:app",
    "python -u -m gunicorn app:app",
    "/usr/local/bin/gunicorn app:app",
    "su web -c 'gunicorn app:app'",
    "runuser -u web -- gunicorn app:app",
    "gunicorn --config=gunicorn.conf.py app:app",
    "setpriv --reuid=1000 gunicorn app:app",
    "setpriv --reuid 1000 --regid 1000 --init-groups gunicorn app:app",
    "/bin/sh -c 'flask db upgrade && exec gunicorn app:app'",
    "flask db upgrade && gunicorn app:app",
    "flask db upgrade; gunicorn app:app",
    "cd /app && gunicorn app:app",
    "(gunicorn app:app)",
    "gunicorn app:app | tee /var/log/web.log",
    "gunicorn app:app >> /dev/stdout 2>&1",
    '[ -n "$X" ] || gunicorn app:app',
    "xvfb-run -a gunicorn app:app",
    "stdbuf -oL gunicorn app:app",
    "ionice -c 3 gunicorn app:app",
    "s6-setuidgid web gunicorn app:app",
    "with-contenv gunicorn app:app",
    "aws-vault exec prod -- gunicorn app:app",
    "infisical run -- gunicorn app:app",
    "op run -- gunicorn app:app",
    "envconsul -prefix web gunicorn app:app",
    "ssm-env gunicorn app:app",
    "python -m newrelic.admin run-program gunicorn app:app",
    "rye run gunicorn app:app",
    "pixi run gunicorn app:app",
    "honcho run gunicorn app:app",
    "/usr/local/bin/envdir /env /usr/local/bin/gunicorn app:app",
    "/command/softlimit -m 300000000 /usr/bin/gunicorn app:app",
    "/command/s6-applyuidgid -u 1000 -g 1000 /usr/bin/gunicorn app:app",
    "/usr/bin/systemd-cat -t site /usr/bin/gunicorn app:app",
    "/opt/venv/bin/elasticapm-run gunicorn app:app",
    "/opt/venv/bin/pyagent run -c /etc/agent.cfg gunicorn app:app",
    "nodemon --exec gunicorn app:app",
    "watchmedo auto-restart -d . -- gunicorn app:app",
    "scl enable rh-python38 -- gunicorn app:app",
    "python -m pipenv run gunicorn app:app",
    "python3 -m poetry run gunicorn app:app",
    'eval "gunicorn app:app"',
    "set -e; exec gunicorn app:app",
    "source venv/bin/activate && gunicorn app:app",
    ". venv/bin/activate; gunicorn app:app",
    "time gunicorn app:app",
    "unbuffer gunicorn app:app",
    "daemonize /usr/bin/gunicorn app:app",
    "start-stop-daemon --start --exec /usr/bin/gunicorn -- app:app",
    "while true; do gunicorn app:app; sleep 1; done",
    "until gunicorn app:app; do sleep 1; done",
    "if true; then gunicorn app:app; fi",
    "gunicorn app:app & wait",
    "trap 'kill %1' TERM; gunicorn app:app & wait $!",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_server_behind_a_wrapper(command: str, chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {"Dockerfile": f"{IMAGE}CMD {command}\n", "app.py": APP}
    assert chains(files) == ["Dockerfile:4 gunicorn production app:app True"]


def test_a_command_that_adds_to_itself_is_not_put_together_again_on_the_other_machine() -> None:
    script = """#!/bin/sh
SSH=ssh
if [ -n "$KEY" ]; then
  SSH="ssh -i $KEY"
fi
if [ "$PORT" != 22 ]; then
  SSH="$SSH -p $PORT"
fi
$SSH ann@$HOST "gunicorn app:app"
"""
    project = link(parse(memory_tree({"publish.sh": script, "app.py": APP})), name="shop")
    assert ([str(each.head.span) for each in project.launches], project.problems) == (["publish.sh:9"], ())


@pytest.mark.parametrize(
    ("call", "end", "served"),
    [
        ("./wait-for.sh db python app.py", 'exec "$@"', True),
        ("./wait-for.sh db python app.py", 'cmd="$@"\nexec $cmd', True),
        ('sh -c "./wait-for.sh db python app.py"', 'exec "$@"', True),
        ("./wait-for.sh db", 'exec "$@"', False),
        ("/opt/wait-for.sh db python app.py", 'exec "$@"', False),
    ],
)
def test_a_script_called_like_a_wrapper_that_takes_other_words(
    call: str, end: str, served: bool, chains: Callable[[dict[str, str]], list[str]]
) -> None:
    script = f"#!/bin/sh\nhost=$1\nshift\nuntil ping $host; do\n  sleep 1\ndone\n{end}\n"
    files = {"Dockerfile": f"{IMAGE}CMD {call}\n", "wait-for.sh": script, "app.py": f"{APP}app.run()\n"}
    last = script.count("\n")
    chain = f"Dockerfile:4 > wait-for.sh:{last} > app.py:3"
    assert chains(files) == ([f"{chain} app-run production app:app True"] if served else [])


def test_a_program_behind_options_that_take_a_word(chains: Callable[[dict[str, str]], list[str]]) -> None:
    command = "setpriv --reuid 1000 --regid 1000 --init-groups --inh-caps=-all python app.py"
    files = {"Dockerfile": f"{IMAGE}CMD {command}\n", "app.py": f"{APP}app.run()\n"}
    assert chains(files) == ["Dockerfile:4 > app.py:3 app-run production app:app True"]
