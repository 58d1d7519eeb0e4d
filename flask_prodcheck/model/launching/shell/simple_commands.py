"""Simple commands of a running shell: the variables that they set and the words that they become."""

from __future__ import annotations

from collections.abc import Mapping

from flask_prodcheck.base import Known, Origin, Value
from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import ShellCommand, Var
from flask_prodcheck.model.launching.place import Place
from flask_prodcheck.model.launching.shell.expansion import Expander
from flask_prodcheck.model.launching.shell.own_paths import own_path
from flask_prodcheck.model.launching.words import as_value, is_open
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_MAX_DRAFT = 4000  # characters of a command that a script puts together, which may double it at every turn
#: The folder that a command starts in, as the beginning of a path.
_HERE = regex(r"^(?:\$\{PWD\}|\$\(pwd\))(?=/|$)")


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """A command as the shell runs it: ``assigned`` are the variables set in front of ``argv``, or, without any, by itself."""

    argv: list[str]
    assigned: Mapping[str, Value[str]]


def expanded(command: ShellCommand, place: Place) -> SimpleCommand:
    """``command`` as the shell at ``place`` runs it."""
    expander = Expander(place)
    own = {index: path for index, word in enumerate(command.words) if (path := own_path(word, command.span.file, place))}

    def texts(by: Expander) -> list[list[str]]:
        return [[own[index]] if index in own else by.texts(word) for index, word in enumerate(command.words)]

    origin = (Origin(command.span, command.text[:200]),)
    assigned = {name: as_value(expander.text(word), origin) for name, word in command.assigns}
    argv = [text for word in texts(expander) for text in word]
    if not argv:
        return SimpleCommand(argv, assigned)
    argv = [_HERE.sub(".", word) for word in argv]
    assigned |= {
        name: Known(_HERE.sub(".", text), origin)
        for name, word in command.assigns
        for text in [expander.text(word)]
        if _HERE.match(text) and not is_open(_HERE.sub(".", text))
    }
    drafted = Expander(place, drafts=True)
    if argv[0] == "eval" or is_open(argv[0]):
        argv = [text for word in texts(drafted) for text in word]
    elif place.drafts:
        # Unquoted, a draft of several words is the arguments that a script has put together.
        argv = [
            text
            for plain, drawn in zip(texts(expander), texts(drafted), strict=True)
            for text in (drawn if len(drawn) > 1 and not any("$(" in word for word in drawn) else plain)
        ]
        argv = [_HERE.sub(".", word) for word in argv]
    return SimpleCommand(argv, assigned)


def assigning(command: ShellCommand, assigned: Mapping[str, Value[str]], place: Place) -> Place:
    """``place`` after a command that does nothing but assign."""
    expander, drafted = Expander(place), Expander(place, drafts=True)
    drafts = {name: value for name, value in place.drafts.items() if name not in assigned}
    drafts |= {
        name: text if _is_readable(text := drafted.text(word)) else expander.text(word)
        for name, word in command.assigns
        if name in assigned and not isinstance(assigned[name], Known)
    }
    return replace(place.assigned(assigned), drafts=drafts)


def _is_readable(draft: str) -> bool:
    """Whether ``draft`` says more than its words do: what a command prints where the program stands hides it."""
    return len(draft) < _MAX_DRAFT and "$(" not in draft.partition(" ")[0]


def hands_on(command: ShellCommand, place: Place, facts: Facts) -> bool:
    """Whether ``command`` of a wrapper script runs nothing but its arguments, which a process manager's file writes."""
    words = [word for word in command.words if word.text != "exec"]
    if len(words) != 1 or len(words[0].parts) != 1 or not place.args or not place.hops:
        return False
    part, written = words[0].parts[0], place.hops[-1]
    given = " ".join(place.args)
    return (
        isinstance(part, Var) and part.name == "@" and written.span.file in facts.start_files and given in written.text
    )
