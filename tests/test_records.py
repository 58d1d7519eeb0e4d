"""The quick way to define a frozen class gives what the standard library gives."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
from dataclasses import field
from typing import Any

import pytest

from flask_prodcheck.records import dataclass, replace

MODULES = ("base", "facts.syntax", "facts.types", "edits.actions", "model.project", "sources.tree")


def twins(order: bool) -> tuple[Any, Any]:
    """The same class made both ways."""

    def made(decorator: Any) -> Any:
        class Place:
            """Where."""

            file: str
            line: int = 1
            words: tuple[str, ...] = ()
            seen: dict[str, int] = field(default_factory=dict)

            @property
            def both(self) -> str:
                return f"{self.file}:{self.line}"

        return decorator(frozen=True, slots=True, order=order)(Place)

    return made(dataclass), made(dataclasses.dataclass)


@pytest.mark.parametrize("order", [False, True])
def test_a_class_is_the_same_made_either_way(order: bool) -> None:
    quick, plain = twins(order)
    for args, words in ((("a",), {}), (("a", 2, ("b",), {"c": 1}), {}), ((), {"file": "a", "line": 3})):
        one, other = quick(*args, **words), plain(*args, **words)
        assert repr(one) == repr(other)
        assert replace(one, line=99) == dataclasses.replace(one, line=99) and replace(one) == one
        assert dataclasses.astuple(one) == dataclasses.astuple(other)
        assert one.both == other.both
        assert one == quick(*args, **words) != dataclasses.replace(one, line=99)
        assert (one == other) is False and one != 1
        assert copy.copy(one) == copy.deepcopy(one) == one
        assert one.__getstate__() == list(dataclasses.astuple(one))
    assert [each.name for each in dataclasses.fields(quick)] == [each.name for each in dataclasses.fields(plain)]
    assert quick.__match_args__ == plain.__match_args__ and quick.__slots__ == plain.__slots__
    assert list(inspect.signature(quick).parameters) == list(inspect.signature(plain).parameters)
    assert quick.__dataclass_params__.frozen is plain.__dataclass_params__.frozen is True
    assert quick.__doc__ == plain.__doc__ and quick("a").seen is not quick("a").seen
    with pytest.raises(TypeError):
        replace(quick("a"), other=1)
    with pytest.raises(TypeError):
        quick()
    with pytest.raises(TypeError):
        quick("a", 1, (), {}, 5)
    if order:
        assert quick("a", 1) < quick("a", 2) <= quick("a", 2) and quick("b") > quick("a", 2) >= quick("a", 2)
    else:
        with pytest.raises(TypeError):
            assert quick("a") < quick("b")


def test_a_class_is_described_before_the_first_object_is_made() -> None:
    quick, plain = twins(False)
    for one, other in zip(dataclasses.fields(quick), dataclasses.fields(plain), strict=True):
        for each in (
            "name",
            "type",
            "default",
            "default_factory",
            "init",
            "repr",
            "compare",
            "hash",
            "kw_only",
            "_field_type",
        ):
            assert getattr(one, each) == getattr(other, each), each
    assert dataclasses.is_dataclass(quick)
    assert (quick.__module__, repr(quick)) == (plain.__module__, repr(plain)) and not hasattr(quick, "__weakref__")


def test_an_object_cannot_be_changed() -> None:
    quick, _ = twins(False)
    for name in ("file", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(quick("a"), name, 1)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(quick("a"), name)
    assert not hasattr(quick("a"), "__dict__")
    with pytest.raises(TypeError):
        hash(quick("a"))  # it holds a dict, as a standard one would


@pytest.mark.parametrize("name", MODULES)
def test_the_classes_in_use_behave(name: str) -> None:
    module = importlib.import_module(f"flask_prodcheck.{name}")
    found = [
        each for each in vars(module).values() if dataclasses.is_dataclass(each) and each.__module__ == module.__name__
    ]
    assert found
    for kind in found:
        assert isinstance(kind, type)
        names = [each.name for each in dataclasses.fields(kind)]
        made = kind(*names)  # nothing looks at the types
        assert [getattr(made, each) for each in names] == names
        assert repr(made) == f"{kind.__qualname__}({', '.join(f'{each}={each!r}' for each in names)})"
        assert hash(made) == hash(kind(*names)) and made == pickle.loads(pickle.dumps(made))
        assert made != dataclasses.replace(made, **{names[-1]: None}) if names else True


def test_an_object_that_is_not_frozen_can_be_changed_and_is_no_key() -> None:
    @dataclass(slots=True)
    class Counter:
        seen: list[int] = field(default_factory=list)
        number: int = 0

    one = Counter()
    one.number = 5
    assert one == Counter(number=5) != Counter() and copy.deepcopy(one) == one
    with pytest.raises(AttributeError):
        one.other = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        hash(one)


def test_objects_without_comparison_are_told_apart() -> None:
    @dataclass(frozen=True, slots=True, eq=False)
    class Thing:
        number: int = 0

    one = Thing()
    assert one != Thing() and one == one and len({one, Thing()}) == 2
