"""How the running shell expands words: parameters, variables and their defaults, as far as they are known."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from flask_prodcheck.base import Known
from flask_prodcheck.facts.types import Lit, Var, Word
from flask_prodcheck.model.launching.place import Place, user_id
from flask_prodcheck.model.launching.shell.parameters import TRANSFORMING, transformed
from flask_prodcheck.model.launching.words import is_open, split
from flask_prodcheck.numerals import numeral
from flask_prodcheck.patterns import regex


class Expander:
    """Expands words of a running shell; what is not known stays as ``${NAME}``."""

    def __init__(self, place: Place, *, drafts: bool = False) -> None:
        self._place = place
        self._drafts: Mapping[str, str] = place.drafts if drafts else {}

    def text(self, word: Word) -> str:
        return "".join(self._part(part) for part in word.parts)

    def texts(self, word: Word) -> list[str]:
        """The words that ``word`` becomes: ``"$@"`` is all arguments, an unquoted variable is split at blanks."""
        place = self._place
        if (
            len(word.parts) == 1
            and isinstance(word.parts[0], Var)
            and (word.parts[0].name == "@" or (word.parts[0].name == "*" and not word.parts[0].quoted))
            and not word.parts[0].op
        ):
            return [*place.args, *(["${@}"] if place.args_open and not place.args else [])]
        text = self.text(word)
        quoted = any(getattr(part, "quoted", False) for part in word.parts) or any(
            isinstance(part, Lit) for part in word.parts
        )
        if len(word.parts) == 1 and isinstance(word.parts[0], Var) and not quoted:
            if text == f"${{{word.parts[0].name}}}":
                return [text] if len(word.parts[0].name) > 1 or word.parts[0].name.isdigit() else []
            return split(text)
        return [text]

    def _part(self, part: object) -> str:
        if isinstance(part, Lit):
            return part.text
        if isinstance(part, Var):
            return self._variable(part)
        text = getattr(part, "text", "")
        if text.strip() == "id -u" and (known := user_id(self._place)) is not None:
            return known
        return f"$({text})"

    def _variable(self, part: Var) -> str:
        place = self._place
        value: str | None
        if part.name == "0" and place.script:
            value = "./" + posixpath.relpath(place.script, place.cwd)
        elif (position := numeral(part.name)) is not None:
            value = (
                place.args[position - 1]
                if 0 < position <= len(place.args)
                else None
                if place.args_open or position == 0
                else ""
            )
        elif part.name in ("@", "*"):
            value = " ".join(place.args) if place.args or not place.args_open else None
        elif part.name == "#":
            value = str(len(place.args)) if not place.args_open else None
        else:
            known = place.env.get(part.name) or place.shell.get(part.name)
            value = known.value if isinstance(known, Known) else self._drafts.get(part.name)
            if known is None and part.op in (":-", "-", ":=", "=") and part.operand is not None:
                return self.text(part.operand)
            if known is None and part.op in (":+", "+"):
                return ""
        if part.op in (":-", ":=") and value == "" and part.operand is not None:
            return self.text(part.operand)
        if part.op in (":+", "+") and value is not None and part.operand is not None:
            return self.text(part.operand) if value or part.op == "+" else ""
        if value is None or part.op in ("", ":-", "-", ":=", "=", ":?", "?", ":+", "+"):
            return value if value is not None else f"${{{part.name}}}"
        if part.op == "!" and _NAME.fullmatch(value):
            return self._variable(Var(value))
        changed = self._changed(part, value) if part.op in TRANSFORMING else None
        return changed if changed is not None else f"${{{part.name}@}}"  # not what it holds, but of the same name

    def _changed(self, part: Var, value: str) -> str | None:
        """``value`` after the operator of ``part``; None where that, or its operand, is not known."""
        operand = self.text(part.operand) if part.operand is not None else ""
        written = part.operand.text if part.operand is not None else ""
        is_quoted = any(mark in written for mark in "\"'\\") and any(mark in operand for mark in "*?[/\\")
        if is_open(value) or is_open(operand) or is_quoted:
            return None
        return transformed(value, part.op, operand)


_NAME = regex(r"[A-Za-z_]\w*|\d")
