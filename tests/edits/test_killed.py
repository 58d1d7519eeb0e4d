"""Writing that is killed at any step leaves each file as it was or as it should be, never half."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Writes the plan in a process that ends, without any clean-up, at the n-th of the calls that touch the disk.
CHILD = """
import io, os, shutil, sys
from pathlib import Path
from flask_prodcheck.edits.changes import Change, Plan
from flask_prodcheck.edits.write import write

root, step, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
count = 0

def counted(function):
    def call(*args, **kwargs):
        global count
        count += 1
        mine = count
        if mine == step and when == "before":
            os._exit(9)
        result = function(*args, **kwargs)
        if mine == step:
            os._exit(9)
        return result
    return call

class Slow(io.RawIOBase):
    '''A file that takes half of what it is given, then ends the process when its turn has come.'''
    def __init__(self, descriptor):
        self.descriptor = descriptor
    def __enter__(self):
        return self
    def __exit__(self, *_):
        os.close(self.descriptor)
    def fileno(self):
        return self.descriptor
    @counted
    def write(self, data):
        global count
        os.write(self.descriptor, data[: len(data) // 2])
        count += 1
        if count == step:
            os._exit(9)
        os.write(self.descriptor, data[len(data) // 2 :])
    def flush(self):
        pass

os.open, os.fsync, shutil.copymode = counted(os.open), counted(os.fsync), counted(shutil.copymode)
os.fdopen = lambda descriptor, mode: Slow(descriptor)
Path.replace, Path.unlink = counted(Path.replace), counted(Path.unlink)
changes = [Change(name, "old " * 500, "new " * 700, "why") for name in ("a.py", "b.py")]
write(Plan((*changes, Change("c.py", None, "made " * 300, "why"))), root)
print(count)
"""


def run(root: Path, step: int, when: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", CHILD, str(root), str(step), when],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def lay(root: Path) -> Path:
    root.mkdir()
    for name in ("a.py", "b.py"):
        (root / name).write_text("old " * 500)
    return root


def check(root: Path) -> None:
    for name in ("a.py", "b.py"):
        assert (root / name).read_text() in ("old " * 500, "new " * 700)
    assert not (root / "c.py").exists() or (root / "c.py").read_text() == "made " * 300


@pytest.mark.skipif(os.name == "nt", reason="a process ends differently there")
def test_killed_at_every_step(tmp_path: Path) -> None:
    whole = run(lay(tmp_path / "whole"), 0, "after")
    assert whole.returncode == 0, whole.stderr
    steps = int(whole.stdout)
    assert steps >= 3 * 5
    killed = []
    for step in range(1, steps + 1):
        for when in ("before", "after"):
            root = lay(tmp_path / f"{step}{when}")
            killed.append(run(root, step, when).returncode)
            check(root)
            again = run_again(root)
            assert again.returncode == 0, again.stderr
    assert set(killed) == {9}


def run_again(root: Path) -> subprocess.CompletedProcess[str]:
    """The same plan once more, for what a killed run left."""
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from flask_prodcheck.edits.changes import Change, Plan\nfrom flask_prodcheck.edits.write import write\n"
        "root = Path(sys.argv[1])\n"
        "text = (root / 'a.py').read_text()\n"
        "write(Plan((Change('a.py', text, 'newest', 'why'),)), root)\n"
        "assert (root / 'a.py').read_text() == 'newest'\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code, str(root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
