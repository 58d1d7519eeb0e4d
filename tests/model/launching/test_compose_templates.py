"""Compose files that are templates: what is plain in them, and what the template decides, one mechanism each."""

from __future__ import annotations

import pytest

from flask_prodcheck.base import Unknown
from flask_prodcheck.facts.parse import parse
from flask_prodcheck.facts.template_blocks import Condition, conditions
from flask_prodcheck.model.link import link
from flask_prodcheck.model.project import Project
from flask_prodcheck.sources.discover import memory_tree

APP = "from flask import Flask\napp = Flask(__name__)\nif __name__ == '__main__':\n    app.run()\n"
SERVED = "gunicorn app:app"
DEVELOPED = "python app.py"
IMAGE = "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD gunicorn app:app\n"


def project(files: dict[str, str]) -> Project:
    return link(parse(memory_tree({**files, "app.py": APP})), name="site")


def service(*lines: str) -> str:
    """The service ``web``, whose lines after its image begin on line 4."""
    return "services:\n  web:\n    image: site\n" + "".join(f"{line}\n" for line in lines)


def chosen(first: str, second: str, *, marks: tuple[str, str, str]) -> str:
    begin, otherwise, end = marks
    return service(begin, f"    command: {first}", otherwise, f"    command: {second}", end)


JINJA = ("{% if debug %}", "{% else %}", "{% endif %}")
GO = ("    {{- if .Debug }}", "    {{- else }}", "    {{- end }}")
RUBY = ("<% if @debug %>", "<% else %>", "<% end %>")

CASES: list[tuple[str, str, str, list[str], list[str]]] = [
    (
        "what is plain",
        "compose.yml.j2",
        service("    command: gunicorn -w {{ workers }} app:app"),
        ["4 gunicorn True medium"],
        [],
    ),
    (
        "a target of a template",
        "compose.yml.j2",
        service("    command: gunicorn {{ module }}:app"),
        ["4 gunicorn None medium"],
        [],
    ),
    ("a whole command", "compose.yml.j2", service("    command: {{ command }}"), [], ["4 {{ command }}"]),
    (
        "the program of an interpreter",
        "compose.yml.j2",
        service("    command: python {{ script }}"),
        [],
        ["4 python {{ script }}"],
    ),
    ("a program that serves nothing", "compose.yml.j2", service("    command: celery -A {{ name }} worker"), [], []),
    ("Jinja chooses", "compose.yml.j2", chosen(DEVELOPED, SERVED, marks=JINJA), [], [f"5 {DEVELOPED}"]),
    (
        "Jinja chooses, the development server last",
        "compose.yml.j2",
        chosen(SERVED, DEVELOPED, marks=JINJA),
        [],
        [f"5 {SERVED}"],
    ),
    ("Go chooses", "compose.yml.tmpl", chosen(SERVED, DEVELOPED, marks=GO), [], [f"5 {SERVED}"]),
    ("Ruby chooses", "compose.yml.erb", chosen(SERVED, DEVELOPED, marks=RUBY), [], [f"5 {SERVED}"]),
    (
        "both ways serve alike",
        "compose.yml.j2",
        chosen(SERVED, "gunicorn -w 4 app:app", marks=JINJA),
        ["7 gunicorn True low"],
        [],
    ),
    (
        "the image's own command otherwise",
        "compose.yml.j2",
        service(JINJA[0], f"    command: {SERVED}", JINJA[2]),
        [],
        [f"5 {SERVED}"],
    ),
    (
        "in one line",
        "compose.yml.j2",
        service("    command: {% if debug %}python app.py{% else %}gunicorn app:app{% endif %}"),
        [],
        [f"4 {DEVELOPED}"],
    ),
    (
        "one of two services of a name",
        "compose.yml.j2",
        (
            "services:\n{% if debug %}\n  web:\n    image: site\n    command: gunicorn app:app\n{% else %}\n"
            "  web:\n    image: site\n    command: python app.py\n{% endif %}\n"
        ),
        [],
        [f"5 {SERVED}"],
    ),
    (
        "a service that a condition adds, or a loop repeats, is plain itself",
        "compose.yml.j2",
        "services:\n{% if web %}\n  web:\n    image: site\n    command: gunicorn app:app\n{% endif %}\n",
        ["5 gunicorn True medium"],
        [],
    ),
    (
        "a loop inside of a service",
        "compose.yml.j2",
        service(
            "    ports:", "{% for port in ports %}", "      - {{ port }}", "{% endfor %}", f"    command: {SERVED}"
        ),
        ["8 gunicorn True medium"],
        [],
    ),
    (
        "an image",
        "compose.yml.j2",
        "services:\n  web:\n    image: {{ registry }}/web:{{ tag }}\n",
        [],
        ["2 image: {{ registry }}/web:{{ tag }}"],
    ),
    (
        "an image of others",
        "compose.yml.j2",
        "services:\n  db:\n    image: {{ registry }}/postgres:{{ tag }}\n",
        [],
        [],
    ),
    (
        "a name without an ending",
        "docker-compose.tmpl",
        service(f"    command: {SERVED}"),
        ["4 gunicorn True medium"],
        [],
    ),
    (
        "a sample by its name",
        "docker-compose.yml-sample",
        service(f"    command: {SERVED}"),
        ["4 gunicorn True medium"],
        [],
    ),
]


@pytest.mark.parametrize(
    ("path", "text", "launches", "unknown"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_templates(path: str, text: str, launches: list[str], unknown: list[str]) -> None:
    found = project({path: text})
    assert [
        f"{each.head.span.line} {each.server.value} {each.resolves} {each.confidence.value}" for each in found.launches
    ] == launches
    assert [f"{hop.span.line} {hop.text}" for hop in found.unknown_starts] == unknown


def test_the_image_that_the_project_builds_starts_what_it_starts() -> None:
    found = project({"compose.yml.j2": "services:\n  web:\n    image: {{ registry }}/web\n", "Dockerfile": IMAGE})
    assert [each.head.span.file for each in found.launches] == ["Dockerfile"]
    assert found.unknown_starts == ()


@pytest.mark.parametrize(
    "environment",
    [
        ["{% if debug %}", "      FLASK_DEBUG: 0", "{% else %}", "      FLASK_DEBUG: 1", "{% endif %}"],
        ["{% if debug %}", "      FLASK_DEBUG: 1", "{% endif %}"],
    ],
)
def test_a_variable_that_a_condition_sets_is_unknown(environment: list[str]) -> None:
    text = service(f"    command: {SERVED}", "    environment:", "      PLAIN: 1", *environment)
    [launch] = project({"compose.yml.j2": text}).launches
    assert isinstance(launch.env["FLASK_DEBUG"], Unknown)
    assert not isinstance(launch.env["PLAIN"], Unknown)


def test_variables_of_two_services_of_a_name() -> None:
    one = "  web:\n    image: site\n    command: gunicorn app:app\n    environment:\n      SAME: 1\n      OTHER: {}\n"
    text = "services:\n{% if a %}\n" + one.format(1) + "{% else %}\n" + one.format(2) + "{% endif %}\n"
    [launch] = project({"compose.yml.j2": text}).launches
    assert isinstance(launch.env["OTHER"], Unknown)
    assert not isinstance(launch.env["SAME"], Unknown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\n{% if x %}\nb\n{% endif %}\nc\n", {3: Condition(2, complete=False)}),
        (
            "{% if x %}\nb\n{% elif y %}\nc\n{% else %}\nd\n{% endif %}\n",
            {line: Condition(1, complete=True) for line in (2, 4, 6)},
        ),
        ("{% for x in y %}\nb\n{% endfor %}\n", {}),
        ("{% if x %}\n{% for x in y %}\nb\n{% endfor %}\n{% endif %}\n", {3: Condition(1, complete=False)}),
        (
            "{{ if .a }}\nb\n{{ else if .b }}\nc\n{{ end }}\n{{ range .x }}\nd\n{{ end }}\n",
            {2: Condition(1, complete=False), 4: Condition(1, complete=False)},
        ),
        ("<% a.each do |b| %>\nc\n<% end %>\n<% unless x %>\nd\n<% end %>\n", {5: Condition(4, complete=False)}),
        (
            "<% if a %>\n<% b.each do |c| %>\nd\n<% end %>\ne\n<% end %>\n",
            {3: Condition(1, complete=False), 5: Condition(1, complete=False)},
        ),
        ("{% if x\n  and y %}\nb\n", {}),  # it never ends
        ("{# {% if x %} #}\nb\n{% if y %}\nc\n{% endif %}\nd\n{# else #}\n", {4: Condition(3, complete=False)}),
        ("{{ x }}\n{% endif %}\n{{ end }}\nb\n", {}),
    ],
)
def test_conditions(text: str, expected: dict[int, Condition]) -> None:
    assert conditions(text) == expected
