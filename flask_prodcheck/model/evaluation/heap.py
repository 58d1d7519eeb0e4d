"""The objects of a run by number, in layers: a branch that cannot be decided costs what it changes, not what there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import compress
from operator import is_not

from flask_prodcheck.base import Unset
from flask_prodcheck.model.evaluation.values import Evaluated, Obj, join
from flask_prodcheck.records import replace

#: A layer is merged into the one below when it has more than this share of its objects.
_SHARE = 4
_UNTOLD = Obj("")  # this layer does not say


class Heap:
    """A mapping of object number to object. ``own`` are the objects written, or removed (None), since the last fork; those
    of ``base`` are shared with other heaps and never change."""

    __slots__ = ("_base", "_own")

    def __init__(self, base: Mapping[int, Obj] | None = None, own: dict[int, Obj | None] | None = None) -> None:
        self._base: Mapping[int, Obj] = base if base is not None else {}
        self._own: dict[int, Obj | None] = own if own is not None else {}

    def get(self, number: int) -> Obj | None:
        found = self._own.get(number, _UNTOLD)
        return self._base.get(number) if found is _UNTOLD else found

    def __getitem__(self, number: int) -> Obj:
        found = self.get(number)
        if found is None:
            raise KeyError(number)
        return found

    def __setitem__(self, number: int, obj: Obj) -> None:
        self._own[number] = obj

    def __contains__(self, number: int) -> bool:
        return self.get(number) is not None

    def remove(self, number: int) -> None:
        self._own[number] = None

    def objects(self) -> Iterator[tuple[int, Obj]]:
        """(number, object) in the order in which the objects were made; the heap may be written meanwhile."""
        return iter(sorted(self._whole().items()))

    def changed_from(self, before: Heap) -> list[tuple[int, Obj, Obj]]:
        """(number, object, the object in ``before``) of those that both have and that are not the same, in the order in
        which they were made."""
        if self._base is before._base and before._own.keys() <= self._own.keys():
            own = self._own
            # What was written before the fork is passed over as in :meth:`joined`.
            numbers = list(compress(own, map(is_not, own.values(), map(before._own.get, own))))
        else:
            numbers = list({**self._base, **self._own})
        found = [(number, self.get(number), before.get(number)) for number in sorted(numbers)]
        return [
            (number, now, then)
            for number, now, then in found
            if now is not None and then is not None and now is not then
        ]

    def fork(self) -> Heap:
        """A heap of its own that holds the same."""
        if len(self._own) * _SHARE > len(self._base):
            self._base, self._own = self._whole(), {}
        return Heap(self._base, dict(self._own))

    def joined(self, other: Heap) -> Heap:
        """The heap after two ways that may both have been taken, this one and ``other``. An object that only one of them
        has is what it is there."""
        if self is other:
            return self
        base = self._base if self._base is other._base else {}
        mine, theirs = (each._own if base else each._whole() for each in (self, other))
        own = dict(theirs)
        # Most were written before the fork and are the same: they are passed over without a step of Python for each.
        written = compress(mine, map(is_not, mine.values(), map(theirs.get, mine)))
        for number in (*written, *(theirs.keys() - mine.keys())):
            one, another = mine.get(number, _UNTOLD), theirs.get(number, _UNTOLD)
            left = base.get(number) if one is _UNTOLD else one
            right = base.get(number) if another is _UNTOLD else another
            own[number] = left if left is right or right is None else right if left is None else _joined(left, right)
        return Heap(base, own)

    def _whole(self) -> dict[int, Obj]:
        return {number: obj for number, obj in {**self._base, **self._own}.items() if obj is not None}


def _joined(one: Obj, other: Obj) -> Obj:
    cells: dict[object, Evaluated] = {}
    for key in dict.fromkeys((*one.cells, *other.cells)):
        left, right = one.cells.get(key), other.cells.get(key)
        if left is right and left is not None:
            cells[key] = left
        else:
            absent = Evaluated(Unset())
            cells[key] = join(left or absent, right or absent)
    return replace(one, cells=cells, open=one.open or other.open)
