"""The options of a command: what stands before, behind and between them."""

from __future__ import annotations

Words = list[str]


def drop_options(words: Words, with_value: frozenset[str] = frozenset()) -> Words:
    """``words`` after the leading options; ``with_value`` are those that take the next word. A ``--`` ends them."""
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)
        if word == "--":
            break
        if word in with_value and rest:
            rest.pop(0)
    return rest


def after_dashes(words: Words) -> Words:
    """The command after ``--``; without one, after the leading options."""
    return words[words.index("--") + 1 :] if "--" in words else drop_options(words)


def option_value(words: Words, names: tuple[str, ...]) -> str | None:
    """The value of the first of the options ``names``; None where none is given."""
    for index, word in enumerate(words):
        if word in names and index + 1 < len(words):
            return words[index + 1]
        for name in names:
            if name.startswith("--") and word.startswith(name + "="):
                return word[len(name) + 1 :]
    return None


def option_values(words: Words, names: tuple[str, ...]) -> tuple[str, ...]:
    """Every value of an option that may be given more than once."""
    found = []
    for index, word in enumerate(words):
        name, glued, value = word.partition("=")
        if word in names and index + 1 < len(words):
            found.append(words[index + 1])
        elif glued and name in names:
            found.append(value)
    return tuple(found)


def positional(words: Words, with_value: frozenset[str]) -> Words:
    """The words that are neither options nor the values of those in ``with_value``."""
    found, rest = [], list(words)
    while rest:
        word = rest.pop(0)
        if word in with_value:
            rest = rest[1:]
        elif not word.startswith("-"):
            found.append(word)
    return found
