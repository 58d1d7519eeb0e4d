"""justfiles: the lines of each recipe with string variables interpolated, by the just manual."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex

_RECIPE = regex(r"@?([A-Za-z_][A-Za-z0-9_-]*)((?:[^A-Za-z0-9_:\n-][^:\n]*)?):(?!=)(.*)")
_ASSIGN = regex(r"""(export[ \t]+)?([A-Za-z_][A-Za-z0-9_-]*)[ \t]*:=[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|(.+))""")
_INTERPOLATION = regex(r"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_-]*)[ \t]*\}\}")


def read_justfile(path: str, text: str) -> StartFile:
    """One start for each recipe line; a recipe that begins with ``#!`` is one script. Settings hold ``set`` lines,
    imports and aliases. Never raises."""
    variables: dict[str, str] = {}
    env: list[EnvVar] = []
    settings: list[tuple[str, str]] = []
    recipes: list[tuple[str, str, str, list[tuple[int, str]]]] = []
    comments: list[str] = []
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if line[:1] in (" ", "\t"):
            if not recipes or not bare:
                continue
            start = start if pending else number
            if bare.endswith("\\"):
                pending += bare[:-1].rstrip() + " "
                continue
            if not bare.startswith("#") or bare.startswith("#!"):
                recipes[-1][3].append((start, pending + bare))
            pending = ""
            continue
        pending = ""
        assign = _ASSIGN.fullmatch(bare)
        recipe = _RECIPE.fullmatch(bare)
        if not bare:
            comments = []
            continue
        if bare.startswith("#"):
            comments.append(bare.lstrip("# "))
            continue
        if bare.startswith(("set ", "import ", "mod ", "alias ")):
            word, _, rest = bare.partition(" ")
            key, _, value = rest.partition(":=")
            settings.append((f"{word} {key.strip()}" if value else word, value.strip() or rest.strip()))
        elif assign is not None:
            text_value: str | None = assign.group(3) if assign.group(3) is not None else assign.group(4)
            if text_value is not None:
                variables[assign.group(2)] = text_value
            if assign.group(1):
                env.append(EnvVar(assign.group(2), text_value, Span(path, number)))
        elif recipe is not None:
            recipes.append((recipe.group(1), "\n".join(comments), " ".join(recipe.group(3).split()), []))
        elif not bare.startswith("["):  # attributes stand between a comment and its recipe
            comments = []
            continue
        if not bare.startswith("["):
            comments = []
    starts = [
        Start(
            "justfile",
            name,
            command.span,
            command,
            env=tuple(env),
            options=(("needs", needs),) if needs else (),
            comment=comment,
        )
        for name, comment, needs, lines in recipes
        for command in _commands(path, lines, variables)
    ]
    return StartFile(path, "justfile", tuple(starts), tuple(settings))


def _commands(path: str, lines: list[tuple[int, str]], variables: dict[str, str]) -> list[Command]:
    if lines and lines[0][1].startswith("#!"):
        if "sh" not in lines[0][1]:
            return []
        lines = [(lines[1][0], "\n".join(line for _, line in lines[1:]))] if len(lines) > 1 else []
    found = []
    for number, line in lines:
        shell = _INTERPOLATION.sub(lambda match: variables.get(match.group(1), match.group()), line.lstrip("@-"))
        found.append(Command(Span(path, number), " ".join(line.lstrip("@-").split()), shell=shell))
    return found
