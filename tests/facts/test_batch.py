"""Command files of Windows: which programs their lines start, where and with which variables."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.batch import read_batch

CASES: list[tuple[str, list[tuple[int, str, str]]]] = [
    ("@echo off\nREM python old.py\n:: python older.py\n:start\npython app.py\n", [(5, "python app.py", ".")]),
    ("cd backend\r\n..\\venv\\Scripts\\python.exe app.py\r\n", [(2, "../venv/Scripts/python app.py", "backend")]),
    ("cd a\ncd ..\\b\npython x.py\n", [(3, "python x.py", "b")]),
    ('cd /d "%~dp0"\npython x.py\n', [(2, "python x.py", ".")]),
    ('cd /d "C:\\my site"\npython x.py\n', [(2, "python x.py", "/my site")]),
    ("pushd web\nflask run\npopd\npy -3 tools.py\npopd\n", [(2, "flask run", "web"), (4, "python tools.py", ".")]),
    ('start "The site" /min /d web cmd /k "cd api && python app.py"\npython b.py\n', [(1, "python app.py", "web/api"), (2, "python b.py", ".")]),
    ("start /b python app.py > out.txt 2>&1\n", [(1, "python app.py", ".")]),
    ("call venv\\Scripts\\activate.bat & waitress-serve --port=80 app:app\n", [(1, "venv/Scripts/activate.bat", "."), (1, "waitress-serve --port=80 app:app", ".")]),
    ("if not exist venv (\n  python -m venv venv\n) else python app.py\n", [(2, "python -m venv venv", "."), (3, "python app.py", ".")]),
    ('if "%1" == "dev" python dev.py\n', [(1, "python dev.py", ".")]),
    ("if errorlevel 1 exit /b 1\necho python no.py && python yes.py\n", [(2, "python yes.py", ".")]),
    ("for %%i in (1 2) do python app.py\n", [(1, "python app.py", ".")]),
    ("python app.py ^\n  --port 80\npause\n", [(1, "python app.py --port 80", ".")]),
    ("python app.py --port %PORT% %1\ntimeout /t 3 >nul\n", [(1, "python app.py --port ${PORT} ${1}", ".")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_what_a_line_starts(text: str, expected: list[tuple[int, str, str]]) -> None:
    found = [
        (start.span.line, " ".join(start.command.argv or ()), start.cwd)
        for start in read_batch("start.bat", text).starts
        if start.command is not None
    ]
    assert found == expected


def test_variables_that_are_set() -> None:
    text = 'set FLASK_APP=shop\nset "MODE=a b"\nset /p NAME=who\nset HOME_PATH=%USERPROFILE%\\x\nflask run\n'
    [start] = read_batch("start.cmd", text).starts
    assert [(each.name, each.value) for each in start.env] == [
        ("FLASK_APP", "shop"),
        ("MODE", "a b"),
        ("HOME_PATH", "${USERPROFILE}\\x"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "^",
        '"',
        "cmd",
        "start",
        "set",
        "cd",
        "popd",
        "if",
        "(((",
        "\x00",
        "start /d",
        *(f"{each} " * 5000 for each in ("cmd", "call", "if 1==1")),
    ],
)
def test_nothing_raises(text: str) -> None:
    assert all(start.kind == "batch" for start in read_batch("x.bat", text).starts)
