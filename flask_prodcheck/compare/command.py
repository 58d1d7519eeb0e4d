"""``prodcheck compare``: one application under ``app.run()`` and under Gunicorn, measured."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from flask_prodcheck.boot import options
from flask_prodcheck.terminal import wants_color, write

_EXIT_HELP = "Exit codes: 0 measured; 2 wrong usage; 3 a server could not be started."


@click.command(epilog=_EXIT_HELP)
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--requests", type=click.IntRange(1, 100_000), default=400, show_default=True, help="Requests of one run, at most."
)
@click.option(
    "--seconds", type=click.FloatRange(0.2, 60), default=3.0, show_default=True, help="Time of one run, at most."
)
@click.option(
    "--rounds", type=click.IntRange(1, 9), default=3, show_default=True, help="Runs of each server, in turns."
)
@click.option("--clients", type=click.IntRange(1, 64), default=8, show_default=True, help="Requests at a time.")
@options.page
@options.python
@options.env_files
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def compare(
    path: Path | None,
    requests: int,
    seconds: float,
    rounds: int,
    clients: int,
    page: str,
    python: Path | None,
    env_files: tuple[Path, ...],
    form: str,
    color: str,
) -> int:
    """Serve the project at PATH (the lesson's own small application by default) with app.run() and with Gunicorn, on
    loopback and within limits, and show what the difference is in figures. This runs the project's code."""
    from flask_prodcheck.boot.interpreter import interpreter_for
    from flask_prodcheck.boot.recipe import recipe_for, with_variables
    from flask_prodcheck.boot.variables import read_variables
    from flask_prodcheck.compare.measure import compare as measured
    from flask_prodcheck.compare.report import render, render_json
    from flask_prodcheck.errors import RefusedError
    from flask_prodcheck.lesson import load_lesson
    from flask_prodcheck.resources import sample_folder
    from flask_prodcheck.settings import Settings, load_settings
    from flask_prodcheck.sources.discover import project_root

    root = project_root(path) if path is not None else sample_folder()
    settings = load_settings(root) if path is not None else Settings()
    variables = read_variables(env_files)
    program = interpreter_for(root, python)
    terminal = sys.stderr.isatty()
    with tempfile.TemporaryDirectory(prefix="prodcheck-", ignore_cleanup_errors=True) as scratch:
        try:
            recipe = with_variables(recipe_for(root, settings, Path(scratch)), variables)
            found = measured(
                recipe,
                program,
                requests=requests,
                seconds=seconds,
                rounds=rounds,
                clients=clients,
                path=page,
                progress=lambda text: click.echo(text, err=True) if terminal else None,
            )
        except RefusedError as failure:
            click.echo(f"prodcheck: {failure}", err=True)
            return 3
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower()
    text = render(found, load_lesson(), color=wants_color(color), unicode=encoding.startswith("utf"))
    write(render_json(found) if form == "json" else text)
    return 0
