"""The heap in layers holds what plain copies would hold."""

from __future__ import annotations

from collections import UserDict

from hypothesis import given
from hypothesis import strategies as st

from flask_prodcheck.base import Unset
from flask_prodcheck.model.evaluation.heap import Heap
from flask_prodcheck.model.evaluation.values import Evaluated, Obj, join, known

NUMBERS = st.integers(1, 12)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), NUMBERS, st.integers(0, 3)),
        st.tuples(st.just("remove"), NUMBERS, st.just(0)),
        st.tuples(st.just("fork"), st.integers(0, 5), st.just(0)),
        st.tuples(st.just("join"), st.integers(0, 5), st.integers(0, 5)),
    ),
    max_size=60,
)
Plain = dict[int, Obj]


def obj(value: int) -> Obj:
    return Obj("dict", {"a": known(value)})


def joined(left: Plain, right: Plain) -> Plain:
    """The same by looking at every object of two copies."""
    found = {**left, **right}
    for number in left.keys() & right.keys():
        if left[number] is not right[number]:
            cells = [each[number].cells.get("a") or Evaluated(Unset()) for each in (left, right)]
            found[number] = Obj("dict", {"a": join(*cells)})
    return found


@given(STEPS)
def test_a_heap_is_what_copies_are(steps: list[tuple[str, int, int]]) -> None:
    heaps, plains = [Heap()], [dict[int, Obj]()]
    for what, first, second in steps:
        if what == "write":
            made = obj(second)
            heaps[-1][first] = plains[-1][first] = made
        elif what == "remove":
            heaps[-1].remove(first)
            plains[-1].pop(first, None)
        elif what == "fork":
            heaps.append(heaps[first % len(heaps)].fork())
            plains.append(dict(plains[first % len(plains)]))
        else:
            one, other = first % len(heaps), second % len(heaps)
            heaps.append(heaps[one].joined(heaps[other]).fork())
            plains.append(joined(plains[one], plains[other]))
    for heap, plain in zip(heaps, plains, strict=True):
        assert list(heap.objects()) == sorted(plain.items())
        assert all(heap.get(number) == plain.get(number) for number in range(14))
        assert all((number in heap) is (number in plain) for number in range(14))
        for before, then in zip(heaps, plains, strict=True):
            changed = [(number, plain[number], then[number]) for number in sorted(plain.keys() & then.keys())]
            assert heap.changed_from(before) == [each for each in changed if each[1] is not each[2]]


def test_a_fork_is_written_by_itself() -> None:
    heap = Heap()
    heap[1] = obj(1)
    fork = heap.fork()
    fork[1], heap[2] = obj(2), obj(3)
    assert (heap[1], fork[1]) == (obj(1), obj(2)) and 2 not in fork


def test_joining_looks_only_at_what_was_written_since_the_fork() -> None:
    class Counted(UserDict[int, Obj]):
        asked = 0

        def __getitem__(self, key: int) -> Obj:
            Counted.asked += 1
            return super().__getitem__(key)

        def __contains__(self, key: object) -> bool:
            Counted.asked += 1
            return super().__contains__(key)

    base = Counted({number: obj(number) for number in range(1000)})
    left, right = Heap(base), Heap(base)
    left[5], right[6] = obj(50), obj(60)
    both = left.joined(right)
    assert Counted.asked < 10
    assert both[7] is base[7] and both[5] not in (left[5], base[5])
