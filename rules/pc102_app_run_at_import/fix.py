"""PC102: the call moves under the guard."""

from __future__ import annotations

from flask_prodcheck.rulekit import ExprStmt, Fix, GuardStatement, Hit, Project, safe, statements, unsafe


def fix(project: Project, hit: Hit) -> Fix | None:
    module = project.facts.modules.get(hit.at.file)
    written = [each for each, _ in statements(module.body)] if module is not None else []
    if not any(isinstance(each, ExprStmt) and each.value.span == hit.at for each in written):
        return None
    title = 'run it under `if __name__ == "__main__":` only'
    # A program that starts the server by importing this module would no longer do so.
    started_elsewhere = any(
        launch.run_site is not None and launch.run_site.span == hit.at and launch.module_file not in ("", hit.at.file)
        for launch in project.launches
    )
    return (unsafe if started_elsewhere else safe)(title, GuardStatement(hit.at))
