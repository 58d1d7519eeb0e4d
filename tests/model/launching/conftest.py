"""A small project's launches as text: the hops, the server, the purpose, the target and whether it resolves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree


@pytest.fixture
def chains() -> Callable[[dict[str, str]], list[str]]:
    def shown(files: dict[str, str]) -> list[str]:
        project = link(parse(memory_tree(files)), name="site")
        return [
            f"{' > '.join(str(hop.span) for hop in each.hops)} {each.server.value} {each.purpose.value} {each.target} {each.resolves}"
            for each in project.launches
        ]

    return shown
