"""The launch graph: chains, what they reach, and what nothing reaches, in each format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.graph import chains, data, mermaid, text
from flask_prodcheck.graph.chains import Graph, graph_of
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\n\napp = Flask(__name__)\n"
RUN = APP + "\nif __name__ == '__main__':\n    app.run(debug=True)\n"


def graph(files: Mapping[str, str]) -> Graph:
    return graph_of(link(parse(memory_tree(files)), name="p"))


def reached(found: Graph) -> list[tuple[int, str, str, str]]:
    return [
        (each.number, str(each.launch.head.span), each.reaches, str(each.end) if each.end else "")
        for each in found.chains
    ]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Procfile": "web: gunicorn app:app\n", "app.py": APP}, [(1, "Procfile:1", "app:app", "app.py:3")]),
        ({"Procfile": "web: python app.py\n", "app.py": RUN}, [(1, "Procfile:1", "app:app", "app.py:3")]),
        (
            {"Procfile": "web: gunicorn wsgi:app\n", "app.py": APP},
            [(1, "Procfile:1", "nothing: the module does not exist", "")],
        ),
        (
            {"Procfile": "web: gunicorn app:application\n", "app.py": APP},
            [(1, "Procfile:1", "nothing: the module does not define that name", "")],
        ),
        (
            {"Procfile": "web: gunicorn app:app\n", "run.sh": "#!/bin/sh\nflask run\n", "app.py": RUN, "Makefile": "dev:\n\tpython app.py\n"},
            [(1, "Makefile:2", "app:app", "app.py:3"), (2, "Procfile:1", "app:app", "app.py:3"), (3, "run.sh:2", "app:app", "app.py:3")],
        ),
    ],
)  # fmt: skip
def test_what_a_launch_reaches(files: dict[str, str], expected: list[tuple[int, str, str, str]]) -> None:
    assert reached(graph(files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Procfile": "web: python app.py\n", "app.py": RUN}, []),
        (
            {"Procfile": "web: gunicorn app:app\n", "app.py": RUN},
            ["app.py:6 app.run(debug=True): no production launch reaches it"],
        ),
        ({"app.py": RUN}, ["app.py:6 app.run(debug=True): no deploy file says how production starts"]),
        (
            {"Procfile": "web: gunicorn app:app\n", "Makefile": "dev:\n\tpython app.py\n", "app.py": RUN},
            ["app.py:6 app.run(debug=True): no production launch reaches it, a development launch does: Makefile:2"],
        ),
    ],
)
def test_what_nothing_reaches(files: dict[str, str], expected: list[str]) -> None:
    found = graph(files)
    assert [f"{each.site.span} {each.text}: {each.why}" for each in found.unreached] == expected
    shown = text.render(found)
    assert ("Not reached" in shown) is bool(expected)
    assert all(f"  {line}\n" in shown for line in expected)


def test_text_shows_numbered_hops() -> None:
    files = {
        "Dockerfile": 'FROM python:3.13\nCOPY . .\nENTRYPOINT ["sh", "boot.sh"]\n',
        "boot.sh": "#!/bin/sh\nexec gunicorn app:app\n",
        "app.py": APP,
    }
    shown = text.render(graph(files))
    assert shown.startswith("Production\n  [1] Dockerfile:3 starts gunicorn\n")
    assert re.search(
        r"\n {6}1\. Dockerfile:3 .*\n {6}2\. boot\.sh:2 +exec gunicorn app:app\n {6}-> app:app \(app.py:3\)\n", shown
    )


def test_text_of_a_project_that_starts_nothing() -> None:
    assert text.render(graph({"app.py": APP})) == "No file of this project starts a server.\n"


def test_problems_are_said() -> None:
    found = graph({"Dockerfile": "FROM\n", "app.py": APP})
    assert "Dockerfile:1: " in text.render(found)
    assert json.loads(data.render_graph(found))["problems"][0]["blocking"] is True


def test_json_is_the_report_and_more() -> None:
    found = json.loads(data.render_graph(graph({"Procfile": "web: gunicorn app:app\n", "app.py": RUN})))
    assert list(found) == ["schema", "launches", "unreached", "unknown", "problems"]
    (launch,) = found["launches"]
    assert (launch["number"], launch["server"], launch["target"]) == (1, "gunicorn", "app:app")
    assert launch["reaches"] == {"text": "app:app", "file": "app.py", "line": 3}
    (site,) = found["unreached"]
    assert (site["file"], site["line"], site["text"], site["production"]) == ("app.py", 6, "app.run(debug=True)", "no")


def test_mermaid() -> None:
    drawn = mermaid.render(graph({"Procfile": "web: gunicorn app:app\n", "app.py": RUN})).splitlines()
    assert drawn == [
        "flowchart LR",
        '  n1["Procfile:1<br/>gunicorn app:app"]',
        '  n2["app:app<br/>app.py:3"]',
        '  n3["app.py:6<br/>app.run(debug=True)<br/>no production launch reaches it"]',
        '  n1 -->|"gunicorn, production"| n2',
        "  class n1 prod",
        "  class n3 idle",
        f"  classDef idle {mermaid._STYLES['idle']}",
        f"  classDef prod {mermaid._STYLES['prod']}",
    ]


def test_mermaid_labels_cannot_leave_their_quotes() -> None:
    hostile = 'CMD gunicorn app:app --name "x\\"]; click n1 <script>&#35;`" \x1b[31m'
    drawn = mermaid.render(graph({"Dockerfile": f"FROM python:3.13\nCOPY . .\n{hostile}\n", "app.py": APP}))
    assert drawn.count("flowchart LR") == 1
    assert "<script>" not in drawn and "\x1b" not in drawn
    for line in drawn.splitlines():
        if line.startswith("  n") and '["' in line:
            assert re.fullmatch(r'  n\d+\["[^"<>&`\\]*(?:<br/>[^"<>&`\\]*)*"\]', line), line


def test_mermaid_of_nothing() -> None:
    assert mermaid.render(graph({"app.py": APP})) == 'flowchart LR\n  n1["nothing starts a server"]\n'


def test_every_missing_half_has_words() -> None:
    assert set(chains._MISSING) == {"module", "attribute", "script", "path", "program"}
