"""The session that README.md records is what the tool says today, but for figures and the interpreter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="Gunicorn needs POSIX")]
ROOT = Path(__file__).resolve().parents[2]
_CUT = "[...]"
_INTERPRETER = re.compile(r"  with \S+ \(")


def recorded() -> list[tuple[list[str], list[str]]]:
    """The arguments and the lines of every command of the session, in order."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    session = next(
        block for block in re.findall(r"^```\n(.*?)^```$", text, re.DOTALL | re.MULTILINE) if "[exit " in block
    )
    parts = re.split(r"^\$ prodcheck ", session, flags=re.MULTILINE)[1:]
    return [(part.splitlines()[0].split(), part.strip("\n").splitlines()[1:]) for part in parts]


def shown(line: str) -> str:
    """``line`` without what differs from one run and one machine to the next."""
    return re.sub(r"\d+(?:\.\d+)*", "N", _INTERPRETER.sub("  with PYTHON (", line)).rstrip()


def test_readme(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "fixtures" / "lesson", tmp_path / "lesson", ignore=shutil.ignore_patterns("expected.json"))
    session = recorded()
    assert [args[0] for args, _ in session] == ["./lesson", "./lesson", "scaffold", "./lesson", "verify"]
    for args, lines in session:
        done = subprocess.run(
            [sys.executable, "-m", "flask_prodcheck", *args],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=150,
        )
        said = [shown(line) for line in [*done.stdout.splitlines(), f"[exit {done.returncode}]"]]
        at = 0
        for piece in "\n".join(map(shown, lines)).split(_CUT):
            wanted = piece.strip("\n").split("\n")
            places = [place for place in range(at, len(said)) if said[place : place + len(wanted)] == wanted]
            assert places, (args, wanted, said)
            at = places[0] + len(wanted)
