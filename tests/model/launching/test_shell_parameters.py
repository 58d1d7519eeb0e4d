"""Values of shell parameters that are cut or changed on the way: as bash does it, and a branch stays open where not."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.words import read_word
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

BASH = shutil.which("bash")
APP = "from flask import Flask\napp = Flask(__name__)\n"
VALUES = {"file": "shop/web.app.py", "name": "file", "mode": "Production", "empty": "", "suffix": ".py", "n": "3"}
WORDS = [
    ("${file%.py}", "shop/web.app"),
    ("${file%.*}", "shop/web.app"),
    ("${file%%.*}", "shop/web"),
    ("${file%$suffix}", "shop/web.app"),
    ("${file#*/}", "web.app.py"),
    ("${file#*.}", "app.py"),
    ("${file##*.}", "py"),
    ("${file##none}", "shop/web.app.py"),
    ("${file/./:}", "shop/web:app.py"),
    ("${file//./:}", "shop/web:app:py"),
    ("${file//./}", "shop/webapppy"),
    ("${file/#shop/site}", "site/web.app.py"),
    ("${file/%py/cfg}", "shop/web.app.cfg"),
    ("${file/%cfg/py}", "shop/web.app.py"),
    ("${mode:0:1}", "P"),
    ("${mode:0:4}x", "Prodx"),
    ("${mode:4}", "uction"),
    ("${mode: -3}", "ion"),
    ("${mode:2:-3}", "oduct"),
    ("${mode:20}", ""),
    ("${mode: -20}", ""),
    ("${mode,,}", "production"),
    ("${mode^^}", "PRODUCTION"),
    ("${mode,}", "production"),
    ("${name^}", "File"),
    ("${#mode}", "10"),
    ("${!name}", "shop/web.app.py"),
    ("${empty%x}", ""),
    ("${empty:-${mode,,}}", "production"),
]
OPEN = ["${file/web*/x}", '${file%"*"}', "${mode:n:1}", "${mode^^[a-e]}", "${file[0]}", "${!mode}", "${file@Q}"]
OPEN += ["${n%%[^0-9]*}", "${mode%%[[:lower:]]*}", "${file/./&}", "${n:0:-2}"]


def expand(text: str) -> str:
    place = Place((), env={name: Known(value, ()) for name, value in VALUES.items()})
    return Expander(place).text(read_word(text))


@pytest.mark.parametrize(("text", "expected"), WORDS)
def test_values_are_cut_and_changed(text: str, expected: str) -> None:
    assert expand(text) == expected
    if BASH is not None:
        told = subprocess.run([BASH, "-c", f'printf %s "{text}"'], env=VALUES, capture_output=True, check=True)
        assert told.stdout.decode() == expected


@pytest.mark.parametrize("text", OPEN)
def test_what_is_not_worked_out_is_open_and_not_the_whole_value(text: str) -> None:
    assert "${" in expand(text)
    assert not any(expand(text) == f"${{{name}}}" for name in VALUES)


SCRIPTS = [
    ("a mode by its beginning", 'MODE=prod-2\nif [ "${MODE%%-*}" = prod ]; then\n  gunicorn app:app\nelse\n  flask run\nfi\n', ["gunicorn medium"]),
    ("... the other way round", 'MODE=dev\nif [ "${MODE:0:4}" = prod ]; then\n  gunicorn app:app\nelse\n  flask run\nfi\n', ["flask-run high"]),
    ("an application by its file", "FILE=app.py\ngunicorn ${FILE%.py}:app\n", ["gunicorn medium"]),
    ("a variable by another", "RUN=gunicorn\nHOW=RUN\n${!HOW} app:app\n", ["gunicorn medium"]),
    (
        "a value that nobody knows: both",
        'if [ "${MODE:0:4}" = prod ]; then\n  gunicorn app:app\nelse\n  flask run\nfi\n',
        ["gunicorn medium", "flask-run medium"],
    ),
    (
        "what is not worked out: both",
        'MODE=prod\nif [ "${MODE/p*/x}" = x ]; then\n  gunicorn app:app\nelse\n  flask run\nfi\n',
        ["gunicorn low", "flask-run low"],
    ),
    ("a loop until something answers", "until nc -z db 5432; do\n  sleep 1\ndone\ngunicorn app:app\n", ["gunicorn medium"]),
    ("a server in a loop for ever", "while true; do\n  gunicorn app:app\n  sleep 1\ndone\n", ["gunicorn medium"]),
    ("... until it ends well", "until gunicorn app:app; do\n  sleep 1\ndone\n", ["gunicorn medium"]),
    ("... for each line", "cat hosts | while read host; do\n  gunicorn -b $host app:app\ndone\n", ["gunicorn medium"]),
    ("... of a file", "while read -r host; do\n  gunicorn -b $host app:app &\ndone < hosts\nwait\n", ["gunicorn medium"]),
    ("a menu", "select what in start debug; do\n  case $what in\n    start) gunicorn app:app ;;\n    debug) flask run ;;\n  esac\ndone\n", ["gunicorn medium", "flask-run medium"]),
    ("a function that a signal runs", "again() {\n  gunicorn app:app\n}\ntrap again HUP\nwhile :; do\n  sleep 1\ndone\n", ["gunicorn medium"]),
    ("a command that a signal runs", "trap 'kill $PID' TERM\ngunicorn app:app &\nPID=$!\nwait $PID\n", ["gunicorn medium"]),
]


@pytest.mark.parametrize(("script", "expected"), [case[1:] for case in SCRIPTS], ids=[case[0] for case in SCRIPTS])
def test_what_a_script_starts(script: str, expected: list[str]) -> None:
    launches = link(parse(memory_tree({"start.sh": script, "app.py": APP})), name="site").launches
    assert [f"{each.server.value} {each.confidence.value}" for each in launches] == expected
