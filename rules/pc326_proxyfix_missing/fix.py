"""PC326: the application believes the proxy in front of it."""

from __future__ import annotations

from flask_prodcheck.rulekit import AddStatement, Assign, Fix, Hit, Name, Project, unsafe

IMPORT = "from werkzeug.middleware.proxy_fix import ProxyFix"


def fix(project: Project, hit: Hit) -> Fix | None:
    """Below a module-level ``app = Flask(...)``; how many proxies there are only its owner knows, so one is taken."""
    module = project.facts.modules.get(hit.at.file)
    for statement in module.body if module is not None else ():
        if isinstance(statement, Assign) and statement.span.line == hit.at.line and len(statement.targets) == 1:
            target = statement.targets[0]
            if isinstance(target, Name):
                app = target.id
                text = f"{app}.wsgi_app = ProxyFix({app}.wsgi_app, x_for=1, x_proto=1, x_host=1)"
                return unsafe("add ProxyFix for one proxy", AddStatement(statement.span, text, (IMPORT,)))
    return None
