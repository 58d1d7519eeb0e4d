"""The folder that an image is built from, where nothing names it: the Dockerfile's own COPY instructions say it."""

from __future__ import annotations

import fnmatch
import posixpath

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Dockerfile
from flask_prodcheck.model.launching.folders import above, folders_of, join


def context_candidates(path: str) -> list[str]:
    """Folders that may be the build context of the Dockerfile at ``path``: its own, then its parents up to the root."""
    return [*above(path), "."]


def choose_context(dockerfile: Dockerfile, facts: Facts) -> str:
    """The likeliest build context: the folder below which most COPY sources exist; on a tie the nearest one, with code in
    it where the whole context is copied."""
    sources = [
        source
        for stage in dockerfile.stages
        for copy in stage.copies
        if copy.source_stage is None and copy.inline is None
        for source in copy.sources
        if "$" not in source
    ]
    code = {outer for path in facts.modules for outer in context_candidates(path)}
    copies_all = any(not source.strip("./") for source in sources)
    scored = [
        (
            sum(_exists(join(folder, source), facts) for source in sources if source.strip("./")),
            copies_all and folder in code,
            -index,
            folder,
        )
        for index, folder in enumerate(context_candidates(dockerfile.path))
    ]
    return max(scored)[-1]


def _exists(path: str, facts: Facts) -> bool:
    if any(mark in path for mark in "*?["):
        return any(
            fnmatch.fnmatchcase(each, path) or each.startswith(path.split("*", maxsplit=1)[0]) for each in facts.paths
        )
    return path == "." or path in facts.paths or path in folders_of(facts)


def is_context_open(dockerfile: Dockerfile) -> bool:
    """Whether nothing tells the build context: a Dockerfile below the root whose every source is the whole context."""
    copies = [copy for stage in dockerfile.stages for copy in stage.copies if copy.source_stage is None]
    return posixpath.dirname(dockerfile.path) != "" and all(
        not source.strip("./") for copy in copies for source in copy.sources
    )
