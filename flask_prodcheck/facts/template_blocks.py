"""Which lines of a template stand in a condition: Jinja's ``{% if %}``, Go's ``{{ if }}``, ERB's ``<% if %>``.

Sources: Jinja, "List of Control Structures"; https://pkg.go.dev/text/template ("Actions"); Ruby's ERB.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_OPEN = regex(r"\{%[-+]?|\{\{-?|<%-?|\{#")
_CLOSE = {"{%": "%}", "{{": "}}", "<%": "%>", "{#": "#}"}
_COMMENT = "{#"
_WORDS = regex(r"\s*(else\s+if|\w+)\b")
_BEGINS = {
    "{%": frozenset({"if", "for"}),
    "{{": frozenset({"if", "range", "with", "block", "define"}),
    "<%": frozenset({"if", "unless", "case", "while", "for"}),
}
_ENDS = {"{%": frozenset({"endif", "endfor"}), "{{": frozenset({"end"}), "<%": frozenset({"end"})}
_CONDITIONS = frozenset({"if", "unless", "case"})


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a template: the line where it begins, and whether it says what holds otherwise."""

    line: int
    complete: bool


def conditions(text: str) -> Mapping[int, Condition]:
    """The innermost condition around each line that stands in one."""
    # The line of each block that is open, and of the innermost condition there; 0: none.
    stack: list[tuple[int, int]] = []
    complete: set[int] = set()
    around: dict[int, int] = {}
    position, line = 0, 1
    while (match := _OPEN.search(text, position)) is not None:
        kind = match.group()[:2]
        end = text.find(_CLOSE[kind], match.end())
        if end < 0:
            break
        last, line = line, line + text.count("\n", position, match.start())
        if stack and stack[-1][1]:
            around.update(dict.fromkeys(range(last + 1, line), stack[-1][1]))
        expression = text[match.end() : end]
        found = _WORDS.match(expression)
        word = found.group(1) if found is not None and kind != _COMMENT else ""
        if word in _BEGINS.get(kind, ()) or (kind == "<%" and expression.rstrip(" -").endswith((" do", "|"))):
            stack.append((line, line if word in _CONDITIONS else stack[-1][1] if stack else 0))
        elif word in _ENDS.get(kind, ()) and stack:
            stack.pop()
        elif word == "else" and stack:
            complete.add(stack[-1][0])
        line += expression.count("\n")
        position = end + 2
    return {each: Condition(begun, begun in complete) for each, begun in around.items()}
