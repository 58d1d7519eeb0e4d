"""Fixes are made one at a time, proven by an audit of the result, and undone where that is not what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.edits.actions import (
    Action,
    AddLine,
    DropArgument,
    DropStatement,
    Fix,
    ReplaceWord,
    SetUpGunicorn,
    SetValue,
    safe,
    unsafe,
)
from flask_prodcheck.fixes import cure as cure_module
from flask_prodcheck.fixes.cure import Cured, cure
from flask_prodcheck.registry import load
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
DEFAULTS = Settings()
MANIFEST = "flask==3.1.3\ngunicorn==23.0.0\n"
IMPORTED = {
    "Procfile": "web: gunicorn -w 2 app:app\n",
    "requirements.txt": MANIFEST,
    "app.py": f"{FLASK}app.run()\n",
}


def cured(files: Mapping[str, str | bytes], *, unsafe: bool = False, settings: Settings = DEFAULTS) -> Cured:
    return cure(memory_tree(files), settings, Path(), unsafe=unsafe)


def proposing(monkeypatch: pytest.MonkeyPatch, code: str, fix: Fix) -> None:
    """The rule ``code`` proposes ``fix`` for whatever it finds; no other rule proposes anything."""
    rules = tuple(
        replace(rule, fix=(lambda project, hit: fix) if rule.code == code else None) for rule in load.builtin_rules()
    )
    monkeypatch.setattr(load, "builtin_rules", lambda **_: rules)


def test_safe_fixes_only_unless_asked() -> None:
    files = {**IMPORTED, "app.py": f"{FLASK}app.secret_key = 'correct horse'\napp.run()\n"}
    made = cured(files)
    assert [each.finding.code for each in made.applied] == ["PC102"]
    both = cured(files, unsafe=True)
    assert {each.finding.code for each in both.applied} == {"PC102", "PC401"}
    assert both.plan.changes[0].after == (
        'import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ["SECRET_KEY"]\n'
        'if __name__ == "__main__":\n    app.run()\n'
    )
    assert len(both.plan.changes) == 1


def test_encoding_line_ends_and_mark_are_kept() -> None:
    source = "\ufefffrom flask import Flask\r\napp = Flask(__name__)\r\nname = 'caf\xe9'\r\n\r\napp.run()\r\n".encode()
    change = cured({**IMPORTED, "app.py": source}).plan.changes[0]
    assert change.before is not None and change.before.encode() == source
    assert change.after.encode() == source.replace(b"app.run()", b'if __name__ == "__main__":\r\n    app.run()')


def test_suppressed_and_deselected_findings_are_left_alone() -> None:
    files = {**IMPORTED, "app.py": f"{FLASK}app.run()  # prodcheck: ignore[PC102] on purpose\n"}
    assert cured(files).plan.changes == ()
    assert cured(dict(IMPORTED), settings=Settings(ignore=("PC102",))).plan.changes == ()


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (ReplaceWord(Span("app.py", 3), "app.run()", "app.run("), "could not be read afterwards"),
        (ReplaceWord(Span("app.py", 3), "app.run()", "app.run( )"), "still there afterwards"),
        (AddLine(Span("app.py", 3), "pass"), "still there afterwards"),
        (DropArgument(Span("app.py", 3, 1, 3, 10), "debug"), "no argument debug"),
        (DropArgument(Span("gone.py", 3), "debug"), "no such file"),
        (DropStatement(Span("app.py", 1, 1, 1, 5)), "as it was read"),
        (SetValue(Span("app.py", 2, 1, 2, 22), "x", "("), "cannot be read as Python"),
    ],
)
def test_what_does_not_keep_its_promise_is_undone(monkeypatch: pytest.MonkeyPatch, action: Action, words: str) -> None:
    proposing(monkeypatch, "PC102", safe("does something", action))
    made = cured(dict(IMPORTED))
    assert made.plan.changes == () and made.applied == ()
    assert [each.finding.code for each in made.refused] == ["PC102"]
    assert words in made.refused[0].reason
    assert made.ended == made.started


def test_a_launch_that_disappears_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    proposing(monkeypatch, "PC305", safe("?", ReplaceWord(Span("Procfile", 1), "gunicorn", "sleep")))
    files = {**IMPORTED, "Procfile": "web: gunicorn -w 2 --reload app:app\n"}
    made = cured(files, settings=Settings(select=("PC305",)))
    assert [each.reason for each in made.refused] == ["undone: what the deploy files start would no longer be the same"]


def test_a_new_error_in_the_changed_file_is_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    proposing(monkeypatch, "PC102", safe("?", ReplaceWord(Span("app.py", 3), "app.run()", "app.secret_key='dev'")))
    made = cured(dict(IMPORTED))
    assert made.plan.changes == ()
    assert "it would bring PC401" in made.refused[0].reason


def test_actions_of_one_fix_that_overlap_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Span("app.py", 3, 1, 3, 10)
    proposing(monkeypatch, "PC102", safe("?", DropStatement(run), ReplaceWord(run, "run", "walk")))
    made = cured(dict(IMPORTED))
    assert (made.plan.changes, made.refused[0].reason) == ((), "two of its edits touch the same text")


def test_a_users_settings_file_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    proposing(monkeypatch, "PC101", unsafe("?", SetUpGunicorn()))
    files = {**IMPORTED, "Procfile": "web: python app.py\n", "gunicorn.conf.py": "workers = 3\n"}
    made = cured(files, unsafe=True)
    changed = {each.path for each in made.plan.changes}
    assert "gunicorn.conf.py" not in changed


def test_an_encoding_that_hides_columns_is_left_alone() -> None:
    source = f"# coding: shift_jis\n{FLASK}name = '\u8868'\napp.run()\n".encode("shift_jis")
    made = cured({**IMPORTED, "app.py": source})
    assert made.plan.changes == ()
    assert [each.reason for each in made.refused] == ["its encoding cannot be kept with certainty"]


def test_the_number_of_fixes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cure_module, "_MOST", 1)
    files = {**IMPORTED, "app.py": f"{FLASK}app.secret_key = 'correct horse'\napp.run()\n"}
    assert len(cured(files, unsafe=True).applied) == 1


SCRIPT = {
    "Dockerfile": (
        "FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install flask==3.1.3 gunicorn==23.0.0\n"
        'CMD ["./start.sh"]\n'
    ),
    "app.py": FLASK,
}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("#!/bin/sh\ngunicorn -w 2 app:app\n", "#!/bin/sh\nexec gunicorn -w 2 app:app\n"),
        (
            '#!/bin/sh\nif [ -n "$X" ]; then\n  flask db upgrade\nfi\nif true; then\n  gunicorn -w 2 app:app\nfi\n# end\n',
            '#!/bin/sh\nif [ -n "$X" ]; then\n  flask db upgrade\nfi\nif true; then\n  exec gunicorn -w 2 app:app\nfi\n# end\n',
        ),
        ("#!/bin/sh\ntrap cleanup EXIT\ngunicorn -w 2 app:app\n", None),
        ("#!/bin/sh\ngunicorn -w 2 app:app\necho stopped\n", None),
        ("#!/bin/sh\nwhile true; do\n  gunicorn -w 2 app:app\ndone\n", None),
    ],
)
def test_exec_only_where_nothing_follows(script: str, expected: str | None) -> None:
    made = cured({**SCRIPT, "start.sh": script}, settings=Settings(select=("PC309",)))
    assert [each.after for each in made.plan.changes] == ([] if expected is None else [expected])


def test_a_settings_file_that_may_be_missing_is_no_variable() -> None:
    files = {
        **IMPORTED,
        "config.py": "class Default:\n    SECRET_KEY = 'secret key'\n",
        "app.py": f"{FLASK}app.config.from_object('config.Default')\napp.config.from_pyfile('production.cfg', silent=True)\n",
    }
    made = cured(files, unsafe=True)
    assert [each.after for each in made.plan.changes] == [
        'import os\nclass Default:\n    SECRET_KEY = os.environ["SECRET_KEY"]\n'
    ]


DEBUG_RUN = {
    "Procfile": "web: python app.py\n",
    "requirements.txt": MANIFEST,
    "app.py": f'{FLASK}if __name__ == "__main__":\n    app.run(debug=True, port=5000)\n',
}


@pytest.mark.parametrize(
    ("makefile", "applicability"),
    [
        (None, "unsafe"),
        ("run:\n\tflask --app app run --debug\n", "safe"),
        ("run:\n\tpython app.py\n", "unsafe"),
    ],
)
def test_dropping_debug_is_safe_where_developers_start_otherwise(makefile: str | None, applicability: str) -> None:
    files = {**DEBUG_RUN, **({"Makefile": makefile} if makefile is not None else {})}
    started = cured(files).started
    fixes = [each.fix for each in started.open_findings if each.code == "PC201"]
    assert [each.applicability for each in fixes if each is not None] == [applicability]
