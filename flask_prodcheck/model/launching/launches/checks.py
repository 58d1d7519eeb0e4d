"""Servers that the jobs of workflows and pipelines start on their own machine: to test the project."""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.parsed import Facts
from flask_prodcheck.facts.types import Start
from flask_prodcheck.model.launching.heads.head import Head
from flask_prodcheck.model.launching.heads.processes import start_head
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.launches.builder import LaunchBuilder
from flask_prodcheck.model.launching.launches.found import CHECK, Found
from flask_prodcheck.model.launching.place import SSH
from flask_prodcheck.model.launching.started_process import start_place
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.records import replace


def with_checks(builder: LaunchBuilder, facts: Facts, found: list[Found]) -> list[Found]:
    """``found`` with what jobs start: in the place of scripts for tests that they run, and beside what starts by itself,
    which a job that runs it says nothing new of."""
    started = {each.launch.head.span for each in found if not _is_script_of_tests(each)}
    checks = [each for each in _checks(builder, facts) if started.isdisjoint(hop.span for hop in each.launch.hops)]
    passed = {hop.span for each in checks for hop in each.launch.hops[1:]}
    return [*(each for each in found if each.launch.head.span not in passed or not _is_script_of_tests(each)), *checks]


def _checks(builder: LaunchBuilder, facts: Facts) -> Iterator[Found]:
    """The chains that end in a server of this machine. What else a job runs, and what of it cannot be followed, is not said."""
    notes = builder.follower.budget.notes
    known = len(notes)
    for path in sorted(facts.start_files):
        for start in facts.start_files[path].checks:
            for each in map(_from_its_command, builder.follow(_head(start, facts))):
                if not each.launch.missing and SSH not in each.launch.wrappers and each.launch.source == "file":
                    yield each
    del notes[known:]


def _head(start: Start, facts: Facts) -> Head:
    head = start_head(start, facts)
    place = replace(head.place, cwd_known=True)  # a job begins in the checkout
    return replace(head, kind=CHECK, place=start_place(start, place, facts))


def _from_its_command(found: Found) -> Found:
    """``found`` from the command of the job that starts the chain, where that is not the first of the script."""
    hops = found.launch.hops
    if len(hops) < 2 or hops[1].span.file != hops[0].span.file:
        return found
    head = replace(found.head, span=hops[1].span, text=hops[1].text)
    return replace(found, head=head, launch=replace(found.launch, hops=hops[1:]))


def _is_script_of_tests(found: Found) -> bool:
    """Whether the head is a script that is not called, and does not stand, as one for production does."""
    named = purpose_of_words(words_of(found.head.span.file))
    return found.head.kind == "script" and named is not None and named[0] is not Purpose.PRODUCTION
