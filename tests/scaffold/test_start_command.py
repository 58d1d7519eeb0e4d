"""The start command takes the place of the one that was there; what wraps or precedes it stays."""

from __future__ import annotations

import pytest

from flask_prodcheck.edits.text_file import apply
from flask_prodcheck.facts.dockerfile import read_dockerfile
from flask_prodcheck.scaffold.dockerfile_edit import extent, start_edits, with_package
from flask_prodcheck.scaffold.start_command import StartCommand, replaced_argv, replaced_shell

START = StartCommand("app:app")
FACTORY = StartCommand("pkg:create_app()", chdir="src")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python app.py", "gunicorn -c gunicorn.conf.py app:app"),
        ("flask run --host=0.0.0.0", "gunicorn -c gunicorn.conf.py app:app"),
        ("exec flask run", "exec gunicorn -c gunicorn.conf.py app:app"),
        (
            "cd src && flask db upgrade && python -u app.py",
            "cd src && flask db upgrade && gunicorn -c gunicorn.conf.py app:app",
        ),
        ("FLASK_APP=a.py FLASK_DEBUG=1 LOG=x flask run", "LOG=x gunicorn -c gunicorn.conf.py app:app"),
        ("poetry run python app.py", "poetry run gunicorn -c gunicorn.conf.py app:app"),
        ("/srv/venv/bin/python app.py", "/srv/venv/bin/gunicorn -c gunicorn.conf.py app:app"),
        ("/usr/bin/python3 app.py", "gunicorn -c gunicorn.conf.py app:app"),
        ("python app.py > log.txt 2>&1", "gunicorn -c gunicorn.conf.py app:app > log.txt 2>&1"),
        ("sleep 1\npython app.py", "sleep 1\ngunicorn -c gunicorn.conf.py app:app"),
        ("LOG=1 gunicorn -b :$PORT -w 3 server:app", "LOG=1 gunicorn -b :$PORT -w 3 app:app"),
        ("python -m gunicorn --threads 2 pkg:create_app", "python -m gunicorn --threads 2 app:app"),
        ("python app.py & wait", None),
        ("python app.py | tee log", None),
        ("python app.py &", None),
        ("echo hello", None),
        ("if x; then", None),
    ],
)
def test_shell(text: str, expected: str | None) -> None:
    assert replaced_shell(text, START, exec_=False) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("python app.py", "exec gunicorn -c gunicorn.conf.py --chdir src 'pkg:create_app()'"),
        ("A=1 python app.py", "exec env A=1 gunicorn -c gunicorn.conf.py --chdir src 'pkg:create_app()'"),
    ],
)
def test_shell_hands_over(text: str, expected: str) -> None:
    assert replaced_shell(text, FACTORY, exec_=True) == expected


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["uv", "run", "--no-dev", "flask", "run"], ["uv", "run", "--no-dev", "gunicorn"]),
        (["tini", "--", "python", "app.py"], ["tini", "--", "gunicorn"]),
        (["uv", "run", "app.py"], ["uv", "run", "gunicorn"]),
    ],
)
def test_argv_keeps_wrappers(argv: list[str], expected: list[str]) -> None:
    assert replaced_argv(argv, START) == (*expected, "-c", "gunicorn.conf.py", "app:app")


def test_argv_without_a_start() -> None:
    assert replaced_argv(["nginx", "-g", "daemon off;"], START) is None


GUNICORN = '["gunicorn", "-c", "gunicorn.conf.py", "app:app"]'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('CMD ["python", "app.py"]', f"CMD {GUNICORN}"),
        ("CMD python app.py", f"CMD {GUNICORN}"),
        ("cmd exec flask run\n# end", f"CMD {GUNICORN}\n# end"),
        ("CMD python \\\n  # inside\n\n  app.py\nEXPOSE 1", f"CMD {GUNICORN}\nEXPOSE 1"),
        ("CMD flask db upgrade && flask run", "CMD flask db upgrade && exec gunicorn -c gunicorn.conf.py app:app"),
        (
            'CMD ["sh", "-c", "flask db upgrade && flask run"]',
            'CMD ["sh", "-c", "flask db upgrade && exec gunicorn -c gunicorn.conf.py app:app"]',
        ),
        ('ENTRYPOINT ["tini", "--"]\nCMD ["flask", "run"]', f'ENTRYPOINT ["tini", "--"]\nCMD {GUNICORN}'),
        ('ENTRYPOINT ["./start.sh"]\nCMD ["python", "app.py"]', f'ENTRYPOINT ["./start.sh"]\nCMD {GUNICORN}'),
        (
            'ENTRYPOINT ["python"]\nCMD ["app.py"]',
            'ENTRYPOINT ["gunicorn"]\nCMD ["-c", "gunicorn.conf.py", "app:app"]',
        ),
        ('ENTRYPOINT ["python", "app.py"]', f"ENTRYPOINT {GUNICORN}"),
        ('ENTRYPOINT python app.py\nCMD ["--debug"]\nEXPOSE 1', f"ENTRYPOINT {GUNICORN}\nEXPOSE 1"),
        (
            "CMD gunicorn --bind=0.0.0.0:$PORT missing:app",
            "CMD exec gunicorn --bind=0.0.0.0:$PORT app:app",
        ),
        ('CMD ["gunicorn", "-w", "4", "missing:app"]', 'CMD ["gunicorn", "-w", "4", "app:app"]'),
        ('CMD ["nginx"]', None),
    ],
)
def test_dockerfile(before: str, after: str | None) -> None:
    text = f"FROM python:3.13\n{before}\n"
    stage = read_dockerfile("Dockerfile", text).stages[0]
    edits = start_edits(text, stage.entrypoint, stage.cmd, START)
    if after is None:
        assert edits is None
    else:
        assert edits is not None
        assert apply(text, edits) == f"FROM python:3.13\n{after}\n"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("FROM a\nRUN b", 2, (2, 2)),
        ("FROM a\nRUN b \\\n\n # c\n d\nCMD e", 2, (2, 5)),
        ("# escape=`\nFROM a\nRUN b `\n c\nCMD d", 3, (3, 4)),
        ("FROM a\nRUN <<EOF\nb \\\nEOF\nCMD c", 2, (2, 4)),
        ("FROM a\nRUN <<-'X' <<Y\nb\n\tX\nc\nY\nCMD d", 2, (2, 6)),
        ("FROM a\nRUN echo $((1<<b))\nCMD d", 2, (2, 2)),
    ],
)
def test_extent(text: str, line: int, expected: tuple[int, int]) -> None:
    assert extent(text, line) == expected


@pytest.mark.parametrize(
    ("run", "packages", "expected"),
    [
        (
            "RUN pip install flask redis && echo redis",
            ["flask", "redis"],
            'RUN pip install flask redis "X" && echo redis',
        ),
        ("RUN pip install 'flask>=3'", ["flask>=3"], "RUN pip install 'flask>=3' \"X\""),
        (
            "RUN pip install \\\n  flask \\\n  # c\n  a.b",
            ["flask", "a.b"],
            'RUN pip install \\\n  flask \\\n  # c\n  a.b "X"',
        ),
        ('RUN ["pip", "install", "flask"]', ["flask"], 'RUN ["pip", "install", "flask", "X"]'),
        ("RUN <<EOF\npip install flask\nEOF", ["flask"], 'RUN <<EOF\npip install flask "X"\nEOF'),
        ("RUN pip install flask", ["django"], None),
    ],
)
def test_package_by_name(run: str, packages: list[str], expected: str | None) -> None:
    text = f"FROM a\n{run}\nCMD b"
    edit = with_package(text, 2, packages, "X")
    assert (None if edit is None else apply(text, [edit])) == (
        None if expected is None else f"FROM a\n{expected}\nCMD b"
    )
