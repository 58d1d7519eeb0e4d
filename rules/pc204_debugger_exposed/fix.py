"""PC204: the application is served without the debugger around it."""

from __future__ import annotations

from flask_prodcheck.rulekit import Assign, Attribute, Call, DropStatement, Fix, Hit, Project, statements, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    """Only ``app.wsgi_app = DebuggedApplication(app.wsgi_app, ...)``: without it the attribute is as it was."""
    module = project.facts.modules.get(hit.at.file)
    for statement, _ in statements(module.body) if module is not None else ():
        if statement.span == hit.at and isinstance(statement, Assign) and isinstance(statement.value, Call):
            target = statement.targets[0]
            if isinstance(target, Attribute) and target.attr == "wsgi_app" and len(statement.targets) == 1:
                return unsafe("take the debugger off the application", DropStatement(hit.at))
    return None
