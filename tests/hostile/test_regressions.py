"""Every input that ever made a reader or an audit fail, and every input that the fuzzing begins with, once more."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
REGRESSIONS = sorted(
    each for each in (ROOT / "fuzz" / "regressions").glob("*-*") if each.is_file() and each.suffix != ".md"
)


def _targets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("prodcheck_fuzz_targets", ROOT / "fuzz" / "targets.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


TARGETS = _targets()


@pytest.mark.parametrize("file", REGRESSIONS, ids=lambda file: file.name)
def test_regression(file: Path) -> None:
    name = max((each for each in TARGETS.targets() if file.name.startswith(f"{each}-")), key=len)
    TARGETS.targets()[name](file.read_bytes())


@pytest.mark.parametrize("name", sorted(TARGETS.targets()))
def test_seeds(name: str) -> None:
    inputs = TARGETS.seeds()[name]
    assert inputs
    if name != TARGETS.AUDIT:  # each example is audited by the suite of the rules
        for data in inputs:
            TARGETS.targets()[name](data)


def test_a_bundle_is_a_project() -> None:
    files = {"a/app.py": b"x = 1\n", "Procfile": b"web: x\n"}
    assert TARGETS.unbundle(TARGETS.bundle(files)) == files
    assert TARGETS.unbundle(b"junk\0\0/../a//b\nc") == {"a/b": b"c"}
