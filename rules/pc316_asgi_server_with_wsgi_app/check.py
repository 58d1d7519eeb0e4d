"""PC316: an ASGI server that is handed a Flask application answers 500 to everything."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import Assign, Confidence, Hit, Launch, Name, Project, Server, Span, statements

# Frameworks whose application objects are WSGI callables.
WSGI_KINDS = frozenset({"flask", "apiflask"})


def check(project: Project) -> Iterator[Hit]:
    for launch in project.production:
        at = _speaks_asgi(launch)
        if at is None or not launch.resolves or launch.app is None or launch.app.kind not in WSGI_KINDS:
            continue
        if _is_bound_again(launch, project) or launch.end.span.file in project.facts.modules:
            continue
        if launch.target_kind == "app" or (launch.target_kind == "factory" and launch.called):
            facts = {"server": launch.server.value, "target": launch.target}
            certain = launch.confidence is not Confidence.LOW
            yield Hit(at=at, via=launch.hops, facts=facts, severity=None if certain else "warning")


def _is_bound_again(launch: Launch, project: Project) -> bool:
    """Whether the target's module gives the name to something else after it made the application."""
    module = project.facts.modules.get(launch.module_file)
    name = launch.target.rpartition(":")[2]
    places = [
        statement.span
        for statement, _ in statements(module.body if module is not None else ())
        if isinstance(statement, Assign)
        and any(isinstance(target, Name) and target.id == name for target in statement.targets)
    ]
    return len(places) > 1


def _speaks_asgi(launch: Launch) -> Span | None:
    """Where it is said that the server calls the application by ASGI or RSGI; None when it calls it by WSGI, or when
    that is not decided."""
    interface = launch.setting("interface")
    if launch.server is Server.UVICORN:
        said = interface[0] if interface is not None else "auto"
        return launch.end.span if said in ("auto", "asgi3", "asgi2") and "UVICORN_INTERFACE" not in launch.env else None
    if launch.server is Server.GRANIAN:
        said = interface[0] if interface is not None else "rsgi"
        return launch.end.span if said in ("rsgi", "asgi", "asginl") else None
    worker = launch.setting("worker_class")
    if launch.server is Server.GUNICORN and worker is not None:
        asgi = worker[0] == "asgi" or worker[0].startswith(("uvicorn.workers.", "uvicorn_worker."))
        return worker[1] if asgi else None
    return None
