"""Files for process managers that Python programs write: each is a launch, or a start of which something is not known."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from flask_prodcheck.base import Known
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
UNIT = "[Unit]\nDescription=site\n\n[Service]\nWorkingDirectory=/srv/site\nExecStart={}\n"
GUNICORN = UNIT.format("/srv/venv/bin/gunicorn -w 4 app:app")

WRITTEN = [
    (
        "a unit in a constant",
        f'UNIT = """{GUNICORN}"""\nopen("/etc/systemd/system/site.service", "w").write(UNIT)\n',
        ["deploy.py:6 gunicorn production app:app True"],
    ),
    (
        "... by pathlib, in an f-string with parts that are open",
        'import sys\nfrom pathlib import Path\nuser = sys.argv[1]\nPath("/etc/systemd/system/site.service").write_text(f"""\\\n[Service]\nUser={user}\nExecStart=/home/{user}/venv/bin/gunicorn app:app\n""")\n',
        ["deploy.py:7 gunicorn production app:app True"],
    ),
    (
        "... by print, line after line in one literal",
        'with open("site.service", "w") as file:\n    print("[Service]\\n"\n          "ExecStart=gunicorn -b {} app:app\\n".format("127.0.0.1:8000"), file=file)\n',
        ["deploy.py:3 gunicorn production app:app True"],
    ),
    (
        "... with blanks before its lines, and names filled in",
        'import textwrap\nfrom string import Template\nDRAFT = Template(textwrap.dedent("""\n    [Service]\n    ExecStart=$home/gunicorn $target\n    """))\nwith open("site.service", "w") as file:\n    file.write(DRAFT.substitute(home="/srv/bin", target="app:app"))\n',
        ["deploy.py:5 gunicorn production app:app True"],
    ),
    (
        "... by %, and lines that are joined",
        'lines = [\n    "[Service]",\n    "ExecStart=gunicorn %s" % "app:app",\n]\nwith open("/etc/systemd/system/site.service", "w") as file:\n    file.write("\\n".join(lines))\n',
        ["deploy.py:3 gunicorn production app:app True"],
    ),
    (
        "... that a function makes, and another one writes",
        'def unit(command):\n    return f"""[Service]\nExecStart={command}\n"""\n\ndef put(path, content):\n    with open(path, "w") as file:\n        file.write(content)\n\nput("/etc/systemd/system/site.service", unit("gunicorn app:app"))\n',
        ["deploy.py:3 gunicorn production app:app True"],
    ),
    (
        "... in the methods of a class",
        'class Deployer:\n    bind = "0.0.0.0:80"\n\n    def __init__(self, name):\n        self.name = name\n\n    def install(self):\n        content = f"""[Service]\nExecStart=/srv/{self.name}/bin/gunicorn -b {self.bind} app:app\n"""\n        path = f"/etc/systemd/system/{self.name}"\n        with open(path, "w", encoding="utf-8") as f:\n            f.write(content)\n',
        ["deploy.py:9 gunicorn production app:app True"],
    ),
    (
        "... that another program writes with more rights",
        f'import subprocess\nsubprocess.run(["sudo", "tee", "/etc/systemd/system/site.service"], input="""\\\n{GUNICORN}""".encode())\n',
        ["deploy.py:8 gunicorn production app:app True"],
    ),
    (
        "a unit that starts the development server",
        f'UNIT = """{UNIT.format("/usr/bin/python3 app.py")}"""\nopen("/etc/systemd/system/site.service", "w").write(UNIT)\n',
        ["deploy.py:6 > app.py:4 app-run production app:app True"],
    ),
    (
        "a program of supervisor",
        'CONF = "[program:site]\\ncommand=gunicorn app:app\\n"\nwith open("/etc/supervisor/conf.d/site.conf", "w") as f:\n    f.write(CONF)\n',
        ["deploy.py:1 gunicorn production app:app True"],
    ),
    (
        "a crontab",
        'with open("/etc/cron.d/site", "w") as f:\n    f.write("@reboot www-data cd /srv/site && gunicorn app:app\\n")\n',
        ["deploy.py:2 gunicorn production app:app True"],
    ),
    (
        "many lines that are added",
        'unit = "[Service]\\n" + """\n""".join(["A=1"]) + "\\n" '
        + "".join(f'+ "X{n}=1\\n" ' for n in range(40))
        + '+ "ExecStart=gunicorn app:app\\n"\nopen("/etc/systemd/system/site.service", "w").write(unit)\n',
        ["deploy.py:2 gunicorn production app:app True"],
    ),
    (
        "... with lines that are filled in",
        'import textwrap\nunit = textwrap.dedent("""\\\n    [Service]\n    {}\n    ExecStart=gunicorn app:app\n    """.format("A=1\\nB=1"))\nopen("/etc/systemd/system/site.service", "w").write(unit)\n',
        ["deploy.py:5 gunicorn production app:app True"],
    ),
    (
        "... with lines that are put between others",
        'unit = "[Service];A=1;ExecStart=gunicorn app:app\\n".replace(";", "\\n") + (\n    "X=1\\n")\nopen("/etc/systemd/system/site.service", "w").write(unit)\n',
        ["deploy.py:1 gunicorn production app:app True"],
    ),
    ("a unit that is only shown", f'UNIT = """{GUNICORN}"""\nprint(UNIT)\n', []),
    ("... also on another stream", f'import sys\nprint("""{GUNICORN}""", file=sys.stderr)\n', []),
    ("text that no process manager reads", 'open("notes.txt", "w").write("ExecStart=gunicorn app:app")\n', []),
]


@pytest.mark.parametrize(("program", "expected"), [case[1:] for case in WRITTEN], ids=[case[0] for case in WRITTEN])
def test_what_a_program_writes_is_launched(
    chains: Callable[[dict[str, str]], list[str]], program: str, expected: list[str]
) -> None:
    assert chains({"deploy.py": program, "app.py": APP}) == expected


@pytest.mark.parametrize(
    "writer",
    [
        {"install.sh": f"cat > /etc/systemd/system/site.service << EOF\n{GUNICORN}EOF\n"},
        {"install.py": f'open("/etc/systemd/system/site.service", "w").write("""{GUNICORN}""")\n'},
    ],
    ids=["a here-document of a script", "a program"],
)
def test_what_is_written_for_a_process_manager_is_a_deployment(writer: dict[str, str]) -> None:
    project = link(parse(memory_tree({"app.py": APP, **writer})), name="site")
    assert [site.production for site in project.run_sites] == ["no"]


def test_what_a_test_writes_is_not(chains: Callable[[dict[str, str]], list[str]]) -> None:
    program = f'open("/etc/systemd/system/site.service", "w").write("""{GUNICORN}""")\n'
    assert chains({"tests/deploy.py": program, "app.py": APP}) == []


OPEN = [
    ("text that is read", 'import sys\nopen("/etc/systemd/system/site.service", "w").write(sys.stdin.read())\n', [2]),
    (
        "... as a unit whose name is given",
        'import sys\nopen(f"/etc/systemd/system/{sys.argv[1]}", "w").write(sys.stdin.read())\n',
        [2],
    ),
    ("... for supervisor", 'import sys\nopen("/etc/supervisor/conf.d/site.conf", "w").write(sys.stdin.read())\n', [2]),
    ("... as a Procfile", 'import sys\nopen("Procfile", "w").write(sys.stdin.read())\n', [2]),
    ("... for something else", 'import sys\nopen("/etc/systemd/journald.conf", "w").write(sys.stdin.read())\n', []),
    (
        "text that a branch decides",
        'import sys\nif len(sys.argv) > 1:\n    unit = "[Service]\\nExecStart=gunicorn app:app\\n"\nelse:\n    unit = "[Service]\\nExecStart=flask run\\n"\nopen("/etc/systemd/system/site.service", "w").write(unit)\n',
        [6],
    ),
    (
        "the program",
        'import sys\nopen("/etc/systemd/system/site.service", "w").write(f"[Service]\\nExecStart={sys.argv[1]}\\n")\n',
        [2],
    ),
    (
        "the script",
        'import sys\nopen("/etc/supervisor/conf.d/a.conf", "w").write(f"[program:a]\\ncommand=python {sys.argv[1]}\\n")\n',
        [2],
    ),
    (
        "the application of another project",
        'open("/etc/systemd/system/x.service", "w").write("[Service]\\nExecStart=gunicorn their.wsgi:site\\n")\n',
        [1],
    ),
    (
        "a worker, which serves nothing",
        'import sys\nopen("/etc/systemd/system/x.service", "w").write(f"[Service]\\nExecStart={sys.argv[1]}/celery worker\\n")\n',
        [],
    ),
]


@pytest.mark.parametrize(("program", "lines"), [case[1:] for case in OPEN], ids=[case[0] for case in OPEN])
def test_what_is_open_is_a_start_that_is_not_known(program: str, lines: list[int]) -> None:
    project = link(parse(memory_tree({"deploy.py": program, "app.py": APP})), name="site")
    assert [hop.span.line for hop in project.unknown_starts] == lines
    assert not project.launches


WRITERS = {
    "install.sh": "cat > /etc/systemd/system/site.service <<EOF\n{}EOF\n",
    "install.py": 'open("/etc/systemd/system/site.service", "w").write("""{}""")\n',
    ".ebextensions/site.config": "files:\n  /etc/systemd/system/site.service:\n    content: |\n      {}",
}
#: How deep the lines of the text stand, and the line of its third one.
PLACES = {"install.sh": ("", 4), "install.py": ("", 3), ".ebextensions/site.config": ("      ", 6)}


@pytest.mark.parametrize("name", WRITERS)
def test_the_process_stands_where_the_written_file_says(name: str) -> None:
    unit = "[Service]\nWorkingDirectory=/srv/site/web\nEnvironment=FLASK_DEBUG=1\nExecStart=gunicorn app:app\n"
    indent, line = PLACES[name]
    files = {name: WRITERS[name].format(unit.replace("\n", f"\n{indent}")), "web/app.py": APP}
    launch = next(each for each in link(parse(memory_tree(files)), name="site").launches if each.target)
    debug = launch.env["FLASK_DEBUG"]
    assert isinstance(debug, Known)
    assert debug.value == "1"
    assert debug.origin[-1].span.line == line
    assert launch.cwd == "web"
    assert launch.service == "site"


HOSTILE = {
    "functions that call each other": "def f(a):\n    return " + " + ".join(["f(a)"] * 12) + "\nunit = f(1)\n",
    "a text that doubles": "a0 = '[Service]\\n' * 1 + '"
    + "x" * 9000
    + "'\n"
    + "".join(f"a{n + 1} = " + " + ".join([f"a{n}"] * 50) + "\n" for n in range(4))
    + "unit = a4\n",
    "a long text": "unit = '[Service]\\n" + "x" * 30_000 + "'\n",
    "a text that grows by what is replaced in it": "unit = '[Service]xx'" + ".replace('x', 'xxxxxxxxxx')" * 6 + "\n",
    "fields that are called by no number": "unit = 'Service{\u00b2}{" + "9" * 5000 + "}'.format('a')\n",
    "a text that grows by what is filled in": "unit = '[Service]{0}'" + f".format({'{0}' * 10!r})" * 6 + ".format('abc')\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_texts_end_quickly(text: str) -> None:
    program = f'import subprocess\n{text}open("/etc/systemd/system/x.service", "w").write(unit)\n'
    began = time.perf_counter()
    project = link(parse(memory_tree({"deploy.py": program, "app.py": APP})), name="site")
    assert [hop.text for hop in project.unknown_starts] == ["writes /etc/systemd/system/x.service"]
    assert time.perf_counter() - began < 20


def test_values_in_a_text_end_quickly() -> None:
    tree = "".join(f"x{n} = [" + ", ".join([f"x{n + 1}"] * 20) + "]\n" for n in range(9)) + "x9 = nothing()\n"
    program = f"{tree}open('/etc/systemd/system/x.service', 'w').write(f'[Service]\\nExecStart={'{x0}' * 500}')\n"
    began = time.perf_counter()
    project = link(parse(memory_tree({"deploy.py": program, "app.py": APP})), name="site")
    assert [hop.span.line for hop in project.unknown_starts] == [11]
    assert time.perf_counter() - began < 10
