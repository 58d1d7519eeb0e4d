"""Whether a file is part of a production deployment, by its name and folders."""

from __future__ import annotations

from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.project import Purpose


def is_production_path(path: str) -> bool:
    """Whether no part of ``path`` names development, an example or a test."""
    named = (purpose_of_words(words_of(part)) for part in path.split("/"))
    return all(each is None or each[0] is Purpose.PRODUCTION for each in named)
