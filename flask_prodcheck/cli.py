"""The command line: arguments become an audit, its report, and a documented exit code."""

from __future__ import annotations

import contextlib
import importlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flask_prodcheck import __version__
from flask_prodcheck.errors import ProdcheckError, RefusedError, UsageError
from flask_prodcheck.terminal import wants_color, write

if TYPE_CHECKING:
    from flask_prodcheck.cache.answers import Answer
    from flask_prodcheck.policy.report import Report
    from flask_prodcheck.registry.rule import Rule
    from flask_prodcheck.settings import Settings

EXIT_HELP = """Exit codes: 0 nothing at or above --fail-on; 1 findings; 2 wrong usage or settings, or nothing to check;
3 the analysis was incomplete in a way that could hide an error, or an internal error."""

_DEFAULT = "audit"
# Commands that live in rooms of their own, loaded when they are called: "module:attribute", and the line of the help.
_ROOMS = {
    "scaffold": ("flask_prodcheck.scaffold.command:scaffold", "Write the production set-up for this project."),
    "graph": ("flask_prodcheck.graph.command:graph", "Show how the deploy files start the project."),
    "config": ("flask_prodcheck.graph.command:config", "Show the effective configuration of each launch."),
    "verify": ("flask_prodcheck.verify.command:verify", "Boot the production set-up and prove it."),
    "compare": ("flask_prodcheck.compare.command:compare", "Measure app.run() and Gunicorn side by side."),
    "init": ("flask_prodcheck.init.command:init", "Add the settings, the pre-commit hook and the CI workflow."),
}


class Commands(click.Group):
    """A group whose default is an audit: ``prodcheck PATH`` needs no command's name. Errors are one line on stderr."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        own = {"--help", "-h", "--version"}
        if first not in own and first not in self.list_commands(ctx):
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(name for name in _ROOMS if _exists(_ROOMS[name][0]))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in _ROOMS and _exists(_ROOMS[cmd_name][0]):
            module, _, attribute = _ROOMS[cmd_name][0].partition(":")
            command = getattr(importlib.import_module(module), attribute)
            return command if isinstance(command, click.Command) else None
        return super().get_command(ctx, cmd_name)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        audit = self.commands[_DEFAULT]
        formatter.write_usage("prodcheck", "[OPTIONS] [PATH]")
        formatter.write_usage("prodcheck", "COMMAND [ARGS]...", prefix="   or: ")
        self.format_help_text(ctx, formatter)
        audit.format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, self._summary(ctx, name)) for name in self.list_commands(ctx) if name != _DEFAULT]
            )
        self.format_epilog(ctx, formatter)

    def _summary(self, ctx: click.Context, name: str) -> str:
        if name in _ROOMS:
            return _ROOMS[name][1]
        command = super().get_command(ctx, name)
        return command.get_short_help_str(80) if command else ""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["standalone_mode"] = False
        try:
            result = super().main(*args, **kwargs)
        except click.exceptions.Exit as leaving:
            code: object = leaving.exit_code
        except click.ClickException as failure:
            failure.show()
            code = 2
        except click.Abort:
            click.echo("Aborted.", err=True)
            code = 130
        except RefusedError as failure:
            _complain(failure)
            code = 1
        except ProdcheckError as failure:
            _complain(failure)
            code = 2
        except BrokenPipeError:
            # The reader went away (``| head``): nobody is left to tell, and closing stdout again would complain.
            sys.stdout = None
            code = 0
        except Exception as failure:
            click.echo(f"prodcheck: internal error: {type(failure).__name__}: {_printable(str(failure))}", err=True)
            click.echo("  This is a bug of prodcheck. PRODCHECK_DEBUG=1 shows where.", err=True)
            if _debugging():
                raise
            code = 3
        else:
            code = result
        sys.exit(code if isinstance(code, int) else 0)


def _exists(target: str) -> bool:
    import importlib.util

    try:
        return importlib.util.find_spec(target.partition(":")[0]) is not None
    except ModuleNotFoundError:
        return False


def _debugging() -> bool:
    import os

    return bool(os.environ.get("PRODCHECK_DEBUG"))


def _complain(failure: ProdcheckError) -> None:
    click.echo(f"prodcheck: {_printable(str(failure))}", err=True)


def _printable(text: str) -> str:
    """``text`` on one line, control characters and bytes that are no text shown as escapes."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode() for char in text
    )


def _split(_ctx: click.Context, _param: click.Parameter, values: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]}, epilog=EXIT_HELP)
@click.version_option(__version__, prog_name="prodcheck")
def main() -> None:
    """Say, with proof, whether a Flask project may go to production the way its own deploy files start it."""


PATH = click.argument("path", default=".", type=click.Path(path_type=Path))


@main.command(_DEFAULT, hidden=True, epilog=EXIT_HELP)
@PATH
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", show_default=True
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report to this file.")
@click.option("--select", multiple=True, callback=_split, help="Show only these rules (codes, slugs or beginnings).")
@click.option("--ignore", multiple=True, callback=_split, help="Leave these rules out.")
@click.option("--exclude", multiple=True, help="Leave these files out (a .gitignore pattern; may be repeated).")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    help="Exit with 1 from this severity on.  [default: error]",
)
@click.option(
    "--persona", type=click.Choice(["regular", "pedantic", "auditor"]), help="How much to be told.  [default: regular]"
)
@click.option(
    "--config", "config_file", type=click.Path(path_type=Path, dir_okay=False), help="Read the settings from this file."
)
@click.option("--no-config", is_flag=True, help="Use the default settings, whatever the project says.")
@click.option("--fix", "fixes", is_flag=True, help="Make the safe fixes, then report on the result.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that a person has to agree to.")
@click.option("--diff", "shows_diff", is_flag=True, help="Show what --fix would change; write nothing.")
@click.option(
    "--explain-launch", is_flag=True, help="Show first how each launch was followed, and why it counts as what."
)
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what earlier runs found.")
@click.option(
    "--cache-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep what runs find in this folder.  [default: PRODCHECK_CACHE_DIR, else the user's cache folder]",
)
def audit_command(
    path: Path,
    form: str,
    output: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_on: str | None,
    persona: str | None,
    config_file: Path | None,
    no_config: bool,
    fixes: bool,
    unsafe_fixes: bool,
    shows_diff: bool,
    explain_launch: bool,
    color: str,
    no_cache: bool,
    cache_dir: Path | None,
) -> int:
    """Audit the project at PATH (a folder, or a file of it; the current folder by default)."""
    from flask_prodcheck.sources.discover import discover, project_root

    _collect_seldom()
    started, begun = time.perf_counter(), time.time_ns()
    if explain_launch and form != "text":
        raise UsageError("--explain-launch belongs to the text report (`prodcheck graph` has other formats)")
    root = project_root(path)
    settings = _settings(root, config_file, no_config=no_config)
    settings = replace(
        settings,
        select=select or settings.select,
        ignore=(*settings.ignore, *ignore),
        exclude=(*settings.exclude, *exclude),
        fail_on=fail_on or settings.fail_on,
        persona=persona or settings.persona,
    )
    if unsafe_fixes and not (fixes or shows_diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if shows_diff:
        from flask_prodcheck.fixes.command import show_fixes

        return show_fixes(root, settings, output, unsafe=unsafe_fixes)
    written = True
    if fixes:
        from flask_prodcheck.fixes.command import make_fixes

        written = make_fixes(root, settings, unsafe=unsafe_fixes)
    least = 0 if written else 1
    tree = discover(root, exclude=settings.exclude)
    colored = wants_color(color, output)
    question = None
    if not no_cache:
        from flask_prodcheck.cache.answers import asked

        question = asked(root, tree, settings, (form, str(colored), str(explain_launch)), cache_dir)
    known = question.answer() if question is not None else None
    if known is not None:
        _say_again(known, started, output)
        words = click.get_current_context().find_root().obj
        plain = path.is_dir() and not (output or fixes or cache_dir or config_file or settings.extend_rules)
        if words is not None and plain:
            from flask_prodcheck.cache.witness import leave

            leave(words, root, tree, known.others, known.text, known.exit_code, begun)
        return max(known.exit_code, least)
    from flask_prodcheck.audit import examine, noting
    from flask_prodcheck.facts.outlines import apart
    from flask_prodcheck.facts.time_limit import was_given_up

    with question.outlines() if question is not None else contextlib.nullcontext() as outlines:
        if question is not None and outlines is not None:
            known = question.standing(outlines, noting(tree), apart)
            if known is not None:
                _say_again(known, started, output)
                return max(known.exit_code, least)
        watched = question.watched() if question is not None else None
        report, project = examine(tree, settings, root=root, started=started, outlines=outlines, watched=watched)
        graph, explained = None, ""
        if explain_launch:
            from flask_prodcheck.graph.chains import graph_of
            from flask_prodcheck.graph.text import explain

            graph = graph_of(project)
            explained = f"{explain(graph, color=colored)}\n"
        write(explained + _rendered(report, root, form, color=colored), output)
        if question is not None and not was_given_up(report.problems):
            stats = replace(report.stats, parsed=0, from_cache=report.stats.parsed + report.stats.from_cache)

            def again(seconds: float) -> str:
                timed = replace(report, stats=replace(stats, seconds=seconds))
                return explained + _rendered(timed, root, form, color=colored)

            question.remember(again, report.exit_code, outlines, project.facts.looked, (report, graph))
    return max(report.exit_code, least)


def _say_again(known: Answer, started: float, output: Path | None) -> None:
    from flask_prodcheck.cache.recall import with_seconds

    write(with_seconds(known.text, time.perf_counter() - started), output)


def _collect_seldom() -> None:
    """An audit builds large trees without circles and keeps most of them: looking for garbage among them every few
    hundred objects took a quarter of its time."""
    import gc

    gc.set_threshold(100_000, 20, 50)


def _settings(root: Path, config_file: Path | None, *, no_config: bool = False) -> Settings:
    from flask_prodcheck.settings import Settings, load_settings

    if no_config and config_file is not None:
        raise UsageError("--config and --no-config exclude each other")
    return Settings() if no_config else load_settings(root, config_file)


def _rendered(report: Report, root: Path, form: str, *, color: bool) -> str:
    if form == "text":
        from flask_prodcheck.reports.text import render

        return render(report, color=color)
    from flask_prodcheck.reports.relocate import relocated
    from flask_prodcheck.reports.render import renderer
    from flask_prodcheck.sources.place import prefix_of

    machine: Callable[[Report], str] = renderer(form)
    # JSON is relative to the audited root by contract; what GitHub reads is relative to the checkout.
    return machine(report if form == "json" else relocated(report, prefix_of(root, Path.cwd())))


def _rules_here() -> tuple[Rule, ...]:
    """The built-in rules and those that the settings of the current folder add."""
    from flask_prodcheck.registry.load import load
    from flask_prodcheck.settings import load_settings

    return load(Path(folder) for folder in load_settings(Path()).extend_rules)


@main.command()
@click.argument("rule")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def explain(rule: str, color: str) -> None:
    """Explain a rule, by code or slug: why, what to do, a bad and a good project, sources. The rules that the project
    in the current folder adds (extend-rules) are known too."""
    from flask_prodcheck.teaching.explain import explain as explanation

    write(explanation(rule, _rules_here(), color=wants_color(color, None)), None)


@main.command()
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules(form: str) -> None:
    """List all rules, those that the project in the current folder adds included."""
    from flask_prodcheck.teaching.listing import listing

    write(listing(_rules_here(), form), None)


@main.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--answers/--no-answers", default=True, show_default=True, help="Show the answers of the quiz.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
def lesson(path: Path | None, answers: bool, color: str) -> None:
    """Teach why production setup matters; with PATH, where that project stands and what holds it there."""
    from flask_prodcheck.lesson import load_lesson
    from flask_prodcheck.teaching.show_lesson import show_lesson

    report = None
    if path is not None:
        from flask_prodcheck.audit import audit
        from flask_prodcheck.sources.discover import project_root

        root = project_root(path)
        report = audit(root, _settings(root, None))
    write(show_lesson(load_lesson(), report, answers=answers, color=wants_color(color, None)), None)
