"""JSON with comments, as editors and servers read it for their settings."""

from __future__ import annotations

import re

from flask_prodcheck.patterns import regex

#: What is not closed ends with the line, or a comment with the file: no text is looked at twice.
_COMMENT = regex(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?', re.DOTALL)


def without_comments(text: str) -> str:
    """JSON with comments as JSON: every comment becomes blanks, so that each value keeps its place."""
    return _COMMENT.sub(lambda match: match[0] if match[0].startswith('"') else re.sub(r"[^\n]", " ", match[0]), text)
