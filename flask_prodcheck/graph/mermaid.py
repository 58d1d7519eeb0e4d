"""The launch graph as a Mermaid flowchart, which GitHub and many editors draw.

https://mermaid.js.org/syntax/flowchart.html
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from flask_prodcheck.base import Span
from flask_prodcheck.graph.chains import Chain, Graph
from flask_prodcheck.reports.style import safe

_LABEL_LIMIT = 60
_STYLES = {
    "broken": "stroke:#c00,stroke-width:2px",
    "dev": "stroke:#c60,stroke-width:2px",
    "prod": "stroke:#080,stroke-width:2px",
    "idle": "stroke:#888,stroke-dasharray:4 3",
}


def render(graph: Graph) -> str:
    """The flowchart's source. Steps that several chains share are drawn once."""
    return "\n".join(_Drawing().lines(graph)) + "\n"


class _Drawing:
    """Nodes by place and text, in the order in which they were first met."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[Span | None, str], str] = {}
        self._edges: dict[tuple[str, str, str], None] = {}
        self._classes: dict[str, str] = {}

    def lines(self, graph: Graph) -> Iterator[str]:
        for chain in graph.chains:
            self._draw(chain)
        for each in graph.unreached:
            self._classes.setdefault(self._node(each.site.span, f"{each.site.span}\n{each.text}\n{each.why}"), "idle")
        for hop in graph.unknown:
            self._classes.setdefault(
                self._node(hop.span, f"{hop.span}\n{hop.text}\nthe project does not show what"), "idle"
            )
        yield "flowchart LR"
        if not self._nodes:
            yield '  n1["nothing starts a server"]'
        for (_, text), name in self._nodes.items():
            yield f'  {name}["{_label(text)}"]'
        for start, end, words in self._edges:
            yield f'  {start} -->|"{_label(words)}"| {end}' if words else f"  {start} --> {end}"
        for name, kind in self._classes.items():
            yield f"  class {name} {kind}"
        for kind in sorted(set(self._classes.values())):
            yield f"  classDef {kind} {_STYLES[kind]}"

    def _node(self, span: Span | None, text: str) -> str:
        return self._nodes.setdefault((span, text), f"n{len(self._nodes) + 1}")

    def _draw(self, chain: Chain) -> None:
        launch = chain.launch
        names = [self._node(hop.span, f"{hop.span}\n{hop.text}") for hop in launch.hops]
        where = f"\n{chain.end}" if chain.end is not None else ""
        end = self._node(chain.end, f"{chain.reaches}{where}")
        for start, following in pairwise(names):
            if start != following:
                self._edges.setdefault((start, following, ""))
        self._edges.setdefault((names[-1], end, f"{launch.server.value}, {launch.purpose.value}"))
        if launch.resolves is False or launch.missing:
            self._classes[end] = "broken"
        if launch.is_production:
            self._classes.setdefault(names[0], "dev" if launch.server.is_development else "prod")


def _label(text: str) -> str:
    """``text`` inside a quoted label: what Mermaid or HTML would read as markup becomes an entity."""
    lines = []
    for line in text.split("\n"):
        shown = safe(" ".join(line.split()))
        cut = shown if len(shown) <= _LABEL_LIMIT else shown[: _LABEL_LIMIT - 3] + "..."
        lines.append("".join(char if char not in '#"<>&`\\' else f"#{ord(char)};" for char in cut))
    return "<br/>".join(lines)
