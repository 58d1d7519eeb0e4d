"""The options that a command line makes of a function's parameters, and what its words give them: invoke, typer, fire and
other programs that read a function's signature.

Sources: https://docs.pyinvoke.org/en/stable/concepts/invoking-tasks.html; typer, "CLI Options"; Python Fire, "The guide";
the documentation of plac, defopt, argh, cyclopts and tyro.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_prodcheck.facts.statements import argument, call_name
from flask_prodcheck.facts.syntax import Call, Const, Expr, FunctionDef, Param
from flask_prodcheck.model.python.command_groups import CONTEXTS
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.numerals import numeral
from flask_prodcheck.records import dataclass

#: What typer and cyclopts put in the place of a default.
_DECLARED = frozenset({"Option", "Argument", "Parameter"})


@dataclass(frozen=True, slots=True)
class _Switch:
    """The option that a parameter is: its names on a command line, and those that turn it off."""

    param: Param
    default: object
    names: tuple[str, ...]
    off: tuple[str, ...]

    def given(self, argv: Sequence[str]) -> Iterator[tuple[int, int, object]]:
        """Each time that ``argv`` gives it: the place, the number of words, the value."""
        for index, word in enumerate(argv):
            name, equals, value = word.partition("=")
            if name in self.off and not equals:
                yield index, 1, False
            elif name in self.names:
                following = argv[index + 1] if index + 1 < len(argv) else "-"
                if equals:
                    yield index, 1, _plain(value, self.default)
                elif isinstance(self.default, bool):
                    yield index, 1, True
                elif following[:1] == "-":
                    yield index, 1, OPEN
                else:
                    yield index, 2, _plain(following, self.default)


def task_options(node: FunctionDef, argv: Sequence[str]) -> dict[str, object]:
    """The parameters of invoke's task after its context that ``argv`` gives: ``--name value``, ``--flag`` where the default
    is false, ``--no-flag`` where it is true."""
    return {switch.param.name: value for switch in map(_switch, node.params[1:]) for _, _, value in switch.given(argv)}


def signature_options(node: FunctionDef, argv: Sequence[str]) -> dict[str, object]:
    """The parameters that a program which reads the signature of ``node`` fills from ``argv``; open where that is not
    known: a word that names none of them, or that a variable decides."""
    params = [param for param in node.params if param.kind in ("positional", "keyword")]
    if params and params[0].name in ("self", "cls"):
        params = params[1:]
    values: dict[str, object] = {param.name: OPEN for param in params if param.name in CONTEXTS}
    switches = [_switch(param) for param in params if param.name not in values]
    taken: set[int] = set()
    for switch in switches:
        for index, count, value in switch.given(argv):
            values[switch.param.name] = value
            taken.update(range(index, index + count))
    free = [word for index, word in enumerate(argv) if index not in taken]
    is_plain = not any(word[:1] == "-" or "${" in word for word in free)
    required = [each for each in switches if each.default is None and each.param.default is None]
    for switch, word in zip(required, free if is_plain else (), strict=False):
        values.setdefault(switch.param.name, word)
    all_known = is_plain and len(free) <= len(required)
    for switch in switches:
        known = switch.default if all_known and switch not in required else OPEN
        values.setdefault(switch.param.name, known)
    return values


def _switch(param: Param) -> _Switch:
    default = param.default
    declared: list[str] = []
    if isinstance(default, Call) and call_name(default) in _DECLARED:
        texts = [arg.value for arg in default.args if isinstance(arg, Const) and isinstance(arg.value, str)]
        declared = [text for text in texts if text.startswith("-")]
        default = argument(default, "default", position=0) or Const(default.span, None)
    plain = param.name.strip("_")
    names = [name.split("/")[0] for name in declared] or ["--" + plain.replace("_", "-"), "--" + plain]
    off = [name.split("/")[1] for name in declared if "/" in name] or (
        [prefix + name[2:] for name in names[:2] for prefix in ("--no-", "--no")] if not declared else []
    )
    return _Switch(param, _constant(default), tuple(names), tuple(off))


def _constant(default: Expr | None) -> object:
    """The value of a default; open where it is none that is written there."""
    return default.value if isinstance(default, Const) else None if default is None else OPEN


def _plain(text: str, default: object) -> object:
    """``text`` as the type of the default, as it is converted; open where a variable decides."""
    if "$" in text:
        return OPEN
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text.lower(), OPEN)
    if isinstance(default, int):
        number = numeral(text)
        return OPEN if number is None else number
    return text
