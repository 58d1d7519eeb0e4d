"""The generated pages of the rules are those of the rule folders, and a change is noticed."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from flask_prodcheck.lesson import load_lesson
from flask_prodcheck.registry.load import builtin_rules

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rule_pages", ROOT / "tools" / "rule_pages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_pages_are_current(tool: ModuleType) -> None:
    wanted = tool.pages(builtin_rules(), load_lesson())
    assert tool.outdated(ROOT / "docs" / "rules", wanted) == [], "run tools/rule_pages.py"


def test_every_rule_has_a_page_with_its_examples(tool: ModuleType) -> None:
    wanted = tool.pages(builtin_rules(), load_lesson())
    for rule in builtin_rules():
        page = wanted[f"{rule.code.lower()}.md"]
        assert f"[{rule.code}]({rule.code.lower()}.md)" in wanted["README.md"]
        assert all(text.rstrip("\n") in page for example in rule.examples for text in example.files.values())


def test_changes_are_noticed(tool: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("old", encoding="utf-8")
    (tmp_path / "left.md").write_text("over", encoding="utf-8")
    assert tool.outdated(tmp_path, {"a.md": "new", "b.md": "new"}) == ["a.md", "b.md", "left.md"]
    assert tool.outdated(tmp_path, {"a.md": "old", "left.md": "over"}) == []
