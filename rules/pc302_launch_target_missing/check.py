"""PC302: the target of a production launch must exist; the message says which half does not."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Project, served_otherwise


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.resolves is not False or launch.missing == "path":
            continue
        module, _, attribute = launch.target.partition(":")
        half = {
            "module": f"there is no module {module}",
            "attribute": f"{module} has no {attribute or 'application'}",
            "script": "there is no such file",
            "program": "a list in brackets is not split into words, and no program has that whole line as its name",
        }.get(launch.missing, "it does not exist")
        if launch.target_kind == "main-only":
            half = f'{attribute} exists only under `if __name__ == "__main__"`'
        severity = "warning" if served_otherwise(launch, project) or launch.confidence is Confidence.LOW else None
        yield Hit(
            at=launch.head.span,
            via=launch.hops,
            facts={"target": launch.command if launch.missing == "program" else launch.target, "half": half},
            severity=severity,
        )
