"""Files of the project that pipelines of GitLab include: their jobs are the pipeline's.

Source: https://docs.gitlab.com/ee/ci/yaml/includes.html ("include:local", "Use include:local with wildcard file paths").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flask_prodcheck.facts.types import StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex

_INCLUDES = regex(r"^include[ \t]*:", re.MULTILINE)
_STARS = regex(r"\*+")
_MAX_STARS = 4


def included_files(path: str, text: str) -> tuple[str, ...]:
    """The files of the project that the pipeline ``text`` includes, from its root. Raises ReadError for invalid YAML."""
    if _INCLUDES.search(text) is None:
        return ()
    found: list[str] = []
    for document in read_yaml(path, text):
        include = document.get("include")
        for each in include.elements() if include is not None and include.is_sequence else filter(None, [include]):
            found += _local(each)
    return tuple(dict.fromkeys(found))


def _local(include: YamlNode) -> Iterator[str]:
    written = include.string("local") if include.is_mapping else include.text
    if written:
        yield written.lstrip("/")


def used(files: Mapping[str, StartFile]) -> dict[str, StartFile]:
    """``files`` without parts of pipelines that none of these includes."""
    left = {path: file for path, file in files.items() if file.part}
    reached = [file for file in files.values() if not file.part and file.includes]
    for file in reached:  # which grows by what they include
        included = [path for path in left if any(_names(each, path) for each in file.includes)]
        reached += map(left.pop, included)
    return {path: file for path, file in files.items() if path not in left}


def _names(written: str, path: str) -> bool:
    """Whether ``written`` is ``path``: one star stands for what is in a folder, two for folders as well."""
    if "*" not in written or written.count("*") > _MAX_STARS:
        return written == path
    stars = [".*" if len(each) > 1 else "[^/]*" for each in _STARS.findall(written)]
    parts = [re.escape(each) for each in _STARS.split(written)]
    pattern = parts[0] + "".join(star + part for star, part in zip(stars, parts[1:], strict=True))
    return re.fullmatch(pattern, path) is not None
