"""Scripts by which the system of a host starts a service, one mechanism each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.launching.commands.read import read_command
from flask_prodcheck.model.launching.steps import ServerStart
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
RUN = APP + "if __name__ == '__main__':\n    app.run()\n"
LSB = "#!/bin/sh\n### BEGIN INIT INFO\n# Provides: shop\n# Default-Start: 2 3 4 5\n### END INIT INFO\n"


def by_argument(start: str, *, head: str = LSB) -> str:
    return f'{head}case "$1" in\nstart)\n{start}\n;;\nstop)\nkillall python\n;;\n*)\necho "Usage: $0 start|stop"\n;;\nesac\n'


DAEMON = 'DAEMON=/opt/shop/run.py\n[ -x "$DAEMON" ] || exit 0\n'
ONE = "#!/bin/sh /etc/rc.common\nSTART=99\n"
RC = "#!/sbin/openrc-run\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "the header of the LSB, start-stop-daemon",
        {
            "ops/shop": LSB
            + DAEMON
            + "do_start() {\n  start-stop-daemon --start --quiet --pidfile /run/a --exec $DAEMON -- --fast\n}\n"
            + 'case "$1" in\n  start) do_start ;;\n  stop) start-stop-daemon --stop --exec $DAEMON ;;\nesac\n',
            "run.py": RUN,
        },
        ["ops/shop:9 > run.py:4 app-run production run:app True"],
    ),
    (
        "start-stop-daemon without arguments, with another program to start, in a folder",
        {
            "shop.init": by_argument("start-stop-daemon -S -b -d /opt/shop/web -x /usr/bin/python3 -a ./run.py"),
            "web/run.py": RUN,
            "old/run.py": "",
        },
        ["shop.init:8 > web/run.py:4 app-run production run:app True"],
    ),
    (
        "start-stop-daemon says first what it would do",
        {
            "shop.init": by_argument(
                "start-stop-daemon --start --exec /opt/run.py --test > /dev/null || exit 1\n"
                "start-stop-daemon --start --exec /opt/run.py -- --fast"
            ),
            "run.py": RUN,
        },
        ["shop.init:9 > run.py:4 app-run production run:app True"],
    ),
    (
        "the folder of such scripts; daemon of Red Hat",
        {
            "etc/init.d/shop": by_argument("daemon --user=web +5 --pidfile /run/a python run.py", head="#!/bin/bash\n"),
            "run.py": RUN,
        },
        ["etc/init.d/shop:4 > run.py:4 app-run production run:app True"],
    ),
    (
        "the comment of chkconfig; a command as one word",
        {"shop": by_argument('daemon "python run.py"', head="#!/bin/sh\n# chkconfig: 345 99 01\n"), "run.py": RUN},
        ["shop:5 > run.py:4 app-run production run:app True"],
    ),
    (
        "what neither header nor folder calls so is a script of people",
        {"shop": by_argument("python run.py", head="#!/bin/sh\n"), "run.py": RUN},
        ["shop:4 > run.py:4 app-run development run:app True"],
    ),
    (
        "OpenWrt: its own start",
        {
            "files/shop": ONE + "start() {\n  cd /opt/shop\n  ./run.py &\n}\nstop() {\n  killall run.py\n}\n",
            "run.py": RUN,
        },
        ["files/shop:5 > run.py:4 app-run production run:app True"],
    ),
    (
        "OpenWrt: procd",
        {
            "files/shop": ONE
            + "USE_PROCD=1\nstart_service() {\n  procd_open_instance\n"
            + "  procd_set_param command /usr/bin/python3 -u /opt/shop/run.py\n  procd_close_instance\n}\n",
            "run.py": RUN,
        },
        ["files/shop:6 > run.py:4 app-run production run:app True"],
    ),
    (
        "OpenRC: the variables",
        {"shop.initd": RC + 'command="/usr/bin/gunicorn"\ncommand_args="-w 2 app:app"\n', "app.py": APP},
        ["shop.initd:2 gunicorn production app:app True"],
    ),
    (
        "OpenRC: its own start",
        {"shop.initd": RC + "command=/bin/false\nstart() {\n  gunicorn app:app\n}\n", "app.py": APP},
        ["shop.initd:4 gunicorn production app:app True"],
    ),
    (
        "Debian's interpreter",
        {
            "shop.init": "#!/lib/init/init-d-script\nDAEMON=/usr/bin/gunicorn\nDAEMON_ARGS='app:app'\n",
            "app.py": APP,
        },
        ["shop.init:2 gunicorn production app:app True"],
    ),
    (
        "people only call it",
        {
            "shop.init": by_argument("gunicorn app:app"),
            "install.sh": "#!/bin/sh\ncp shop.init /etc/init.d/shop\n/etc/init.d/shop start\n",
            "Makefile": "start:\n\t./shop.init start\n",
            "app.py": APP,
        },
        ["shop.init:8 gunicorn production app:app True"],
    ),
    (
        "another argument does not start it",
        {
            "shop": ONE + "start() {\n  gunicorn app:app\n}\n",
            "Dockerfile": "FROM python:3.12\nCOPY . /etc/init.d/\nCMD /etc/init.d/shop enable\n",
            "app.py": APP,
        },
        ["shop:4 gunicorn production app:app True"],
    ),
    (
        "nothing is started",
        {"shop.init": by_argument("start-stop-daemon --stop --exec /opt/run.py"), "run.py": RUN},
        [],
    ),
]


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_services(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


@pytest.mark.parametrize(
    ("start", "confidence"),
    [
        ("if is_running; then\necho already\nexit 1\nelse\npython run.py\nfi", {"high"}),
        ("if is_running; then\necho already\nexit 1\nfi\npython run.py", {"high"}),
        ("test -f $CONFIG || exit 6\npython run.py", {"high"}),
        ("if has_gunicorn; then\ngunicorn run:app\nelse\npython run.py\nfi", {"low"}),
        ("if has_gunicorn; then\ngunicorn run:app\nexit\nfi\npython run.py", {"low"}),
    ],
)
def test_the_side_that_starts_is_what_the_script_is_there_for(start: str, confidence: set[str]) -> None:
    project = link(parse(memory_tree({"shop.init": by_argument(start), "run.py": RUN})), name="site")
    assert {each.confidence.value for each in project.launches} == confidence


def test_it_says_how_production_starts() -> None:
    unused = APP + "if __name__ == '__main__':\n    app.run()\n"
    files = {"shop.init": by_argument("python run.py"), "run.py": RUN, "other.py": unused}
    sites = link(parse(memory_tree(files)), name="site").run_sites
    assert {site.span.file: site.production for site in sites} == {"run.py": "yes", "other.py": "no"}


def test_what_tests_need_is_no_deployment() -> None:
    files = {"tests/shop.init": by_argument("python run.py"), "run.py": RUN}
    [site] = link(parse(memory_tree(files)), name="site").run_sites
    assert site.production == "no-deploy-files"


def test_a_program_that_serves_in_two_ways_is_one_command() -> None:
    both = APP + "import threading\nthreading.Thread(target=app.run, kwargs={'port': 1}).start()\napp.run(port=2)\n"
    project = link(parse(memory_tree({"shop.init": by_argument("python run.py"), "run.py": both})), name="site")
    assert {each.confidence.value for each in project.launches} == {"high"}


@pytest.mark.parametrize(
    "command",
    [
        "start-stop-daemon --start --chuid web:www --exec /usr/bin/gunicorn -- run:app",
        "start-stop-daemon -S -c web -x gunicorn -- run:app",
        "daemon --user=web gunicorn run:app",
    ],
)
def test_the_user_of_a_service(command: str) -> None:
    reading = read_command(command.split())
    assert (reading.user, isinstance(reading.step, ServerStart)) == ("web", True)
