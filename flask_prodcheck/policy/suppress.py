"""``prodcheck: ignore[CODE] reason`` comments: found, applied, recorded, and reported when nothing needs them."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.facts.marker import MARKER
from flask_prodcheck.findings.finding import Finding, Suppression
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.patterns import regex
from flask_prodcheck.policy.select import matches
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import Hit
from flask_prodcheck.sources.kinds import Kind
from flask_prodcheck.sources.tree import Tree

UNUSED_CODE = "PC001"

_COMMENT = regex(
    r"(?P<lead>#|;|//|<!--)[ \t]*prodcheck:[ \t]*(?P<word>[A-Za-z]+)(?:[ \t]*\[(?P<codes>[^\]\n]*)\])?(?P<reason>[^\n]*)"
)
_COMMENT_LINE = regex(r"[ \t]*(?:#|;|//|<!--)")
# Formats in which a comment has a line of its own: after a command, "#" belongs to the command.
_OWN_LINE_ONLY = frozenset({Kind.DOCKERFILE, Kind.DOCKERIGNORE, Kind.SYSTEMD})


@dataclass(frozen=True, slots=True)
class IgnoreComment:
    """One code of one comment. ``covers`` are the lines whose findings it silences; ``span`` is the comment."""

    code: str
    reason: str
    span: Span
    covers: frozenset[int]


def find_comments(tree: Tree, lines: SourceLines) -> tuple[tuple[IgnoreComment, ...], tuple[Problem, ...]]:
    """Every suppression of ``tree``'s files, and the comments that are meant as one and are not."""
    found: list[IgnoreComment] = []
    problems: list[Problem] = []
    for source in tree.sources:
        if not lines.holds(source.path, MARKER):
            continue
        text = lines.of(source.path)
        for number, column, comment in _comments(source.kind, text):
            match = _COMMENT.match(comment)
            if match is None:
                continue
            own_line = not text[number - 1][: column - 1].strip()
            trouble = _trouble(match, own_line=own_line, kind=source.kind)
            if trouble:
                problems.append(Problem(source.path, number, trouble))
                continue
            covers = _covered(text, number) if own_line else frozenset({number})
            span = Span(source.path, number, column, number, column + len(comment.rstrip()))
            reason = match["reason"].replace("-->", "").strip(" \t:-")
            found += [IgnoreComment(code.strip(), reason, span, covers) for code in match["codes"].split(",")]
    return tuple(found), tuple(problems)


def apply(
    findings: Iterable[Finding], comments: Iterable[IgnoreComment]
) -> tuple[tuple[Finding, ...], frozenset[IgnoreComment]]:
    """The findings with their suppressions recorded, and the comments that silenced one. A comment counts on the
    primary line and on any step of the chain."""
    by_place: dict[tuple[str, int], list[IgnoreComment]] = {}
    for comment in comments:
        for line in comment.covers:
            by_place.setdefault((comment.span.file, line), []).append(comment)
    used: set[IgnoreComment] = set()
    result = []
    for finding in findings:
        matching = [
            comment
            for place in _places(finding)
            for comment in by_place.get(place, ())
            if comment.code.upper() == finding.code or comment.code == finding.name
        ]
        used.update(matching)
        if matching:
            first = matching[0]
            silencer = Suppression(first.reason, first.span.file, first.span.line)
            result.append(replace(finding, suppressed=silencer))
        else:
            result.append(finding)
    return tuple(result), frozenset(used)


def unused_hits(
    comments: Iterable[IgnoreComment], used: frozenset[IgnoreComment], rules: tuple[Rule, ...]
) -> Iterator[tuple[Rule, Hit]]:
    """A hit of the rule for unused suppressions at each comment that silenced nothing."""
    rule = next((each for each in rules if each.code == UNUSED_CODE), None)
    if rule is None:
        return
    for comment in comments:
        if comment in used:
            continue
        known = any(matches(comment.code, each.code, each.slug) for each in rules)
        why = "nothing here needs it" if known else "no rule has that name"
        yield rule, Hit(at=comment.span, facts={"code": comment.code, "why": why})


def _trouble(match: re.Match[str], *, own_line: bool, kind: Kind) -> str:
    if match["word"] != "ignore":
        return f"a prodcheck comment says {match['word']!r}: only ignore[CODE] has a meaning"
    if not (match["codes"] or "").strip(" ,") or any(not code.strip() for code in match["codes"].split(",")):
        return "a suppression names no rule: write ignore[CODE] and the reason"
    if not own_line and kind in _OWN_LINE_ONLY:
        return "a suppression after a command is part of the command here: write it on the line above"
    return ""


def _comments(kind: Kind, text: tuple[str, ...]) -> Iterator[tuple[int, int, str]]:
    """(line, column, text from the comment's lead on) of each comment that mentions the tool."""
    if kind in (Kind.PYTHON, Kind.SETUP_PY):
        try:
            tokens = list(tokenize.generate_tokens(io.StringIO("\n".join(text)).readline))
        except (tokenize.TokenError, SyntaxError):
            pass  # Python of another version: the lines are read as they stand
        else:
            for token in tokens:
                if token.type == tokenize.COMMENT and MARKER in token.string:
                    yield token.start[0], token.start[1] + 1, token.string
            return
    for number, line in enumerate(text, 1):
        found = _COMMENT.search(line) if MARKER in line else None
        if found:
            yield number, found.start() + 1, line[found.start() :]


def _covered(text: tuple[str, ...], number: int) -> frozenset[int]:
    """The first line below the comment that is no comment itself."""
    below = number + 1
    while below <= len(text) and _COMMENT_LINE.match(text[below - 1]):
        below += 1
    return frozenset({below})


def _places(finding: Finding) -> Iterator[tuple[str, int]]:
    yield finding.span.file, finding.span.line
    if finding.span.end_line > finding.span.line:
        yield finding.span.file, finding.span.end_line
    for hop in finding.evidence:
        yield hop.span.file, hop.span.line
