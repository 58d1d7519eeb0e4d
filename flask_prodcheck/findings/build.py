"""Hits become findings: message filled, place completed, chain quoted, fingerprint taken, duplicates merged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from flask_prodcheck.base import Span
from flask_prodcheck.findings.finding import Finding, severity_rank
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.findings.published import published_hop
from flask_prodcheck.findings.redact import holds_secret, is_secret_topic, redact
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import Hit, Hop

_DEFINITION = regex(r"[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)")


def build(hits: Iterable[tuple[Rule, Hit]], lines: SourceLines) -> tuple[Finding, ...]:
    """One finding per rule and place, in the order file, line, column, code. Of several hits at one place the gravest
    is kept, with its own evidence."""
    kept: dict[tuple[str, str, int, int], tuple[Finding, str]] = {}
    for rule, hit in hits:
        finding = _finding(rule, hit, lines)
        key = (finding.code, finding.span.file, finding.span.line, finding.span.column)
        symbol = hit.symbol or symbol_at(lines, finding.span)
        if key not in kept or severity_rank(finding.severity) < severity_rank(kept[key][0].severity):
            kept[key] = finding, symbol
    ordered = sorted(kept.values(), key=lambda item: order(item[0]))
    occurrences: dict[str, int] = {}
    result = []
    for finding, symbol in ordered:
        identity = "\0".join((finding.code, finding.span.file, symbol, " ".join(finding.source.split())))
        number = occurrences[identity] = occurrences.get(identity, -1) + 1
        result.append(replace(finding, fingerprint=_digest(f"{identity}\0{number}" if number else identity)))
    return tuple(result)


def order(finding: Finding) -> tuple[str, int, int, str]:
    """The sort key of reports."""
    return finding.span.file, finding.span.line, finding.span.column, finding.code


def symbol_at(lines: SourceLines, span: Span) -> str:
    """The dotted name of the functions and classes around a line of a Python file, by indentation; "" elsewhere."""
    if not span.file.endswith((".py", ".pyw")):
        return ""
    above = lines.of(span.file)[: span.line]
    if not above:
        return ""
    indent = _indent(above[-1])
    names: list[str] = []
    for line in reversed(above[:-1]):
        if indent == 0:
            break
        if line.strip() and _indent(line) < indent:
            found = _DEFINITION.match(line)
            if found:
                names.append(found.group(1))
            indent = _indent(line)
    return ".".join(reversed(names))


def whole_line(span: Span, text: str) -> Span:
    """``span`` with its end filled in: a span without one stands for all of its line, from the first character."""
    if span.end_line and span.end_column:
        return span
    bare = text.rstrip()
    first = len(bare) - len(bare.lstrip()) + 1
    column = first if span.column <= 1 else span.column
    return Span(span.file, span.line, column, span.line, max(len(bare) + 1, column))


def _finding(rule: Rule, hit: Hit, lines: SourceLines) -> Finding:
    source = lines.line(hit.at.file, hit.at.line)
    secret = is_secret_topic(rule.topic)
    chain = [_hop(step, lines) for step in hit.via]
    return Finding(
        code=rule.code,
        name=rule.slug,
        topic=rule.topic,
        severity=hit.severity or rule.severity,
        confidence=_word(hit.confidence or rule.confidence),
        persona=rule.persona,
        span=whole_line(hit.at, source),
        message=(hit.message or rule.message).format_map(hit.facts),
        cure=hit.cure or rule.cure,
        key_moments=rule.moments,
        step=rule.step,
        affects=rule.affects,
        fingerprint="",
        source=published_hop(Hop(hit.at, redact(source) if secret else source)).text,
        evidence=tuple(
            published_hop(Hop(hop.span, redact(hop.text)) if secret and holds_secret(hop.text) else hop)
            for hop in chain
        ),
        fix=hit.fix,
    )


def _word(value: str) -> str:
    """The plain word of a string or of a string enumeration's member."""
    return str(getattr(value, "value", value))


def _hop(step: Hop | Span, lines: SourceLines) -> Hop:
    if isinstance(step, Hop):
        return step
    return Hop(step, lines.line(step.file, step.line).strip())


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]
