"""Makefiles: the recipe lines of each target with simple variables expanded, by the GNU make manual."""

from __future__ import annotations

import re
from dataclasses import field

from flask_prodcheck.base import Span
from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass

_VARIABLE = regex(
    r"(export[ \t]+|override[ \t]+)*([A-Za-z_][A-Za-z0-9_.-]*)[ \t]*(:::?=|::=|:=|\?=|\+=|!=|=)[ \t]*(.*)", re.DOTALL
)
_RULE = regex(r"([^:=#\t][^:=#]*)::?(?!=)(.*)", re.DOTALL)
_REFERENCE = regex(r"\$(?:\$|\(([A-Za-z_][A-Za-z0-9_.-]*)\)|\{([A-Za-z_][A-Za-z0-9_.-]*)\}|([@*]))")
_INCLUDE = regex(r"(?:-include|sinclude|include)[ \t]+(.+)")
_CONDITIONAL = regex(r"(?:ifdef|ifndef|ifeq|ifneq|else|endif|undefine|vpath|unexport)\b")
_MAX_TEXT = 20_000
_MAX_DEPTH = 10
_MAX_STEPS = 5_000
_MAX_TARGETS = 20


@dataclass(slots=True)
class _Target:
    names: tuple[str, ...]
    comment: str
    needs: str
    lines: list[tuple[int, str]] = field(default_factory=list)
    env: list[EnvVar] = field(default_factory=list)


def read_makefile(path: str, text: str) -> StartFile:
    """One start for each recipe line (after ``\\`` continuations; all lines of a target together under
    ``.ONESHELL``). ``env`` holds exported variables; option ``needs`` the prerequisites. Settings: ``include`` and
    ``oneshell``. Never raises."""
    variables: dict[str, str] = {}
    exported: dict[str, EnvVar] = {}
    settings: list[tuple[str, str]] = []
    targets: list[_Target] = []
    current: _Target | None = None
    comments: list[str] = []
    defining = False
    for number, line in _logical_lines(text):
        bare = line.strip()
        if defining:
            defining = bare != "endef"
            continue
        if line.startswith("\t") and current is not None:
            if bare and not bare.startswith("#"):
                current.lines.append((number, bare))
            continue
        if not bare:
            comments = []
            continue
        if bare.startswith("#"):
            comments.append(bare.lstrip("# "))
            continue
        if bare.startswith("define "):
            defining = True
            continue
        if _CONDITIONAL.match(bare):
            continue
        include = _INCLUDE.fullmatch(bare)
        if include is not None:
            settings.extend(("include", each) for each in include.group(1).split())
            continue
        variable = _VARIABLE.fullmatch(bare)
        if variable is not None:
            _assign(path, number, variable, variables, exported)
            comments = []
            continue
        if bare.startswith("export "):
            for name in bare.split()[1:]:
                exported.setdefault(name, EnvVar(name, variables.get(name), Span(path, number)))
            continue
        rule = _RULE.fullmatch(bare)
        if rule is not None:
            current = _rule(path, number, rule, comments, targets, variables)
            if current is None and rule.group(1).strip() == ".ONESHELL":
                settings.append(("oneshell", "true"))
        comments = []
    oneshell = ("oneshell", "true") in settings
    env = tuple(exported.values())
    starts = [start for target in targets for start in _starts(path, target, variables, env, oneshell)]
    return StartFile(path, "makefile", tuple(starts), tuple(settings))


def _logical_lines(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    pending: list[str] = []
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not pending:
            start = number
        comment = not pending and line.lstrip().startswith("#") and not line.startswith("\t")
        if line.endswith("\\") and not comment:
            pending.append((line if not pending else line.strip())[:-1].rstrip())
            continue
        pending.append(line.strip() if pending else line)
        found.append((start, " ".join(pending)))
        pending = []
    if pending:
        found.append((start, " ".join(pending)))
    return found


def _assign(path: str, line: int, match: re.Match[str], variables: dict[str, str], exported: dict[str, EnvVar]) -> None:
    name, operator, value = match.group(2), match.group(3), match.group(4)
    value = re.split(r"(?:^|[ \t])#", value, maxsplit=1)[0].strip()
    if operator == "!=":
        value = f"$$({value})"
    if operator == "?=" and name in variables:
        value = variables[name]
    elif operator == "+=" and name in variables:
        value = f"{variables[name]} {value}"[:_MAX_TEXT]
    elif operator in (":=", "::=", ":::="):
        value = _expand(value, variables, {name}, [_MAX_STEPS], final=False)
    variables[name] = value
    if match.group(1) and match.group(1).startswith("export"):
        exported[name] = EnvVar(name, _expand(value, variables, {name}, [_MAX_STEPS], final=True), Span(path, line))


def _rule(
    path: str, line: int, match: re.Match[str], comments: list[str], targets: list[_Target], variables: dict[str, str]
) -> _Target | None:
    names = tuple(_expand(match.group(1), variables, set(), [_MAX_STEPS], final=True).split())[:_MAX_TARGETS]
    rest, _, help_text = match.group(2).partition("#")
    own = _VARIABLE.fullmatch(rest.strip())
    if own is not None:
        for target in targets:
            if target.names == names:
                break
        else:
            target = _Target(names, "\n".join(comments), "")
            targets.append(target)
        if own.group(1) and own.group(1).startswith("export"):
            target.env.append(
                EnvVar(
                    own.group(2),
                    _expand(own.group(4).strip(), variables, set(), [_MAX_STEPS], final=True),
                    Span(path, line),
                )
            )
        return target
    if not names or (names[0].startswith(".") and names[0][1:].isupper()):
        return None
    needs, semicolon, inline = rest.partition(";")
    comment = "\n".join(filter(None, [*comments, help_text.strip("# ")]))
    existing = next((target for target in targets if target.names == names and not target.lines and target.env), None)
    target = existing or _Target(names, comment, " ".join(needs.split()))
    if existing is None:
        targets.append(target)
    else:
        target.comment, target.needs = comment or target.comment, " ".join(needs.split())
    if semicolon and inline.strip():
        target.lines.append((line, inline.strip()))
    return target


def _starts(
    path: str, target: _Target, variables: dict[str, str], env: tuple[EnvVar, ...], oneshell: bool
) -> list[Start]:
    found = []
    options = (("needs", target.needs),) if target.needs else ()
    for name in target.names:
        recipe = [
            (line, text, _expand(text.lstrip("@-+ \t"), {**variables, "@": name}, set(), [_MAX_STEPS], final=True))
            for line, text in target.lines
        ]
        if oneshell and recipe:
            recipe = [
                (recipe[0][0], " ".join(text for _, text, _ in recipe), "\n".join(shell for _, _, shell in recipe))
            ]
        for line, text, shell in recipe:
            if not shell:
                continue
            span = Span(path, line)
            command = Command(span, " ".join(text.lstrip("@-+ \t").split()), shell=shell)
            found.append(
                Start("makefile", name, span, command, env=(*env, *target.env), options=options, comment=target.comment)
            )
    return found


def _expand(text: str, variables: dict[str, str], active: set[str], budget: list[int], *, final: bool) -> str:
    """``text`` with known variables replaced; ``final``: also ``$$`` to ``$`` and what is unknown to ``${NAME}`` (make
    passes its environment on, so the shell sees the same value). ``budget`` bounds the replacements of one call."""
    if "$" not in text or len(active) > _MAX_DEPTH:
        return text
    out: list[str] = []
    size = position = 0
    for match in _REFERENCE.finditer(text):
        budget[0] -= 1
        if budget[0] < 0:
            break
        name = match.group(1) or match.group(2) or match.group(3)
        if name is None:
            piece = "$" if final else "$$"
        elif name in variables and name not in active:
            piece = _expand(variables[name], variables, active | {name}, budget, final=final)
        elif name == "MAKE":
            piece = "make"
        else:
            piece = "${" + name + "}" if final and match.group(3) is None else match.group()
        out.extend((text[position : match.start()], piece))
        size += len(piece)
        position = match.end()
        if size > _MAX_TEXT:
            break
    return ("".join(out) + text[position:])[: max(_MAX_TEXT, len(text))]
