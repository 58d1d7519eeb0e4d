"""An answer stands while what changed makes no difference to it: files that the audit did not look into, of the same shape."""

from __future__ import annotations

import json
import random
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner

from flask_prodcheck.audit import examine
from flask_prodcheck.cache import outlines as outlines_module
from flask_prodcheck.cache import standing
from flask_prodcheck.cache.contents import contents
from flask_prodcheck.cache.outlines import remembered_outlines
from flask_prodcheck.cache.standing import Standing, standing_of
from flask_prodcheck.cache.store import store_of
from flask_prodcheck.cli import main
from flask_prodcheck.facts.looked import Looked
from flask_prodcheck.facts.outlines import apart, shape, words
from flask_prodcheck.facts.parse import Noted, note, parse
from flask_prodcheck.facts.syntax import PyModule
from flask_prodcheck.model.python.mentions import ProjectMentions, mentions_of
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.sources.discover import discover, memory_tree

MODEL = "import math\n\n\ndef area(radius):\n    half = radius / 2\n    return math.pi * half * half * 4\n"
FILES = {
    "app.py": "from flask import Flask\nfrom shop.views import bp\napp = Flask(__name__)\napp.register_blueprint(bp)\n"
    "app.secret_key = 'a published key'\n",
    "shop/__init__.py": "",
    "shop/views.py": "from flask import Blueprint, session\nbp = Blueprint('b', __name__)\n\n\n"
    "@bp.route('/')\ndef home():\n    from shop.model import area\n    session['seen'] = 1\n    return str(area(2))\n",
    "shop/model.py": MODEL,
    "shop/report.py": "from flask import Blueprint\nbp = Blueprint('r', __name__)\n\n\n@bp.route('/report')\ndef shown():\n"
    "    return 'all is well'\n",
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["gunicorn", "app:app"]\n',
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
}


@pytest.fixture(name="project")
def small_project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def run(root: Path, *options: str) -> tuple[str, dict[str, int]]:
    report: dict[str, Any] = json.loads(CliRunner().invoke(main, [str(root), "--format", "json", *options]).output)
    stats: dict[str, int] = report.pop("stats")
    return json.dumps(report), stats


def stood(root: Path) -> bool:
    """Whether the answer was one that stood. It is checked against a fresh one."""
    report, stats = run(root)
    assert report == run(root, "--no-cache")[0]
    return stats["parsed"] == 0


def edited(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text(encoding="utf-8")
    assert old in text
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


def append(name: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text((root / name).read_text() + text, encoding="utf-8")


@pytest.mark.parametrize("edit", [
    lambda root: edited(root, "shop/model.py", "/ 2", "/ 3"),
    lambda root: edited(root, "shop/model.py", "    half", "    # a remark\n\n    half"),
    lambda root: edited(root, "shop/model.py", "    half = radius / 2\n", "    half = radius / 2\n    half = half + 0\n"),
    append("shop/model.py", "\n\n# the end\n"),
    lambda root: edited(root, "shop/model.py", "import math\n", '"""Areas."""\n\nimport math\n'),
    lambda root: edited(root, "shop/report.py", "@bp", "# a remark\n@bp"),
    append("shop/model.py", "LIMIT = 3\n"),
    append("shop/model.py", "area(3)\n"),
    append("shop/model.py", "\n\ndef twice(radius):\n    return area(radius) + area(radius)\n"),
    append("shop/model.py", "\n\nclass Round:\n    def __str__(self):\n        return 'round'\n"),
    lambda root: edited(root, "shop/model.py", "def area", "def surface"),
    lambda root: edited(root, "shop/report.py", "'all is well'", "str(sum([1, 2]))"),
])  # fmt: skip
def test_it_stands(project: Path, edit: Callable[[Path], object]) -> None:
    assert not stood(project)
    edit(project)
    assert stood(project)
    assert stood(project)  # by then it is the answer to these very files


@pytest.mark.parametrize("edit", [
    append("app.py", "\n"),
    append("shop/views.py", "\n"),
    append("shop/model.py", "import app\n"),
    append("shop/model.py", "import json\n"),
    append("shop/model.py", "application = 3\n"),
    append("shop/model.py", "def served():\n    return app\n"),
    append("shop/model.py", "shown = app\n"),
    append("shop/model.py", "area.app = 1\n"),
    append("shop/model.py", "class MyFlask:\n    pass\n\n\nclass Shop(MyFlask):\n    pass\n"),
    append("shop/model.py", "def unused():\n    area(2).run()\n"),
    append("shop/model.py", "globals()['more'] = 1\n"),
    append("shop/model.py", "LIMIT = {}\n\n\ndef count(name):\n    LIMIT[name] = 1\n"),
    append("shop/model.py", "# prodcheck: ignore[PC401] not the key\n"),
    append("shop/model.py", "def broken(:\n"),
    append("shop/model.py", "from flask import Flask\napplication = Flask(__name__)\n"),
    append("requirements.txt", "\n"),
    append("Dockerfile", "USER nobody\n"),
    lambda root: (root / "shop/new.py").write_text(MODEL),
    lambda root: (root / "shop/model.py").unlink(),
    lambda root: (root / "shop/model.py").write_bytes(b"\xff\xfe" + MODEL.encode("utf-16-le")),
    lambda root: edited(root, "shop/report.py", "@bp.route('/report')\n", ""),
])  # fmt: skip
def test_it_falls(project: Path, edit: Callable[[Path], object]) -> None:
    assert not stood(project)
    edit(project)
    assert not stood(project)


def test_a_file_that_the_report_names_counts_with_its_lines(project: Path) -> None:
    (project / "shop/report.py").write_text(
        "from flask import request\nfrom shop.views import bp\n\n\n@bp.route('/up', methods=['POST'])\ndef up():\n"
        "    request.files['a'].save('x')\n    return ''\n"
    )
    edited(project, "app.py", "from shop.views", "import shop.report\nfrom shop.views")
    assert "shop/report.py" in run(project)[0]
    edited(project, "shop/report.py", "    request", "\n    request")
    assert not stood(project)


def test_a_file_that_was_looked_into_counts_without_being_named(project: Path) -> None:
    (project / "flags.py").write_text("ON = False\n")
    (project / "app.py").write_text(
        "from flask import Flask\nimport flags\napp = Flask(__name__)\nif flags.ON:\n    app.secret_key = 'published'\n"
    )
    assert "flags.py" not in run(project)[0]
    edited(project, "flags.py", "False", "True")
    assert not stood(project)


def test_what_linking_asks_for_is_noted(project: Path, cache_folder: Path) -> None:
    found = contents(project, list(FILES), {})
    assert found is not None
    with remembered_outlines(store_of(project, cache_folder), found) as outlines:
        looked = examine(discover(project), outlines=outlines)[1].facts.looked
        assert looked.files == {"app.py", "shop/__init__.py", "shop/views.py"}
        assert {"Flask", "create_app", "app", "run", "application"} <= looked.words
        assert looked.words.isdisjoint({"area", "half", "math", "shown"})


def test_what_counts_with_its_bytes(project: Path, cache_folder: Path) -> None:
    run(project)
    found = contents(project, list(FILES), {})
    assert found is not None
    with remembered_outlines(store_of(project, cache_folder), found) as outlines:
        python = [name for name in FILES if name.endswith(".py")]
        for shown, named in [
            ("", []),
            ("see shop/model.py:3, and 2 more", ["shop/model.py"]),
            (["end: shop/model.py."], ["shop/model.py"]),
            (Path("/a/shop/report.py"), ["shop/report.py"]),
        ]:
            held = standing_of(python, found, outlines, (), Looked(), shown)
            assert held is not None
            assert list(held.used) == named
        looked_into = standing_of(python, found, outlines, {"app.py"}, Looked({"shop/views.py"}), "")
        assert looked_into is not None
        assert list(looked_into.used) == ["app.py", "shop/views.py"]
        odd = standing_of(["a b.py"], {"a b.py": found["app.py"]}, outlines, (), Looked(), "")
        assert odd is not None
        assert list(odd.used) == ["a b.py"]


def test_a_comment_that_silences_counts_wherever_it_stood(project: Path) -> None:
    append("shop/model.py", "# prodcheck: ignore[PC401] not the key\n")(project)
    assert not stood(project)
    edited(project, "shop/model.py", "ignore[PC401]", "ignore[PC402]")
    assert not stood(project)


def test_a_comment_that_silences_counts_when_another_view_has_seen_it(project: Path) -> None:
    options = ("--select", "PC001", "--fail-on", "info")
    assert run(project, *options)[0] == run(project, *options, "--no-cache")[0]
    append("shop/model.py", "# prodcheck: ignore[PC999] nothing\n")(project)
    CliRunner().invoke(main, [str(project), *options, "--format", "github"])
    assert run(project, *options)[0] == run(project, *options, "--no-cache")[0]


def test_how_deeply_a_file_may_nest_does_not_hang_on_who_reads_it() -> None:
    def is_read(depth: int, below: int) -> bool:
        if below:
            return is_read(depth, below - 1)
        tree = memory_tree(
            {"a.py": f"from flask import g\ndef area(radius):\n    return {' + '.join(['radius'] * depth)}\n"}
        )
        return note(tree.sources[0], tree) is not None

    depths = (*range(900, 3300, 12), *range(3300, 12000, 300))  # the parser's own bound is that of the release of Python
    found = [(is_read(depth, 0), is_read(depth, 60)) for depth in depths]
    assert {first for first, _ in found} == ({True, False} if sys.version_info >= (3, 11) else {True})
    assert all(first == second for first, second in found)


def test_other_views_have_answers_that_stand(project: Path) -> None:
    first = CliRunner().invoke(main, [str(project), "--explain-launch", "--color", "never"]).output
    edited(project, "shop/model.py", "/ 2", "/ 3")
    again = CliRunner().invoke(main, [str(project), "--explain-launch", "--color", "never"]).output
    assert "1. Dockerfile:4" in first
    seconds = re.compile(r"[0-9.]+ s:")
    assert seconds.sub("", again) == seconds.sub("", first)


@pytest.mark.parametrize(
    "held",
    [
        None,
        5,
        [],
        [{}, ""],
        [{}, 5, [], [], []],
        [{"app.py": 5}, "", [], [], []],
        [[], "", [], [], []],
        [{}, "", [], [], []],
        [{}, "", [5], [], []],
        [{}, "", {}, [], []],
        [{"gone.py": "0"}, "0", [], [], []],
    ],
)
def test_what_is_of_another_shape_holds_nothing(project: Path, cache_folder: Path, held: object) -> None:
    run(project)
    store = store_of(project, cache_folder)
    (place,) = cache_folder.rglob("answer-*.json")
    known = store.read(place.stem)
    assert known is not None
    store.write(place.stem, {**known, "standing": held})
    edited(project, "shop/model.py", "/ 2", "/ 3")
    assert not stood(project)


def test_many_changes_are_left_to_the_audit(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(project)
    monkeypatch.setattr(standing, "_MAX_CHANGED", 0)
    edited(project, "shop/model.py", "/ 2", "/ 3")
    assert not stood(project)


@pytest.mark.parametrize("part", [standing, outlines_module])
def test_large_projects_have_none(project: Path, monkeypatch: pytest.MonkeyPatch, part: ModuleType) -> None:
    monkeypatch.setattr(part, "MOST_LOOKS", 2)
    run(project)
    edited(project, "shop/model.py", "/ 2", "/ 3")
    assert not stood(project)


def test_the_shape_is_the_order_of_places() -> None:
    mentions = ["run", "called", "a b", "c d", "e f", "os os.path"]
    first = ["a b", True, [[[3, 1, 3, 9], None], [["x", [4, 5, 8, 1]]]], mentions]
    moved = ["a b", True, [[[13, 1, 13, 19], None], [["x", [14, 2, 99, 1]]]], mentions]
    assert shape(first) == shape(moved) == [True, [[[0, 1], None], [["x", [2, 3]]]], "os os.path"]
    inside = ["a b", True, [[[5, 1, 5, 9], None], [["x", [4, 5, 8, 1]]]], mentions]
    assert shape(inside) != shape(first)
    assert words(first) == words(moved) == ["a b", "run", "called", "a b", "c d", "e f"]
    assert (shape(None), words(None)) == (None, None)


@pytest.mark.parametrize(("before", "after", "different", "given"), [
    ("", "x = 1\n", {"x"}, {"x"}),
    ("x = 1\n", "x = 2\n", set(), set()),
    ("", "f()\n", {"f"}, set()),
    ("f()\n", "def g():\n    f()\n", {"f", "g"}, {"g"}),
    ("from m import x\n", "from m import x\ny = x\n", {"x", "y"}, {"y"}),
    ("from m import x\n", "from m import x as y\n", {"x", "y"}, set()),
    ("def g():\n    return Flask(a)\n", "def g():\n    return Flask(b)\n", {"a", "b", "g"}, {"g"}),
    ("class A(B):\n    pass\n", "class A:\n    pass\n", {"A", "B"}, {"A"}),
    ("x = a()\n", "x = b()\n", {"a", "b", "x"}, {"x"}),
])  # fmt: skip
def test_the_names_in_which_two_outlines_differ(before: str, after: str, different: set[str], given: set[str]) -> None:
    def data(text: str) -> object:
        tree = memory_tree({"a.py": f"import flask\nLIMIT = flask\n{text}"})
        noted = note(tree.sources[0], tree)
        assert noted is not None
        return noted.data

    found = apart(data(before), data(after))
    assert found == apart(data(after), data(before))
    assert found == (frozenset(different), frozenset(given))


@pytest.mark.parametrize("former", [None, 5, [], ["a b", 1, 2, [], [], [], ["run"]], [""] * 7])
def test_of_what_is_no_outline_nothing_is_believed(former: object) -> None:
    tree = memory_tree({"a.py": FILES["shop/views.py"]})
    noted = note(tree.sources[0], tree)
    assert noted is not None
    assert apart(former, noted.data) is None


def test_what_makes_a_difference() -> None:
    held = Standing({}, "", frozenset({"app", "run"}), frozenset({"Flask"}), frozenset({"shop.py"}))
    assert not held.minds("shop/model.py", frozenset({"area", "half"}), frozenset({"half"}))
    assert held.minds("shop/model.py", frozenset({"area", "app"}), frozenset())
    assert held.minds("shop/model.py", frozenset({"MyFlaskApp"}), frozenset())
    assert held.minds("shop.py", frozenset({"half"}), frozenset({"half"}))
    assert not held.minds("shop.py", frozenset({"half"}), frozenset())


@pytest.mark.parametrize(("look", "words"), [
    (lambda module: module.binds("one"), {"one"}),
    (lambda module: module.calls_one_of({"one", "two"}), {"one", "two"}),
    (lambda module: module.runs_one_of(frozenset({"one"})), {"one"}),
    (lambda module: module.gives_one_of({"one"}), {"one"}),
])  # fmt: skip
def test_a_look_at_the_outline_of_a_file_is_noted(look: Callable[[PyModule], bool], words: set[str]) -> None:
    facts = parse(memory_tree({"a.py": "from flask import Flask\none = Flask(__name__)\n\n\ndef two():\n    one()\n"}))
    module = facts.modules["a.py"]
    look(module)
    assert (facts.looked.words, facts.looked.files) == (set(), set())  # nothing is remembered: nobody asks

    class Nothing:
        def recall(self, path: str) -> None:
            """Nothing is known of it."""

        def keep(self, noted: Iterable[Noted]) -> None:
            list(noted)

        def recall_statements(self, path: str, digest: str, content: bytes) -> object:
            return None

        def keep_statements(self, read: Iterable[object]) -> None:
            list(read)

    facts = parse(memory_tree({"a.py": "from flask import Flask\none = Flask(__name__)\n"}), Nothing())
    look(facts.modules["a.py"])
    assert (facts.looked.words, facts.looked.files) == (words, set())
    assert "one" in facts.modules["a.py"].names
    assert facts.looked.files == {"a.py"}


@pytest.mark.parametrize(("ask", "words"), [
    (lambda mentions: mentions.spellings(frozenset({"Flask"})), {"Flask", "F"}),
    (lambda mentions: mentions.leading_to({"run"}), {"run", "start", "main"}),
    (lambda mentions: mentions.holding({"Flask"}), {"Flask", "F", "app", "made"}),
    (lambda mentions: mentions.defines_one_of(frozenset({"start", "x"})), {"start", "x"}),
    (lambda mentions: mentions.files_calling("start"), {"start"}),
    (lambda mentions: mentions.files_giving("app"), {"app"}),
])  # fmt: skip
def test_what_all_outlines_are_asked_for_is_noted(ask: Callable[[ProjectMentions], object], words: set[str]) -> None:
    facts = parse(memory_tree({
        "a.py": "from flask import Flask as F\napp = F(__name__)\nother = 1\n",
        "b.py": "from a import app\nmade = app\n\n\ndef start():\n    app.run()\n\n\ndef main():\n    start()\n",
    }))  # fmt: skip
    mentions = mentions_of(Modules(facts))
    ask(mentions)
    assert facts.looked.words == words
    assert mentions.used_with("Fl") == {"Flask"}
    assert facts.looked.parts == {"Fl"}
    assert mentions.given_in([facts.modules["a.py"]]) == {"app", "other"}
    assert facts.looked.givers == {"a.py"}


LINES = [
    "",
    "# a remark",
    "VALUE = 1",
    "app = 1",
    "application = area",
    "shown = app",
    "from app import app",
    "from flask import Flask as F",
    "def create_app():\n    return Flask(__name__)",
    "def create_app():\n    return area(2)",
    "made = create_app()",
    "class Shop(Flask):\n    pass",
    "class Shop(F):\n    pass",
    "app = Shop(__name__)",
    "app.run(debug=True)",
    "def main():\n    app.run()",
    "main()",
    "if __name__ == '__main__':\n    main()",
    "app.secret_key = area(1)",
    "app.config.from_object('shop.model')",
    "SECRET_KEY = 'published'",
    "DEBUG = True",
    "def start(self):\n    self.app = made",
    "def more():\n    return 2",
    "import app",
    "print('x')",
    "from shop.model import area",
]


@pytest.mark.parametrize("seed", range(10))
def test_after_any_edits_it_is_that_of_a_fresh_audit(project: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(8):
        name = chance.choice([name for name in FILES if name.endswith(".py")])
        lines = (project / name).read_text(encoding="utf-8").split("\n")
        at = chance.randrange(len(lines))
        match chance.choice(["insert", "remove", "repeat", "restore"]):
            case "insert":
                lines.insert(at, chance.choice(LINES))
            case "remove":
                del lines[at]
            case "repeat":
                lines.insert(at, lines[at])
            case "restore":
                lines = FILES[name].split("\n")
        (project / name).write_text("\n".join(lines), encoding="utf-8")
        if chance.random() < 0.3:  # another view reads the files too
            CliRunner().invoke(main, [str(project), "--format", "github"])
        else:
            stood(project)
