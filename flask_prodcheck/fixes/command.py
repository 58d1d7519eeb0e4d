"""``--fix`` and ``--diff``: fixes made, or shown as a diff. What was done is said on stderr: stdout has the report."""

from __future__ import annotations

from pathlib import Path

import click

from flask_prodcheck.edits.diff import diff
from flask_prodcheck.edits.write import write as write_files
from flask_prodcheck.errors import RefusedError
from flask_prodcheck.fixes.cure import Cured, cure
from flask_prodcheck.reports.style import safe
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import discover
from flask_prodcheck.terminal import write


def make_fixes(root: Path, settings: Settings, *, unsafe: bool) -> bool:
    """Writes the fixes of the project in ``root`` and says what was fixed and what was not. False, with nothing written
    and the reason said, when a file cannot be replaced."""
    made = cure(discover(root, exclude=settings.exclude), settings, root, unsafe=unsafe)
    try:
        write_files(made.plan, root)
    except RefusedError as failure:
        click.echo(safe(f"nothing fixed: {failure}"), err=True)
        return False
    _say(made, "fixed", "not fixed")
    return True


def show_fixes(root: Path, settings: Settings, output: Path | None, *, unsafe: bool) -> int:
    """Shows the fixes as a unified diff. The exit code is that of the audit as the project stands."""
    tree = discover(root, exclude=settings.exclude)
    made = cure(tree, settings, root, unsafe=unsafe)
    write(diff(made.plan), output)
    _say(made, "would fix", "would not fix")
    return made.started.exit_code


def _say(made: Cured, done: str, left: str) -> None:
    for each in made.applied:
        title = each.finding.fix.title if each.finding.fix is not None else ""
        click.echo(safe(f"{done} {each.finding.code} {each.finding.span}: {title}"), err=True)
        for note in each.notes:
            click.echo(safe(f"  note: {note}"), err=True)
    for refused in made.refused:
        click.echo(safe(f"{left} {refused.finding.code} {refused.finding.span}: {refused.reason}"), err=True)
    if not made.applied and not made.refused:
        click.echo("nothing to fix", err=True)
