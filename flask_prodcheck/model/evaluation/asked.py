"""A mapping that notes what it is asked: what is made of it is made as well of any other that would answer the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class Asked(Mapping[str, V]):
    """``given``, and which of its names were looked up, or that it was gone through."""

    def __init__(self, given: Mapping[str, V]) -> None:
        self._given = dict(given)
        self._answers: dict[str, V | None] = {}
        self._is_listed = False

    def __getitem__(self, name: str) -> V:
        self._answers[name] = self._given.get(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        self._is_listed = True
        return iter(self._given)

    def __len__(self) -> int:
        self._is_listed = True
        return len(self._given)

    def answers_like(self, other: Mapping[str, V]) -> bool:
        """Whether ``other`` would have given the same answers to all that was asked so far."""
        if self._is_listed:
            return self._given == other and list(self._given) == list(other)
        return all(other.get(name) == answer for name, answer in self._answers.items())
