"""Rule folders: what is accepted, and that each complaint names the file and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from flask_prodcheck.errors import RuleError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.lesson import load_lesson
from flask_prodcheck.registry.load import builtin_rules, load_folder, load_rule
from flask_prodcheck.registry.run import run
from flask_prodcheck.rulekit import Project

GOOD = '''code = "PC900"
slug = "some-hazard"
since = "0.1.0"
severity = "error"
confidence = "high"
persona = "regular"
message = "{what} is wrong"
why = "Because."
cure = "Do not."
references = ["https://example.org/"]

[lesson]
moments = ["KM1"]
step = 3
affects = ["security"]

[[example]]
name = "one"
kind = "bad"
expect = [{ at = ["app.py", "run"] }]
files."app.py" = """
run()
"""

[[example]]
name = "two"
kind = "good"
files."app.py" = """
pass
"""
'''
CHECK = "def check(project):\n    return iter(())\n"


def folder(tmp_path: Path, text: str = GOOD, check: str = CHECK, name: str = "pc900_some_hazard") -> Path:
    path = tmp_path / name
    path.mkdir(parents=True)
    (path / "rule.toml").write_text(text, encoding="utf-8")
    (path / "check.py").write_text(check, encoding="utf-8")
    return path


def test_good_folder(tmp_path: Path) -> None:
    rule = load_rule(folder(tmp_path), load_lesson())
    assert (rule.code, rule.topic, rule.step, rule.moments) == ("PC900", "some-hazard", 3, ("KM1",))
    assert [(each.kind, each.files["app.py"]) for each in rule.examples] == [("bad", "run()\n"), ("good", "pass\n")]
    assert rule.check is not None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('since = "0.1.0"', 'sinse = "0.1.0"', 3, "unknown key 'sinse' (did you mean \"since\"?)"),
        ('severity = "error"', 'severity = "fatal"', 4, "severity 'fatal' is not one of error, warning, info"),
        ('confidence = "high"', 'confidence = "sure"', 5, "confidence 'sure'"),
        ('persona = "regular"', 'persona = "me"', 6, "persona 'me'"),
        ('code = "PC900"', 'code = "PC901"', 1, "ask for the folder name pc901_some_hazard"),
        ('slug = "some-hazard"', 'slug = "Some_Hazard"', 2, "lower-case words"),
        ('message = "{what} is wrong"', 'message = "{what.x} is wrong"', 7, "only plain names"),
        ('"https://example.org/"', '"http://example.org/"', 10, "https://"),
        ('moments = ["KM1"]', 'moments = ["KM9"]', 13, "moments 'KM9' is not one of KM1, KM2"),
        ("step = 3", "step = 9", 14, "step 9 is not a step of the lesson (1 to 7)"),
        ('affects = ["security"]', 'affects = ["speed"]', 15, "affects 'speed'"),
        ('kind = "good"', 'kind = "fine"', 27, "kind 'fine'"),
        ('kind = "good"', 'kind = "quiet"', 1, "an example of kind 'good' is required"),
        ('name = "two"', 'name = "one"', 26, "two examples are named 'one'"),
        ('"app.py", "run"', '"app.py", "walk"', 20, "no line of app.py holds 'walk'"),
        ('"app.py", "run"', '"main.py", "run"', 20, "expect names main.py"),
        ("step = 3", "step = = 3", 14, "invalid TOML"),
    ],
)
def test_complaint(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    path = folder(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        load_rule(path, load_lesson())
    message = str(caught.value)
    assert message.startswith(f"{path / 'rule.toml'}:{line}: "), message
    assert words in message


def test_check_that_cannot_be_loaded(tmp_path: Path) -> None:
    path = folder(tmp_path, check="x = 1\nimport no_such_module_anywhere\n")
    with pytest.raises(RuleError, match=r"check\.py:2: cannot be loaded: ModuleNotFoundError"):
        load_rule(path, load_lesson())


def test_check_without_function(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="defines no function check"):
        load_rule(folder(tmp_path, check="x = 1\n"), load_lesson())


def test_duplicate_slug(tmp_path: Path) -> None:
    folder(tmp_path)
    folder(tmp_path, GOOD.replace("PC900", "PC901"), name="pc901_some_hazard")
    with pytest.raises(RuleError, match="slug 'some-hazard' is also used by pc900_some_hazard"):
        load_folder(tmp_path)


def test_folder_that_is_no_rule(tmp_path: Path) -> None:
    folder(tmp_path, name="some_hazard")
    with pytest.raises(RuleError, match="a rule folder is named"):
        load_folder(tmp_path)


def test_a_users_folder_runs_no_code(tmp_path: Path) -> None:
    folder(tmp_path, check="raise SystemExit('ran')\n")
    with pytest.raises(RuleError, match="data only"):
        load_folder(tmp_path, trusted=False)


def test_a_rule_that_crashes_is_a_blocking_problem(tmp_path: Path) -> None:
    rule = load_rule(folder(tmp_path, check="def check(project):\n    yield 1 / 0\n"), load_lesson())
    outcome = run([rule], Project(name="p", facts=Facts()))
    assert outcome.hits == ()
    assert [(each.message, each.blocking) for each in outcome.problems] == [
        ("rule PC900 (some-hazard) failed: ZeroDivisionError: division by zero", True)
    ]


def test_a_message_with_a_missing_fact_is_a_blocking_problem(tmp_path: Path) -> None:
    check = (
        "from flask_prodcheck.rulekit import Hit, Span\n"
        "def check(project):\n    yield Hit(at=Span('app.py', 1), facts={'other': 'x'})\n"
    )
    outcome = run([load_rule(folder(tmp_path, check=check), load_lesson())], Project(name="p", facts=Facts()))
    assert outcome.hits == ()
    assert "KeyError: 'what'" in outcome.problems[0].message


def test_builtin_rules_are_sorted_and_unique() -> None:
    codes = [rule.code for rule in builtin_rules()]
    assert codes == sorted(set(codes))
    assert "PC101" in codes
