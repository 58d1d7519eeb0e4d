"""One rule explained from its folder: why, its place in the lesson, the cure, a bad and a good project."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from flask_prodcheck.errors import UsageError
from flask_prodcheck.lesson import Lesson, load_lesson
from flask_prodcheck.registry.rule import Example, Rule
from flask_prodcheck.reports.style import Style, safe
from flask_prodcheck.tomlfile import nearest

_WIDTH = 100


def find_rule(word: str, rules: Sequence[Rule]) -> Rule:
    """The rule with the code or slug ``word``. Raises :class:`UsageError` with the nearest one."""
    for rule in rules:
        if word.upper() == rule.code or word.lower() == rule.slug:
            return rule
    names = [*(rule.slug for rule in rules), *(rule.code for rule in rules)]
    raise UsageError(
        f"no rule is named {word!r}{nearest(word, names) or nearest(word.upper(), names)}; `prodcheck rules` lists them"
    )


def explain(word: str, rules: Sequence[Rule], *, lesson: Lesson | None = None, color: bool = False) -> str:
    """The explanation of the rule ``word`` as text. Raises :class:`UsageError`."""
    style = Style(color)
    return "\n".join(_explanation(find_rule(word, rules), lesson or load_lesson(), style)) + "\n"


def _explanation(rule: Rule, lesson: Lesson, style: Style) -> Iterator[str]:
    yield f"{style.severity(rule.severity, rule.code)} {style.strong(rule.slug)}"
    yield f"  {rule.severity}, confidence {rule.confidence}, since {rule.since}"
    yield ""
    yield style.strong("Why")
    yield from _paragraph(rule.why)
    yield ""
    yield style.strong("In the lesson")
    for moment_id in rule.moments:
        yield from _paragraph(f"{moment_id}: {lesson.moment(moment_id).question}")
    step = lesson.step(rule.step)
    yield f"  Step {step.number}: {step.action}"
    if rule.affects:
        yield f"  Affects: {', '.join(rule.affects)}"
    yield ""
    yield style.strong("Cure")
    yield from _paragraph(rule.cure)
    for kind, heading in (("bad", "Bad"), ("good", "Good"), ("quiet", "Also fine"), ("missed", "Not seen yet")):
        examples = [each for each in rule.examples if each.kind == kind]
        shown = examples if kind in ("quiet", "missed") else examples[:1]
        for example in shown:
            yield ""
            yield from _example(example, heading, style)
    yield ""
    yield style.strong("Sources")
    yield from (f"  {reference}" for reference in rule.references)
    yield ""
    yield f"To accept it in one place: # prodcheck: ignore[{rule.code}] the reason"


def _example(example: Example, heading: str, style: Style) -> Iterator[str]:
    yield style.strong(f"{heading}: {example.name}")
    for path, text in example.files.items():
        yield f"  {safe(path)}"
        quotes = [each.quote for each in example.expect if each.file == path]
        for line in text.rstrip("\n").split("\n"):
            mark = ">" if any(quote in line for quote in quotes) else "|"
            yield f"    {mark} {safe(line.expandtabs(4))}".rstrip()


def _paragraph(text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        _WIDTH,
        initial_indent="  ",
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
