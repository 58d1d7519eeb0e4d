"""Requirements added to TOML by text: nothing else moves, and what is not certain is not done."""

from __future__ import annotations

import pytest
import tomli

from flask_prodcheck.edits.text_file import apply
from flask_prodcheck.scaffold.toml_edit import added_item, added_key


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[project]\ndependencies = ["flask"]\n', '[project]\ndependencies = ["flask", "g"]\n'),
        ('[project]\ndependencies = ["flask",]\n', '[project]\ndependencies = ["flask", "g"]\n'),
        ("[project]\ndependencies = []\n", '[project]\ndependencies = ["g"]\n'),
        (
            '[project]\ndependencies = [\n  "flask", # web ]\n  "x[y]",\n]\nz = 1\n',
            '[project]\ndependencies = [\n  "flask", # web ]\n  "x[y]",\n  "g",  # why\n]\nz = 1\n',
        ),
        (
            "[project]\ndependencies = [\n    'flask' # no comma\n]\n",
            "[project]\ndependencies = [\n    'flask', # no comma\n    \"g\",  # why\n]\n",
        ),
        (
            '[project]\ndependencies = [\n    "flask"\n]\n',
            '[project]\ndependencies = [\n    "flask",\n    "g",  # why\n]\n',
        ),
        (
            '[project]\ndependencies = [\n  "flask",\n  # last\n]\n',
            '[project]\ndependencies = [\n  "flask",\n  # last\n  "g",  # why\n]\n',
        ),
        ('[project]\nname = "x"\n\n[tool.a]\n', '[project]\nname = "x"\ndependencies = ["g"]\n\n[tool.a]\n'),
        ('[tool.a]\ndependencies = ["flask"]\n', None),
        ('project.dependencies = ["flask"]\n', None),
        ("[project\n", None),
        ('x = """\n[project]\ndependencies = ["a"]\n"""\n\n[project]\ndependencies = ["flask"]\n', None),
    ],
)
def test_item(before: str, after: str | None) -> None:
    edits = added_item(before, ("project",), "dependencies", "g", "why")
    assert (None if edits is None else apply(before, edits)) == after
    if after is not None:
        assert tomli.loads(after)["project"]["dependencies"][-1] == "g"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\n\n# next\n[build-system]\n',
            '[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\ngunicorn = ">=1"  # why\n\n# next\n[build-system]\n',
        ),
        ("[tool.poetry.dependencies]", '[tool.poetry.dependencies]\ngunicorn = ">=1"  # why'),
        ('[tool.poetry.dependencies]\ngunicorn = "*"\n', None),
        ('[tool.poetry]\ndependencies = {flask = "*"}\n', None),
    ],
)
def test_key(before: str, after: str | None) -> None:
    edits = added_key(before, ("tool", "poetry", "dependencies"), "gunicorn", '">=1"', ">=1", "why")
    assert (None if edits is None else apply(before, edits)) == after
