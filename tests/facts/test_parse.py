from __future__ import annotations

import subprocess
import sys

import pytest

from flask_prodcheck.base import Problem
from flask_prodcheck.facts import parse as parse_module
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.sources.discover import memory_tree


def test_each_file_goes_to_its_reader() -> None:
    facts = parse(
        memory_tree(
            {
                "app.py": "from flask import Flask\napp = Flask(__name__)\n",
                "Dockerfile": "FROM python:3.12\n",
                "boot.sh": "exec gunicorn app:app\n",
                "Procfile": "web: gunicorn app:app\n",
                ".env": "A=b\n",
                ".dockerignore": "# x\n.env\n\n*.pyc\n",
                "requirements.txt": "flask\n",
                "logo.png": "",
            }
        )
    )
    assert facts.problems == ()
    assert (list(facts.modules), list(facts.dockerfiles), list(facts.scripts)) == (
        ["app.py"],
        ["Dockerfile"],
        ["boot.sh"],
    )
    assert (list(facts.start_files), list(facts.env_files), list(facts.manifests)) == (
        ["Procfile"],
        [".env"],
        ["requirements.txt"],
    )
    assert facts.dockerignore == {".dockerignore": (".env", "*.pyc")}
    assert facts.parsed == 7
    assert "logo.png" in facts.paths
    assert "app.py" in facts.tracked


@pytest.mark.parametrize(
    ("path", "content", "line", "blocking"),
    [
        ("Dockerfile", b"FROM x\n\xff\n", 2, True),
        ("Procfile", b"web: a\0b\n", 1, True),
        ("app.py", b"from flask import Flask\napp = Flask(__name__)\nx = = 1\n", 3, True),
        ("tests/app.py", b"from flask import Flask\napp = Flask(__name__)\nx = = 1\n", 3, False),
        ("lib/old.py", b"import config\nx = = 1\n", 2, False),
        ("pyproject.toml", b"a = 1\nb =\n", 2, False),
    ],
)
def test_what_cannot_be_read_is_said(path: str, content: bytes, line: int, blocking: bool) -> None:
    (problem,) = parse(memory_tree({path: content})).problems
    assert (problem.file, problem.line, problem.blocking) == (path, line, blocking)


def test_a_fault_in_a_reader_is_a_blocking_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(place: tuple[str, str]) -> object:
        def reader(path: str, text: str) -> None:
            raise KeyError("x")

        return reader

    monkeypatch.setattr(parse_module, "_reader", broken)
    assert parse(memory_tree({"Dockerfile": "FROM x\n"})).problems == (
        Problem("Dockerfile", 1, "internal error in the dockerfile reader: KeyError: 'x'", True),
    )


def test_line_ends_and_marks_are_evened_out() -> None:
    facts = parse(memory_tree({".env": b"\xef\xbb\xbfA=1\r\nB=2\r\n", "p/.env": "A=1\n".encode("utf-16")}))
    assert [(each.name, each.value) for each in facts.env_files[".env"].variables] == [("A", "1"), ("B", "2")]
    assert [each.name for each in facts.env_files["p/.env"].variables] == ["A"]


def test_a_project_without_yaml_never_imports_yaml() -> None:
    code = (
        "import sys\nfrom flask_prodcheck.facts.parse import parse\n"
        "from flask_prodcheck.sources.discover import memory_tree\n"
        "parse(memory_tree({'requirements.txt': 'flask'}))\nassert not {'yaml', 'libcst'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr == ""


def test_a_module_called_setup_that_installs_nothing_is_python() -> None:
    facts = parse(
        memory_tree(
            {
                "app/setup.py": "from flask import Flask\napp = Flask(__name__)\n",
                "setup.py": "from setuptools import setup\nsetup(name='site')\n",
            }
        )
    )
    assert (list(facts.modules), list(facts.manifests)) == (["app/setup.py"], ["setup.py"])
