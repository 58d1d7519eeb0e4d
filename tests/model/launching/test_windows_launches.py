"""What scripts and command lines for the shells of Windows start, from their own file and from others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\n"
MAIN = f"{APP}if __name__ == '__main__':\n    app.run()\n"
FACTORY = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"
IMAGE = "FROM python:3.12-windowsservercore\nWORKDIR /app\nCOPY . .\n"

CASES: list[tuple[str, dict[str, str], list[str]]] = [
    (
        "a script runs in its own folder",
        {"web/start.ps1": ".\\venv\\Scripts\\Activate.ps1\npython app.py\n", "web/app.py": MAIN, "app.py": MAIN},
        ["web/start.ps1:2 > web/app.py:4 app-run development app:app True"],
    ),
    (
        "a script that leaves its folder for the one above",
        {"scripts/start.ps1": 'Set-Location "$PSScriptRoot\\.."\n& ".venv\\Scripts\\python.exe" app.py\n', "app.py": MAIN},
        ["scripts/start.ps1:2 > app.py:4 app-run development app:app True"],
    ),
    (
        "servers, as of a command file",
        {"start.ps1": '$env:FLASK_APP = "app"\nflask run\n& waitress-serve --listen=*:$port app:app\n', "app.py": APP},
        ["start.ps1:2 flask-run development app:app True", "start.ps1:3 waitress production app:app True"],
    ),
    (
        "a script that says what it is for",
        {"start-prod.ps1": "python app.py\n", "dev/start.ps1": "waitress-serve app:app\n", "app.py": MAIN, "dev/app.py": APP},
        ["dev/start.ps1:1 waitress development app:app True", "start-prod.ps1:1 > app.py:4 app-run production app:app True"],
    ),
    (
        "a function that says what it is for",
        {"run.ps1": "function Start-DevServer {\n  waitress-serve app:app\n}\n", "app.py": APP},
        ["run.ps1:2 waitress development app:app True"],
    ),
    (
        "a program that a variable names",
        {"run.ps1": "$python = Find-It\n& $python -m flask --app app run\n", "app.py": APP},
        ["run.ps1:2 flask-run development app:app True"],
    ),
    (
        "another window",
        {
            "run.ps1": "Start-Process powershell -ArgumentList '-NoExit', '-Command', \"cd '$PSScriptRoot\\api'; python app.py\"\n",
            "api/app.py": MAIN,
        },
        ["run.ps1:1 > api/app.py:4 app-run development app:app True"],
    ),
    (
        "a script that runs others",
        {
            "run.ps1": ". .\\env.ps1\n& \"$PSScriptRoot\\scripts\\serve.ps1\"\n",
            "scripts/serve.ps1": 'cd "$PSScriptRoot\\..\\api"\nwaitress-serve app:app\n',
            "api/app.py": APP,
        },
        ["run.ps1:2 > scripts/serve.ps1:2 waitress production app:app True"],
    ),
    (
        "a script that a command file runs, and its function",
        {"run.bat": "powershell -File start.ps1\n", "start.ps1": "function Start-DevServer {\n  waitress-serve app:app\n}\n", "app.py": APP},
        ["run.bat:1 > start.ps1:2 waitress development app:app True"],
    ),
    ("scripts that run each other", {"a.ps1": ".\\b.ps1\n", "b.ps1": ".\\a.ps1\n", "app.py": APP}, []),
    (
        "a command file that calls another, and PowerShell",
        {
            "run.bat": 'call web\\serve.bat\npowershell -NoProfile -ExecutionPolicy Bypass -File "%~dp0start.ps1"\n',
            "web/serve.bat": "python app.py\n",
            "web/app.py": MAIN,
            "start.ps1": "waitress-serve site:app\n",
            "site.py": APP,
        },
        [
            "run.bat:1 > web/serve.bat:1 > web/app.py:4 app-run development app:app True",
            "run.bat:2 > start.ps1:1 waitress production site:app True",
        ],
    ),
    (
        "an image: a text",
        {
            "Dockerfile": IMAGE + 'CMD ["powershell", "-Command", "poetry run waitress-serve --port=$env:PORT app:app"]\n',
            "app.py": APP,
        },
        ["Dockerfile:4 waitress production app:app True"],
    ),
    (
        "an image: a script",
        {
            "Dockerfile": IMAGE + "CMD powershell.exe -ExecutionPolicy Bypass -File .\\scripts\\start.ps1\n",
            "scripts/start.ps1": "Set-Location $PSScriptRoot\\..\nwaitress-serve app:app\n",
            "app.py": APP,
        },
        ["Dockerfile:4 > scripts/start.ps1:2 waitress production app:app True"],
    ),
    (
        "an image: the shell that it names",
        {
            "Dockerfile": IMAGE + 'SHELL ["powershell", "-Command"]\nCMD cd api; if ($env:X) { flask run } else { waitress-serve app:app }\n',
            "api/app.py": APP,
        },
        ["Dockerfile:5 flask-run production app:app True", "Dockerfile:5 waitress production app:app True"],
    ),
    (
        "an image: cmd",
        {"Dockerfile": IMAGE + 'CMD ["cmd", "/S", "/C", "cd api && python app.py"]\n', "api/app.py": MAIN},
        ["Dockerfile:4 > api/app.py:4 app-run production app:app True"],
    ),
    (
        "compose",
        {
            "compose.yml": "services:\n  web:\n    build: .\n    command: pwsh -c 'waitress-serve --port=$$env:PORT app:app'\n",
            "Dockerfile": IMAGE,
            "app.py": APP,
        },
        ["compose.yml:4 waitress production app:app True"],
    ),
    (
        "a script of npm",
        {"package.json": '{"scripts": {"start": "powershell -File .\\\\tools\\\\start.ps1"}}\n', "tools/start.ps1": "python app.py\n", "tools/app.py": MAIN},
        ["package.json:1 > tools/start.ps1:1 > tools/app.py:4 app-run development app:app True"],
    ),
    (
        "a debugger that stands in a folder",
        {
            "compose.yml": 'services:\n  web:\n    build: .\n    environment:\n      FLASK_APP: app\n    command: ["sh", "-c", "pip install debugpy -t /tmp && python /tmp/debugpy --listen 0.0.0.0:5678 -m flask run"]\n',
            "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\n",
            "app.py": APP,
        },
        ["compose.yml:6 flask-run production app:app True"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("files", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_chain(files: dict[str, str], expected: list[str], chains: Callable[[dict[str, str]], list[str]]) -> None:
    assert chains(files) == expected


def _project(files: dict[str, str]) -> Project:
    return link(parse(memory_tree(files)), name="site")


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("Write-Host ready", 0), ("flask run", 0), ("Get-Date; .\\\\server.exe", 1), ("serve-it --port $env:PORT", 1)],
)
def test_what_a_text_starts_that_is_not_shown(text: str, unknown: int) -> None:
    project = _project({"Dockerfile": f'{IMAGE}CMD ["powershell", "-Command", "{text}"]\n', "app.py": APP})
    assert len(project.unknown_starts) == unknown


def test_an_encoded_command_is_not_shown() -> None:
    command = '["powershell", "-EncodedCommand", "cAB5AHQAaABvAG4A"]'
    project = _project({"Dockerfile": f"{IMAGE}CMD {command}\n", "app.py": APP})
    assert len(project.unknown_starts) == 1


@pytest.mark.parametrize("name", ["start.bat", "start.ps1"])
def test_a_script_for_people_is_no_deploy_file(name: str) -> None:
    [site] = _project({name: "python other.py\n", "app.py": MAIN}).run_sites
    assert site.production == "no-deploy-files"


def test_a_script_that_two_ways_lead_to_may_not_run_behind_a_branch() -> None:
    files = {"run.ps1": "if ($x) { .\\serve.ps1 }\n", "serve.ps1": "waitress-serve app:app\n", "app.py": APP}
    [launch] = _project(files).launches
    assert launch.confidence.value == "low"


@pytest.mark.parametrize("shell", ["powershell -Command", "cmd /c", "iex"])
def test_shells_within_shells_end(shell: str) -> None:
    text = f"powershell -Command {f'{shell} ' * 1_000}serve-it"
    for command in (text, f'["powershell", "-Command", "{text}"]'):
        project = _project({"Dockerfile": f"{IMAGE}CMD {command}\n", "app.py": APP})
        assert {problem.message for problem in project.problems} <= {"the launch chain is too long to follow"}
