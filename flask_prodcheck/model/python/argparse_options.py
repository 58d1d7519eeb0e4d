"""The arguments that a program declares with argparse, or optparse, and what a command line gives them.

Source: https://docs.python.org/3/library/argparse.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.facts.statements import argument, call_name, calls_in, statements
from flask_prodcheck.facts.syntax import Assign, Attribute, Call, ClassDef, Const, Expr, FunctionDef, Name, Stmt
from flask_prodcheck.model.python.modules import Modules
from flask_prodcheck.model.python.programs.undecided import OPEN
from flask_prodcheck.records import dataclass, replace


def module_body(modules: Modules, path: str) -> tuple[Stmt, ...]:
    module = modules.module(path)
    return module.body if module is not None else ()


#: More words than a command line has.
_ANY = 1 << 16


class _Missing:
    """Stands for an argument that the command line does not give."""


MISSING = _Missing()


@dataclass(frozen=True, slots=True)
class Option:
    """One argument that a program declares. ``position`` is its place among the positional ones; ``call`` declares it."""

    switches: tuple[str, ...]
    action: str
    call: Call | None
    position: int = -1

    def keyword(self, name: str) -> Expr | None:
        """The keyword argument ``name`` of the call that declares it."""
        return argument(self.call, name) if self.call is not None else None

    @property
    def values(self) -> int:
        """How many words it takes at most after its own."""
        number = self.keyword("nargs")
        if number is None:
            return 1
        count = number.value if isinstance(number, Const) else None
        return count if isinstance(count, int) else 1 if count == "?" else _ANY

    def given(self, argv: Sequence[str], options: Mapping[str, Option]) -> tuple[object, str]:
        """What ``argv`` gives: a text, a truth value, MISSING, or OPEN where that is not known; and the word."""
        if self.action == "?":
            return OPEN, ""
        if not self.switches and self.position == 0 and argv and argv[0][:1] not in ("-", "") and "$" not in argv[0]:
            return argv[0], argv[0]  # whatever the words after it are: often the word that chooses the sub-command
        if _may_be_switches(argv, options):
            return OPEN, ""
        if not self.switches:
            words = _positional(argv, options)
            if self.position >= len(words):
                return MISSING, ""
            return OPEN if "${" in words[self.position] else words[self.position], words[self.position]
        switches = tuple(name for option in options.values() for name in option.switches)
        result: tuple[object, str] = (MISSING, "")
        for index, word in enumerate(argv):
            if word == "--":
                break
            name, value = _switch(word, switches)
            if name in self.switches:
                following = argv[index + 1] if index + 1 < len(argv) else None
                result = self._value(name, value, following), word
            elif name is None and any(len(each) == 2 for each in self.switches):
                return OPEN, ""  # several short options in one word
        return result

    def _value(self, name: str, value: str | None, following: str | None) -> object:
        if self.action == "store" and self.keyword("nargs") is None:
            found = value if value is not None else following
            return OPEN if found is None or "${" in found else found
        return {"store_true": True, "store_false": False, "boolean": not name.startswith("--no-")}.get(
            self.action, OPEN
        )

    @property
    def unset(self) -> object:
        """The value where neither the command line nor a default gives one."""
        return {"store_true": False, "store_false": True}.get(self.action)

    def read(self, argv: Sequence[str], options: Mapping[str, Option]) -> object:
        """The value that the program sees, OPEN where that is not known."""
        found, _ = self.given(argv, options)
        default = self.keyword("default")
        if found is not MISSING:
            return found
        if default is None:
            return self.unset
        return default.value if isinstance(default, Const) else OPEN


def _switch(word: str, switches: Sequence[str]) -> tuple[str | None, str | None]:
    """The switch that ``word`` means and the value it carries; ("", None) for none, (None, None) for several at once."""
    name, equals, value = word.partition("=")
    if not word.startswith("-") or word == "-":
        return "", None
    if name in switches:
        return name, value if equals else None
    if word.startswith("--"):
        meant = [each for each in switches if each.startswith(name)]
        return (meant[0], value if equals else None) if len(meant) == 1 else ("", None)
    return (None, None) if word[:2] in switches else ("", None)


def _may_be_switches(argv: Sequence[str], options: Mapping[str, Option]) -> bool:
    """Whether a word of ``argv`` that a variable decides may stand for a switch: any but the value of an option."""
    taking = {name for option in options.values() if option.action == "store" for name in option.switches}
    return any(
        "${" in word
        and not (index and argv[index - 1] in taking)
        and not (word.startswith("-") and "${" not in word.partition("=")[0])
        for index, word in enumerate(argv)
    )


def _positional(argv: Sequence[str], options: Mapping[str, Option]) -> list[str]:
    taking = {name: option for option in options.values() if option.action == "store" for name in option.switches}
    words: list[str] = []
    skip = 0
    for word in argv:
        if word.startswith("-") and word != "-":
            skip = taking[word].values if word in taking else 0
        elif skip:
            skip -= 1
        else:
            words.append(word)
    return words


def _every_call(body: Sequence[Stmt]) -> Iterator[Call]:
    for stmt, _ in statements(body):
        yield from calls_in(stmt)
        if isinstance(stmt, FunctionDef | ClassDef):
            yield from _every_call(stmt.body)


def declared_arguments(modules: Modules, path: str) -> dict[str, Option]:
    """The argparse arguments that ``path`` declares, by attribute name. One that is declared in two ways has the action
    ``?``."""
    key = f"argparse:{path}"
    known = modules.memo.get(key)
    if isinstance(known, dict):
        return known
    options: dict[str, Option] = {}
    position = 0
    for call in _every_call(module_body(modules, path)):
        name = call_name(call)
        dest = argument(call, "dest")
        if name == "add_subparsers":
            if isinstance(dest, Const) and isinstance(dest.value, str):
                options[dest.value] = Option((), "store", None, position)
        elif name == "set_defaults":
            for word in call.keywords:
                if word.name is not None:
                    options[word.name] = Option((), "?", None)
        elif name in ("add_argument", "add_option"):
            names = [arg.value for arg in call.args if isinstance(arg, Const) and isinstance(arg.value, str)]
            if not names:
                continue
            action = _action(call)
            long = next((item for item in names if item.startswith("--")), names[0])
            attr = str(dest.value) if isinstance(dest, Const) else long.lstrip("-").replace("-", "_")
            switches = tuple(names) if names[0].startswith("-") else ()
            if action == "boolean":
                switches += tuple(f"--no-{each[2:]}" for each in names if each.startswith("--"))
            option = Option(switches, action, call, -1 if switches else position)
            position += not switches
            before = options.get(attr)
            options[attr] = option if before is None or _same(before, option) else replace(option, action="?")
    modules.memo[key] = options
    return options


def _action(call: Call) -> str:
    action = argument(call, "action")
    if action is None:
        return "store"
    if isinstance(action, Const) and isinstance(action.value, str):
        return action.value
    name = action.attr if isinstance(action, Attribute) else action.id if isinstance(action, Name) else ""
    return "boolean" if name == "BooleanOptionalAction" else "?"


def _same(one: Option, other: Option) -> bool:
    defaults = [
        each.value if isinstance(each, Const) else each for each in (one.keyword("default"), other.keyword("default"))
    ]
    return (one.switches, one.action) == (other.switches, other.action) and defaults[0] == defaults[1]


def has_subparsers(modules: Modules, path: str) -> bool:
    """Whether ``path`` makes parsers for sub-commands: which positional arguments there are depends on these."""
    return any(call_name(call) == "add_subparsers" for call in _every_call(module_body(modules, path)))


def default_functions(modules: Modules, path: str, attr: str) -> Iterator[tuple[str | None, Expr]]:
    """``parser.set_defaults(func=f)``: the sub-command the parser is for (None: not known) and ``f``."""
    module = modules.module(path)
    if module is None or not module.calls_one_of({"set_defaults"}):
        return
    for scope in _every_body(module.body):
        names: dict[str, str] = {}
        for stmt, _ in statements(scope):
            if isinstance(stmt, Assign) and (word := _parser_word(stmt.value)) is not None:
                names.update((target.id, word) for target in stmt.targets if isinstance(target, Name))
            for call in calls_in(stmt):
                value = argument(call, attr) if call_name(call) == "set_defaults" else None
                if value is not None and isinstance(call.func, Attribute):
                    parser = call.func.value
                    yield (names.get(parser.id) if isinstance(parser, Name) else _parser_word(parser)), value


def _parser_word(expr: Expr) -> str | None:
    """The sub-command whose parser ``expr`` adds."""
    first = expr.args[0] if isinstance(expr, Call) and call_name(expr) == "add_parser" and expr.args else None
    return str(first.value) if isinstance(first, Const) else None


def _every_body(body: Sequence[Stmt]) -> Iterator[Sequence[Stmt]]:
    yield body
    for stmt, _ in statements(body):
        if isinstance(stmt, FunctionDef | ClassDef):
            yield from _every_body(stmt.body)
