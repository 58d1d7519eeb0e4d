"""The shell reader: structure, words, places, and what it does with broken text."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.shell import parse_command_line, read_shell
from flask_prodcheck.facts.types import (
    Lit,
    ShellCase,
    ShellCommand,
    ShellFunction,
    ShellGroup,
    ShellIf,
    ShellList,
    ShellLoop,
    ShellStmt,
    ShellTest,
    Substitution,
    Var,
    Word,
)
from flask_prodcheck.facts.words import read_word


def one(text: str) -> ShellStmt:
    (statement,) = parse_command_line(text, Span("x.sh", 1))
    return statement


def plain(statement: ShellStmt) -> list[str]:
    assert isinstance(statement, ShellCommand)
    return [word.text for word in statement.words]


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("gunicorn", (Lit("gunicorn"),)),
        ("'a b'", (Lit("a b", True),)),
        ('"a $X"', (Lit("a ", True), Var("X", quoted=True))),
        ('"$A $B"', (Var("A", quoted=True), Lit(" ", True), Var("B", quoted=True))),
        ("a\\ b", (Lit("a b"),)),
        ('""', (Lit("", True),)),
        ("''", (Lit("", True),)),
        ("0.0.0.0:${PORT:-80}", (Lit("0.0.0.0:"), Var("PORT", ":-", Word((Lit("80"),), "80")))),
        ("${A:-${B}}", (Var("A", ":-", Word((Var("B"),), "${B}")),)),
        ('"$@"', (Var("@", quoted=True),)),
        ("$1", (Var("1"),)),
        ("${X%%.*}", (Var("X", "%%", read_word(".*")),)),
        ("${X:0:1}", (Var("X", ":", read_word("0:1")),)),
        ("${X//a/b}", (Var("X", "//", read_word("a/b")),)),
        ("${X[0]}", (Var("X", "other"),)),
        ("${#X}", (Var("X", "length"),)),
        ("${#X[@]}", (Var("X[@]", "other"),)),
        ("${!X}", (Var("X", "!"),)),
        ("${!X*}", (Var("X*", "other"),)),
        ("$(cat x)", (Substitution("cat x"),)),
        ("`cat x`", (Substitution("cat x"),)),
        ("$((2 * N + 1))", (Substitution("(2 * N + 1)"),)),
        ("$'a\\nb'", (Lit("a\nb", True),)),
        ('"\\$X \\"q\\""', (Lit('$X "q"', True),)),
        ("a$", (Lit("a$"),)),
        ("${X:-it", (Lit("${X:-it"),)),
    ],
)
def test_word_parts(source: str, parts: tuple[Lit | Var | Substitution, ...]) -> None:
    assert read_word(source) == Word(parts, source)


def test_command_with_assignments_redirection_and_background() -> None:
    command = one('A=1 B="x" gunicorn app:app > log 2>&1 &')
    assert isinstance(command, ShellCommand)
    assert plain(command) == ["gunicorn", "app:app"]
    assert command.assigns == (("A", read_word("1")), ("B", read_word('"x"')))
    assert command.output == read_word("log")
    assert command.background


def test_lists_lean_left_and_share_an_operator() -> None:
    statement = one("a && b && c || d | e")
    assert isinstance(statement, ShellList) and statement.op == "||"
    left, right = statement.items
    assert isinstance(left, ShellList) and (left.op, len(left.items)) == ("&&", 3)
    assert isinstance(right, ShellList) and right.op == "|"


def test_background_list_is_one_job() -> None:
    statement = one("cd /x && gunicorn a:b &")
    assert isinstance(statement, ShellList) and statement.background


def test_declarations_keep_their_words() -> None:
    script = read_shell("x.sh", "export A=b C\nlocal x=1\ndeclare -r Y=2\n")
    assert [plain(each) for each in script.body] == [["export", "A=b", "C"], ["local", "x=1"], ["declare", "-r", "Y=2"]]


def test_an_assignment_of_two_variables_is_one_word() -> None:
    command = one("PATH=$PATH:$ROOT/bin exec gunicorn app:app")
    assert isinstance(command, ShellCommand)
    assert plain(command) == ["exec", "gunicorn", "app:app"]
    assert command.assigns == (("PATH", read_word("$PATH:$ROOT/bin")),)


def test_several_assignments_do_not_swallow_the_next_line() -> None:
    first, second = read_shell("x.sh", "A=1 B=2\nexec gunicorn app:app\n").body
    assert isinstance(first, ShellCommand) and not first.words and len(first.assigns) == 2
    assert plain(second) == ["exec", "gunicorn", "app:app"] and second.span.line == 2


@pytest.mark.parametrize("source", ["python - x", "cat -", "python - <<E\nx\nE"])
def test_a_lone_dash_is_a_word(source: str) -> None:
    assert "-" in plain(one(source))


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("serve --log a-$3-$1.log $3:app", ["serve", "--log", "a-$3-$1.log", "$3:app"]),
        ("serve $1-$2", ["serve", "$1-$2"]),
        ("serve $1-$2 2", ["serve", "$1-$2", "2"]),
        ("serve a$ 1", ["serve", "a$", "1"]),
    ],
)
def test_arguments_inside_a_word_do_not_end_it(source: str, words: list[str]) -> None:
    assert plain(one(source)) == words


def test_heredocs() -> None:
    script = read_shell(
        "x.sh", "#!/bin/bash\ncat <<-'E' | sh && foo\n\ta $X\n\tE\npython - <<E > out\nx\nE\n", first_line=10
    )
    first, second = script.body
    assert isinstance(first, ShellList) and first.op == "&&"
    pipe = first.items[0]
    assert isinstance(pipe, ShellList) and pipe.op == "|"
    cat = pipe.items[0]
    assert isinstance(cat, ShellCommand) and (cat.heredoc, cat.heredoc_line) == ("a $X\n", 12)
    assert isinstance(second, ShellCommand) and second.output == read_word("out")
    assert (second.heredoc, second.heredoc_line, second.span.line) == ("x\n", 15, 14)


def test_if_elif_else() -> None:
    statement = one('if [ -z "$X" ]; then a; elif ! b; then c; d; else e; fi')
    assert isinstance(statement, ShellIf)
    (test,), (then,) = statement.branches[0]
    assert isinstance(test, ShellTest) and [word.text for word in test.words] == ["-z", '"$X"']
    assert plain(then) == ["a"]
    assert plain(statement.branches[1][0][0]) == ["!", "b"]
    assert [plain(each) for each in statement.branches[1][1]] == [["c"], ["d"]]
    assert [plain(each) for each in statement.orelse] == [["e"]]


@pytest.mark.parametrize(
    ("source", "words", "negated"),
    [
        ("test -f x", ["-f", "x"], False),
        ("[ ! -f x ]", ["-f", "x"], True),
        ("! [ ! -f x ]", ["-f", "x"], False),
        ("[ ! -f x -a -f y ]", ["!", "-f", "x", "-a", "-f", "y"], False),
        ('[[ $Y == 1 && -n "$Z" ]]', ["$Y", "==", "1", "&&", "-n", '"$Z"'], False),
        ('[ "$A" ]', ['"$A"'], False),
    ],
)
def test_tests(source: str, words: list[str], negated: bool) -> None:
    statement = one(source)
    assert isinstance(statement, ShellTest)
    assert ([word.text for word in statement.words], statement.negated) == (words, negated)


def test_case() -> None:
    statement = one('case "$1" in\n web|"x|y") a ;;\n (*) b; c ;;\nesac')
    assert isinstance(statement, ShellCase)
    assert statement.subject == read_word('"$1"')
    assert [[word.text for word in patterns] for patterns, _ in statement.arms] == [["web", '"x|y"'], ["*"]]
    assert [[plain(each) for each in body] for _, body in statement.arms] == [[["a"]], [["b"], ["c"]]]


@pytest.mark.parametrize(
    ("source", "kind", "variable", "words"),
    [
        ("for i in 1 $X; do a; done", "for", "i", ["1", "$X"]),
        ("for i; do a; done", "for", "i", ['"$@"']),
        ("while b; do a; done", "while", None, []),
        ("until b; do a; done", "until", None, []),
        ("for ((i=0; i<3; i++)); do a; done", "for", None, []),
    ],
)
def test_loops(source: str, kind: str, variable: str | None, words: list[str]) -> None:
    statement = one(source)
    assert isinstance(statement, ShellLoop)
    assert (statement.kind, statement.variable, [word.text for word in statement.words]) == (kind, variable, words)
    assert [plain(each) for each in statement.body] == [["a"]]
    assert len(statement.condition) == (1 if kind != "for" else 0)


@pytest.mark.parametrize("source", ["f() { a; }", "function f { a; }", "function f() {\n a\n}"])
def test_functions(source: str) -> None:
    statement = one(source)
    assert isinstance(statement, ShellFunction) and statement.name == "f"
    assert [plain(each) for each in statement.body] == [["a"]]


def test_groups() -> None:
    first, second = parse_command_line("(cd x; a) &\n{ b; }", Span("x", 1))
    assert isinstance(first, ShellGroup) and first.subshell and first.background and len(first.body) == 2
    assert isinstance(second, ShellGroup) and not second.subshell


def test_places_count_characters_from_the_given_place() -> None:
    first, second = parse_command_line("echo é; run é\n  gunicorn a", Span("Procfile", 5, 6))[1:]
    assert (first.span.line, first.span.column, first.span.end_column) == (5, 14, 19)
    assert second.span == Span("Procfile", 6, 3, 6, 13)


def test_continuations_keep_lines_and_join_the_text() -> None:
    statement = one("a && \\\n\\\n  gunicorn x \\\n  --y")
    assert isinstance(statement, ShellList)
    last = statement.items[1]
    assert isinstance(last, ShellCommand)
    assert (last.span.line, last.text, plain(last)) == (3, "gunicorn x --y", ["gunicorn", "x", "--y"])


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("gunicorn app:create_app()", ["gunicorn", "app:create_app()"]),
        ("gunicorn app:create_app() --bind x", ["gunicorn", "app:create_app()", "--bind", "x"]),
        ("gunicorn a:b > log --x", ["gunicorn", "a:b", "--x"]),
    ],
)
def test_words_that_the_grammar_drops(source: str, words: list[str]) -> None:
    assert plain(one(source)) == words


@pytest.mark.parametrize(
    ("first", "interpreter", "statements"),
    [
        ("#!/usr/bin/env bash", "bash", 1),
        ("#!/command/with-contenv bash", "bash", 1),
        ("#!/bin/sh -e\r", "sh", 1),
        ("\ufeff#!/usr/bin/env -S dash -e", "dash", 1),
        ("# none", "sh", 1),
        ("#!/usr/bin/env python3", "python3", 0),
    ],
)
def test_interpreter(first: str, interpreter: str, statements: int) -> None:
    script = read_shell("x.sh", first + "\nexec gunicorn\n")
    assert (script.interpreter, len(script.body)) == (interpreter, statements)


def test_dos_line_endings_leave_no_trace() -> None:
    first, second = read_shell("x.sh", "cd /app\r\nexec gunicorn a:b\r\n").body
    assert plain(first) == ["cd", "/app"] and plain(second) == ["exec", "gunicorn", "a:b"]


@pytest.mark.parametrize(
    "source",
    [
        "set -e\nfoo )\nexec gunicorn a:b\n",
        "set -e\nif [ x; then\n y\nfi\nexec gunicorn a:b\n",
        "exec gunicorn a:b\nfi\n",
    ],
)
def test_what_stands_around_an_error_is_kept(source: str) -> None:
    found = [plain(each) for each in read_shell("x.sh", source).body if isinstance(each, ShellCommand)]
    assert ["exec", "gunicorn", "a:b"] in found


def test_a_block_that_is_never_closed_keeps_its_commands() -> None:
    body = read_shell("x.sh", "set -e\nif [ -f x ]; then\n exec gunicorn a:b\n").body
    assert isinstance(body[1], ShellIf) and plain(body[1].branches[0][1][0]) == ["exec", "gunicorn", "a:b"]


def test_nothing_usable_is_a_read_error() -> None:
    with pytest.raises(ReadError):
        read_shell("x.sh", ")))\n")


def test_empty_script() -> None:
    assert read_shell("x.sh", "# only a comment\n").body == ()


@pytest.mark.parametrize(
    "text", ["(" * 3000, "if a; then\n" * 2000, "a && b || " * 3000 + "c", "$(" * 3000, "${A:-" * 3000]
)
def test_deep_nesting_ends(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_shell("x.sh", text)


def test_deep_nesting_is_a_read_error() -> None:
    with pytest.raises(ReadError, match="too deeply"):
        read_shell("x.sh", "{ " * 300 + "a" + "; }" * 300)


@pytest.mark.parametrize(
    ("text", "words"),
    [("é=1 serve\n", ["é=1", "serve"]), ("{é} serve\n", ["{é}", "serve"]), ("a\u2003b serve\n", ["a\u2003b", "serve"])],
)
def test_characters_beyond_ascii_are_parts_of_words_and_of_no_name(text: str, words: list[str]) -> None:
    first = read_shell("x.sh", text).body[0]
    assert isinstance(first, ShellCommand) and first.assigns == ()
    assert [word.text for word in first.words] in (words, words[1:])


def test_no_character_ends_the_process() -> None:
    """The grammar's scanner reads beyond a table of the C library for characters that it should never see; what lies
    there differs from run to run."""
    code = (
        "from flask_prodcheck.facts.shell import read_shell\n"
        "read_shell('a.sh', '\\n'.join('{' + chr(c) for c in range(128, 0x110000, 251) if not 0xd800 <= c < 0xe000))"
    )
    for _ in range(6):
        subprocess.run([sys.executable, "-P" if sys.version_info >= (3, 11) else "-B", "-c", code], check=True)


_PIECES = st.sampled_from(
    ["if ", "then ", "fi\n", "[ ", "]", "[[ ",
     "&& ", "| ", "(", ")", "{ ", "}", "<<E\n", "E\n", '"', "'", "$", "${", "a ",
     "case ", "in ",
     ";;", "&", "\\", "\n", "> ", "f() ", "é", "\x00", "! ", "for ", "do ", "done\n", "=", "`", "<<< "]
)  # fmt: skip


@settings(max_examples=100)
@given(st.one_of(st.text(max_size=80), st.lists(_PIECES, max_size=30).map("".join)))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    with contextlib.suppress(ReadError):
        read_shell("x.sh", text)
