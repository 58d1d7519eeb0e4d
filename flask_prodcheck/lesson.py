"""The lesson that the tool teaches, as data: concept flow, execution table, variables, key moments, quiz, snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from flask_prodcheck.errors import ProdcheckError
from flask_prodcheck.records import dataclass
from flask_prodcheck.resources import lesson_file
from flask_prodcheck.tomlfile import TomlError, parse_toml

AFFECTS = ("performance", "security", "stability")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the execution table. Cells are words, "-" where the row has none."""

    number: int
    action: str
    server_type: str
    performance: str
    security: str
    result: str


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the lesson and its value at the start, after each step that is watched, and at the end."""

    name: str
    samples: tuple[tuple[str, str], ...]  # (when, value)


@dataclass(frozen=True, slots=True)
class KeyMoment:
    id: str
    question: str
    answer: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    choices: tuple[str, ...]
    answer: int  # index into choices
    why: str


@dataclass(frozen=True, slots=True)
class Lesson:
    title: str
    flow: tuple[str, ...]
    steps: tuple[Step, ...]
    variables: tuple[Variable, ...]
    moments: tuple[KeyMoment, ...]
    quiz: tuple[Question, ...]
    snapshot: tuple[str, ...]

    def moment(self, moment_id: str) -> KeyMoment:
        """The key moment ``moment_id``. Raises :class:`KeyError`."""
        for moment in self.moments:
            if moment.id == moment_id:
                return moment
        raise KeyError(moment_id)

    def step(self, number: int) -> Step:
        """Row ``number`` of the execution table. Raises :class:`KeyError`."""
        for step in self.steps:
            if step.number == number:
                return step
        raise KeyError(number)


def lesson_from(text: str) -> Lesson:
    """The lesson that ``text`` (TOML) holds. Raises :class:`ProdcheckError` when it is not a complete lesson."""
    try:
        data = parse_toml(text).data
        return Lesson(
            title=_text(data, "title"),
            flow=_texts(data, "flow"),
            steps=tuple(_step(each) for each in _tables(data, "step")),
            variables=tuple(_variable(each) for each in _tables(data, "variable")),
            moments=tuple(_moment(each) for each in _tables(data, "moment")),
            quiz=tuple(_question(each) for each in _tables(data, "quiz")),
            snapshot=_texts(data, "snapshot"),
        )
    except (TomlError, KeyError, TypeError) as failure:
        raise ProdcheckError(f"lesson.toml is not a complete lesson: {failure}") from failure


@cache
def load_lesson() -> Lesson:
    """The lesson of this installation."""
    return lesson_from(lesson_file().read_text(encoding="utf-8"))


def _step(table: Mapping[str, object]) -> Step:
    return Step(
        number=_number(table, "number"),
        action=_text(table, "action"),
        server_type=_text(table, "server_type"),
        performance=_text(table, "performance"),
        security=_text(table, "security"),
        result=_text(table, "result"),
    )


def _variable(table: Mapping[str, object]) -> Variable:
    samples = table["samples"]
    if not isinstance(samples, list):
        raise TypeError("samples must be a list")
    return Variable(_text(table, "name"), tuple((str(when), str(value)) for when, value in samples))


def _moment(table: Mapping[str, object]) -> KeyMoment:
    steps = table["steps"]
    if not isinstance(steps, list) or not all(isinstance(step, int) for step in steps):
        raise TypeError("steps must be a list of numbers")
    return KeyMoment(_text(table, "id"), _text(table, "question"), _text(table, "answer"), tuple(steps))


def _question(table: Mapping[str, object]) -> Question:
    choices = _texts(table, "choices")
    answer = _text(table, "answer")
    if answer not in choices:
        raise TypeError(f"answer {answer!r} is not one of the choices")
    return Question(_text(table, "question"), choices, choices.index(answer), _text(table, "why"))


def _text(table: Mapping[str, object], key: str) -> str:
    value = table[key]
    if not isinstance(value, str):
        raise TypeError(f"{key} must be a string")
    return value.strip()


def _texts(table: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = table[key]
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise TypeError(f"{key} must be a list of strings")
    return tuple(value)


def _number(table: Mapping[str, object], key: str) -> int:
    value = table[key]
    if not isinstance(value, int):
        raise TypeError(f"{key} must be a number")
    return value


def _tables(data: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    value = data[key]
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TypeError(f"[[{key}]] must be an array of tables")
    return tuple(value)
