"""What makes one changed file quick: neither linking nor any rule reads the statements of a module that has nothing to do
with how the application starts and is set up. Its outline says so."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

import pytest

from flask_prodcheck.audit import examine
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Example, Rule
from flask_prodcheck.settings import Settings
from flask_prodcheck.sources.discover import memory_tree

PLAIN = '''"""What a price is made of."""
import math
from decimal import Decimal

RATE = Decimal("0.19")


def rounded(amount, digits=2):
    factor = 10**digits
    return math.floor(amount * factor + 0.5) / factor


class Price:
    def __init__(self, amount):
        self.amount = amount

    def with_tax(self):
        return self.amount * (1 + RATE)
'''


class Forgetful:
    """Outlines that nothing is remembered of: with them, what is looked into is noted."""

    def recall(self, path: str) -> tuple[str, object] | None:
        return None

    def keep(self, noted: Iterable[object]) -> None:
        pass

    def recall_statements(self, path: str, digest: str, content: bytes) -> object:
        return None

    def keep_statements(self, read: Iterable[object]) -> None:
        pass


def is_looked_into(example: Example) -> bool:
    """Whether a plain module is looked into that a function of the example's application imports."""
    app = next((path for path, text in example.files.items() if path.endswith(".py") and "Flask(" in text), None)
    if app is None:
        return False
    folder = posixpath.dirname(app)
    plain = posixpath.join(folder, "zz_prices.py")
    package = f"{folder.replace('/', '.')}." if f"{folder}/__init__.py" in example.files else ""
    later = f"def priced(amount):\n    from {package}zz_prices import rounded\n    return rounded(amount)\n"
    files = {**example.files, app: f"{example.files[app]}\n\n{later}", plain: PLAIN}
    _, project = examine(memory_tree(files), Settings(persona="auditor"), outlines=Forgetful())
    assert app in project.facts.looked.files
    return plain in project.facts.looked.files


@pytest.mark.parametrize("rule", builtin_rules(), ids=lambda rule: rule.code)
def test_a_plain_module_is_not_looked_into(rule: Rule) -> None:
    assert [each.name for each in rule.examples if is_looked_into(each)] == []
