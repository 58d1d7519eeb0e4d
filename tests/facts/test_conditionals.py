"""What a template's conditional text may become."""

from __future__ import annotations

import pytest

from flask_prodcheck.facts.conditionals import alternatives, is_open_conditional


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b", ("a b",)),
        ("a {% if x %}b{% endif %} c", ("a b c", "a c")),
        ("{% if x -%}\n  a\n{% else -%}\n  b\n{% endif -%}", ("a", "b")),
        ("{% if x %}a{% elif y %}b{%- else -%}c{% endif %} d", ("a d", "b d", "c d")),
        ("{% if x %}a{% if y %} b{% endif %}{% else %}c{% endif %}", ("a b", "a", "c")),
        ("{% if x %}a{% endif %}{% if y %}b{% endif %}", ("a b", "a", "b", "")),
        ("{% for x in y %}a{% endfor %}", ()),
        ("{% if x %}{% for y in z %}a{% endfor %}{% endif %}", ()),
        ("{% if x %}a", ()),
        ("a{% endif %}", ()),
        ("{% if a %}1{% endif %}{% if b %}2{% endif %}{% if c %}3{% endif %}{% if d %}4{% endif %}", ()),
    ],
)
def test_alternatives(text: str, expected: tuple[str, ...]) -> None:
    assert alternatives(text) == expected


def test_open_conditionals() -> None:
    assert is_open_conditional("{% if x -%} a")
    assert not is_open_conditional("{% if x %}a{% endif %}")
    assert not is_open_conditional("a")


def test_hostile_text_ends_quickly() -> None:
    assert alternatives("{% if x %}" * 300) == ()
    assert alternatives("{%" * 20_000) != ("",)
    assert alternatives("{% if " + "x" * 50_000) != ()
