"""What the words of people, in a heading or a sentence, say that something is for."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.model.launching.hints import words_of
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.patterns import regex

#: Words of headings; those for development say more than those for tests ("Local testing").
_DEVELOPMENT = frozenset({
    "development", "dev", "develop", "developing", "developer", "developers", "local", "locally", "localhost",
    "contributing", "contribute", "contributors", "hacking", "debug", "debugging",
})  # fmt: skip
_TEST = frozenset({"tests", "e2e"})  # below "Testing" there may be how to try what production starts
_PRODUCTION = frozenset({"production", "prod", "deploy", "deploying", "deployment", "deployments", "hosting"})
#: Words that turn a heading's meaning, or compare.
_TURNING = frozenset({"not", "non", "no", "without", "vs", "versus", "before"})

_TURNED = regex(r"\b(?:not|never|don'?t|isn'?t|without|instead|unless)\b")
_DEVELOPMENT_PHRASE = regex(
    r"\b(?:for|in|during)\s+(?:\w+\s+)?(?:development|dev|developing|debugging)\b"
    r"|\b(?:dev|development|developer)\s+(?:environment|server|mode|set-?up|stack|container|purpose|instance)s?\b"
    r"|\blocal\s+(?:development|dev|testing|environment|machine|set-?up|instance)\b|\bfor\s+developers\b"
    r"|\b(?:run|start|serv|work|develop|test|try)\w*\s+(?:\S+\s+){0,5}?locally\b"
)
_TEST_PHRASE = regex(r"\b(?:for|run(?:s|ning)?)\s+(?:\w+\s+){0,2}(?:tests?|testing)\b|\btest\s+(?:suite|environment)\b")
_PRODUCTION_PHRASE = regex(
    r"\bproduction\b|\bdeploy(?:s|ed|ing|ment|ments)?\b|\bhost(?:ed|ing)\b|\bon\s+(?:a|the|your)\s+server\b"
)


EITHER = frozenset({Purpose.PRODUCTION, Purpose.DEVELOPMENT})
"""What is said of something that may be for production and for development."""

#: Words of a title beside which a purpose is what the whole document is about: "Setting up for development".
_FILLING = frozenset({
    "a", "an", "the", "and", "for", "in", "on", "of", "to", "with", "set", "setting", "setup", "up", "environment", "guide",
    "notes", "instructions", "test", "testing", "docker", "compose", "run", "running", "how", "readme",
})  # fmt: skip


def purposes_of_title(text: str) -> frozenset[Purpose]:
    """What the title of a document names, where it is about that and nothing else: most are the name of a project."""
    about = set(words_of(text)) <= _DEVELOPMENT | _TEST | _PRODUCTION | _FILLING
    return purposes_of_heading(text) if about else frozenset()


def purposes_of_heading(text: str) -> frozenset[Purpose]:
    """What a heading names: "Local development", "Deploying to production". Both where it names both, or turns one."""
    words = set(words_of(text))
    found = set()
    if words & _DEVELOPMENT:
        found.add(Purpose.DEVELOPMENT)
    elif words & _TEST:
        found.add(Purpose.TEST)
    if words & _PRODUCTION:
        found.add(Purpose.PRODUCTION)
    return EITHER if found and words & _TURNING else frozenset(found)


def purposes_of_sentence(text: str) -> frozenset[Purpose]:
    """What a sentence says: a phrase for development ("in a dev environment"), a word for production: to doubt is enough.
    Both where it turns what it says ("do not use it in production")."""
    lower = text.lower()
    found = set()
    if _DEVELOPMENT_PHRASE.search(lower):
        found.add(Purpose.DEVELOPMENT)
    elif _TEST_PHRASE.search(lower):
        found.add(Purpose.TEST)
    if _PRODUCTION_PHRASE.search(lower):
        found.add(Purpose.PRODUCTION)
    return EITHER if found and _TURNED.search(lower) else frozenset(found)


#: What a deployment consists of, where a sentence speaks of the files around it.
_DEPLOYS = regex(
    r"\b(?:docker|compose|containers?|images?|stack|folder|directory|files?|scripts?|configurations?|infrastructure|set-?up)\b"
)


_FOR_PRODUCTION = regex(r"\b(?:in|for|to|into)\s+production\b")


def is_for_production(headings: Sequence[str], sentence: str) -> bool:
    """Whether it is more than a word about production ("deployed at ..."): a heading, or what a sentence is for."""
    return any(Purpose.PRODUCTION in purposes_of_heading(each) for each in headings) or (
        _FOR_PRODUCTION.search(sentence.lower()) is not None
    )


def is_said_of_files(text: str) -> bool:
    """Whether a sentence speaks of files by which something is started."""
    return _DEPLOYS.search(text.lower()) is not None
