"""``prodcheck scaffold``: shows what would be written for a project, and writes it."""

from __future__ import annotations

from pathlib import Path

import click

CHOICES = ("gunicorn", "wsgi", "procfile", "docker", "compose", "systemd", "nginx", "kubernetes", "all")


@click.command()
@click.argument("what", type=click.Choice(CHOICES))
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--write", "writes", is_flag=True, help="Write the changes instead of showing them.")
@click.option("--force", is_flag=True, help="Write files anew that exist (with --write: replace them).")
def scaffold(what: str, path: Path, writes: bool, force: bool) -> int:
    """Write the production set-up for the project at PATH.

    gunicorn: gunicorn.conf.py, the requirement and the start command in the deploy files; wsgi.py where no application
    can be named without it. wsgi, procfile, docker, compose, systemd, nginx, kubernetes: that file and what it needs.
    all: everything but wsgi.py and Kubernetes. Shown as a diff; nothing is written without --write, and a file that
    exists is only written anew with --force.

    Exit codes: 0 shown or written; 1 refused, because the application is not certain or a file cannot be written.
    """
    from flask_prodcheck.edits.diff import diff
    from flask_prodcheck.edits.write import write
    from flask_prodcheck.facts.parse import parse
    from flask_prodcheck.model.link import link
    from flask_prodcheck.scaffold.plan import plan
    from flask_prodcheck.scaffold.recheck import after_words, recheck
    from flask_prodcheck.settings import load_settings
    from flask_prodcheck.sources.discover import discover, project_root

    root = project_root(path)
    settings = load_settings(root, None)
    tree = discover(root, exclude=settings.exclude)
    project = link(
        parse(tree), name=tree.name, production=settings.production, development=settings.development, read=tree.read
    )
    made = plan(project, tree, what, force=force)
    if writes:
        outcome = write(made, root, force=force)
        reasons = {change.path: change.why for change in made.changes}
        for each in outcome.written:
            click.echo(f"wrote {each}: {reasons[each]}")
        for each in outcome.kept:
            click.echo(f"kept {each}: it exists; --force replaces it")
    else:
        click.echo(diff(made), nl=False)
    for note in made.notes:
        click.echo(f"note: {note}")
    if not made.changes:
        click.echo("Nothing to change.")
    elif not writes:
        files = ", ".join(change.path for change in made.changes)
        click.echo(f"Nothing is written yet; --write makes these changes: {files}")
    if made.changes:
        click.echo(after_words(recheck(tree, made, settings, root, force=force)))
    return 0
