"""Edits of Python keep every comment and every byte that is not the edit's own."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_prodcheck.base import Span
from flask_prodcheck.edits.actions import (
    AddStatement,
    DropArgument,
    DropStatement,
    FlipDefault,
    GuardStatement,
    SetValue,
)
from flask_prodcheck.edits.text_file import apply, plain
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.fixes.python_edit import PythonAction, comments_of, python_edits

ROOT = Path(__file__).resolve().parents[2]


def span(node: ast.expr | ast.stmt, text: str = "") -> Span:
    assert node.end_lineno is not None and node.end_col_offset is not None
    return Span("x.py", node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def first(source: str, kind: type[ast.AST], nth: int = 0) -> Span:
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kind)]
    node = found[nth]
    assert isinstance(node, (ast.expr, ast.stmt))
    return span(node)


def edited(source: str, action: PythonAction) -> str:
    return apply(source, python_edits(plain(source), action))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("run(debug=True)\n", "run()\n"),
        ("run(debug=True, host=h)\n", "run(host=h)\n"),
        ("run(host=h, debug=True)\n", "run(host=h)\n"),
        ("run(host=h, debug=True,)\n", "run(host=h)\n"),
        ("run(a, debug = True , host=h)\n", "run(a, host=h)\n"),
        ("run(\n    debug=True\n)\n", "run()\n"),
        ("run(\n    debug=True,  # why\n)\n", "run(\n    # why\n)\n"),
        ("run(\n    host=h,\n    debug=True,\n)\n", "run(\n    host=h,\n)\n"),
        ("run(\n    host=h,\n    debug=True\n)\n", "run(\n    host=h,\n)\n"),
        ("run(\n    debug=True,\n    host=h,\n)\n", "run(\n    host=h,\n)\n"),
        ("run(\n    host=h,  # h\n    debug=True,  # d\n    port=1,  # p\n)\n", "run(\n    host=h,  # h\n    # d\n    port=1,  # p\n)\n"),
        ("run(host=h,\n    debug=True)\n", "run(host=h,\n    )\n"),
        ("run(**more, debug=True)\n", "run(**more)\n"),
        ("run(x(), debug=(True))  # c\n", "run(x())  # c\n"),
    ],
)  # fmt: skip
def test_drop_argument(source: str, expected: str) -> None:
    assert edited(source, DropArgument(first(source, ast.Call), "debug")) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("app.run()\n", 'if __name__ == "__main__":\n    app.run()\n'),
        ("app.run()", 'if __name__ == "__main__":\n    app.run()'),
        ("# start\napp.run()  # now\nx = 1\n", '# start\nif __name__ == "__main__":\n    app.run()  # now\nx = 1\n'),
        ("app.run(\n    host=h,  # h\n)\n", 'if __name__ == "__main__":\n    app.run(\n        host=h,  # h\n    )\n'),
        ('app.run("""a\nb""")\n', 'if __name__ == "__main__":\n    app.run("""a\nb""")\n'),
        ("app.run()\r\nx = 1\r\n", 'if __name__ == "__main__":\r\n    app.run()\r\nx = 1\r\n'),
        ("\ufeffapp.run()\n", '\ufeffif __name__ == "__main__":\n    app.run()\n'),
        (
            "with app.context():\n  # now\n  app.run(\n    p,\n  )  # c\n  x = 1\n",
            'with app.context():\n  # now\n  if __name__ == "__main__":\n    app.run(\n      p,\n    )  # c\n  x = 1\n',
        ),
        ("if x:\n\tapp.run()", 'if x:\n\tif __name__ == "__main__":\n\t\tapp.run()'),
    ],
)
def test_guard(source: str, expected: str) -> None:
    assert edited(source, GuardStatement(first(plain(source), ast.Expr))) == expected


@pytest.mark.parametrize("source", ["x = 1; app.run()\n", "def f():\n    app.run()\n", "if x: app.run()\n"])
def test_only_a_statement_of_its_own_is_guarded(source: str) -> None:
    with pytest.raises(RefusedError, match="no statement of its own"):
        edited(source, GuardStatement(first(source, ast.Expr)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1\nreload = True\nb = 2\n", "a = 1\nb = 2\n"),
        ("a = 1\nreload = True", "a = 1\n"),
        ("a = 1\nreload = True  # quick\nb = 2\n", "a = 1\n# quick\nb = 2\n"),
        ("a = 1; reload = True; b = 2\n", "a = 1; b = 2\n"),
        ("a = 1; reload = True\n", "a = 1\n"),
        ("if a:\n    reload = True  # c\n", "if a:\n    pass  # c\n"),
        ("if a: reload = True\n", "if a: pass\n"),
        ("if a:\n    x = 1\n    reload = (\n        True\n    )\n", "if a:\n    x = 1\n"),
    ],
)
def test_drop_statement(source: str, expected: str) -> None:
    assigns = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign)]
    place = next(span(node) for node in assigns if ast.unparse(node.targets[0]) == "reload")
    assert edited(source, DropStatement(place)) == expected


@pytest.mark.parametrize(
    ("source", "kind", "expected"),
    [
        ("KEY = 'a'\n", ast.Assign, "import os\nKEY = E\n"),
        ("import os\nKEY = ('a'\n  'b')\n", ast.Assign, "import os\nKEY = (E)\n"),
        ('"""Doc."""\nfrom __future__ import annotations\n\nimport re\nKEY: str = "a"  # c\n', ast.AnnAssign,
         '"""Doc."""\nfrom __future__ import annotations\n\nimport os\nimport re\nKEY: str = E  # c\n'),
        ("import os\nc.update(KEY='a', B=1)\n", ast.Call, "import os\nc.update(KEY=E, B=1)\n"),
        ("import os\nc.update({'KEY': 'a', 'B': 1})\n", ast.Call, "import os\nc.update({'KEY': E, 'B': 1})\n"),
        ("import os\nc.setdefault('KEY', 'a')\n", ast.Call, "import os\nc.setdefault('KEY', E)\n"),
        ("import os\nc = dict(KEY='a')\n", ast.Assign, "import os\nc = dict(KEY=E)\n"),
        ("KEY = 'a'\nimport os\n", ast.Assign, "import os\nKEY = E\nimport os\n"),
        ("# licence\n@decorated\ndef f(): pass\nKEY = 1\n", ast.Assign, "# licence\nimport os\n@decorated\ndef f(): pass\nKEY = E\n"),
    ],
)  # fmt: skip
def test_set_value(source: str, kind: type[ast.AST], expected: str) -> None:
    action = SetValue(first(source, kind), "KEY", "E", ("os",))
    assert edited(source, action) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("run(debug=environ.get('DEBUG', '1') == '1')\n", "run(debug=environ.get('DEBUG', '0') == '1')\n"),
        ("run(debug=getenv('D', 'True'))\n", "run(debug=getenv('D', 'False'))\n"),
        ("run(debug=config('D', default=True))\n", "run(debug=config('D', default=False))\n"),
        ('run(debug=getenv("D", "YES"), port=getenv("P", "5000"))\n', 'run(debug=getenv("D", "NO"), port=getenv("P", "5000"))\n'),
    ],
)  # fmt: skip
def test_flip_default(source: str, expected: str) -> None:
    assert edited(source, FlipDefault(first(source, ast.Call))) == expected


def test_two_defaults_are_not_guessed_between() -> None:
    source = "run(debug=getenv('D', '1'), reload=getenv('R', '1'))\n"
    with pytest.raises(RefusedError, match="which default"):
        edited(source, FlipDefault(first(source, ast.Call)))


def test_add_statement() -> None:
    source = "def make():\n    app = Flask(__name__)  # c\n    return app\n"
    action = AddStatement(first(source, ast.Assign), "app.wsgi_app = P(app.wsgi_app)", ("from p import P",))
    expected = "from p import P\ndef make():\n    app = Flask(__name__)  # c\n    app.wsgi_app = P(app.wsgi_app)\n    return app\n"
    assert edited(source, action) == expected


# --- any source ------------------------------------------------------------------------------------------------------


def plain_calls(tree: ast.Module) -> Iterator[tuple[ast.Call, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = [keyword.arg for keyword in node.keywords]
            for index, name in enumerate(names):
                if name is not None and names.count(name) == 1:
                    yield node, index


def check(source: str, action: PythonAction, change: Callable[[], None], tree: ast.Module) -> None:
    """``change`` makes on ``tree`` what ``action`` should make of ``source``; nothing else may differ."""
    text = plain(source)
    try:
        edits = python_edits(text, action)
    except RefusedError:
        return
    result = apply(source, edits)
    change()
    assert ast.dump(ast.parse(plain(result))) == ast.dump(tree), result
    lost = [each for each in comments_of(text) if each not in comments_of(plain(result))]
    assert lost == []
    untouched = text
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        untouched = untouched[: edit.start] + "\0" + untouched[edit.end :]
    at = 0
    for piece in untouched.split("\0"):
        found = plain(result).find(piece, at)
        assert found >= 0
        at = found + len(piece)
    if "\r\n" in source:
        assert result.count("\r\n") == result.count("\n")


def everything(source: str) -> None:
    text = plain(source)
    if not text.isascii():
        return  # the columns of ast count bytes
    for position in range(sum(1 for _ in plain_calls(ast.parse(text)))):
        tree = ast.parse(text)
        call, index = list(plain_calls(tree))[position]
        name = call.keywords[index].arg
        assert name is not None

        def drop(call: ast.Call = call, index: int = index) -> None:
            del call.keywords[index]

        check(source, DropArgument(span(call), name), drop, tree)
    for position, statement in enumerate(ast.parse(text).body):
        if isinstance(statement, ast.Expr) and position:
            tree = ast.parse(text)

            def guard(tree: ast.Module = tree, position: int = position) -> None:
                test = ast.parse('__name__ == "__main__"', mode="eval").body
                tree.body[position] = ast.If(test, [tree.body[position]], [])

            check(source, GuardStatement(span(statement)), guard, tree)
        if isinstance(statement, (ast.Assign, ast.Expr)):
            tree = ast.parse(text)

            def remove(tree: ast.Module = tree, position: int = position) -> None:
                del tree.body[position]

            check(source, DropStatement(span(statement)), remove, tree)
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            tree = ast.parse(text)

            def put(tree: ast.Module = tree, position: int = position) -> None:
                assigned = tree.body[position]
                assert isinstance(assigned, ast.Assign)
                assigned.value = ast.Name("NEW", ast.Load())

            check(source, SetValue(span(statement), "x", "NEW"), put, tree)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "fixtures").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_every_fixture(path: Path) -> None:
    everything(path.read_text(encoding="utf-8"))


CORPUS = os.environ.get("PRODCHECK_CORPUS", "")
LARGE = 6_000  # bytes: each of a file's edits reads it anew
MANY = 12


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="PRODCHECK_CORPUS names no folder with the labelled projects")
@pytest.mark.parametrize(
    "root",
    sorted(path for path in Path(CORPUS).iterdir() if path.is_dir()) if CORPUS else [],
    ids=lambda path: path.name,
)
def test_every_labelled_project(root: Path) -> None:
    files = sorted(path for path in root.rglob("*.py") if path.is_file() and 200 < path.stat().st_size < LARGE)
    for path in files[:: max(1, len(files) // MANY)][:MANY]:
        try:
            text = path.read_text(encoding="utf-8")
            compile(text, str(path), "exec", dont_inherit=True)
        except (UnicodeDecodeError, SyntaxError, ValueError):
            continue
        everything(text)


ARGUMENT = st.sampled_from(
    ["'x'", "host='::1'", "port=1", "debug=True", "k=(1,\n  2)", "t='''a\nb'''", "f=lambda: 1", "**more"]
)
BETWEEN = st.sampled_from([", ", ",", ",\n    ", ",  # note\n    ", " ,\n\n    # own line\n    "])
OPENING = st.sampled_from(["", "\n    ", "  # first\n    ", " "])
CLOSING = st.sampled_from(["", ",", ",\n", "\n", ",  # last\n", "  # bare\n"])


@st.composite
def calls(draw: st.DrawFn) -> str:
    arguments = draw(st.lists(ARGUMENT, max_size=4, unique=True))
    ordered = sorted(arguments, key=lambda each: (each.startswith("**"), each[0] != "'"))
    text = draw(OPENING) if ordered else ""
    for index, argument in enumerate(ordered):
        text += (draw(BETWEEN) if index else "") + argument
    return f"app.run({text}{draw(CLOSING) if ordered else ''})"


LINE = st.one_of(
    calls(),
    st.sampled_from(
        ["x = 1", "x = y = 'a'", "# alone", "", "x = 1; y = 2", "def f():\n\treturn g(a=1)", "if x:\n  h(b=2)  # c"]
    ),
)


@settings(max_examples=150)
@given(
    st.lists(LINE, min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.booleans(),
)
def test_any_source(lines: list[str], end: str, mark: str, closed: bool) -> None:
    text = "\n".join(lines) + ("\n" if closed else "")
    everything(mark + text.replace("\n", end))


def test_a_comment_is_never_lost() -> None:
    source = "K = (  # one\n    'a'  # two\n)\n"
    assert edited(source, SetValue(first(source, ast.Assign), "K", "E")) == "K = (  # one\n    E  # two\n)\n"
