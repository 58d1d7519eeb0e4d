"""All rules on one page, for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask_prodcheck.registry.rule import Rule


def listing(rules: Sequence[Rule], form: str = "text") -> str:
    """One line per rule; with ``form`` "json" a list of objects with the rule's metadata."""
    if form == "json":
        return json.dumps([_data(rule) for rule in rules], indent=2) + "\n"
    width = max((len(rule.slug) for rule in rules), default=0)
    lines = [
        f"{rule.code}  {rule.slug.ljust(width)}  {rule.severity.ljust(7)}  step {rule.step}  {', '.join(rule.moments)}"
        for rule in rules
    ]
    lines.append("")
    lines.append("prodcheck explain CODE tells why, with a bad and a good project.")
    return "\n".join(lines) + "\n"


def _data(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.slug,
        "topic": rule.topic,
        "severity": rule.severity,
        "confidence": rule.confidence,
        "persona": rule.persona,
        "since": rule.since,
        "key_moments": list(rule.moments),
        "step": rule.step,
        "affects": list(rule.affects),
        "why": " ".join(rule.why.split()),
        "cure": rule.cure,
        "references": list(rule.references),
    }
