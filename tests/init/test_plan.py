"""What ``prodcheck init`` adds: only what is missing, and nothing else changes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import tomli
import yaml

from flask_prodcheck import __version__
from flask_prodcheck.init.plan import init_plan
from flask_prodcheck.settings import Settings, settings_from
from flask_prodcheck.sources.discover import memory_tree

HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/prodcheck.yml"


def after(files: Mapping[str, str]) -> tuple[dict[str, str], tuple[str, ...]]:
    plan = init_plan(memory_tree(files))
    return {change.path: change.after for change in plan.changes}, plan.notes


def test_an_empty_project_gets_all_three() -> None:
    files, notes = after({"app.py": "x"})
    assert (sorted(files), notes) == ([WORKFLOW, HOOKS, "prodcheck.toml"], ())
    assert settings_from(files["prodcheck.toml"], "prodcheck.toml", standalone=True) == Settings(file="prodcheck.toml")
    hook = yaml.safe_load(files[HOOKS])["repos"][0]["hooks"][0]
    assert (hook["id"], hook["additional_dependencies"]) == ("prodcheck", [f"flask-prodcheck=={__version__}"])
    assert "prodcheck --format github" in yaml.safe_load(files[WORKFLOW])["jobs"]["prodcheck"]["steps"][-1]["run"]


def test_again_there_is_nothing_to_add() -> None:
    files, _ = after({"app.py": "x", "pyproject.toml": "[project]\nname = 'x'\n", HOOKS: "repos: []\n"})
    assert after(files) == ({}, ())


@pytest.mark.parametrize(
    ("text", "added"),
    [
        ("[project]\nname = 'x'  # why\n", True),
        ("[project]\nname = 'x'", True),
        ("", True),
        ("[project]\r\nname = 'x'\r\n[tool.ruff]\r\nline-length = 9\r\n", True),
        ("[tool.prodcheck]\nfail-on = 'never'\n", False),
        ("tool = {ruff = {}}\n", False),
        ("[broken\n", False),
    ],
)
def test_settings_in_pyproject(text: str, added: bool) -> None:
    files, _ = after({"pyproject.toml": text})
    assert ("pyproject.toml" in files) is added
    if added:
        new = files["pyproject.toml"]
        assert new.startswith(text)
        assert tomli.loads(new)["tool"]["prodcheck"] == {"fail-on": "error"}
        assert "\r\n" not in text or "\n" not in new.replace("\r\n", "")


CONFIG = """\
default_stages: [pre-commit]  # c0
repos:
# c1
{i}- repo: https://example.com/a
{i}  rev: v1
{i}  hooks:
{i}  - id: one  # c2
{i}    # c3

# c4
ci:
  skip: [one]
"""


@pytest.mark.parametrize(
    "text",
    [
        CONFIG.format(i=""),
        CONFIG.format(i="  "),
        CONFIG.format(i="    ").replace("\n", "\r\n"),
        "repos:\n- repo: local\n  hooks: []",
        "repos: []\n",
        "repos: []  # none yet\nfail_fast: true\n",
    ],
)
def test_hook_is_appended_and_all_else_stays(text: str) -> None:
    files, notes = after({HOOKS: text, WORKFLOW: "prodcheck", "prodcheck.toml": ""})
    assert (list(files), notes) == ([HOOKS], ())
    new = files[HOOKS]
    old_data, data = yaml.safe_load(text), yaml.safe_load(new)
    assert data["repos"][:-1] == old_data["repos"]
    assert data["repos"][-1]["hooks"][0]["id"] == "prodcheck"
    assert {**data, "repos": []} == {**old_data, "repos": []}
    assert [line for line in new.splitlines() if "# c" in line] == [line for line in text.splitlines() if "# c" in line]
    kept = [line for line in text.splitlines() if line in new.splitlines()]
    assert len(kept) >= len(text.splitlines()) - 1


@pytest.mark.parametrize("text", ["repos: [{repo: local, hooks: []}]\n", "repos:\n", "- a\n", "a: [\n", "hooks: 1\n"])
def test_hook_that_cannot_be_added_is_told(text: str) -> None:
    files, notes = after({HOOKS: text, WORKFLOW: "prodcheck", "prodcheck.toml": ""})
    assert files == {}
    assert len(notes) == 1
    assert "hook" in notes[0]


def test_a_hook_from_elsewhere_is_enough() -> None:
    text = "repos:\n- repo: https://example.com/prodcheck\n  rev: v1\n  hooks:\n  - id: prodcheck\n"
    assert after({HOOKS: text, WORKFLOW: "prodcheck", "prodcheck.toml": ""}) == ({}, ())


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("test:\n  script: [pytest]\n", None),
        ("stages: [lint, ship]  # s\nlint:\n  stage: lint\n  script: [ruff]", "lint"),
    ],
)
def test_gitlab_gets_a_job(text: str, stage: str | None) -> None:
    files, _ = after({".gitlab-ci.yml": text, HOOKS: "x: prodcheck", "prodcheck.toml": ""})
    assert list(files) == [".gitlab-ci.yml"]
    data = yaml.safe_load(files[".gitlab-ci.yml"])
    assert files[".gitlab-ci.yml"].startswith(text)
    assert data.pop("prodcheck").get("stage") == stage
    assert data == yaml.safe_load(text)


def test_a_folder_of_a_larger_repository_gets_its_settings_only() -> None:
    plan = init_plan(memory_tree({"app.py": "x"}), top=False)
    assert [change.path for change in plan.changes] == ["prodcheck.toml"]
    assert len(plan.notes) == 1
