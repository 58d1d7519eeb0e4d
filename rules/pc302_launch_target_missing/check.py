"""PC302: the target of a production launch must exist; the message says which half does not."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Confidence, Hit, Project


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        if launch.resolves is not False:
            continue
        module, _, attribute = launch.target.partition(":")
        half = {
            "module": f"there is no module {module}",
            "attribute": f"{module} has no {attribute or 'application'}",
            "script": "there is no such file",
            "path": "a server wants a module name there, not a path",
        }.get(launch.missing, "it does not exist")
        if launch.target_kind == "main-only":
            half = f'{attribute} exists only under `if __name__ == "__main__"`'
        served = any(
            other.kind != launch.kind and other.resolves and not other.server.is_development
            for other in project.production
        )
        severity = "warning" if served or launch.confidence is Confidence.LOW else None
        yield Hit(
            at=launch.head.span, via=launch.hops, facts={"target": launch.target, "half": half}, severity=severity
        )
