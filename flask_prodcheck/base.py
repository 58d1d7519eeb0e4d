"""The vocabulary every room shares: a place in a file, and a value that may not be knowable.

Nothing here depends on another module of the package.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from flask_prodcheck.records import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a project file.

    ``file`` is relative to the audited root and uses ``/``. Lines and columns are 1-based; columns count characters,
    not bytes. ``end_line``/``end_column`` point just past the last character; 0 means "the whole of ``line``".
    """

    file: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Origin:
    """One step of the way a value took: where it was written, and the source text that says it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """A value that is certain, with the steps that lead to it (the deciding one last)."""

    value: T
    origin: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Unset:
    """Nothing sets this value: the consumer's own default applies."""

    origin: tuple[Origin, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value exists but cannot be decided without running the project. Never means safe, never becomes an error.
    ``text``: the value as it is written where only parts of it are open, each as ``${NAME}``; "" where all of it is."""

    reason: str
    origin: tuple[Origin, ...] = ()
    text: str = ""


Value = Known[T] | Unset | Unknown


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something the analysis could not read or follow, said in the report.

    ``blocking`` is true when what was not seen could hide an error (a deploy file or an app module): the run then ends
    with exit code 3.
    """

    file: str
    line: int
    message: str
    blocking: bool = False
