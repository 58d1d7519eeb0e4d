"""A running shell after several ways that may each have been taken: what is known on all of them."""

from __future__ import annotations

from collections.abc import Sequence

from flask_prodcheck.base import Known, Unknown, Value
from flask_prodcheck.model.launching.place import Environment, Place
from flask_prodcheck.model.launching.shell.state import ShellState
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace


def join(state: ShellState, copies: Sequence[ShellState]) -> None:
    """Bring what ``copies`` of ``state`` have changed, each on a way of its own, back into it."""
    state.exits = state.exits or any(copy.exits for copy in copies)
    going = [copy for copy in copies if not copy.ended]
    if not going:
        state.ended = True
        return
    environment = _joined(state.place.env, [copy.place.env for copy in going])
    shell = _joined(state.place.shell, [copy.place.shell for copy in going])
    args = going[0].place.args if all(copy.place.args == going[0].place.args for copy in going) else state.place.args
    drafts = _joined_drafts([copy.place for copy in going])
    mounts = tuple(
        dict.fromkeys(each for place in (state.place, *(copy.place for copy in going)) for each in place.mounts)
    )
    other = {
        copy.place.args: replace(copy.place, args_open=state.place.args_open)
        for copy in going
        if copy.place.args != args
    }
    state.otherwise = (*state.otherwise, *other.values())
    cwd_same = all(copy.place.cwd == going[0].place.cwd for copy in going)
    folder_same = all(copy.place.folder == going[0].place.folder for copy in going)
    state.place = replace(
        state.place, env=environment, shell=shell, drafts=drafts, mounts=mounts, args=args, args_open=state.place.args_open or any(copy.place.args != args for copy in going),
        cwd=going[0].place.cwd if cwd_same else state.place.cwd, cwd_known=state.place.cwd_known and cwd_same,
        folder=going[0].place.folder if folder_same else "",
        certain=state.place.certain and not any(copy.ended for copy in copies),
    )  # fmt: skip
    for copy in going:
        state.functions.update(copy.functions)


def _joined(before: Environment, ways: Sequence[Environment]) -> Environment:
    """The variables after several ways that may each have been taken."""
    joined = dict(before)
    for name in {name for way in ways for name in way}:
        first, *others = [way.get(name) for way in ways]
        if first is not None and (all(value == first for value in others) or _one_program(first, others)):
            joined[name] = first
        else:
            joined[name] = Unknown("depends on a branch that cannot be decided")
    return joined


#: Programs that are the same wherever they stand: ``./venv/bin/python`` or ``python3``, whichever there is.
_PROGRAM = regex(r"(?:[^\s$]*/)?(python|gunicorn|flask|uwsgi|waitress-serve|uvicorn|hypercorn|granian)[\d.]*")


def _one_program(first: Value[str], others: Sequence[Value[str] | None]) -> bool:
    """Whether all the values are paths of one of the programs that serve or run Python."""
    texts = [each.value if isinstance(each, Known) else "" for each in (first, *others)]
    found = [_PROGRAM.fullmatch(text) for text in texts]
    return len({match.group(1) if match is not None else text for match, text in zip(found, texts, strict=True)}) == 1


def _joined_drafts(ways: Sequence[Place]) -> dict[str, str]:
    """The drafts after several ways: those that are the same, and those to which some ways only add words, which may be any
    from there on."""
    joined: dict[str, str] = {}
    for name in dict.fromkeys(name for way in ways for name in (*way.drafts, *way.shell, *way.env)):
        texts = [_drafted(way, name) for way in ways]
        shortest = min((text for text in texts if text is not None), key=len, default=None)
        if shortest is None or None in texts:
            continue
        if all(text == shortest for text in texts):
            if all(name in way.drafts for way in ways):
                joined[name] = shortest
        elif shortest and all(text == shortest or (text or "").startswith(f"{shortest} ") for text in texts):
            joined[name] = f"{shortest} ${{{name}}}"
    return joined


def _drafted(place: Place, name: str) -> str | None:
    known = place.env.get(name) or place.shell.get(name)
    return known.value if isinstance(known, Known) else place.drafts.get(name)
