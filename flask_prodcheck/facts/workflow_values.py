"""The values that the expressions of a workflow name, as far as the file itself gives them.

Sources: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions ("env");
https://docs.github.com/actions/reference/contexts-reference ("env context"); https://docs.gitlab.com/ee/ci/yaml/ ("variables").
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from flask_prodcheck.facts.growth import Room
from flask_prodcheck.facts.yaml_nodes import YamlNode
from flask_prodcheck.patterns import regex

_PATH = regex(r"\$\{\{\s*([A-Za-z_][\w.-]*)\s*\}\}")
#: An expression of GitHub, whatever it says.
ANY_EXPRESSION = regex(r"\$\{\{(?:[^$}\n]|\$(?!\{\{)|\}(?!\}))*\}\}")
REFERENCE = regex(r"\$\{([A-Za-z_][\w.-]*)\}|\$([A-Za-z_]\w*)")

Scope = Mapping[str, str]
"""What is known of the values that expressions name, by their paths: ``env.IMAGE``, ``steps.meta.outputs.tags``."""


def with_paths(text: str) -> str:
    """``text`` with each expression that names a value as ``${PATH}``, and every other one as ``${EXPRESSION}``."""
    return ANY_EXPRESSION.sub("${EXPRESSION}", _PATH.sub(r"${\1}", text))


def environment(node: YamlNode, scope: Scope) -> dict[str, str]:
    """The variables that a workflow, a job or a step sets (GitLab calls them ``variables``)."""
    given = [each for each in (node.get("env"), node.get("variables")) if each is not None]
    return {
        f"env.{name}": filled(value.text, scope)
        for each in given
        for name, _, value in each.items()
        if value.text is not None
    }


def filled(text: str, scope: Scope) -> str:
    """``text`` with the expressions and the variables of the shell that ``scope`` knows."""
    room = Room.of(text)

    def value(match: re.Match[str]) -> str:
        return room.take(scope.get(match[1] or "", scope.get(f"env.{match[1] or match[2]}", match[0])), match[0])

    return REFERENCE.sub(value, text)


def folder(path: str | None, scope: Scope) -> str:
    return posixpath.normpath(filled(path, scope)) if path else ""
