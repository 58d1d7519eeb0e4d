"""An answer stands while what changed makes no difference to it: files that the audit did not look into, of the same shape."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flask_prodcheck.audit import examine
from flask_prodcheck.cache import standing
from flask_prodcheck.cache.contents import contents
from flask_prodcheck.cache.outlines import remembered_outlines
from flask_prodcheck.cache.standing import standing_of
from flask_prodcheck.cache.store import store_of
from flask_prodcheck.cli import main
from flask_prodcheck.facts.outlines import shape
from flask_prodcheck.facts.parse import note
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
])  # fmt: skip
def test_it_stands(project: Path, edit: Callable[[Path], object]) -> None:
    assert not stood(project)
    edit(project)
    assert stood(project)
    assert stood(project)  # by then it is the answer to these very files


@pytest.mark.parametrize("edit", [
    append("app.py", "\n"),
    append("shop/views.py", "\n"),
    append("shop/model.py", "LIMIT = 3\n"),
    append("shop/model.py", "area(3)\n"),
    append("shop/model.py", "import app\n"),
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
        examine(discover(project), outlines=outlines)
        assert outlines.asked == {"app.py", "shop/__init__.py", "shop/views.py"}


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
            held = standing_of(python, found, outlines, (), shown)
            assert held is not None
            assert list(held.used) == named
        outlines.ask("shop/views.py")
        looked_into = standing_of(python, found, outlines, {"app.py"}, "")
        assert looked_into is not None
        assert list(looked_into.used) == ["app.py", "shop/views.py"]
        odd = standing_of(["a b.py"], {"a b.py": found["app.py"]}, outlines, (), "")
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

    found = [(is_read(depth, 0), is_read(depth, 60)) for depth in range(900, 3300, 12)]
    assert {True, False} == {first for first, _ in found}
    assert all(first == second for first, second in found)


def test_other_views_have_answers_that_stand(project: Path) -> None:
    first = CliRunner().invoke(main, [str(project), "--explain-launch", "--color", "never"]).output
    edited(project, "shop/model.py", "/ 2", "/ 3")
    again = CliRunner().invoke(main, [str(project), "--explain-launch", "--color", "never"]).output
    assert "1. Dockerfile:4" in first
    seconds = re.compile(r"[0-9.]+ s:")
    assert seconds.sub("", again) == seconds.sub("", first)


@pytest.mark.parametrize(
    "held", [None, 5, [], [{}, 5], [{"app.py": 5}, ""], [[], ""], [{}, ""], [{"gone.py": "0"}, "0"]]
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


def test_large_projects_have_none(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "_MAX_FILES", 2)
    run(project)
    edited(project, "shop/model.py", "/ 2", "/ 3")
    assert not stood(project)


def test_the_shape_is_the_order_of_places() -> None:
    first = ["a b", True, [[[3, 1, 3, 9], None], [["x", [4, 5, 8, 1]]]]]
    moved = ["a b", True, [[[13, 1, 13, 19], None], [["x", [14, 2, 99, 1]]]]]
    assert shape(first) == shape(moved) == ["a b", True, [[[0, 1], None], [["x", [2, 3]]]]]
    inside = ["a b", True, [[[5, 1, 5, 9], None], [["x", [4, 5, 8, 1]]]]]
    assert shape(inside) != shape(first)
    assert shape(["a c", *first[1:]]) != shape(first)


LINES = [
    "",
    "# a remark",
    "VALUE = 1",
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
