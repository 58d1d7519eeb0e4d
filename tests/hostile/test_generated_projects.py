"""Whole audits of generated input: valid Python of every shape, and real projects with random damage."""

from __future__ import annotations

import json
from pathlib import Path

import hypothesmith
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.python import read_python
from flask_prodcheck.reports.json_v1 import render
from flask_prodcheck.sources.discover import memory_tree
from tests.hostile.programs import programs

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PROJECTS = [
    {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(folder.rglob("*"))
        if each.is_file() and each.name != "expected.json" and each.suffix != ".pyc"
    }
    for folder in sorted(FIXTURES.iterdir())
]
FLASK = b"from flask import Flask\napp = Flask(__name__)\napp.run(debug=True)\n"
PIECES = st.sampled_from(
    [b"\x00", b"\xff", b"\x1b[2J", b"\n", b"\t", b"{{ x }}", b"${A:-", b"$(", b"'", b'"', b"\\", b"[", b"]}", b": ", b"- ", b"\r\n",
     b"<script>", b"::error::", b"\xe2\x80\xae", b"&a *a", b"%(x)s", b"\xed\xa0\x80", b"9" * 400, b"app.run(debug=True)\n"]
)  # fmt: skip


def check(files: dict[str, bytes]) -> None:
    report = audit_tree(memory_tree(files))
    assert [problem for problem in report.problems if "internal error" in problem.message] == []
    data = json.loads(render(report))
    assert data["verdict"] in ("ready", "not-ready", "no-app")
    for finding in data["findings"]:
        assert finding["file"] in files
        assert 1 <= finding["line"] <= files[finding["file"]].count(b"\n") + files[finding["file"]].count(b"\r") + 1


@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_projects(data: st.DataObject) -> None:
    files = dict(data.draw(st.sampled_from(PROJECTS)))
    for _ in range(data.draw(st.integers(1, 4))):
        name = data.draw(st.sampled_from(sorted(files)))
        text = files[name]
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 40)))
        files[name] = text[:start] + data.draw(PIECES) + text[end:]
    check(files)


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_grammar())
def test_any_python(source: str) -> None:
    line = 1
    try:
        read_python("app.py", FLASK + source.encode("utf-8", "surrogatepass"))
    except ReadError as error:
        line = error.line
    assert line >= 1


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_node())
def test_any_python_in_a_project(source: str) -> None:
    check({"app.py": FLASK + source.encode("utf-8", "replace"), "Procfile": b"web: python app.py\n"})


#: A name that is bound to what a function of the project makes of it, after a method of its own.
REBOUND = b"""import os
from flask import Flask
app = Flask(__name__)
def trained(model):
    return model
model = make()
model = model.to("cpu")
model = trained(model)
if __name__ == "__main__":
    os.system(model)
"""


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(programs())
@example({"one.py": REBOUND, "Procfile": b"web: python one.py\n"})
def test_programs_about_few_names(files: dict[str, bytes]) -> None:
    check(files)
