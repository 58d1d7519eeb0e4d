"""No regular expression of the package or the rules can be made to backtrack in more than quadratic time (of a line)."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS = frozenset({"compile", "search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer"})


def _patterns() -> Iterator[tuple[str, str, int]]:
    """(place, pattern, flags) of each literal pattern in the sources. Patterns built at run time insert escaped text."""
    for folder in ("flask_prodcheck", "rules"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and node.args and _takes_a_pattern(node.func):
                    pattern = node.args[0]
                    if not isinstance(pattern, ast.Constant):
                        continue
                    value = pattern.value
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    verbose = re.VERBOSE if "VERBOSE" in ast.unparse(node) else 0
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", text, verbose


def _takes_a_pattern(function: ast.expr) -> bool:
    if isinstance(function, ast.Attribute):
        return isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr in _FUNCTIONS
    return isinstance(function, ast.Name) and function.id == "regex"


def _backtracking(pattern: str, flags: int) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sre = pytest.importorskip("regexploit.ast.sre")
        redos = pytest.importorskip("regexploit.redos")
        return [str(found) for found in redos.find(sre.SreOpParser().parse_sre(pattern, flags))]


def test_the_search_finds_what_it_looks_for() -> None:
    assert _backtracking(r"(a+)+b", 0)
    assert _backtracking(r"\s*[^x]*\s*y", 0)


def test_no_pattern_backtracks() -> None:
    found = list(_patterns())
    assert len(found) > 250
    assert {place: bad for place, pattern, flags in found if (bad := _backtracking(pattern, flags))} == {}
