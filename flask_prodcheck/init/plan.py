"""The changes of ``prodcheck init``: only what is missing."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

import tomli

from flask_prodcheck import __version__
from flask_prodcheck.edits.changes import Plan
from flask_prodcheck.edits.drafts import Drafts
from flask_prodcheck.edits.text_file import Edit, apply
from flask_prodcheck.errors import ReadError
from flask_prodcheck.init.yaml_edit import added_item, added_key, load
from flask_prodcheck.sources.tree import Tree

_PACKAGE = f"flask-prodcheck=={__version__}"
_SETTINGS = """\
# Settings of prodcheck. Exit with 1 from this severity on: error, warning, info or never.
fail-on = "error"
"""
_HOOK = f"""\
- repo: local
  hooks:
    - id: prodcheck
      name: prodcheck
      description: May this project go to production the way its deploy files start it?
      entry: prodcheck
      language: python
      additional_dependencies: ["{_PACKAGE}"]
      # The whole project is audited, whichever file changed.
      pass_filenames: false
"""
_WORKFLOW = f"""\
name: prodcheck

on:
  push:
  pull_request:

permissions:
  contents: read

jobs:
  prodcheck:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: python -m pip install "{_PACKAGE}"
      # Findings are shown at their lines in the pull request.
      - run: prodcheck --format github
"""
_PRE_COMMIT = ".pre-commit-config.yaml"
_GITHUB = ".github/workflows"
_GITLAB = ".gitlab-ci.yml"


def init_plan(tree: Tree, *, top: bool = True) -> Plan:
    """What is missing in the project ``tree``. ``top`` is false for a folder inside a larger repository, where the hook
    and the workflow belong to the root and are only told of."""
    drafts = Drafts(tree)
    notes = [*_settings(drafts)]
    if top:
        notes += [*_hook(drafts), *_workflow(drafts)]
    else:
        notes.append("this folder is part of a larger repository: the hook and the workflow belong in its root")
    return Plan(drafts.changes(), tuple(notes))


def _settings(drafts: Drafts) -> list[str]:
    why = "the settings, where the whole team finds them"
    if drafts.exists("prodcheck.toml"):
        return []
    if not drafts.exists("pyproject.toml"):
        drafts.create("prodcheck.toml", _SETTINGS, why)
        return []
    text = _text(drafts, "pyproject.toml")
    data = _toml(text)
    if text is None or data is None:
        return ["pyproject.toml cannot be read: the settings are not added"]
    tool = data.get("tool", {})
    if isinstance(tool, Mapping) and "prodcheck" in tool:
        return []
    comment, key = _SETTINGS.splitlines()
    lead = "" if not text or text.endswith("\n") else "\n"
    block = f"{lead}{chr(10) if text.strip() else ''}{comment}\n[tool.prodcheck]\n{key}\n"
    edits = [Edit(len(text), len(text), block)]
    expected = {**data, "tool": {**tool, "prodcheck": {"fail-on": "error"}}} if isinstance(tool, Mapping) else None
    if _toml(apply(text, edits)) != expected:
        return ["pyproject.toml is written in a way that leaves no room for [tool.prodcheck]: add it by hand"]
    drafts.edit("pyproject.toml", edits, why)
    return []


def _hook(drafts: Drafts) -> list[str]:
    why = "the audit before every commit"
    if not drafts.exists(_PRE_COMMIT):
        drafts.create(_PRE_COMMIT, "repos:\n" + "".join(f"  {line}\n" for line in _HOOK.splitlines()), why)
        return []
    text = _text(drafts, _PRE_COMMIT)
    data = None if text is None else load(text)
    if text is None or not isinstance(data, Mapping):
        return [f"{_PRE_COMMIT} cannot be read: the hook is not added"]
    if _has_hook(data):
        return []
    edits = added_item(text, "repos", _HOOK)
    if edits is None:
        return [f"{_PRE_COMMIT} is written in a way that a hook cannot be added to: add the hook prodcheck by hand"]
    drafts.edit(_PRE_COMMIT, edits, why)
    return []


def _has_hook(data: Mapping[str, object]) -> bool:
    repos = data.get("repos")
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks") if isinstance(repo, Mapping) else None
        for hook in hooks if isinstance(hooks, list) else ():
            if isinstance(hook, Mapping) and hook.get("id") == "prodcheck":
                return True
    return False


def _workflow(drafts: Drafts) -> list[str]:
    why = "the audit of every push"
    workflows = [
        path
        for path in sorted(drafts.tree.paths)
        if posixpath.dirname(path) == _GITHUB and path.endswith((".yml", ".yaml"))
    ]
    if any("prodcheck" in (_text(drafts, path) or "") for path in workflows):
        return []
    if workflows or not drafts.exists(_GITLAB):
        drafts.create(f"{_GITHUB}/prodcheck.yml", _WORKFLOW, why)
        return []
    text = _text(drafts, _GITLAB)
    data = None if text is None else load(text)
    if text is None or not isinstance(data, Mapping):
        return [f"{_GITLAB} cannot be read: the job is not added"]
    if "prodcheck" in text:
        return []
    edits = added_key(text, _job(data))
    if edits is None:
        return [f"{_GITLAB} is written in a way that a job cannot be added to: add one that runs prodcheck by hand"]
    drafts.edit(_GITLAB, edits, why)
    return []


def _job(data: Mapping[str, object]) -> str:
    """The job; with a stage of its own choice only where the pipeline has no stage ``test``, which is the default."""
    stages = data.get("stages")
    named = [each for each in stages if isinstance(each, str)] if isinstance(stages, list) else []
    stage = f"  stage: {named[0]}\n" if named and "test" not in named else ""
    return (
        f'prodcheck:\n{stage}  image: python:3.12-slim\n  script:\n    - python -m pip install "{_PACKAGE}"\n'
        "    - prodcheck\n"
    )


def _text(drafts: Drafts, path: str) -> str | None:
    try:
        return drafts.text(path)
    except ReadError:
        return None


def _toml(text: str | None) -> dict[str, object] | None:
    try:
        return None if text is None else tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        return None
