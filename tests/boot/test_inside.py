"""What the program in the box says of a configuration never carries a secret that it cannot know to be one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import flask_prodcheck.boot

INSIDE = Path(flask_prodcheck.boot.__file__).with_name("inside.py")
SECRET = "kept-from-every-reader"
PROGRAM = """
import datetime, importlib.util, json, sys
spec = importlib.util.spec_from_file_location("inside", sys.argv[1])
inside = importlib.util.module_from_spec(spec)
spec.loader.exec_module(inside)
class Lazy:
    def __repr__(self): return sys.argv[3]
    __str__ = __repr__
secret = sys.argv[3]
print(json.dumps(inside._plain(eval(sys.argv[2]))))
"""


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Lazy()", ["shown", "Lazy"]),
        ("{'a': {'b': {'c': {'client_secret': secret}}}}", None),
        ("{secret}", ["shown", "set"]),
        ("datetime.timedelta(hours=1)", ["shown", "timedelta 1:00:00"]),
        ("Lazy", ["shown", "type Lazy"]),
        ("[1, 'a', None]", ["list", [["value", 1], ["value", "a"], ["value", None]]]),
    ],
)
def test_described(value: str, expected: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(INSIDE), value, SECRET], capture_output=True, text=True, check=True
    )
    assert SECRET not in done.stdout
    if expected is not None:
        assert json.loads(done.stdout) == expected
