"""PC403: an application that uses sessions has a signing key."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.rulekit import (
    Assign,
    Attribute,
    Confidence,
    Hit,
    Name,
    Project,
    PyModule,
    Unset,
    every_statement,
    imports_session,
    served_modules,
    used_by,
)

# Sessions that are kept on the server are not signed unless asked for.
OTHER_SESSIONS = frozenset({"flask_session", "flask_kvsession", "beaker"})

#: What keeps the sessions (Flask, "API": ``Flask.session_interface``).
INTERFACE = "session_interface"


def check(project: Project) -> Iterator[Hit]:
    for configuration in project.configurations:
        setting = configuration.get("SECRET_KEY")
        if not isinstance(setting.value, Unset) or not configuration.complete:
            continue
        use = used_by(project, configuration, "session")
        if use is None or any(_keeps_sessions(module) for module in served_modules(project, configuration)):
            continue
        launch = configuration.launch
        proven = launch is not None and launch.confidence is Confidence.HIGH and use.file in launch.imported
        proven = proven and imports_session(project.facts.modules[use.file])
        yield Hit(
            at=configuration.app.span,
            via=(*(launch.hops if launch is not None else ()), use),
            facts={"use": str(use)},
            severity=None if proven else "warning",
        )


def _keeps_sessions(module: PyModule) -> bool:
    """Whether another interface than Flask's keeps the sessions: a distribution's, or one that the application is given."""
    if module.imports & OTHER_SESSIONS:
        return True
    if not module.gives_one_of({INTERFACE}):
        return False
    targets = (target for stmt, _ in every_statement(module) if isinstance(stmt, Assign) for target in stmt.targets)
    return any(
        (isinstance(target, Attribute) and target.attr == INTERFACE)
        or (isinstance(target, Name) and target.id == INTERFACE)
        for target in targets
    )
