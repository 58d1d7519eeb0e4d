"""The Dockerfile reader."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.dockerfile import read_dockerfile
from flask_prodcheck.facts.shell import parse_command_line
from flask_prodcheck.facts.types import Command, ShellList, Stage


def stage(text: str) -> Stage:
    return read_dockerfile("Dockerfile", "FROM python:3\n" + text).stages[-1]


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ('SHELL ["powershell", "-Command"]\nCMD flask run; exit\n', ("powershell", "-Command", "flask run; exit")),
        ('SHELL ["C:/x/pwsh.exe", "-c"]\nCMD a \\\n  b\n', ("C:/x/pwsh.exe", "-c", "a   b")),
        ('SHELL ["cmd", "/S", "/C"]\nENTRYPOINT a\n', ("cmd", "/S", "/C", "a")),
        ('SHELL ["powershell", "-Command"]\nCMD ["a", "b"]\n', ("a", "b")),
        ('SHELL ["powershell", "-Command"]\nSHELL ["cmd", "/C"]\nCMD a\n', ("cmd", "/C", "a")),
        ('SHELL ["/bin/bash", "-c"]\nCMD a\n', None),
        ("SHELL powershell\nCMD a\n", None),
        ('SHELL ["powershell", "-Command"]\nFROM x\nCMD a\n', None),
    ],
)
def test_a_shell_of_windows(text: str, argv: tuple[str, ...] | None) -> None:
    found = stage(text)
    command = found.cmd or found.entrypoint
    assert command is not None and command.argv == argv


def test_a_stage_keeps_the_shell_of_the_stage_below() -> None:
    text = 'FROM x AS Base\nSHELL ["pwsh", "-c"]\nFROM y\nFROM base\nCMD a\n'
    command = read_dockerfile("D", text).stages[-1].cmd
    assert command is not None and command.argv == ("pwsh", "-c", "a")


def test_stages_and_global_args() -> None:
    found = read_dockerfile("D", "ARG V=3\nARG W\nFROM --platform=$P python:$V AS Build\nfrom build\n")
    assert [(arg.name, arg.value, arg.span.line) for arg in found.args] == [("V", "3", 1), ("W", None, 2)]
    assert [(each.base, each.alias, each.span.line) for each in found.stages] == [
        ("python:$V", "build", 3),
        ("build", None, 4),
    ]


@pytest.mark.parametrize(
    ("value", "argv", "shell"),
    [
        ('["gunicorn", "app:app"]', ("gunicorn", "app:app"), None),
        ("[]", (), None),
        ("gunicorn app:app", None, "gunicorn app:app"),
        ("['gunicorn', 'app:app']", None, "['gunicorn', 'app:app']"),
        ("[ a ]", None, "[ a ]"),
        ('["a", 1]', None, '["a", 1]'),
        ('["a", \\\n  "b"]', ("a", "b"), None),
        ('["a"] # no comment', None, '["a"] # no comment'),
    ],
)
def test_exec_form_is_a_json_array_of_strings(value: str, argv: tuple[str, ...] | None, shell: str | None) -> None:
    for keyword in ("CMD", "entrypoint"):
        found = stage(f"{keyword} {value}\n")
        command = found.cmd if keyword == "CMD" else found.entrypoint
        assert command is not None
        assert (command.argv, command.shell) == (argv, shell)


def test_the_last_command_counts_and_has_its_place() -> None:
    found = stage('CMD a\n  CMD ["b",\\\n "c"]\n')
    assert found.cmd == Command(Span("Dockerfile", 3, 3, 3, 13), 'CMD ["b", "c"]', argv=("b", "c"))


def test_shell_form_keeps_the_line_of_every_command() -> None:
    command = stage("CMD flask db upgrade \\\n# why\n\n  && gunicorn \\\n  app:app\n").cmd
    assert command is not None and command.shell is not None
    assert command.text == "CMD flask db upgrade && gunicorn app:app"
    (both,) = parse_command_line(command.shell, command.span)
    assert isinstance(both, ShellList)
    assert [item.span.line for item in both.items] == [2, 5]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ENV A b c\n", [("A", "b c", 2)]),
        ('ENV A="b c" D=e\\ f \\\n  G=$A H=\n', [("A", "b c", 2), ("D", "e f", 2), ("G", "$A", 3), ("H", "", 3)]),
        ("ENV A='x y'\nENV B=${A:-z}\n", [("A", "x y", 2), ("B", "${A:-z}", 3)]),
        ('ENV A "b c"\n', [("A", "b c", 2)]),
        ("ENV A\nENV B=1\n", [("B", "1", 3)]),
        ("ENV \\\n  A=1 \\\n  # note\n  B=2\n", [("A", "1", 3), ("B", "2", 5)]),
    ],
)
def test_env(text: str, expected: list[tuple[str, str, int]]) -> None:
    assert [(each.name, each.value, each.span.line) for each in stage(text).env] == expected


def test_env_place_is_the_pair() -> None:
    assert stage("ENV A=1 \\\n    FLASK_DEBUG=1\n").env[1].span == Span("Dockerfile", 3, 5, 3, 18)


@pytest.mark.parametrize(
    ("text", "workdir"),
    [
        ("", ""),
        ("WORKDIR /app/\n", "/app"),
        ("WORKDIR /app\nWORKDIR src\n", "/app/src"),
        ("WORKDIR app\n", "/app"),
        ("WORKDIR /a/b\nWORKDIR ../c\n", "/a/c"),
        ("WORKDIR $HOME/x\nWORKDIR y\n", "$HOME/x/y"),
        ('WORKDIR "/a b"\n', "/a b"),
        ("WORKDIR /\n", "/"),
        ("WORKDIR C:\\app\\src\nWORKDIR x\n", "/app/src/x"),
        ('WORKDIR "c:/a b"\n', "/a b"),
    ],
)
def test_workdir(text: str, workdir: str) -> None:
    assert stage(text).workdir == workdir


def test_copies() -> None:
    found = stage(
        'WORKDIR /w\nCOPY --chown=a:b --from=Build a b /c/\nADD ["x y", "."]\n'
        "COPY <<-EOF /s.sh\n\techo $X\n\tEOF\nCOPY only\nCOPY a C:/b/\n"
    ).copies
    assert [(each.sources, each.target, each.source_stage, each.inline, each.cwd) for each in found] == [
        (("a", "b"), "/c/", "Build", None, "/w"),
        (("x y",), ".", None, None, "/w"),
        ((), "/s.sh", None, "echo $X\n", "/w"),
        (("a",), "/b/", None, None, "/w"),
    ]


def test_runs() -> None:
    found = stage(
        'RUN ["a", "b"]\nWORKDIR /w\nRUN --mount=type=cache,target=/c \\\n  pip install x\n'
        "RUN <<EOF\nset -e\npip install y\nEOF\n"
        "RUN python - <<'P' && z\nprint()\nP\nCMD q\n"
    )
    assert [(each.command.argv, each.command.shell, each.cwd) for each in found.runs] == [
        (("a", "b"), None, ""),
        (None, "\\\npip install x", "/w"),
        (None, "\nset -e\npip install y\n", "/w"),
        (None, "python - <<'P' && z\nprint()\nP\n", "/w"),
    ]
    assert found.cmd is not None and found.cmd.shell == "q"
    heredoc = found.runs[2].command
    assert heredoc.shell is not None
    assert [each.span.line for each in parse_command_line(heredoc.shell, heredoc.span)] == [7, 8]


def test_the_rest() -> None:
    found = stage(
        'USER a\nUSER app:app\nEXPOSE 80 90/tcp\nSTOPSIGNAL SIGINT\nHEALTHCHECK --interval=5s CMD true\nSHELL ["x"]\n'
    )
    assert (found.user, found.user_span) == ("app:app", Span("Dockerfile", 3, 1, 3, 13))
    assert (found.expose, found.stop_signal, found.has_healthcheck) == (("80", "90/tcp"), "SIGINT", True)
    assert not stage("HEALTHCHECK CMD true\nHEALTHCHECK none\n").has_healthcheck
    assert stage("ONBUILD CMD x\n").cmd is None
    assert stage('VOLUME ["/a b", "/c"]\nVOLUME /d "/e"\n').volumes == ("/a b", "/c", "/d", "/e")


@pytest.mark.parametrize(
    "text",
    [
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM a\nRUN x `\n y\nCMD c\n",
        "\ufeffFROM a\r\nRUN x \\\r\n y\r\nCMD c\r\n",
        "FROM a\nENV A\nUSER $x y\nCMD c",
        "FROM a\n{% if x %}\nRUN b\n{% endif %}\nCMD c\n",
        "FROM a\nRUN <<EOF\nCMD no\nEOF\nCMD c\n",
        "FROM a\nRUN echo $((1<<n))\nCMD c\n",
        "FROM a\nRUN x \\\n\n\n# CMD no\n y\n\tCMD\tc\n",
        "FROM a\nnonsense here\nCMD c\n",
    ],
)
def test_no_command_is_lost(text: str) -> None:
    command = read_dockerfile("D", text).stages[0].cmd
    assert command is not None and command.shell == "c"


def test_escape_directive_only_at_the_top() -> None:
    command = read_dockerfile("D", "FROM a\n# escape=`\nCMD a \\\n b\n").stages[0].cmd
    assert command is not None and command.text == "CMD a b"


@pytest.mark.parametrize(("text", "line"), [("", 1), ("# x\n\nRUN a\n", 3), ("FROM a\nFROM\n", 2)])
def test_no_stage_is_a_read_error(text: str, line: int) -> None:
    with pytest.raises(ReadError) as caught:
        read_dockerfile("D", text)
    assert caught.value.line == line


_PIECES = st.sampled_from(
    ["FROM a\n", "RUN ", "COPY ", "ENV ", "CMD ", "<<E", "\nE\n", "\\\n", "\\", '"', "'",
     "[", "]", "a=b ", "--from=x ", "\n",
     "# escape=`\n",
     " ", "$", "WORKDIR ", "USER ", "é", "\x00", "ARG ", "ONBUILD ", "`", "\r\n", "\t"]
)  # fmt: skip


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=30).map(lambda parts: "FROM a\n" + "".join(parts))))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_dockerfile("D", text)
