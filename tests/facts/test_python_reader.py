"""The Python reader as a whole: what it keeps, what it leaves out, where it says things stand, what it refuses."""

from __future__ import annotations

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts import syntax as s
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.facts.python.newer import _walk
from flask_prodcheck.facts.python.screen import can_carry_facts, decode


def read(source: str | bytes, path: str = "app.py") -> s.PyModule:
    module = read_python(path, source if isinstance(source, bytes) else source.encode())
    assert module is not None
    return module


def value(expression: str) -> s.Expr:
    statement = read(f"x = {expression}\n").body[0]
    assert isinstance(statement, s.Assign)
    return statement.value


def place(node: object) -> tuple[int, int, int, int]:
    span = node.span  # type: ignore[attr-defined]
    return span.line, span.column, span.end_line, span.end_column


# --- expressions -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", 1),
        ("0x1F", 31),
        ("1_000.5", 1000.5),
        ("2j", 2j),
        ("True", True),
        ("None", None),
        ("...", ...),
        ("'a' 'b' \"c\"", "abc"),
        ("b'a' b'b'", b"ab"),
        (r"r'\d' '\x41'", r"\dA"),
        ("('a'\n    'b')", "ab"),
    ],
)
def test_constants(expression: str, expected: object) -> None:
    found = value(expression)
    assert isinstance(found, s.Const)
    assert found.value == expected and type(found.value) is type(expected)


def test_call_arguments() -> None:
    call = value("f(a, *b, c=1, **d)")
    assert isinstance(call, s.Call)
    assert [type(arg).__name__ for arg in call.args] == ["Name", "Starred"]
    assert [keyword.name for keyword in call.keywords] == ["c", None]
    assert place(call.keywords[0]) == (1, 14, 1, 17)


@pytest.mark.parametrize(
    ("expression", "op", "count"),
    [
        ("a or b or c", "or", 3),
        ("a and (b and c)", "and", 3),
        ("a or b and c", "or", 2),
    ],
)
def test_boolean_chains_are_flat(expression: str, op: str, count: int) -> None:
    found = value(expression)
    assert isinstance(found, s.BoolOp) and (found.op, len(found.values)) == (op, count)


def test_comparison_chain() -> None:
    found = value("a < b is not c not in d")
    assert isinstance(found, s.Compare) and [op for op, _ in found.ops] == [
        "<",
        "is not",
        "not in",
    ]


def test_template_parts() -> None:
    found = value(r"f'a{{\n{b}c{d!r}{e:>3}' 'z'")
    assert isinstance(found, s.Template)
    kinds = [part.value if isinstance(part, s.Const) else type(part).__name__ for part in found.parts]
    assert kinds == ["a{\n", "Name", "c", "Opaque", "Opaque", "z"]


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("[i for i in items if ok(i)]", {"items", "ok"}),
        ("(n := f(y))", {"f", "y"}),
        ("{k: v for k, v in pairs.attr}", {"pairs"}),
        ("sorted", None),
    ],
)
def test_opaque_names(expression: str, names: set[str] | None) -> None:
    found = value(expression)
    assert (set(found.names) if isinstance(found, s.Opaque) else None) == names


def test_other_expressions() -> None:
    cut, pair = value("a[1:2]"), value("a[1, 2]")
    assert isinstance(cut, s.Subscript) and isinstance(cut.index, s.Opaque)
    assert isinstance(pair, s.Subscript) and isinstance(pair.index, s.Collection)
    display = value("{'a': 1, **b}")
    assert isinstance(display, s.Dict) and display.items[1][0] is None
    lam = value("lambda a, *b, c=1, **d: a")
    assert isinstance(lam, s.Lambda)
    assert [(p.name, p.kind) for p in lam.params] == [
        ("a", "positional"),
        ("b", "varargs"),
        ("c", "keyword"),
        ("d", "varkw"),
    ]
    assert isinstance(value("-1"), s.UnaryOp)
    tree = value("1 - 2 - 3")
    assert isinstance(tree, s.BinOp) and isinstance(tree.left, s.BinOp)


# --- statements ------------------------------------------------------------------------------------------------------


def test_statements() -> None:
    source = """\
import a.b as c, d
from ..p import q as r
from .e import *
x: int = 3
y: str
z += 1
del u, v
match k:
    case "a" | "b" if g:
        pass
    case None:
        pass
    case _:
        pass
async def f(a, /, b, *, c): return 1
"""
    body = read(source).body
    assert isinstance(body[0], s.Import) and body[0].names == (
        ("a.b", "c"),
        ("d", None),
    )
    assert isinstance(body[1], s.ImportFrom)
    assert (body[1].module, body[1].level, body[1].names) == ("p", 2, (("q", "r"),))
    assert isinstance(body[2], s.ImportFrom) and body[2].names == (("*", None),)
    assert isinstance(body[3], s.Assign) and body[3].annotation is not None
    assert isinstance(body[4], s.Declare)
    assert isinstance(body[5], s.AugAssign) and body[5].op == "+"
    assert isinstance(body[6], s.Delete) and len(body[6].targets) == 2
    match = body[7]
    assert isinstance(match, s.Match)
    assert [(len(case.values), case.wildcard, case.guard is not None) for case in match.cases] == [
        (2, False, True),
        (1, False, False),
        (0, True, False),
    ]
    function = body[8]
    assert isinstance(function, s.FunctionDef) and function.is_async
    assert [(p.name, p.kind) for p in function.params] == [
        ("a", "positional"),
        ("b", "positional"),
        ("c", "keyword"),
    ]


def test_elif_and_try_nest() -> None:
    source = (
        "if a:\n    b()\nelif c:\n    d()\nelse:\n    e()\ntry:\n    f()\nexcept E as x:\n    g()\nfinally:\n    h()\n"
    )
    first, second = read(source).body
    assert isinstance(first, s.If) and isinstance(first.orelse[0], s.If)
    assert place(first.orelse[0])[:2] == (3, 1)
    assert isinstance(second, s.Try) and second.handlers[0].name == "x" and len(second.final) == 1


# --- the screen ------------------------------------------------------------------------------------------------------

REDUCED = '''\
"""A module."""
from flask import Flask, session


class User(db.Model):
    id = db.Column()

    def save(self):
        self.x = 1


class ProdConfig:
    """Settings."""

    DEBUG = False

    def label(self):
        x = 1


def helper():
    """Words."""
    return 2


def setup(app):
    inner(app)
    app.config["A"] = 1


def inner(a):
    a.b = 1


@app.route("/")
def view():
    app.run()


def create_app():
    """Make it."""
    app = Flask(__name__)

    @app.get("/x")
    def x():
        return 1

    return app


if True:
    "text"
'''


def test_what_is_left_out() -> None:
    by_name = {node.name: node for node in read(REDUCED).body if isinstance(node, (s.FunctionDef, s.ClassDef))}
    assert {name: (len(node.body), node.screened) for name, node in by_name.items()} == {
        "User": (1, True),
        "ProdConfig": (2, False),
        "helper": (1, True),
        "setup": (2, False),
        "inner": (1, False),
        "view": (1, True),
        "create_app": (3, False),
    }
    config = by_name["ProdConfig"].body
    assert isinstance(config[1], s.FunctionDef) and config[1].screened
    nested = by_name["create_app"].body[1]
    assert isinstance(nested, s.FunctionDef) and nested.screened and isinstance(nested.body[0], s.Jump)
    last = read(REDUCED).body[-1]
    assert isinstance(last, s.If) and isinstance(last.body[0], s.Jump)


def test_large_data_is_left_out_unless_it_configures() -> None:
    rows = "".join(f"    {n}: 'x',\n" for n in range(300))
    module = read(f"DATA = {{\n{rows}}}\nCONF = {{\n'SECRET_KEY': 1,\n{rows}}}\n")
    assert [place(node)[0] for node in module.body] == [303]
    assert module.names == ("CONF", "DATA")


@pytest.mark.parametrize(
    ("source", "names", "is_open"),
    [
        ("import a.b, c as d\nfrom e import f as g\n", {"a", "d", "g"}, False),
        ("from x import *\n", set(), True),
        ("def __getattr__(n): ...\n", {"__getattr__"}, True),
        ("globals()['a'] = 1\n", set(), True),
        ("try:\n    a = 1\nexcept E as e:\n    b = 2\n", {"a", "b"}, False),
        ("for i, (j, *k) in x: pass\nwith y as z: pass\n", {"i", "j", "k", "z"}, False),
        ("if TYPE_CHECKING:\n    from a import b\nelse:\n    b2 = 1\n", {"b2"}, False),
        ("def f():\n    global g\n    g = 1\n    h = 2\n", {"f", "g"}, False),
        ("if (n := 1): pass\n", {"n"}, False),
        ("match a:\n    case [x, *y]: z = 1\n", {"x", "y", "z"}, False),
    ],
)
def test_module_names(source: str, names: set[str], is_open: bool) -> None:
    module = read(source)
    assert (set(module.names), module.is_open) == (names, is_open)


def test_imports_anywhere() -> None:
    source = "import a.b\nfrom .local import c\ndef f():\n    if x:\n        from d.e import g\n"
    assert read(source).imports == {"a", "d"}


def test_byte_screen() -> None:
    filler = b"value = 'nothing here'\n" * 1000
    assert not can_carry_facts("pkg/data.py", filler)
    assert read_python("pkg/data.py", filler) is None
    assert can_carry_facts("pkg/__init__.py", filler)
    assert can_carry_facts("gunicorn.conf.py", filler)
    assert can_carry_facts("pkg/data.py", filler + b"from flask import g\n")
    assert can_carry_facts("pkg/data.py", b"x = 1\n")


def test_libcst_is_imported_late() -> None:
    code = "import sys, flask_prodcheck.facts.python; sys.exit('libcst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


# --- places ----------------------------------------------------------------------------------------------------------

AWKWARD = [
    "x = 1\r\ny = '''a\r\nb'''\r\nz = 2\r\n",
    "if a:\n\tif b:\n\t\tc(1)\n\td()\n",
    "é = 'üü'; b = é\nf('日本', c)\n",
    "a = 1\n\x0c\nb = 2\n",
    "@a.b\n@c(\n    1,\n)\ndef create_app():\n    return app\n",
    "x = 1 + \\\n    2\nwith a as b, \\\n     c as d:\n    e()\n",
    "def main():\n    x = '''\n  left\n'''\n    run(x)\n",
    "def main(): run(); x = 1\nif a: b = 1\nelse: c = 2\n",
    "async def main():\n    async with a as b:\n        await run()\n    async for i in j:\n        k(i)\n",
    "class A:\n    '''d'''\n    # comment\n    x = 1; y = 2\n\n    def m(self): pass\n    # end\n# end\nz = 1\n",
    "def f():\n    '''d'''\ndef g(): '''d'''\nx = 1\n",
    "if a: \\\n    b()\nc = 1\n",
    "def f(): return 1; x = '''\n'''\nh = 2\n",
    "class T(TestCase):\n    def a(self):\n        return '''\nx'''\n    def b(self): pass\ny = 1\n",
    "if TYPE_CHECKING:\n    import a\nelif b:\n    import c\nelse:\n    '''d'''\n",
    "from a import b\\\n\n\nx = 1\n",
    "while a:\n    b()\nelse:\n    # c\n    d()\n",
    "'''doc'''; import os\nx = (\n  1,\n)\n",
    "try:\n    '''d'''\nexcept (\n    A\n):\n    pass\nelse:\n    c = 1\nfinally:\n    '''e'''\n",
]
KINDS = {
    "Assign": ("Assign", "AnnAssign"),
    "Declare": ("AnnAssign",),
    "ExprStmt": ("Expr",),
    "Global": ("Global", "Nonlocal"),
    "Jump": ("Pass", "Break", "Continue"),
    "Loop": ("For", "While", "AsyncFor"),
    "With": ("With", "AsyncWith"),
    "Try": ("Try", "TryStar"),
    "FunctionDef": ("FunctionDef", "AsyncFunctionDef"),
}
COMPOUND = (s.If, s.Loop, s.With, s.Try, s.Match, s.FunctionDef, s.ClassDef)


def misplaced(path: str, data: bytes) -> list[str]:
    """The statements of the reader that do not stand where ``ast`` says one of that kind stands."""
    module = read_python(path, data)
    if module is None:
        return []
    text = decode(data)
    lines = text.split("\n")
    known: dict[tuple[int, int, str], tuple[int, int]] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.stmt):
            assert node.end_lineno is not None and node.end_col_offset is not None
            column = len(lines[node.lineno - 1].encode()[: node.col_offset].decode()) + 1
            end = len(lines[node.end_lineno - 1].encode()[: node.end_col_offset].decode()) + 1
            known[node.lineno, column, type(node).__name__] = (node.end_lineno, end)
    wrong = []
    for found, _ in _walk(module.body):
        if isinstance(found, s.Jump) and found.kind == "pass":
            continue
        kind = type(found).__name__
        span = found.span
        ends = [known.get((span.line, span.column, name)) for name in KINDS.get(kind, (kind,))]
        at = next((end for end in ends if end is not None), None)
        if at is None or (not isinstance(found, COMPOUND) and at != (span.end_line, span.end_column)):
            wrong.append(f"{kind} {span}")
    return wrong


@pytest.mark.parametrize("source", AWKWARD)
def test_places_of_awkward_sources(source: str) -> None:
    assert misplaced("app.py", source.encode()) == []
    assert read(source).body


def test_places_in_the_standard_library() -> None:
    folder = Path(sysconfig.get_path("stdlib"))
    names = [
        "cmd",
        "getopt",
        "imghdr",
        "sched",
        "socketserver",
        "wsgiref/simple_server",
        "wsgiref/handlers",
        "cgitb",
    ]
    files = [folder / f"{name}.py" for name in names if (folder / f"{name}.py").is_file()]
    assert len(files) >= 5
    assert [wrong for file in files for wrong in misplaced(f"{file.stem}.py", file.read_bytes())] == []


def test_columns_are_characters() -> None:
    second = read("s = 'é'; app = Flask('日本')\n").body[1]
    assert place(second) == (1, 10, 1, 27)


def test_lines_after_something_left_out() -> None:
    module = read("'''a\nb'''\n\n# c\n\ndef f():\n    x = 1\n    y = 2\n\nz = '''\n'''\n")
    assert [place(node) for node in module.body] == [(6, 1, 6, 9), (10, 1, 11, 4)]


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"import os\nprint 'hello'\n", 2, "invalid syntax for Python 3"),
        (b"x = 1\ny = \0\n", 2, "null bytes"),
        (b"# coding: utf-8\nx = 1\ny = '\xff'\n", 3, "not valid utf-8"),
        (b"# -*- coding: no-such-thing -*-\n", 1, "cannot tell the encoding"),
        (b"x = " + b"(" * 5000 + b")" * 5000, 1, "nested too deeply"),
        (b"x = " + b"not " * 3000 + b"1\n", 1, "nested too deeply"),
        (b"x = " + b"a or " * 20000 + b"a\n", 1, "nested too deeply"),
        (b"x = a" + b".b" * 900 + b"\n", 1, "nested too deeply"),
        # what no Python so far reads, with marks in a text that look like nesting to who cannot read it
        (b'text = """' + b"<li>(:-" * 3000 + b'"""\nx = newer !! syntax\n', 2, "a newer one may"),
    ],
)
def test_refused(data: bytes, line: int, words: str) -> None:
    with pytest.raises(ReadError, match=words) as caught:
        read_python("app.py", data)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbfx = 1\n",
        b"# coding: latin-1\nx = '\xe9'\n",
        b"x = 1\ry = 2\r",
        b"",
        b"\n# only\n",
    ],
)
def test_accepted_encodings(data: bytes) -> None:
    module = read_python("app.py", data)
    assert module is not None and (not data.strip() or b"x" not in data or "x" in module.names)


def test_newer_syntax_is_read_by_libcst() -> None:
    source = "import os\nx = f'{', '.join(f'{a['b']}' for a in c)}'\ntype Y = int\ndef f[T](a: T) -> T: return a\n"
    module = read(source)
    assert set(module.names) >= {"os", "x", "f"} and module.imports == {"os"}
    assert len(module.body) == 4
