"""The report for people: each finding with its source line, the chain that proves it and the cure; then the lesson."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator

from flask_prodcheck.base import Problem
from flask_prodcheck.findings.finding import Finding, severity_rank
from flask_prodcheck.lesson import Lesson, load_lesson
from flask_prodcheck.policy.report import Report
from flask_prodcheck.policy.verdict import NO_APP, READY
from flask_prodcheck.reports.execution_table import project_table
from flask_prodcheck.reports.server_names import server_words
from flask_prodcheck.reports.style import Style, safe, safe_source
from flask_prodcheck.rulekit import Hop, Launch

_WIDTH = 100
_LINE_LIMIT = 160


def render(report: Report, *, color: bool = False) -> str:
    """The whole report as text that ends with a line end."""
    style = Style(color)
    lesson = load_lesson()
    lines: list[str] = []
    for finding in sorted(report.open_findings, key=lambda each: severity_rank(each.severity)):
        lines += [*_finding(finding, lesson, style), ""]
    if report.suppressed_findings:
        lines += [*_suppressed(report, style), ""]
    if report.problems:
        lines += [*problem_lines(report.problems, style), ""]
    lines += [*_checked(report), ""]
    rows = project_table(lesson, report, style)
    if rows:
        lines += [style.strong(f"{lesson.title}: where this project stands"), *rows, ""]
    lines += _fixable(report)
    lines.append(_conclusion(report, style))
    return "\n".join(lines) + "\n"


def _finding(finding: Finding, lesson: Lesson, style: Style) -> Iterator[str]:
    span = finding.span
    label = style.severity(finding.severity, f"{finding.severity}[{finding.code}]")
    yield f"{label} {style.strong(safe(finding.message))}"
    sure = "" if finding.confidence == "high" else f" (confidence: {finding.confidence})"
    yield f"  --> {safe(span.file)}:{span.line}:{span.column}  {finding.name}{sure}"
    gutter = len(str(span.line))
    if finding.source.strip():
        end = span.end_column if span.end_line == span.line else len(finding.source.rstrip()) + 1
        shown, offset, width = safe_source(finding.source, span.column, end)
        if len(shown) > _LINE_LIMIT:
            shown, width = shown[:_LINE_LIMIT] + "...", min(width, max(_LINE_LIMIT - offset, 1))
        yield f"{' ' * gutter} |"
        yield f"{span.line} | {shown}"
        if offset <= _LINE_LIMIT:
            yield f"{' ' * gutter} | {' ' * offset}{style.severity(finding.severity, '^' * width)}"
    pad = " " * gutter
    if finding.evidence:
        yield f"{pad} = proof:"
        yield from (f"{pad}     {line}" for line in chain_lines(finding.evidence))
    for moment_id in finding.key_moments:
        yield from _wrapped(f"{pad} = key moment {moment_id}, step {finding.step}: ", lesson.moment(moment_id).question)
    if finding.cure:
        yield from _wrapped(f"{pad} = cure: ", finding.cure)
    if finding.fix is not None:
        yield from _wrapped(f"{pad} = fix ({finding.fix.applicability}): ", safe(finding.fix.title))
    yield style.faint(f"{pad} = more: prodcheck explain {finding.code}")


def chain_lines(hops: tuple[Hop, ...]) -> Iterator[str]:
    """A launch chain as numbered hops, one a line."""
    places = [safe(str(hop.span)) for hop in hops]
    width = max(len(place) for place in places)
    for number, (place, hop) in enumerate(zip(places, hops, strict=True), 1):
        yield f"{number}. {place.ljust(width)}  {safe(shortened(hop.text))}".rstrip()


def shortened(text: str) -> str:
    """``text`` on one line, cut where nobody reads on."""
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= _LINE_LIMIT else one_line[: _LINE_LIMIT - 3] + "..."


def _wrapped(lead: str, text: str) -> list[str]:
    hang = " " * (len(lead) - len(lead.lstrip()) + 4)
    return textwrap.wrap(
        " ".join(text.split()),
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _suppressed(report: Report, style: Style) -> Iterator[str]:
    yield style.strong("Suppressed")
    for finding in report.findings:
        comment = finding.suppressed
        if comment is None:
            continue
        reason = comment.reason or "no reason given"
        yield f"  {finding.severity}[{finding.code}] {safe(str(finding.span))}: {safe(reason)} ({safe(comment.file)}:{comment.line})"


def problem_lines(problems: Iterable[Problem], style: Style) -> Iterator[str]:
    """What could not be read or followed, with a heading."""
    yield style.strong("Not analysed")
    lines: dict[tuple[str, str, bool], list[int]] = {}
    for problem in problems:
        lines.setdefault((problem.file, problem.message, problem.blocking), []).append(problem.line)
    for (file, message, blocking), places in lines.items():
        mark = style.severity("error", "could hide an error") if blocking else "noted"
        more = f", and {_count(len(places) - 1, 'more place')}" if len(places) > 1 else ""
        yield f"  {safe(file)}:{places[0]}: {safe(message)} ({mark}{more})"


def _checked(report: Report) -> Iterator[str]:
    apps, launches = report.apps, report.launches
    yield (
        f"Checked {_count(report.stats.files, 'file')} in {report.stats.seconds:.2f} s: {_count(len(apps), 'application')}, "
        f"{_count(len(launches), 'launch', 'launches')}, {_count(len(report.run_sites), 'call')} that would start a development server; "
        f"{len(report.suppressed_findings)} suppressed."
    )
    for app in apps:
        if app.best:
            where = "" if app.cwd == "." else f" (from {safe(app.cwd)})"
            yield f"  application {safe(app.shown)}{where}, {safe(str(app.span))}"
    for launch in launches:
        yield f"  {launch.purpose.value}: {_launch(launch)}"


def _launch(launch: Launch) -> str:
    target = f" for {safe(launch.target)}" if launch.target else ""
    default = " (the platform's default)" if launch.source == "platform-default" else ""
    return f"{safe(str(launch.head.span))} starts {server_words(launch.server)}{target}{default}"


def _fixable(report: Report) -> Iterator[str]:
    """What `--fix` would do about the open findings; nothing when no fix is known."""
    counts = Counter(finding.fix.applicability for finding in report.open_findings if finding.fix is not None)
    if counts["safe"]:
        yield f"{counts['safe']} can be fixed with --fix" + (
            f", {counts['unsafe']} more with --unsafe-fixes." if counts["unsafe"] else "."
        )
    elif counts["unsafe"]:
        yield f"{counts['unsafe']} can be fixed with --fix --unsafe-fixes."


def _conclusion(report: Report, style: Style) -> str:
    counts = Counter(finding.severity for finding in report.open_findings)
    words = ", ".join(
        _count(counts[each], each, f"{each}s" if each != "info" else "info")
        for each in ("error", "warning", "info")
        if counts[each]
    )
    hidden_errors = sum(finding.severity == "error" for finding in report.hidden)
    if report.verdict == NO_APP:
        none = "No Flask application found"
        nothing = style.strong("The Flask application is kept by an object that nothing starts" if report.apps else none)
        return f"{nothing}, but {report.doubts[0]}." if report.doubts else f"{nothing}: nothing to check here."
    if report.verdict == READY and report.doubts:
        text = style.strong("Not known whether ready for production")
    elif report.verdict == READY:
        text = style.good("Ready for production")
    else:
        text = style.severity("error", "Not ready for production")
    detail = words or "nothing found"
    if hidden_errors:
        detail += f"; {_count(hidden_errors, 'error')} outside the selected rules also counted"
    elif report.hidden:
        detail += f"; {len(report.hidden)} outside the selected rules"
    return f"{text}: {'; '.join((detail, *report.doubts))}."


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
