"""What a cure does to a project, as data: a rule decides on an action from the facts alone, the fixes carry it out."""

from __future__ import annotations

from flask_prodcheck.base import Span
from flask_prodcheck.records import dataclass

# --- Python ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DropArgument:
    """The keyword argument ``name`` of the call at ``at`` goes."""

    at: Span
    name: str


@dataclass(frozen=True, slots=True)
class GuardStatement:
    """The statement at ``at``, which runs when the module is imported, runs under ``if __name__ == "__main__":`` only."""

    at: Span


@dataclass(frozen=True, slots=True)
class DropStatement:
    """The simple statement at ``at`` goes; a block it was alone in keeps a ``pass``."""

    at: Span


@dataclass(frozen=True, slots=True)
class SetValue:
    """The value that ``at`` (an assignment, a call with a keyword, an entry of a dict) gives to ``name`` becomes the
    expression ``text``, in which ``{old}`` stands for what was written. ``imports`` are modules that ``text`` needs."""

    at: Span
    name: str
    text: str
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FlipDefault:
    """The literal default of the one look-up inside ``at`` becomes its opposite: "1" -> "0", ``True`` -> ``False``."""

    at: Span


@dataclass(frozen=True, slots=True)
class AddStatement:
    """``text``, one simple statement, follows the one at ``at``. ``imports`` are whole import statements it needs."""

    at: Span
    text: str
    imports: tuple[str, ...] = ()


# --- deploy files ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DropOption:
    """The option ``name`` (without dashes) goes from the command or the settings at ``at``, with its ``value``."""

    at: Span
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class DropVariable:
    """What sets the environment variable ``name`` at ``at`` goes."""

    at: Span
    name: str


@dataclass(frozen=True, slots=True)
class ReplaceWord:
    """The one word ``old`` in the lines of ``at`` becomes ``new``."""

    at: Span
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CallTarget:
    """The ``target`` (``module:factory``) in the command at ``at`` is called."""

    at: Span
    target: str


@dataclass(frozen=True, slots=True)
class ExecCommand:
    """The last command of the script or instruction at ``at``, written as ``text``, replaces its shell."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class AddLine:
    """``text`` on a line of its own below the line of ``at``, indented alike."""

    at: Span
    text: str


@dataclass(frozen=True, slots=True)
class DropSuppression:
    """``code`` goes from the suppression comment at ``at``; the comment too when it names nothing else."""

    at: Span
    code: str


# --- the whole project -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequireGunicorn:
    """Gunicorn joins what the deployment installs for the launch that starts at ``at``."""

    at: Span


@dataclass(frozen=True, slots=True)
class SetUpGunicorn:
    """The changes that ``prodcheck scaffold gunicorn`` makes."""


Action = (
    DropArgument
    | GuardStatement
    | DropStatement
    | SetValue
    | FlipDefault
    | AddStatement
    | DropOption
    | DropVariable
    | ReplaceWord
    | CallTarget
    | ExecCommand
    | AddLine
    | DropSuppression
    | RequireGunicorn
    | SetUpGunicorn
)

SAFE = "safe"
"""How the project behaves for its developers stays, and nothing new is enforced."""

UNSAFE = "unsafe"
"""The cure changes what developers see, or asks something of the deployment (a variable, a proxy)."""


@dataclass(frozen=True, slots=True)
class Fix:
    """A cure that the tool can apply: ``applicability`` ("safe" or "unsafe"), what it does in one line, and the actions,
    which are carried out together or not at all."""

    applicability: str
    title: str
    actions: tuple[Action, ...]


def safe(title: str, *actions: Action) -> Fix:
    """A fix after which nothing changes for developers."""
    return Fix(SAFE, title, actions)


def unsafe(title: str, *actions: Action) -> Fix:
    """A fix that a person has to agree to."""
    return Fix(UNSAFE, title, actions)
