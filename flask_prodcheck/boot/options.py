"""Options of the commands that run a project."""

from __future__ import annotations

from pathlib import Path

import click

page = click.option(
    "--path",
    "page",
    default="",
    metavar="URL-PATH",
    help="The page to ask for.  [default: one that the application has]",
)
python = click.option(
    "--python",
    type=click.Path(path_type=Path),
    help="The project's interpreter, or the folder of its virtual environment.  [default: .venv, venv, the running one]",
)
env_files = click.option(
    "--env-file",
    "env_files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Variables that production sets (may be repeated).",
)
