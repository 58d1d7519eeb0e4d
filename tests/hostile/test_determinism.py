"""The same project gives the same report, whatever surrounds the run."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flask_prodcheck.audit import audit_tree
from flask_prodcheck.reports.json_v1 import render
from flask_prodcheck.sources.discover import memory_tree

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PROJECT = FIXTURES / "status_board"


def report(root: Path, cwd: Path | None = None, /, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "flask_prodcheck", "--format", "json", str(root)],
        cwd=cwd or FIXTURES, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    data: dict[str, Any] = json.loads(done.stdout)
    del data["stats"]
    return data


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    found = report(PROJECT)
    assert found["findings"] and found["launches"]
    return found


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1"},
        {"PYTHONHASHSEED": "4242"},
        {"LC_ALL": "C", "LANG": "C"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX"},
        {"TZ": "Pacific/Kiritimati"},
        {"COLUMNS": "20", "TERM": "dumb"},
        {"FLASK_DEBUG": "1", "SECRET_KEY": "from the outside", "PORT": "1", "FLASK_ENV": "development"},
    ],
    ids=str,
)
def test_environment(usual: dict[str, Any], environment: dict[str, str]) -> None:
    assert report(PROJECT, None, **environment) == usual


def test_current_folder(usual: dict[str, Any], tmp_path: Path) -> None:
    assert report(PROJECT, tmp_path) == usual
    assert report(Path(), PROJECT) == usual
    assert report(Path(os.path.relpath(PROJECT, PROJECT.parent)), PROJECT.parent) == usual


def test_a_copy_made_in_another_order(usual: dict[str, Any], tmp_path: Path) -> None:
    files = [each for each in PROJECT.rglob("*") if each.is_file() and "__pycache__" not in each.parts]
    random.Random(7).shuffle(files)
    for file in files:
        place = tmp_path / PROJECT.name / file.relative_to(PROJECT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, place)
        os.utime(place, (0, 0))
    subprocess.run(["git", "init", "-q", str(tmp_path / PROJECT.name)], check=True)
    subprocess.run(["git", "-C", str(tmp_path / PROJECT.name), "add", "-A"], check=True)
    assert report(tmp_path / PROJECT.name) == usual


def test_order_of_the_files() -> None:
    files = {
        path.relative_to(FIXTURES).as_posix(): path.read_bytes()
        for path in sorted(FIXTURES.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and path.name != "expected.json"
    }
    names = list(files)
    expected = _stable(files)
    for seed in range(3):
        random.Random(seed).shuffle(names)
        assert _stable({name: files[name] for name in names}) == expected


def _stable(files: dict[str, bytes]) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render(audit_tree(memory_tree(files))))
    del data["stats"]
    return data
