"""Hits become findings: places, fingerprints, merging, secrets kept out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flask_prodcheck.base import Span
from flask_prodcheck.findings.build import build, symbol_at, whole_line
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.findings.lines import SourceLines
from flask_prodcheck.findings.redact import redact
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Rule
from flask_prodcheck.rulekit import Hit, Hop
from flask_prodcheck.sources.tree import MemoryContent

RULE = next(rule for rule in builtin_rules() if rule.code == "PC101")


def lines(**files: str) -> SourceLines:
    return SourceLines(MemoryContent({f"{name}.py": text.encode() for name, text in files.items()}))


def findings(source: str, *hits: Hit, rule: Rule = RULE) -> tuple[Finding, ...]:
    return build([(rule, hit) for hit in hits], lines(app=source))


def hit(line: int, **more: object) -> Hit:
    return replace(Hit(at=Span("app.py", line), facts={"start": "here"}), **more)  # type: ignore[arg-type]


def test_fingerprint_survives_moves_and_spacing() -> None:
    (before,) = findings("def f():\n    run( 1 )\n", hit(2))
    (after,) = findings("import x\n\ndef f():\n        run(  1 )\n", hit(4))
    assert before.fingerprint == after.fingerprint


@pytest.mark.parametrize(
    ("source", "line"),
    [("def g():\n    run( 1 )\n", 2), ("def f():\n    run( 2 )\n", 2), ("run( 1 )\n", 1)],
)
def test_fingerprint_tells_places_apart(source: str, line: int) -> None:
    (one,) = findings("def f():\n    run( 1 )\n", hit(2))
    (other,) = findings(source, hit(line))
    assert one.fingerprint != other.fingerprint


def test_equal_lines_are_numbered() -> None:
    first, second = findings("run()\nrun()\n", hit(1), hit(2))
    assert first.fingerprint != second.fingerprint
    (alone,) = findings("run()\n", hit(1))
    assert alone.fingerprint == first.fingerprint


def test_the_gravest_of_several_hits_keeps_its_evidence() -> None:
    mild = hit(1, severity="warning", via=(Hop(Span("a", 1), "mild"),))
    grave = hit(1, severity="error", via=(Hop(Span("b", 1), "grave"),))
    for order in ((mild, grave), (grave, mild)):
        (finding,) = findings("run()\n", *order)
        assert (finding.severity, finding.evidence[0].text) == ("error", "grave")


def test_evidence_given_as_a_span_quotes_its_line() -> None:
    (finding,) = findings("a = 1\n  run()\n", hit(1, via=(Span("app.py", 2),)))
    assert finding.evidence == (Hop(Span("app.py", 2), "run()"),)


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("  run()  ", Span("a", 3), Span("a", 3, 3, 3, 8)),
        ("  run()  ", Span("a", 3, 5), Span("a", 3, 5, 3, 8)),
        ("", Span("a", 3), Span("a", 3, 1, 3, 1)),
        ("  run()", Span("a", 3, 3, 4, 2), Span("a", 3, 3, 4, 2)),
    ],
)
def test_whole_line(text: str, span: Span, expected: Span) -> None:
    assert whole_line(span, text) == expected


@pytest.mark.parametrize(("line", "name"), [(1, ""), (3, "A.f"), (5, "A"), (7, "")])
def test_symbol(line: int, name: str) -> None:
    source = "x = 1\nclass A:\n    def f(self): pass; run()\n\n    y = 2\n\nz = 3\n"
    source = source.replace("    def f(self): pass; run()", "    def f(self):\n        run()")
    numbers = {1: 1, 3: 4, 5: 6, 7: 8}
    assert symbol_at(lines(app=source), Span("app.py", numbers[line])) == name


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('app.config["SECRET_KEY"] = "hunter2"', 'app.config["SECRET_KEY"] = "hu***"'),
        ("ENV SECRET_KEY hunter2", "ENV SECRET_KEY hu***"),
        ("  - SECRET_KEY=hunter2", "  - SECRET_KEY=hu***"),
        ('key = os.environ.get("SECRET_KEY", "hunter2")', 'key = os.environ.get("SECRET_KEY", "hu***")'),
        ("SECRET_KEY=${SECRET_KEY}", "SECRET_KEY=${SECRET_KEY}"),
        ("SECRET_KEY = load(1)", "SECRET_KEY = load(1)"),
    ],
)
def test_redact(text: str, shown: str) -> None:
    assert redact(text) == shown


def test_a_finding_about_a_secret_does_not_publish_it() -> None:
    rule = replace(RULE, topic="secret-key-hardcoded", message="secret")
    at = Span("app.py", 1)
    (finding,) = findings("SECRET_KEY = 'hunter2'\n", hit(1, via=(at,)), rule=rule)
    assert "hunter2" not in finding.source + finding.evidence[0].text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('CMD ["gunicorn", "-w", "2", "app:app"]', 'CMD ["gunicorn", "-w", "2", "app:app"]'),
        ('ENV SECRET_KEY="longenough"', 'ENV SECRET_KEY="lo***"'),
        ('CMD ["serve", "--db", "mysql://u:longenough@db/x"]', 'CMD ["se***", "--***", "my***"]'),
    ],
)
def test_a_step_of_its_chain_is_shown_whole_unless_it_holds_a_secret(text: str, shown: str) -> None:
    rule = replace(RULE, topic="credentials-hardcoded", message="secret")
    (finding,) = findings("x = 1\n", hit(1, via=(Hop(Span("Dockerfile", 1), text),)), rule=rule)
    assert finding.evidence[0].text == shown


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            "STORE_URI=mongodb+srv://shop:blue-kettle-7@db.example.com/",
            "STORE_URI=mongodb+srv://shop:***@db.example.com/",
        ),
        ("  database-password: a2V0dGxlN2JsdWU=", "  database-password: a2***"),
    ],
)
def test_what_a_rule_about_secrets_shows_of_a_line(line: str, shown: str) -> None:
    rule = next(rule for rule in builtin_rules() if rule.code == "PC407")
    at = Span("k8s/secret.yaml", 1)
    hits = [(rule, Hit(at=at, via=(Hop(at, line),), facts={"what": "it"}))]
    (found,) = build(hits, SourceLines(MemoryContent({at.file: f"{line}\n".encode()})))
    assert (found.source, found.evidence[0].text) == (shown, shown)
