"""PC390: what a scaffold leaves to a person has to be filled in."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Hit, Project


def check(project: Project) -> Iterator[Hit]:
    seen: set[str] = set()
    for place, _ in project.facts.placeholders:
        # One finding per file: whoever opens it sees the others.
        if place.file not in seen:
            seen.add(place.file)
            count = sum(1 for other, _ in project.facts.placeholders if other.file == place.file)
            lines = "1 line" if count == 1 else f"{count} lines"
            yield Hit(at=place, facts={"file": place.file, "lines": lines})
