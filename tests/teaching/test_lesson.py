"""The lesson's data and how it is shown."""

from __future__ import annotations

import pytest

from flask_prodcheck.errors import ProdcheckError, UsageError
from flask_prodcheck.lesson import lesson_from, load_lesson
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.resources import lesson_file
from flask_prodcheck.teaching.explain import explain, find_rule
from flask_prodcheck.teaching.show_lesson import show_lesson


def test_the_lesson_holds_together() -> None:
    lesson = load_lesson()
    assert [step.number for step in lesson.steps] == [1, 2, 3, 4, 5, 6, 7]
    assert {moment.id: moment.steps for moment in lesson.moments} == {"KM1": (3,), "KM2": (4, 5, 6)}
    assert [(step.server_type, step.performance, step.security) for step in lesson.steps] == [
        *[("development", "low", "low")] * 3,
        *[("production", "high", "high")] * 3,
        ("-", "-", "-"),
    ]
    assert [question.choices[question.answer] for question in lesson.quiz] == ["development", "4", "it stays low"]
    assert len(lesson.flow) == 7
    assert len(lesson.snapshot) == 5
    assert [[value for _, value in variable.samples] for variable in lesson.variables] == [
        ["none", "development", "production", "production"],
        ["none", "low", "high", "high"],
        ["none", "low", "high", "high"],
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title =", "titel ="),
        ('answer = "4"', 'answer = "5"'),
        ("number = 1\n", 'number = "1"\n'),
        ("flow = [", "flow = [1,"),
    ],
)
def test_an_incomplete_lesson_is_refused(old: str, new: str) -> None:
    text = lesson_file().read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ProdcheckError, match="not a complete lesson"):
        lesson_from(text.replace(old, new, 1))


def test_shown_with_and_without_answers() -> None:
    lesson = load_lesson()
    assert "Answer: c) 4." in show_lesson(lesson)
    assert "Answer" not in show_lesson(lesson, answers=False)


@pytest.mark.parametrize("rule", builtin_rules(), ids=lambda rule: rule.code)
def test_every_rule_can_be_explained(rule: Rule) -> None:
    code = rule.code
    assert code in explain(code, builtin_rules())


def test_a_misspelt_rule_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match='did you mean "dev-server-in-production"'):
        find_rule("dev-server-in-prod", builtin_rules())
