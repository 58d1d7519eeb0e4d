"""The arguments that a program declares with argparse, and what a command line gives them.

Source: https://docs.python.org/3/library/argparse.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_prodcheck.facts.syntax import Assign, Attribute, Call, ClassDef, Const, Expr, FunctionDef, Name, Stmt
from flask_prodcheck.model.python.modules import Modules, call_name, calls_in, statements
from flask_prodcheck.model.python.programs import OPEN
from flask_prodcheck.model.python.run_sites import argument


def module_body(modules: Modules, path: str) -> tuple[Stmt, ...]:
    module = modules.module(path)
    return module.body if module is not None else ()


@dataclass(frozen=True, slots=True)
class _Option:
    """One argparse argument."""

    switches: tuple[str, ...]
    action: str
    default: object
    position: int = -1

    def read(self, argv: Sequence[str], options: Mapping[str, _Option]) -> object:
        if any("${" in word for word in argv):
            return OPEN
        if not self.switches:
            taking = {name for option in options.values() if option.action == "store" for name in option.switches}
            words: list[str] = []
            skip = False
            for word in argv:
                if skip:
                    skip = False
                elif word.startswith("-") and word != "-":
                    skip = word in taking
                else:
                    words.append(word)
            return words[self.position] if self.position < len(words) else self.default
        for index, word in enumerate(argv):
            name, has_value, value = word.partition("=")
            if name in self.switches:
                if self.action != "store":
                    return {"store_true": True, "store_false": False}.get(self.action, OPEN)
                return value if has_value else argv[index + 1] if index + 1 < len(argv) else OPEN
        return self.default


def _every_call(body: Sequence[Stmt]) -> Iterator[Call]:
    for stmt, _ in statements(body):
        yield from calls_in(stmt)
        if isinstance(stmt, FunctionDef | ClassDef):
            yield from _every_call(stmt.body)


def declared_arguments(modules: Modules, path: str) -> dict[str, _Option]:
    """The argparse arguments that ``path`` declares, by attribute name."""
    key = f"argparse:{path}"
    known = modules.memo.get(key)
    if isinstance(known, dict):
        return known
    options: dict[str, _Option] = {}
    position = 0
    for call in _every_call(module_body(modules, path)):
        name = call_name(call)
        if name == "add_subparsers":
            dest = argument(call, "dest")
            if isinstance(dest, Const) and isinstance(dest.value, str):
                options[dest.value] = _Option((), "store", None, position)
        elif name == "add_argument":
            names = [arg.value for arg in call.args if isinstance(arg, Const) and isinstance(arg.value, str)]
            if not names:
                continue
            action = argument(call, "action")
            word = action.value if isinstance(action, Const) and isinstance(action.value, str) else "store"
            dest = argument(call, "dest")
            long = next((item for item in names if item.startswith("--")), names[0])
            attr = str(dest.value) if isinstance(dest, Const) else long.lstrip("-").replace("-", "_")
            default = argument(call, "default")
            value: object = {"store_true": False, "store_false": True}.get(word)
            if default is not None:
                value = default.value if isinstance(default, Const) else OPEN
            if names[0].startswith("-"):
                options[attr] = _Option(tuple(names), word, value)
            else:
                options[attr] = _Option((), word, value, position)
                position += 1
    modules.memo[key] = options
    return options


def default_functions(modules: Modules, path: str, attr: str) -> Iterator[tuple[str | None, Expr]]:
    """``parser.set_defaults(func=f)``: the sub-command the parser is for (None: not known) and ``f``."""
    names: dict[str, str] = {}
    body = module_body(modules, path)
    for scope in (body, *(stmt.body for stmt, _ in statements(body) if isinstance(stmt, FunctionDef))):
        for stmt, _ in statements(scope):
            if (
                isinstance(stmt, Assign)
                and isinstance(stmt.value, Call)
                and call_name(stmt.value) == "add_parser"
                and stmt.value.args
            ):
                first = stmt.value.args[0]
                for target in stmt.targets:
                    if isinstance(target, Name) and isinstance(first, Const):
                        names[target.id] = str(first.value)
            for call in calls_in(stmt):
                if call_name(call) == "set_defaults" and isinstance(call.func, Attribute):
                    value = argument(call, attr)
                    if value is not None:
                        yield (names.get(call.func.value.id) if isinstance(call.func.value, Name) else None), value
