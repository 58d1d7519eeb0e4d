"""``prodcheck graph`` and ``prodcheck config``: what the audit stands on, shown without a judgement."""

from __future__ import annotations

from collections.abc import Callable
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


_NO_CACHE = click.option("--no-cache", is_flag=True, help="Neither use nor keep what earlier runs found.")


@click.command(epilog=_EXIT_HELP)
@_PATH
@click.option("--format", "form", type=click.Choice(["text", "mermaid", "json"]), default="text", show_default=True)
@_NO_CACHE
def graph(path: Path, form: str, no_cache: bool) -> int:
    """Show how the deploy files start the project at PATH: each launch as a chain, what it reaches, and the calls of a
    development server that no production launch reaches."""
    color = wants_color("auto")

    def render(project: Project) -> str:
        from flask_prodcheck.graph.chains import graph_of

        found = graph_of(project)
        if form == "mermaid":
            from flask_prodcheck.graph.mermaid import render as render_mermaid

            return render_mermaid(found)
        if form == "json":
            from flask_prodcheck.graph.data import render_graph

            return render_graph(found)
        from flask_prodcheck.graph.text import render as render_text

        return render_text(found, color=color)

    return _show(path, ("graph", form, str(color)), render, no_cache=no_cache)


@click.command(epilog=_EXIT_HELP)
@_PATH
@click.option("--launch", type=int, metavar="N", help="Only this launch, by its number in `prodcheck graph`.")
@click.option("--key", "keys", multiple=True, help="Only this configuration key (may be repeated).")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@_NO_CACHE
def config(path: Path, launch: int | None, keys: tuple[str, ...], form: str, no_cache: bool) -> int:
    """Show the effective configuration of the project at PATH, for each production launch: every value with the lines it comes
    from, "unset" where nothing sets it, "unknown" where only the running system decides. Secrets are masked."""
    color = wants_color("auto")

    def render(project: Project) -> str:
        from flask_prodcheck.graph.effective import effective

        found = effective(project, launch=launch, keys=keys)
        if form == "json":
            from flask_prodcheck.graph.data import render_configurations

            return render_configurations(found)
        from flask_prodcheck.graph.settings_text import render as render_settings

        return render_settings(found, color=color)

    return _show(path, ("config", form, str(color), str(launch), *keys), render, no_cache=no_cache)


def _show(path: Path, view: tuple[str, ...], render: Callable[[Project], str], *, no_cache: bool) -> int:
    """Print what ``render`` says of the project, or what it said of the same files before."""
    from flask_prodcheck.settings import load_settings
    from flask_prodcheck.sources.discover import discover, project_root

    root = project_root(path)
    settings = load_settings(root)
    tree = discover(root, exclude=settings.exclude)
    question = None
    if not no_cache:
        from flask_prodcheck.cache.answers import asked

        question = asked(root, tree, settings, view)
    known = question.answer() if question is not None else None
    if known is not None:
        write(known.text)
        return known.exit_code
    from flask_prodcheck.audit import linked_tree
    from flask_prodcheck.facts.time_limit import was_given_up

    project = linked_tree(question.watched() if question is not None else tree, settings)
    text, code = render(project), _exit_code(project)
    write(text)
    if question is not None and not was_given_up((*project.problems, *project.facts.problems)):
        question.remember(lambda _seconds: text, code)
    return code


def _exit_code(project: Project) -> int:
    from flask_prodcheck.policy.verdict import exit_code, verdict

    return exit_code(verdict(project, ()), (), (*project.problems, *project.facts.problems), "never")
