"""Rule folders: what is accepted, and that each complaint names the file and the line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from flask_prodcheck.errors import RuleError
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.lesson import load_lesson
from flask_prodcheck.registry.load import builtin_rules, load, load_folder, load_rule
from flask_prodcheck.registry.rule import Rule
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
WHEN = '\n[when]\nconfig = ["TESTING"]\nequals = [true]\n'
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
        ('severity = "error"', 'severity = "error"\nstart = "sure"', 5, "start 'sure' is not one of prevented, needed"),
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


def test_without_examples_the_rules_are_the_same() -> None:
    def shown(rules: Iterable[Rule]) -> list[str]:
        return [repr(replace(each, check=None, fix=None, examples=())) for each in rules]

    assert shown(load(examples=False)) == shown(builtin_rules()) == shown(load())
    assert all(each.examples for each in load()) and not any(each.examples for each in load(examples=False))


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
    folder(tmp_path, GOOD.replace("PC900", "OPS900"), check="raise SystemExit('ran')\n", name="ops900_some_hazard")
    with pytest.raises(RuleError, match=r"rule\.toml:1: .* data only"):
        load_folder(tmp_path, trusted=False)


def test_a_users_rule_with_a_condition_has_no_code_either(tmp_path: Path) -> None:
    text = GOOD.replace("PC900", "OPS900") + WHEN
    folder(tmp_path, text, check="raise SystemExit('ran')\n", name="ops900_some_hazard")
    with pytest.raises(RuleError, match=r"check\.py: a rule that has a \[when\] table has no check\.py"):
        load_folder(tmp_path, trusted=False)


@pytest.mark.parametrize("code", ["PC900", "O900", "Ops900", "OPERATIONS900"])
def test_codes_of_users_rules(tmp_path: Path, code: str) -> None:
    path = tmp_path / f"{code.lower()}_some_hazard"
    path.mkdir()
    (path / "rule.toml").write_text(GOOD.replace("PC900", code) + WHEN, encoding="utf-8")
    with pytest.raises(RuleError, match=r"rule\.toml:1: code|a rule folder is named"):
        load_folder(tmp_path, trusted=False)


def declared(tmp_path: Path, when: str) -> Path:
    """A user's rule whose condition starts in line 2 (after its code)."""
    path = tmp_path / "ops900_some_hazard"
    path.mkdir(parents=True)
    body = GOOD.replace("PC900", "OPS900").partition("[[example]]")[0]
    (path / "rule.toml").write_text(body + "[when]\n" + when, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("when", "line", "words"),
    [
        ('config = ["A"]\nequal = [true]', 19, "unknown key 'equal' (did you mean \"equals\"?)"),
        ('config = ["A"]', 17, "exactly one of equals, state, below"),
        ('config = ["A"]\nequals = [true]\nstate = "set"', 20, "exactly one of equals, state, below"),
        ("equals = [true]", 17, "exactly one of config, environment, option, dependency"),
        ('config = ["A"]\noption = ["b"]\nequals = ["x"]', 17, "exactly one of config"),
        ("config = []\nequals = [true]", 18, "config names nothing"),
        ('config = "A"\nequals = [true]', 18, "config is not a list of texts"),
        ('config = ["A"]\nequals = [[1]]', 19, "texts, numbers or booleans"),
        ('environment = ["A"]\nequals = [1]', 19, "as they are written"),
        ('option = ["timeout"]\nstate = "off"', 19, "state 'off' is not one of set, unset"),
        ('option = ["timeout"]\nbelow = "3"', 19, "below is for a dependency"),
        ('dependency = ["flask"]\nbelow = "three"', 19, "below 'three' is not a version"),
        ('dependency = ["flask"]\nequals = ["3"]', 19, "use state or below"),
        ('dependency = ["Flask_Login"]\nstate = "set"', 18, "not a normalised distribution name"),
        ('dependency = ["flask"]\nstate = "set"\nuses = ["session"]', 20, "uses is not for a dependency"),
        ('option = ["timeout"]\nstate = "set"\nservers = ["gunicron"]', 20, 'did you mean "gunicorn"?'),
        ('config = ["A"]\nstate = "set"\nuses = ["sessions"]', 20, 'did you mean "session"?'),
        ('config = ["A"]\nstate = "set"\ninstalled = ["Flask-WTF"]', 20, "not a normalised distribution name"),
    ],
)
def test_complaint_about_a_condition(tmp_path: Path, when: str, line: int, words: str) -> None:
    path = declared(tmp_path, when + "\n")
    with pytest.raises(RuleError) as caught:
        load_rule(path, load_lesson(), trusted=False)
    message = str(caught.value)
    assert message.startswith(f"{path / 'rule.toml'}:{line}: "), message
    assert words in message


def test_when_that_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "ops900_some_hazard"
    path.mkdir()
    (path / "rule.toml").write_text('when = "ever"\n' + GOOD.replace("PC900", "OPS900"), encoding="utf-8")
    with pytest.raises(RuleError, match=r":1: when is not a table"):
        load_rule(path, load_lesson(), trusted=False)


def test_a_rule_that_crashes_is_a_blocking_problem(tmp_path: Path) -> None:
    rule = load_rule(folder(tmp_path, check="def check(project):\n    yield 1 / 0\n"), load_lesson())
    outcome = run([rule], Project(name="p", facts=Facts()))
    assert outcome.hits == ()
    assert [(each.message, each.blocking) for each in outcome.problems] == [
        ("rule PC900 (some-hazard) failed: ZeroDivisionError: division by zero", True)
    ]


HIT = (
    "from flask_prodcheck.rulekit import Hit, Span\n"
    "def check(project):\n    yield Hit(at=Span('app.py', 1), facts={'what': 'x'})\n"
)


def fixing(path: Path, fix: str) -> Path:
    made = folder(path, check=HIT)
    (made / "fix.py").write_text(fix)
    return made


def test_a_fix_comes_with_its_hit(tmp_path: Path) -> None:
    fix = (
        "from flask_prodcheck.rulekit import DropStatement, safe\n"
        "def fix(project, hit):\n    return safe('drop it', DropStatement(hit.at))\n"
    )
    outcome = run([load_rule(fixing(tmp_path, fix), load_lesson())], Project(name="p", facts=Facts()))
    proposed = outcome.hits[0][1].fix
    assert proposed is not None
    assert (proposed.applicability, proposed.title, len(proposed.actions)) == ("safe", "drop it", 1)
    assert outcome.problems == ()


def test_a_fix_that_crashes_leaves_the_finding(tmp_path: Path) -> None:
    fix = "def fix(project, hit):\n    return 1 / 0\n"
    outcome = run([load_rule(fixing(tmp_path, fix), load_lesson())], Project(name="p", facts=Facts()))
    assert [hit.fix for _, hit in outcome.hits] == [None]
    assert [(each.message, each.blocking) for each in outcome.problems] == [
        ("the fix of rule PC900 (some-hazard) failed: ZeroDivisionError: division by zero", False)
    ]


def test_a_users_folder_brings_no_fix(tmp_path: Path) -> None:
    made = fixing(tmp_path, "raise SystemExit('ran')\n")
    theirs = made.with_name("ops900_some_hazard")
    made.rename(theirs)
    (theirs / "rule.toml").write_text(GOOD.replace("PC900", "OPS900"))
    with pytest.raises(RuleError, match=r"fix\.py: rules outside prodcheck are data only"):
        load_folder(tmp_path, trusted=False)


def test_fix_without_function(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="defines no function fix"):
        load_rule(fixing(tmp_path, "x = 1\n"), load_lesson())


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


def test_only_messages_are_filled_in() -> None:
    texts = [(rule.code, text) for rule in builtin_rules() for text in (rule.why, rule.cure)]
    assert [code for code, text in texts if re.search(r"(?<!\$)\{[a-z_]+\}", text)] == []
