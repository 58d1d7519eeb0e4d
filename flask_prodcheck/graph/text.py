"""The launch graph for people: each chain as numbered hops, then what nothing reaches."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.graph.chains import Chain, Graph
from flask_prodcheck.reports.server_names import server_words
from flask_prodcheck.reports.style import Style, safe
from flask_prodcheck.reports.text import chain_lines, problem_lines
from flask_prodcheck.rulekit import Purpose

_HEADINGS = {
    Purpose.PRODUCTION: "Production",
    Purpose.DEVELOPMENT: "Development",
    Purpose.TEST: "Tests",
}


def render(graph: Graph, *, color: bool = False) -> str:
    """The graph as text that ends with a line end."""
    style = Style(color)
    lines = list(_lines(graph, style, reasons=False))
    if graph.problems:
        lines += ["", *problem_lines(graph.problems, style)]
    return "\n".join(lines) + "\n"


def explain(graph: Graph, *, color: bool = False) -> str:
    """The graph as the part of a report that proves it: each launch with the reason of its purpose. The problems are
    the report's to say."""
    return "\n".join(_lines(graph, Style(color), reasons=True)) + "\n"


def _lines(graph: Graph, style: Style, *, reasons: bool) -> Iterator[str]:
    if not graph.chains:
        yield "No file of this project starts a server."
    first = True
    for purpose, heading in _HEADINGS.items():
        chains = [each for each in graph.chains if each.launch.purpose is purpose]
        if not chains:
            continue
        if not first:
            yield ""
        first = False
        yield style.strong(heading)
        for chain in chains:
            yield from _chain(chain, style, reasons=reasons)
    if graph.unreached:
        yield ""
        yield style.strong("Not reached")
        for each in graph.unreached:
            yield f"  {safe(str(each.site.span))} {safe(each.text)}: {safe(each.why)}"
    if graph.unknown:
        yield ""
        yield style.strong("Starts something that this project does not show")
        for hop in graph.unknown:
            yield f"  {safe(str(hop.span))}  {safe(' '.join(hop.text.split()))}".rstrip()


def _chain(chain: Chain, style: Style, *, reasons: bool) -> Iterator[str]:
    launch = chain.launch
    server = server_words(launch.server)
    shown = style.severity("error", server) if launch.is_production and launch.server.is_development else server
    name = f" ({safe(launch.service)})" if launch.service else ""
    default = ", the platform's default" if launch.source == "platform-default" else ""
    sure = "" if launch.confidence.value == "high" else f", confidence {launch.confidence.value}"
    yield f"  [{chain.number}] {safe(str(launch.head.span))}{name} starts {shown}{default}{sure}"
    yield from (f"      {line}" for line in chain_lines(launch.hops))
    if reasons:
        yield f"      {launch.purpose.value}: {safe(launch.purpose_reason)}"
    where = f" ({safe(str(chain.end))})" if chain.end is not None else ""
    yield f"      -> {safe(chain.reaches)}{where}"
