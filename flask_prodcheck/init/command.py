"""``prodcheck init``: the settings, the pre-commit hook and the workflow, shown or written."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Exit codes: 0 shown or written; 1 refused, because a file cannot be written; 2 wrong usage.")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--write", "writes", is_flag=True, help="Write the changes instead of showing them.")
def init(path: Path, writes: bool) -> int:
    """Add what the project at PATH lacks to run prodcheck by itself: settings ([tool.prodcheck]), the pre-commit hook
    and a CI workflow. Shown as a diff; nothing is written without --write."""
    from flask_prodcheck.edits.diff import diff
    from flask_prodcheck.edits.write import write
    from flask_prodcheck.init.plan import init_plan
    from flask_prodcheck.sources.discover import discover, project_root

    root = project_root(path)
    made = init_plan(discover(root), top=_is_top(root))
    if writes:
        reasons = {change.path: change.why for change in made.changes}
        for each in write(made, root).written:
            click.echo(f"wrote {each}: {reasons[each]}")
    else:
        click.echo(diff(made), nl=False)
    for note in made.notes:
        click.echo(f"note: {note}")
    if not made.changes:
        click.echo("Nothing to add.")
    elif not writes:
        files = ", ".join(change.path for change in made.changes)
        click.echo(f"Nothing is written yet; --write makes these changes: {files}")
    return 0


def _is_top(root: Path) -> bool:
    """Whether ``root`` is where a repository begins, or in none."""
    folder = root.absolute()
    return (folder / ".git").exists() or not any((parent / ".git").exists() for parent in folder.parents)
