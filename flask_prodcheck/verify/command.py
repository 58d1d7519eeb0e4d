"""``prodcheck verify``: boots the production set-up and proves it."""

from __future__ import annotations

import shlex
import tempfile
import time
from pathlib import Path

import click

from flask_prodcheck.boot import options
from flask_prodcheck.terminal import wants_color, write

_EXIT_HELP = "Exit codes: 0 everything was seen; 1 something failed; 2 wrong usage; 3 something could not be tried."


@click.command(epilog=_EXIT_HELP)
@click.argument("path", default=".", type=click.Path(path_type=Path))
@options.python
@options.env_files
@options.page
@click.option(
    "--prepare",
    "commands",
    multiple=True,
    metavar="COMMAND",
    help="Run this first, in the same box (makes a database ready, for instance; may be repeated).",
)
@click.option("--launch", type=int, metavar="N", help="Boot this launch, by its number in `prodcheck graph`.")
@click.option(
    "--seconds", type=click.IntRange(10, 3600), default=120, show_default=True, help="End everything after this time."
)
@click.option(
    "--memory",
    type=click.IntRange(64, 1024 * 1024),
    default=4096,
    show_default=True,
    metavar="MIB",
    help="Address space of one process.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def verify(
    path: Path,
    python: Path | None,
    env_files: tuple[Path, ...],
    page: str,
    commands: tuple[str, ...],
    launch: int | None,
    seconds: int,
    memory: int,
    form: str,
    output: Path | None,
    color: str,
) -> int:
    """Boot the project at PATH the way production does, on loopback and within limits, and prove what it does.

    This runs the project's code. Started is the project's own Gunicorn launch; where there is none, a copy with what
    `prodcheck scaffold gunicorn` writes.
    """
    from flask_prodcheck.boot.interpreter import interpreter_for, shown
    from flask_prodcheck.boot.recipe import recipe_for, with_variables
    from flask_prodcheck.boot.variables import read_variables
    from flask_prodcheck.errors import RefusedError
    from flask_prodcheck.reports.style import Style
    from flask_prodcheck.settings import load_settings
    from flask_prodcheck.sources.discover import project_root
    from flask_prodcheck.verify.check import SKIPPED, Check, Verification
    from flask_prodcheck.verify.report import closing, heading, line, render, render_json
    from flask_prodcheck.verify.steps import Proof

    started = time.monotonic()
    root = project_root(path)
    settings = load_settings(root)
    if page and not page.startswith("/"):
        raise click.UsageError("--path begins with a slash")
    first = [_words(command) for command in commands]
    program = interpreter_for(root, python)
    variables = read_variables(env_files)
    live = form == "text" and output is None
    style = Style(wants_color(color, output))
    with tempfile.TemporaryDirectory(prefix="prodcheck-", ignore_cleanup_errors=True) as scratch:
        try:
            recipe = with_variables(recipe_for(root, settings, Path(scratch), number=launch), variables)
        except RefusedError as failure:
            refused = Check("set-up", SKIPPED, str(failure))
            done = Verification(
                "nothing", "nothing", shown(program, root), {}, (refused,), round(time.monotonic() - started, 1)
            )
            write(render_json(done) if form == "json" else render(done, color=style.color), output)
            return done.exit_code
        proof = Proof(
            recipe,
            program,
            seconds=seconds,
            memory=memory * 1024**2,
            path=page,
            shown=shown(program, root),
            commands=first,
        )
        checks: list[Check] = []
        held: list[str] = []
        for check in proof.run():
            checks.append(check)
            if not live:
                continue
            if len(checks) == len(first) + 1:  # from the first step of its own on, the versions are known
                begun = Verification(recipe.origin, recipe.target, shown(program, root), proof.versions, (), 0.0)
                held.insert(0, heading(begun, style))
            held.append(line(check, style))
            if len(checks) > len(first):
                write("".join(held))
                held.clear()
        notes = (
            *recipe.notes,
            *(f"{name} is set by the deployment only: --env-file can give it" for name in recipe.undecided),
        )
        done = Verification(
            recipe.origin,
            recipe.target,
            shown(program, root),
            proof.versions,
            tuple(checks),
            round(time.monotonic() - started, 1),
            notes,
            proof.prepare,
        )
    if live:
        write(closing(done, style))
    else:
        write(render_json(done) if form == "json" else render(done, color=False), output)
    return done.exit_code


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as failure:
        raise click.UsageError(f"--prepare {command}: {failure}") from failure
    if not words:
        raise click.UsageError("--prepare needs a command")
    return words
