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
    return "\n".join(_lines(graph, Style(color))) + "\n"


def _lines(graph: Graph, style: Style) -> Iterator[str]:
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
            yield from _chain(chain, style)
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
    if graph.problems:
        yield ""
        yield from problem_lines(graph.problems, style)


def _chain(chain: Chain, style: Style) -> Iterator[str]:
    launch = chain.launch
    server = server_words(launch.server)
    shown = style.severity("error", server) if launch.is_production and launch.server.is_development else server
    name = f" ({safe(launch.service)})" if launch.service else ""
    default = ", the platform's default" if launch.source == "platform-default" else ""
    sure = "" if launch.confidence.value == "high" else f", confidence {launch.confidence.value}"
    yield f"  [{chain.number}] {safe(str(launch.head.span))}{name} starts {shown}{default}{sure}"
    yield from (f"      {line}" for line in chain_lines(launch.hops))
    where = f" ({safe(str(chain.end))})" if chain.end is not None else ""
    yield f"      -> {safe(chain.reaches)}{where}"
