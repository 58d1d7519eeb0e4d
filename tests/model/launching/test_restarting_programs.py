"""Programs that start themselves again, with something else in the environment or among the words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

SITE = "from flask import Flask\napp = Flask(__name__)\n"
IMAGE = "FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD python3 main.py\n"
#: Line 9 starts the program again, line 14 serves.
MAIN = """\
import copy, os, subprocess, sys
from os import environ
from sys import argv, executable
from subprocess import Popen, run
from elsewhere import unseen
def again():
    {before}
    {maybe}
    return {start}
def watch():
    while again() == 3:
        pass
if environ.get("CHILD") == "1":
    import serving
else:
    sys.exit(watch())
"""
SERVING = "from waitress import serve\nfrom site_app import app\nserve(app)\n"
FILES = {"site_app.py": SITE, "serving.py": SERVING, "Dockerfile": IMAGE}
AGAIN = "Dockerfile:4 > main.py:16 > main.py:11 > main.py:9 > main.py:14 > serving.py:3 waitress production serving:app True"


def main(start: str, before: str = "pass", maybe: str = "pass") -> str:
    return MAIN.format(start=start, before=before, maybe=maybe)


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        (main('Popen([executable, "-u", __file__] + argv[1:], env={**environ, "CHILD": "1"}).wait()'), AGAIN),
        (main("Popen([executable, *argv], env=env).wait()", 'env = {**environ, "CHILD": "1"}'), AGAIN),
        (main("Popen([executable, *argv], env=env).wait()", 'env = {**environ, "CHILD": "0"}'), ""),
        (main("Popen([executable, *argv], env=env).wait()", 'env = {"CHILD": "1", **environ}'), ""),
        (main("run([executable, *argv], env=env)", "env = os.environ.copy()", 'env["CHILD"] = "1"'), AGAIN),
        (main("run([executable, *argv], env=env)", "env = dict(environ)", 'env.update(CHILD="1")'), AGAIN),
        (main("run([executable, *argv], env=env)", "env = copy.copy(environ)", 'env.update({"CHILD": "1"})'), AGAIN),
        (main("run([executable, *argv], env=env)", 'env = {**environ, "CHILD": "1"}', "env.update(unseen())"), ""),
        (main("run([executable, *argv], env=env)", 'env = {**environ, "CHILD": "1"}', "env.update(**unseen())"), ""),
        (main('run([executable, *argv], env=dict(os.environ, CHILD="1"))'), AGAIN),
        (main('run([executable, *argv], env=os.environ | {"CHILD": "1"})'), AGAIN),
        (main('run([executable, *argv], env={"CHILD": "1"})'), AGAIN),
        (main('os.execve(executable, [executable, __file__], {**environ, "CHILD": "1"})'), AGAIN),
        (main('os.execle(executable, executable, __file__, {**environ, "CHILD": "1"})'), AGAIN),
        (main('os.spawnve(os.P_WAIT, executable, [executable, __file__], {**environ, "CHILD": "1"})'), AGAIN),
        (main('os.posix_spawn(executable, [executable, __file__], {**environ, "CHILD": "1"})'), AGAIN),
        (main("run([executable, os.path.abspath(__file__)], env={'CHILD': '1'})"), AGAIN),
        (main("run([unseen(), '-u', __file__], env={'CHILD': '1'})"), AGAIN),
        (main("run([unseen(), 'file', __file__], env={'CHILD': '1'})"), ""),
        (main("run([unseen(), '-x', __file__], env={'CHILD': '1'})"), ""),
        (main("run([executable, __file__])"), ""),
    ],
)
def test_a_program_that_starts_itself_again(
    chains: Callable[[dict[str, str]], list[str]], program: str, expected: str
) -> None:
    found = [each for each in chains({**FILES, "main.py": program}) if each.startswith("Dockerfile")]
    assert found == ([expected] if expected else [])


@pytest.mark.parametrize("word", ["__file__", "argv[0]"])
def test_its_own_file_from_another_folder(chains: Callable[[dict[str, str]], list[str]], word: str) -> None:
    files = {f"web/{name}": text for name, text in FILES.items() if name.endswith(".py")}
    files["web/main.py"] = main(f"run([executable, {word}], env={{'CHILD': '1'}})")
    files["web/web/main.py"] = "import nothing\n"
    files["Dockerfile"] = IMAGE.replace("WORKDIR /srv\nCOPY . .", "COPY . /srv\nWORKDIR /srv/web")
    expected = AGAIN.replace("> main", "> web/main").replace("> serving", "> web/serving")
    assert [each for each in chains(files) if each.startswith("Dockerfile")] == [expected]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("env.get('CHILD') == '1'", "serve"),
        ("env.get('OTHER') is None", "both"),
        ("'CHILD' in env", "serve"),
        ("'OTHER' in env", "both"),
        ("bare", "serve"),
        ("env['MORE'] == '1'", "serve"),
    ],
)
def test_what_such_an_environment_is_asked_for(
    chains: Callable[[dict[str, str]], list[str]], test: str, expected: str
) -> None:
    program = (
        "import os\nfrom waitress import serve\nfrom site_app import app\nenv = dict(os.environ, CHILD='1')\n"
        "bare = os.environ.copy()\nenv['MORE'] = '1'\n"
        f"if {test}:\n    serve(app)\nelse:\n    app.run()\n"
    )
    found = [each for each in chains({**FILES, "main.py": program}) if each.startswith("Dockerfile")]
    servers = {"serve": ["waitress"], "both": ["app-run", "waitress"]}
    assert sorted(each.split()[-4] for each in found) == servers[expected]


def test_a_script_that_starts_itself_again(chains: Callable[[dict[str, str]], list[str]]) -> None:
    files = {
        "site_app.py": SITE,
        "boot.sh": '#!/bin/sh\nif [ "$CHILD" = 1 ]; then\n  exec gunicorn site_app:app\nfi\nCHILD=1 exec "$0"\n',
        "Dockerfile": 'FROM python:3.13\nWORKDIR /srv\nCOPY . .\nENV CHILD=0\nCMD ["./boot.sh"]\n',
    }
    assert chains(files) == ["Dockerfile:5 > boot.sh:5 > boot.sh:3 gunicorn production site_app:app True"]
