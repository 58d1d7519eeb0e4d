"""``prodcheck graph`` and ``prodcheck config``: what the audit stands on, shown without a judgement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flask_prodcheck.terminal import wants_color, write

if TYPE_CHECKING:
    from flask_prodcheck.rulekit import Project

_EXIT_HELP = (
    "Exit codes: 0 shown; 2 wrong usage, or nothing to show; 3 something that could not be read may be missing."
)

_PATH = click.argument("path", default=".", type=click.Path(path_type=Path))


@click.command(epilog=_EXIT_HELP)
@_PATH
@click.option("--format", "form", type=click.Choice(["text", "mermaid", "json"]), default="text", show_default=True)
def graph(path: Path, form: str) -> int:
    """Show how the deploy files start the project at PATH: each launch as a chain, what it reaches, and the calls of a
    development server that no production launch reaches."""
    from flask_prodcheck.graph.chains import graph_of

    project = _project(path)
    found = graph_of(project)
    if form == "mermaid":
        from flask_prodcheck.graph.mermaid import render

        text = render(found)
    elif form == "json":
        from flask_prodcheck.graph.data import render_graph

        text = render_graph(found)
    else:
        from flask_prodcheck.graph.text import render as render_text

        text = render_text(found, color=wants_color("auto"))
    write(text)
    return _exit_code(project)


@click.command(epilog=_EXIT_HELP)
@_PATH
@click.option("--launch", type=int, metavar="N", help="Only this launch, by its number in `prodcheck graph`.")
@click.option("--key", "keys", multiple=True, help="Only this configuration key (may be repeated).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def config(path: Path, launch: int | None, keys: tuple[str, ...], form: str) -> int:
    """Show the effective configuration of the project at PATH, for each production launch: every value with the lines it comes
    from, "unset" where nothing sets it, "unknown" where only the running system decides. Secrets are masked."""
    from flask_prodcheck.graph.effective import effective

    project = _project(path)
    found = effective(project, launch=launch, keys=keys)
    if form == "json":
        from flask_prodcheck.graph.data import render_configurations

        text = render_configurations(found)
    else:
        from flask_prodcheck.graph.settings_text import render

        text = render(found, color=wants_color("auto"))
    write(text)
    return _exit_code(project)


def _project(path: Path) -> Project:
    from flask_prodcheck.audit import linked
    from flask_prodcheck.settings import load_settings
    from flask_prodcheck.sources.discover import project_root

    root = project_root(path)
    return linked(root, load_settings(root))


def _exit_code(project: Project) -> int:
    from flask_prodcheck.policy.verdict import exit_code, verdict

    return exit_code(verdict(project, ()), (), (*project.problems, *project.facts.problems), "never")
