"""Words that say what something is for: production, development or test."""

from __future__ import annotations

from flask_prodcheck.model.project import Purpose
from flask_prodcheck.patterns import regex

_SPLIT = regex(r"[^A-Za-z]+|(?<=[a-z])(?=[A-Z])")
_TOKEN = regex(r"[A-Za-z0-9]+")
_DEVELOPMENT = frozenset(
    [
        "dev",
        "develop",
        "development",
        "devel",
        "developer",
        "local",
        "locally",
        "localhost",
        "debug",
        "example",
        "examples",
        "sample",
        "samples",
        "docs",
        "demo",
        "playground",
        "sandbox",
        "debugger",
        "vscode",
        "tutorial",
        "hotreload",
        "watch",
    ]
)
#: The file that compose reads by itself: for development unless its name says more (``compose.production.override.yml``).
_OVERRIDE = frozenset(["override"])
_TEST = frozenset(
    [
        "test",
        "tests",
        "testing",
        "ci",
        "e2e",
        "pytest",
        "selenium",
        "cypress",
        "playwright",
        "integration",
        "travis",
        "circleci",
        "coverage",
        "qa",
        "benchmark",
        "benchmarks",
        "bench",
        "stress",
        "mock",
        "mocks",
    ]
)
#: Written as one word: runtests, runbrowsertests, e2etests.
_RUNS_TESTS = regex(
    r"(?:run|unit|e2e|integration|functional|system|smoke|load|stress|acceptance|regression|browser|ui)tests?"
    r"|run[a-z]+tests"
)
#: The same for development: devserver, devcontainer, devservices.
_FOR_DEVELOPERS = regex(
    r"dev(?:box|cluster|container|env|environment|machine|mode|server|service|setup|shell|space|stack|vm)s?"
)
_COMPOUNDS = {Purpose.TEST: _RUNS_TESTS, Purpose.DEVELOPMENT: _FOR_DEVELOPERS}
_PRODUCTION = frozenset(["prod", "production", "release", "live", "deploy", "deployment"])


def words_of(text: str) -> list[str]:
    """The words of a name or path, lower-cased (``camelCase``, ``kebab-case`` and paths are split; ``e2e`` stays one)."""
    return [word.lower() for word in _SPLIT.split(text) if word] + [
        token.lower() for token in _TOKEN.findall(text) if any(char.isdigit() for char in token)
    ]


def purpose_of_words(words: list[str]) -> tuple[Purpose, str] | None:
    """The purpose that the words name, with the word that says it. Test beats development beats production."""
    for vocabulary, purpose in (
        (_TEST, Purpose.TEST),
        (_DEVELOPMENT, Purpose.DEVELOPMENT),
        (_PRODUCTION, Purpose.PRODUCTION),
        (_OVERRIDE, Purpose.DEVELOPMENT),
    ):
        compound = _COMPOUNDS.get(purpose)
        for word in words:
            if word in vocabulary or (compound is not None and compound.fullmatch(word)):
                return purpose, word
    return None
