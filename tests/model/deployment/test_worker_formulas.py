"""How many workers a formula of the configuration file gives at least."""

from __future__ import annotations

import pytest

from flask_prodcheck.audit import examine
from flask_prodcheck.rulekit import processes
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

APP = {
    "app.py": "from flask import Flask\napp = Flask(__name__)\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==23.0.0\n",
}


@pytest.mark.parametrize(
    ("formula", "least"),
    [
        ("multiprocessing.cpu_count() * 2 + 1", (3, "at least 3")),
        ("2 * multiprocessing.cpu_count()", (2, "at least 2")),
        ("multiprocessing.cpu_count()", (1, "at least 1")),
        ("min(multiprocessing.cpu_count() * 2 + 1, 4)", (3, "at least 3")),
        ("max(2, multiprocessing.cpu_count() // 2)", (2, "at least 2")),
        ("min(2, multiprocessing.cpu_count())", (1, "at least 1")),
        ("int(multiprocessing.cpu_count() * 2)", (2, "at least 2")),
        ("multiprocessing.cpu_count() - 1", (1, "1")),
        ("int(multiprocessing.cpu_count() * 1.5)", (1, "1")),
        ("counted(multiprocessing.cpu_count() * 2)", (1, "1")),
        ("4", (4, "4")),
    ],
)
def test_least(formula: str, least: tuple[int, str]) -> None:
    files = {**APP, "Procfile": "web: gunicorn app:app\n"}
    files["gunicorn.conf.py"] = f"import multiprocessing\nworkers = {formula}\n"
    _, project = examine(memory_tree(files), Settings())
    assert [processes(project, each) for each in project.launches] == [least]


def test_the_command_line_comes_before_the_file() -> None:
    files = {**APP, "Procfile": "web: gunicorn -w 1 app:app\n"}
    files["gunicorn.conf.py"] = "import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n"
    _, project = examine(memory_tree(files), Settings())
    assert [processes(project, each) for each in project.launches] == [(1, "1")]
