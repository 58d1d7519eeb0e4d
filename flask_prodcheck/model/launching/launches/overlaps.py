"""Which chains say again what another says: a head that another chain passes through, a task that only runs an image."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask_prodcheck.base import Span
from flask_prodcheck.facts.workflow_calls import KIND as WORKFLOW
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.launching.launches.found import NO_DEPLOYMENT, Found
from flask_prodcheck.model.launching.purpose import SAMPLE_WORDS
from flask_prodcheck.model.project import Launch, Purpose
from flask_prodcheck.records import replace

#: The kind of the scripts by which the system of a host starts a service.
SERVICE = "init-script"


def files_passed(found: Iterable[Found]) -> set[str]:
    """The files that the chains pass through."""
    return {hop.span.file for each in found for hop in each.launch.hops}


def without_parts(found: Sequence[Found]) -> list[Found]:
    """``found`` without those whose head is a later hop of another chain (a Makefile target that the image's CMD runs)."""
    passing: dict[tuple[str, int], list[Found]] = {}  # by the lines that they pass through after their heads
    ending: dict[str, list[Found]] = {}  # what deploys containers, by the file in which it ends
    for each in found:
        for line in {(hop.span.file, hop.span.line) for hop in each.launch.hops[1:]}:
            passing.setdefault(line, []).append(each)
        if each.head.kind in _DEPLOYS_CONTAINERS:
            ending.setdefault(each.launch.end.span.file, []).append(each)

    def others(each: Found) -> list[Found]:
        head = each.launch.head.span
        here = passing.get((head.file, head.line), [])
        waits = each.head.place.args_open and not each.certain
        return [*here, *ending.get(each.launch.end.span.file, [])] if waits else here

    return [each for each in found if not _is_part_of_another(each, others(each))]


def _is_part_of_another(each: Found, others: Sequence[Found]) -> bool:
    """``others``: the chains that pass through the head, or end in the same file."""
    head = each.launch.head.span
    if (
        each.head.kind in ("systemd", "supervisor", "circus", "rc-local")
        and head.file.endswith("sh")
        and _INSTALLS & set(words_of(head.file))
    ):
        return False  # an image may run the script, but so do hosts: what it sets up starts by itself from then on
    if each.head.kind == "apache" and not SAMPLE_WORDS.isdisjoint(words_of(head.file.rpartition("/")[2])):
        return False  # an image may take the example, but it is there for hosts
    hosted = each.head.kind == "procfile" and head.file.rpartition("/")[2] == "Procfile"  # what platforms read
    waits = each.head.place.args_open  # an ENTRYPOINT without CMD: somebody else gives the arguments
    for other in others:
        if other is each or (each.head.kind == SERVICE and other.head.kind in _FOR_PEOPLE):
            continue
        passes = any((hop.span.file, hop.span.line) == (head.file, head.line) for hop in other.launch.hops[1:])
        same_end = other.launch.end.span == each.launch.end.span and _serve_alike(other.launch, each.launch)
        if not waits:
            borrowed = each.head.kind == "dockerfile" and (
                each.head.as_it_is or each.head.released or _is_aside(other) or _adds_nothing(other, each)
            )
            # A configuration for people at work may include the one that production starts with.
            borrowed = borrowed or (each.head.kind == other.head.kind == "uwsgi" and _is_aside(other))
            if passes and same_end and not borrowed and not (hosted and other.head.kind in _FOR_PEOPLE):
                return True
            continue
        deployed = other.head.kind in _DEPLOYS_CONTAINERS
        if _is_aside(other) and (each.head.released or (same_end and each.launch.target and each.certain)):
            continue  # it serves without those arguments too, or whoever takes the image gives others
        complete = each.launch.program is not None and each.launch.program.argv != ()
        alone = deployed and each.certain and complete  # it has arguments of its own, and serves with these
        if passes and (deployed or _is_for_people(each)) and (same_end or not each.certain) and not alone:
            return True
        if passes and deployed and not each.launch.target and not _is_aside(other):
            return True  # a server's command that lacks the arguments which it gets there
        if _is_aside(other) and other.launch.dockerfile not in (None, each.launch.dockerfile):
            continue  # another image, for people at work
        if deployed and not each.certain and other.launch.end.span.file == each.launch.end.span.file:
            return True
    return False


def without_runs_of_images(found: Sequence[Found]) -> list[Found]:
    """``found`` without the tasks and scripts for people at work that do nothing but run an image which starts by itself what
    they start."""
    images = [each for each in found if each.head.kind == "dockerfile"]
    return [
        each
        for each in found
        if each.head.kind not in _FOR_PEOPLE
        or not any(
            (_adds_nothing(each, image) or image.launch.hops == each.launch.hops[-len(image.launch.hops) :])
            and _runs(each, image)
            and (image.certain or not each.certain)
            for image in images
        )
    ]


def without_starts_of_services(found: Sequence[Found]) -> list[Found]:
    """``found`` without the tasks and scripts for people that only start a service which the system of a host starts by
    itself."""
    services = {each.launch.head.span for each in found if each.head.kind == SERVICE}
    return [each for each in found if each.head.kind not in _FOR_PEOPLE or services.isdisjoint(passed(each))]


def without_repeats(found: Sequence[Found]) -> list[Found]:
    """``found`` without the workflows that only run on a server what another file of the project starts by itself: an image, a
    task."""
    others = {each.launch.head.span for each in found if each.head.kind != WORKFLOW}
    return [each for each in found if each.head.kind != WORKFLOW or others.isdisjoint(passed(each))]


def passed(each: Found) -> frozenset[Span]:
    """What the chain passes through after its head."""
    return frozenset(hop.span for hop in each.launch.hops[1:])


def _adds_nothing(each: Found, image: Found) -> bool:
    """Whether a task or a script for people at work runs ``image`` in the environment that this has by itself. With other
    arguments it may: what the image's own script starts with them is the same server with the same target."""
    ends_there = each.launch.end.span == image.launch.end.span
    return _runs(each, image) and ends_there and dict(each.launch.env) == dict(image.launch.env)


def _runs(each: Found, image: Found) -> bool:
    if each.head.kind not in _FOR_PEOPLE or not _serve_alike(image.launch, each.launch):
        return False
    return image.launch.head.span in {hop.span for hop in each.launch.hops[1:]}


def _serve_alike(one: Launch, other: Launch) -> bool:
    """Whether two chains that end in one line start the same thing there: ``exec "$@"`` starts what each is given."""
    return (one.server, one.target) == (other.server, other.target)


def _is_aside(found: Found) -> bool:
    """Whether the head is for tests or development, by its names or its environment: it borrows an image that
    production starts as well."""
    if found.head.development:
        return True
    named = purpose_of_words(
        [*words_of(found.head.span.file), *(word for name in found.head.names for word in words_of(name))]
    )
    return named is not None and named[0] is not Purpose.PRODUCTION


_DEPLOYS_CONTAINERS = frozenset({"compose", "kubernetes"})
_FOR_PEOPLE = frozenset({*NO_DEPLOYMENT, "script", "invoke"})
_INSTALLS = frozenset({"install", "installer", "setup", "provision", "bootstrap"})


def _is_for_people(each: Found) -> bool:
    """Whether the branch that was taken is the development one."""
    named = purpose_of_words([word for hint in each.hints for word in words_of(hint)])
    return named is not None and named[0] is Purpose.DEVELOPMENT


def one_per_end(found: Sequence[Found]) -> list[Found]:
    """One chain per head, server and target: the certain one, else the shortest, is kept. Where none is certain, the
    program may as well end as the others do."""
    best: dict[tuple[str, int, str, str], Found] = {}
    reached: dict[tuple[str, int, str, str], frozenset[Span]] = {}
    for each in found:
        launch = each.launch
        key = (
            launch.head.span.file,
            launch.head.span.line,
            launch.server.value,
            launch.target if launch.resolves is not None else "",
        )
        old = best.get(key)
        if old is None or (each.certain, -len(launch.hops)) > (old.certain, -len(old.launch.hops)):
            best[key] = each
        reached[key] = reached.get(key, frozenset()) | launch.reached
    return [
        each if each.certain else replace(each, launch=replace(each.launch, reached=reached[key]))
        for key, each in best.items()
    ]
