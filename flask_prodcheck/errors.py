"""The family of errors that prodcheck raises on purpose. Anything else that escapes is an internal error (exit 3)."""

from __future__ import annotations


class ProdcheckError(Exception):
    """Base of every deliberate error. ``str(error)`` is a sentence for the user."""


class UsageError(ProdcheckError):
    """A wrong command line or a path that cannot be audited (exit 2)."""


class SettingsError(ProdcheckError):
    """An invalid ``[tool.prodcheck]`` table (exit 2). Names the file, the line and the nearest valid key."""


class ReadError(ProdcheckError):
    """A file that could not be read or parsed. ``line`` is 1-based; becomes a :class:`~flask_prodcheck.base.Problem`."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class RuleError(ProdcheckError):
    """An invalid rule folder: names the file and what is wrong with it."""


class RefusedError(ProdcheckError):
    """A scaffold that would have to guess (exit 1)."""
