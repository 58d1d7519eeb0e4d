"""What a walk does while it loads a module, kept for the other walks that load it.

Many programs of a project load the same modules. What happens there hangs on how the walk comes (:func:`entrance`), on
whether it has loaded the files and entered the functions that it meets on the way, and on the steps it has left. Where all
of this is the same, so is the rest. A walk that has no steps left before the module ends, and has found nothing there, finds
nothing either where it comes with fewer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_prodcheck.model.python.execution.ways import DEPTH, FORKS, STEPS, STOP, TOO_LARGE, Ending, Way
from flask_prodcheck.records import dataclass, replace

if TYPE_CHECKING:
    from flask_prodcheck.model.python.execution.walk import Walk

#: Steps that are sooner taken again than remembered.
_SHORT = 8
#: Of one module and entrance that are kept.
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Passage:
    """A walk through one module and what it loads. ``met`` are the files and functions that it came upon and had met
    before, ``unmet`` those it had not; ``added`` it has met after it. The hops of its endings begin behind the entrance.
    ``cut``: its ``steps``, all that were left, were too few to come to the end."""

    flow: int
    endings: tuple[Ending, ...]
    met: frozenset[object]
    unmet: frozenset[object]
    added: frozenset[object]
    steps: int
    forks: int
    height: int
    effort: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Departure:
    """Where a walk stood when it began to load a module."""

    way: Way
    endings: int
    steps: int
    forks: int
    effort: int
    depth: int
    deepest: int
    world: object
    asked: dict[object, bool]
    private: bool


def entrance(walk: Walk, path: str, way: Way) -> tuple[object, ...]:
    """What a walk through the module at ``path`` hangs on, its past left out. Of the way in, the hops are only handed on."""
    return path, replace(way, hops=()), walk.world.argv, frozenset(walk.world.exported.items()), walk.setting


def depart(walk: Walk, way: Way) -> Departure:
    """Begin to write down what the walk asks of its past."""
    begun = Departure(
        way,
        len(walk.endings),
        walk.steps,
        walk.forks,
        walk.world.effort.left,
        walk.depth,
        walk.deepest,
        walk.world,
        walk.asked,
        walk.private,
    )
    walk.asked, walk.private, walk.deepest = {}, False, walk.depth
    return begun


def arrive(walk: Walk, begun: Departure, key: tuple[object, ...], flow: int) -> None:
    """Keep what the walk has done since ``begun``, unless it hangs on more than a :class:`Passage` says."""
    asked, endings = walk.asked, walk.endings[begun.endings :]
    cut = begun.steps <= STEPS < walk.steps
    steps = (STEPS if cut else walk.steps) - begun.steps
    if (
        steps >= _SHORT
        and not walk.private
        and walk.world is begun.world
        and begun.steps <= STEPS
        and (not cut or (flow == STOP and not endings))
        and walk.forks < FORKS
        and walk.deepest <= DEPTH
        and walk.world.effort.left
        and all(each.program is None for each in endings)
    ):
        hops = len(begun.way.hops)
        passage = Passage(
            flow,
            tuple([replace(each, hops=each.hops[hops:]) for each in endings]),
            frozenset([each for each, met in asked.items() if met]),
            frozenset([each for each, met in asked.items() if not met]),
            frozenset([each for each, met in asked.items() if not met and each in walk.met]),
            steps,
            walk.forks - begun.forks,
            walk.deepest - begun.depth,
            begun.effort - walk.world.effort.left,
            cut,
        )
        _keep(walk.known.passages.setdefault(key, []), passage)
    for each, met in asked.items():
        begun.asked.setdefault(each, met)
    walk.asked = begun.asked
    walk.private = walk.private or begun.private
    walk.deepest = max(walk.deepest, begun.deepest)


def _keep(kept: list[Passage], passage: Passage) -> None:
    """Of those that are cut the longest stay: they serve every walk with fewer steps."""
    alike = [each for each in kept if each.cut == passage.cut]
    if len(alike) < _KEPT:
        kept.append(passage)
    elif alike and passage.cut and (least := min(alike, key=lambda each: each.steps)).steps < passage.steps:
        kept[kept.index(least)] = passage


def passed(walk: Walk, key: tuple[object, ...], way: Way) -> Passage | None:
    """The passage that the walk would take now; it has taken it then."""
    for each in walk.known.passages.get(key, ()):
        if (
            (STEPS - walk.steps <= each.steps if each.cut else walk.steps + each.steps <= STEPS)
            and walk.forks + each.forks <= FORKS
            and walk.depth + each.height <= DEPTH
            and walk.world.effort.left > each.effort
            and each.met <= walk.met
            and each.unmet.isdisjoint(walk.met)
        ):
            for past, met in ((each.met, True), (each.unmet, False)):
                for item in past:
                    walk.asked.setdefault(item, met)
            walk.met |= each.added
            walk.steps += each.steps + each.cut
            if each.cut:
                walk.notes.append(TOO_LARGE)
            walk.forks += each.forks
            walk.world.effort.left -= each.effort
            walk.deepest = max(walk.deepest, walk.depth + each.height)
            walk.endings += [replace(ending, hops=(*way.hops, *ending.hops)) for ending in each.endings]
            return each
    return None
