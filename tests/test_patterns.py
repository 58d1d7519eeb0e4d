"""Patterns that are compiled when they are first used."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import flask_prodcheck
from flask_prodcheck.patterns import regex

MODULES = sorted(
    each.name
    for each in pkgutil.walk_packages(flask_prodcheck.__path__, "flask_prodcheck.")
    if "__main__" not in each.name
)


def patterns_in(value: object) -> Iterator[object]:
    if type(value).__name__ == "_Pattern":
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from patterns_in(each)


@pytest.mark.parametrize("name", MODULES)
def test_every_pattern_compiles(name: str) -> None:
    for each in patterns_in(list(vars(importlib.import_module(name)).values())):
        assert each.pattern is not None  # type: ignore[attr-defined]


def test_a_pattern_is_compiled_at_its_first_use_and_gives_what_re_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_ = re.compile

    def counted(text: str, flags: int) -> re.Pattern[str]:
        compiled.append(text)
        return compile_(text, flags)

    monkeypatch.setattr(re, "compile", counted)
    one = regex(r"(?P<word>a+)b", re.IGNORECASE)
    assert compiled == []
    match = one.match("AAbc")
    assert match is not None and match["word"] == "AA"
    assert (one.flags, one.groupindex) == (compile_(one.pattern, re.IGNORECASE).flags, {"word": 1})
    assert one.sub("-", "aab ab") == "- -" and one.search("xaab") is not None and one.fullmatch("ab!") is None


def test_a_broken_pattern_is_found() -> None:
    with pytest.raises(re.error):
        regex("(").match("x")
