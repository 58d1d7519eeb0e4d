"""Splitting of command lines that no shell runs: quotes group, nothing expands, template expressions stay whole."""

from __future__ import annotations

import re
import shlex

from flask_prodcheck.patterns import regex

_TEMPLATE = regex(r"\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|<%=[^%\n]*%>|@@?[A-Z_]+@@?")


def split_words(text: str) -> tuple[str, ...]:
    """The words of ``text``; where a quote is not closed, the words between blanks as they stand."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\ue000{len(kept) - 1}\ue001"

    marked = _TEMPLATE.sub(keep, text.replace("\ue000", " ").replace("\ue001", " "))
    try:
        words = shlex.split(marked)
    except ValueError:
        words = marked.split()
    return tuple(re.sub("\ue000([0-9]{1,9})\ue001", lambda found: kept[int(found.group(1))], word) for word in words)
