"""Edits of deploy files: the word, the line or the pair goes, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.edits.text_file import Edit, apply, line_start
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.fixes.command_edit import (
    add_line,
    call_target,
    drop_option,
    drop_setting,
    exec_command,
    replace_word,
)
from flask_prodcheck.fixes.comment_edit import drop_suppression
from flask_prodcheck.fixes.environment_edit import drop_variable


def lines(text: str, first: int, last: int) -> tuple[int, int]:
    stop = line_start(text, last + 1)
    return line_start(text, first), stop - (stop > 0 and text[stop - 1] == "\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('CMD ["gunicorn", "--reload", "app:app"]\n', 'CMD ["gunicorn", "app:app"]\n'),
        ('CMD ["gunicorn", "app:app", "--reload"]\n', 'CMD ["gunicorn", "app:app"]\n'),
        ("web: gunicorn --reload app:app\n", "web: gunicorn app:app\n"),
        ("web: gunicorn app:app --reload\n", "web: gunicorn app:app\n"),
        ("gunicorn --reload-engine poll --reload app:app\n", "gunicorn --reload-engine poll app:app\n"),
        ("gunicorn \\\n  --reload \\\n  app:app\n", "gunicorn \\\n  app:app\n"),
        ("gunicorn \\\n  app:app \\\n  --reload\nnext\n", "gunicorn \\\n  app:app\nnext\n"),
        ("command:\n  - gunicorn\n  - --reload\n  - app:app\n", "command:\n  - gunicorn\n  - app:app\n"),
        ('command:\n  - gunicorn\n  - "--reload"\n', "command:\n  - gunicorn\n"),
        ('command: ["--reload", "app:app"]\n', 'command: ["app:app"]\n'),
        ('ENV GUNICORN_CMD_ARGS="--reload"\n', 'ENV GUNICORN_CMD_ARGS=""\n'),
        ('ENV GUNICORN_CMD_ARGS="--reload -w 2"\n', 'ENV GUNICORN_CMD_ARGS="-w 2"\n'),
        ("gunicorn --reload=1 app:app\n", "gunicorn app:app\n"),
        ("uwsgi --reload 1 --master\n", "uwsgi --master\n"),
        ('["uwsgi", "--reload", "1", "--master"]\n', '["uwsgi", "--master"]\n'),
    ],
)
def test_drop_option(text: str, expected: str) -> None:
    assert apply(text, [drop_option(text, 0, len(text), "reload", "1")]) == expected


@pytest.mark.parametrize(
    "text", ["gunicorn app:app", "gunicorn --reload --reload app:app", "gunicorn --reload-engine x"]
)
def test_an_option_that_is_not_there_once(text: str) -> None:
    with pytest.raises(RefusedError):
        drop_option(text, 0, len(text), "reload")


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("FROM x\nENV FLASK_DEBUG=1\nCMD y\n", 2, "FROM x\nCMD y\n"),
        ("FROM x\nENV FLASK_DEBUG 1\nCMD y\n", 2, "FROM x\nCMD y\n"),
        ("ENV A=b FLASK_DEBUG=1\n", 1, "ENV A=b\n"),
        ('ENV FLASK_DEBUG="1" A=b\n', 1, "ENV A=b\n"),
        ("ENV A=b \\\n    FLASK_DEBUG=1 \\\n    C=d\n", (1, 3), "ENV A=b \\\n    C=d\n"),
        ("ENV FLASK_DEBUG=1 \\\n    C=d\n", (1, 2), "ENV C=d\n"),
        ("ENV A=b \\\n    FLASK_DEBUG=1\nCMD x\n", (1, 2), "ENV A=b\nCMD x\n"),
        ("    environment:\n      FLASK_DEBUG: \"1\"  # on\n      A: b\n", 2, "    environment:\n      A: b\n"),
        ("    environment:\n      - A=b\n      - FLASK_DEBUG=1\n    x: y\n", 3, "    environment:\n      - A=b\n    x: y\n"),
        ("    environment:\n      - 'FLASK_DEBUG=1'\n    x: y\n", 2, "    x: y\n"),
        ("    environment:\n      FLASK_DEBUG: 1\n", 2, ""),
        ("    environment:\n    - FLASK_DEBUG=1\n    - A=b\n", 2, "    environment:\n    - A=b\n"),
        ("env:\n  - name: FLASK_DEBUG\n    value: \"1\"\n  - name: A\n    value: b\n", 2, "env:\n  - name: A\n    value: b\n"),
        ("FLASK_APP=x\nFLASK_DEBUG=1\n", 2, "FLASK_APP=x\n"),
        ("export FLASK_DEBUG=true\nrun\n", 1, "run\n"),
        ("[Service]\nEnvironment=FLASK_DEBUG=1\nUser=x\n", 2, "[Service]\nUser=x\n"),
        ('Environment="A=b" "FLASK_DEBUG=1"\n', 1, 'Environment="A=b"\n'),
        ('environment=FLASK_DEBUG="1",A="b"\n', 1, 'environment=A="b"\n'),
        ('environment=A="b",FLASK_DEBUG="1"\n', 1, 'environment=A="b"\n'),
        ("web: FLASK_DEBUG=1 gunicorn app:app\n", 1, "web: gunicorn app:app\n"),
        ("deploy:\n\tFLASK_DEBUG=1 gunicorn app:app\n", 2, "deploy:\n\tgunicorn app:app\n"),
        ("FLASK_DEBUG=1 exec gunicorn app:app\n", 1, "exec gunicorn app:app\n"),
        ('[env]\n  FLASK_DEBUG = "1"\n', 2, "[env]\n"),
    ],
)  # fmt: skip
def test_drop_variable(text: str, line: int | tuple[int, int], expected: str) -> None:
    first, last = line if isinstance(line, tuple) else (line, line)
    assert apply(text, [drop_variable(text, *lines(text, first, last), "FLASK_DEBUG")]) == expected


def test_a_variable_that_is_not_there_once() -> None:
    with pytest.raises(RefusedError):
        drop_variable("X=1 gunicorn", 0, 12, "FLASK_DEBUG")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("web: gunicorn app:make\n", "web: gunicorn 'app:make()'\n"),
        ('CMD ["gunicorn", "app:make"]\n', 'CMD ["gunicorn", "app:make()"]\n'),
        ("gunicorn 'app:make'\n", "gunicorn 'app:make()'\n"),
        ('cmd = "gunicorn app:make"\n', "cmd = \"gunicorn 'app:make()'\"\n"),
        ("cmd: 'gunicorn app:make'\n", "cmd: 'gunicorn \"app:make()\"'\n"),
        ('CMD ["sh", "-c", "gunicorn app:make"]\n', 'CMD ["sh", "-c", "gunicorn \'app:make()\'"]\n'),
    ],
)
def test_call_target(text: str, expected: str) -> None:
    assert apply(text, [call_target(text, 0, len(text), "app:make", words=True)]) == expected


def test_call_target_without_a_shell() -> None:
    text = "module = app:make\n"
    assert apply(text, [call_target(text, 0, len(text), "app:make", words=False)]) == "module = app:make()\n"


@pytest.mark.parametrize(
    ("text", "command", "expected"),
    [
        ("CMD gunicorn app:app\n", "gunicorn app:app", "CMD exec gunicorn app:app\n"),
        ("CMD cd /srv && gunicorn app:app\n", "cd /srv && gunicorn app:app", "CMD cd /srv && exec gunicorn app:app\n"),
        ("gunicorn \\\n  app:app\n# end\n", "gunicorn app:app", "exec gunicorn \\\n  app:app\n# end\n"),
        ("A=1 gunicorn app:app\n", "A=1 gunicorn app:app", "exec env A=1 gunicorn app:app\n"),
        (
            'CMD ["sh", "-c", "cd x && gunicorn app:app"]\n',
            '["sh", "-c", "cd x && gunicorn app:app"]',
            'CMD ["sh", "-c", "cd x && exec gunicorn app:app"]\n',
        ),
    ],
)
def test_exec(text: str, command: str, expected: str) -> None:
    assert apply(text, [exec_command(text, 0, len(text), command)]) == expected


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("gunicorn app:app\necho done\n", "gunicorn app:app"),
        ("true && gunicorn app:app &\n", "gunicorn app:app"),
        ("gunicorn app:app || sleep 1\n", "gunicorn app:app || sleep 1"),
        ("exec gunicorn app:app\n", "exec gunicorn app:app"),
        ("(gunicorn app:app)\n", "gunicorn app:app"),
        ('CMD ["sh", "-c", "gunicorn app:app; echo"]\n', "gunicorn app:app"),
        ('CMD ["sh", "gunicorn app:app"]\n', '["sh", "gunicorn app:app"]'),
        ("gunicorn app:app\ngunicorn app:app\n", "gunicorn app:app"),
    ],
)
def test_exec_that_would_skip_something(text: str, command: str) -> None:
    with pytest.raises(RefusedError):
        exec_command(text, 0, len(text), command)


@pytest.mark.parametrize(
    ("edit", "text", "expected"),
    [
        (lambda text: replace_word(text, 0, len(text), "--max-request", "--max-requests"),
         "a --max-request 3 --max-request-x 4\n", "a --max-requests 3 --max-request-x 4\n"),
        (lambda text: drop_setting(text, 0, 15, "py-autoreload"), "py-autoreload=1\nmaster=1\n", "master=1\n"),
        (lambda text: add_line(text, 0, 10, "  die-on-term = true".strip()), "  http=:80\nx\n", "  http=:80\n  die-on-term = true\nx\n"),
        (lambda text: drop_suppression(text, 6, len(text) - 1, "PC101"), "x = 1 # prodcheck: ignore[PC101] why\n", "x = 1\n"),
        (lambda text: drop_suppression(text, 0, len(text) - 1, "PC101"), "# prodcheck: ignore[PC101, PC201] why\n", "# prodcheck: ignore[PC201] why\n"),
        (lambda text: drop_suppression(text, 2, len(text) - 3, "PC101"), "  # prodcheck: ignore[PC101]\ny\n", "y\n"),
    ],
)  # fmt: skip
def test_words_and_lines(edit: Callable[[str], Edit], text: str, expected: str) -> None:
    assert apply(text, [edit(text)]) == expected
