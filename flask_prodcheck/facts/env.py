"""Environment files (``.env``, docker's and systemd's alike): the variables they set, values unexpanded."""

from __future__ import annotations

import io

from flask_prodcheck.base import Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.types import EnvFile, EnvVar


def read_env(path: str, text: str) -> EnvFile:
    """The variables of the environment file ``text`` in order, by python-dotenv's grammar.

    ``NAME`` without ``=`` has value None. Lines that are no binding are left out. Raises :class:`ReadError` when
    nothing but such lines is there.
    """
    from dotenv.parser import parse_stream

    variables: list[EnvVar] = []
    wrong = 0
    for binding in parse_stream(io.StringIO(text.removeprefix("\ufeff"), newline="")):
        # A binding's text starts with the blank lines in front of it.
        source = binding.original.string
        lead = source[: len(source) - len(source.lstrip())]
        line = binding.original.line + lead.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        if binding.error:
            wrong = wrong or line
        elif binding.key is not None:
            first = source.strip().splitlines()[0]
            column = len(lead) - max(lead.rfind("\n"), lead.rfind("\r"))
            variables.append(EnvVar(binding.key, binding.value, Span(path, line, column, line, column + len(first))))
    if wrong and not variables:
        raise ReadError("no line of the environment file sets a variable", wrong)
    return EnvFile(path, tuple(variables))
