"""From the tree to the facts: each file goes to the reader of its kind."""

from __future__ import annotations

import contextlib
import importlib
import os
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.errors import ReadError
from flask_prodcheck.facts.bodies import Bodies, Remembered, Unread
from flask_prodcheck.facts.circles import without_collection
from flask_prodcheck.facts.marker import MARKER
from flask_prodcheck.facts.outlines import from_data, shape, to_data, words
from flask_prodcheck.facts.parsed import Facts, FileFacts
from flask_prodcheck.facts.recursion import depth_of_its_own
from flask_prodcheck.facts.shares import shared
from flask_prodcheck.facts.syntax import Body, PyModule
from flask_prodcheck.facts.time_limit import time_limit
from flask_prodcheck.facts.types import (
    Built,
    ChartValues,
    ComposeFile,
    Dockerfile,
    EnvFile,
    KubernetesFile,
    Manifest,
    ProxyConfig,
    ShellScript,
    StartFile,
    UwsgiConfig,
)
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace
from flask_prodcheck.sources.kinds import DEPLOY_KINDS, Kind, stripped
from flask_prodcheck.sources.names import printable
from flask_prodcheck.sources.tree import Source, Tree, digest_of, where_held

#: Kind -> (module below ``facts``, function). Modules are imported when a file of their kind turns up, so that a
#: project without YAML never pays for PyYAML, nor one without Python to read for libcst.
_TEXT_READERS = {
    Kind.DOCKERFILE: ("dockerfile", "read_dockerfile"),
    Kind.COMPOSE: ("compose", "read_compose"),
    Kind.PROCFILE: ("procfile", "read_procfile"),
    Kind.SHELL: ("shell", "read_shell"),
    Kind.ENV: ("env", "read_env"),
    Kind.PYPROJECT: ("pyproject", "read_pyproject"),
    Kind.HATCH: ("pyproject", "read_hatch"),
    Kind.SETUP_CFG: ("setup_files", "read_setup_cfg"),
    Kind.SETUP_PY: ("setup_files", "read_setup_py"),
    Kind.PIPFILE: ("pipfile", "read_pipfile"),
    Kind.CONDA: ("conda", "read_conda"),
    Kind.LOCK: ("pipfile", "read_lock"),
    Kind.SYSTEMD: ("systemd", "read_systemd"),
    Kind.SUPERVISOR: ("supervisor", "read_supervisor"),
    Kind.CIRCUS: ("circus", "read_circus"),
    Kind.UPSTART: ("upstart", "read_upstart"),
    Kind.LAUNCHD: ("launchd", "read_launchd"),
    Kind.UWSGI: ("uwsgi", "read_uwsgi"),
    Kind.KUBERNETES: ("kubernetes", "read_kubernetes"),
    Kind.CHART_VALUES: ("charts", "read_values"),
    Kind.WORKFLOW: ("workflows", "read_workflow"),
    Kind.MAKEFILE: ("makefile", "read_makefile"),
    Kind.JUSTFILE: ("justfile", "read_justfile"),
    Kind.PLATFORM: ("platforms", "read_platform"),
    Kind.APACHE: ("apache", "read_apache"),
    Kind.NGINX: ("nginx", "read_nginx"),
    Kind.NPM: ("npm", "read_npm"),
    Kind.TOX: ("tox", "read_tox"),
    Kind.TASKFILE: ("taskfile", "read_taskfile"),
    Kind.CRON: ("crontab", "read_crontab"),
    Kind.TERRAFORM: ("terraform", "read_terraform"),
    Kind.NOMAD: ("nomad", "read_nomad"),
    Kind.BATCH: ("batch", "read_batch"),
    Kind.POWERSHELL: ("powershell", "read_powershell"),
    Kind.IIS: ("iis", "read_iis"),
    Kind.NGINX_UNIT: ("nginx_unit", "read_nginx_unit"),
    Kind.IMAGE_BUILDS: ("build_files", "read_build_file"),
    Kind.CLOUD_BUILD: ("cloud_build", "read_cloud_build"),
}
_BYTE_READERS = {
    Kind.PYTHON: ("python", "read_python"),
    Kind.REQUIREMENTS: ("requirements", "read_requirements"),
}
#: What a scaffold writes where only a person knows the value, and the kinds of file that it writes.
PLACEHOLDER = "CHANGE-ME"
_FILLED_KINDS = DEPLOY_KINDS | {Kind.NGINX, Kind.ENV}
_COMMENT = ("#", ";", "//")
_APP = regex(rb"\b(?:Flask|Dash|APIFlask|Quart|FlaskApp|MAXApp|FlaskUnchained)\s*\(|\bdef\s+(?:create|make)_app\b")
#: What a ``setup.py`` holds that installs a distribution: a module of the application may be called so as well.
_SETUP = regex(rb"\b(?:setuptools|distutils|numpy\.distutils|skbuild|pbr)\b")
_FLASK = regex(rb"[Ff]lask|\bdash\b|\bquart\b|\bconnexion\b|\bmaxfw\b")
#: What tells a site of IIS that runs Python from one of another language.
_PYTHON_SITE = regex(rb"(?i:python|wfastcgi|WSGI_HANDLER)")
_TEST_PATH = regex(r"(?:^|/)(?:tests?|testing|docs?|examples?)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


#: Bytes of Python for which a process of its own pays: about a fifth of a second.
_WORTH_A_PROCESS = 300_000

#: Bytes of Python up to which this process keeps the statements of the files that it reads itself, at ten times as many
#: bytes of memory, and others theirs until they are asked for them: handing over all of them would take too long.
_HELD = 20_000_000

#: Bytes of Python whose statements are kept for a later run: reading less again is as quick.
_WORTH_KEEPING = 100_000


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one file: facts, the lines of a ``.dockerignore``, or why it could not be read; and the lines that
    hold a placeholder. ``digest`` of the content of a Python file, and whether it ``silences`` findings."""

    facts: FileFacts | None = None
    ignored: tuple[str, ...] | None = None
    problem: Problem | None = None
    placeholders: tuple[tuple[Span, str], ...] = ()
    digest: str = ""
    silences: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """What is kept of a Python file with a content of this ``digest``: the ``data`` of its outline, None where it holds no
    facts, its ``words``, and the ``shape`` of the file: that of its outline, and whether it silences findings."""

    path: str
    digest: str
    data: object
    shape: object
    words: object


class Outlines(Remembered, Protocol):
    """What was found in Python files before, by path, where they have not changed since: their outlines, and the statements
    of those that linking asked for."""

    def recall(self, path: str) -> tuple[str, object] | None:
        """The digest of the file's content, and what was noted of it: None for a file without facts."""

    def keep(self, noted: Iterable[Noted]) -> None:
        """Keeps each for as long as the file's content has its digest."""


def parse(tree: Tree, outlines: Outlines | None = None) -> Facts:
    """The facts of every file of ``tree``. ``outlines`` are asked first, and told of what was read.

    Never raises for what a file holds: a file that cannot be read becomes a :class:`~flask_prodcheck.base.Problem`,
    blocking when it could hide an error (a deploy file, a module that builds an application, a fault in a reader).
    """
    with reading(tree, outlines) as facts:
        return facts()


@contextlib.contextmanager
def reading(tree: Tree, outlines: Outlines | None = None) -> Iterator[Callable[[], Facts]]:
    """Gives the function that gives what :func:`parse` does. Where other processes take part they begin at once: what is
    done before the call is done meanwhile."""
    recalled = _recalled(tree, outlines) if outlines is not None else {}
    sources = [source for source in tree.sources if source.path not in recalled]
    keeps, own = sum(map(_weight, sources)) <= _HELD, os.getpid()
    aside: dict[str, Body] = {}  # the statements of the files that a process read which is not this one

    def work(source: Source) -> _Outcome:
        outcome = _read(source, tree)
        module = outcome.facts
        if not isinstance(module, PyModule) or (keeps and os.getpid() == own):
            return outcome
        if keeps:
            aside[source.path] = module.source
        return replace(outcome, facts=replace(module, source=Unread()))

    def say(source: Source) -> bytes | None:
        from flask_prodcheck.facts.packed import packed

        return packed(aside[source.path].statements()) if source.path in aside else None

    with shared(sources, _weight, work, worth=_WORTH_A_PROCESS, say=say) as work_done:
        numbers: dict[str, int] = {}

        def elsewhere(path: str) -> bytes | None:
            if keeps and not numbers:
                numbers.update([(source.path, number) for number, source in enumerate(sources)])
            return work_done.ask(numbers[path]) if path in numbers else None

        bodies = Bodies(tree.content, elsewhere, outlines)

        def facts() -> Facts:
            with without_collection():
                fresh = {source.path: outcome for source, outcome in zip(sources, work_done.results(), strict=True)}
            if outlines is not None:
                outlines.keep(_noted({each.path: fresh[each.path] for each in sources if each.kind is Kind.PYTHON}))
            return _facts(tree, recalled, fresh, bodies)

        yield facts
        if sum(source.size for source in tree.sources if source.path in bodies.new) >= _WORTH_KEEPING:
            bodies.remember()


def _facts(tree: Tree, recalled: Mapping[str, _Outcome], fresh: Mapping[str, _Outcome], bodies: Bodies) -> Facts:
    found = {
        path: bodies.given(each.facts, each.digest) if isinstance(each.facts, PyModule) else each.facts
        for path, each in {**recalled, **fresh}.items()
        if each.facts is not None
    }
    dockerfiles = {path: each for path, each in found.items() if isinstance(each, Dockerfile)}
    compose = {path: each for path, each in found.items() if isinstance(each, ComposeFile)}
    scripts = {path: each for path, each in found.items() if isinstance(each, ShellScript)}
    start_files = _called({path: each for path, each in found.items() if isinstance(each, StartFile)})
    ignored = {path: each.ignored for path, each in fresh.items() if each.ignored is not None}
    problems = {each.problem for each in fresh.values() if each.problem is not None}
    return Facts(
        modules={path: each for path, each in found.items() if isinstance(each, PyModule)},
        dockerfiles=dockerfiles,
        compose=compose,
        kubernetes=_with_values(found, tree.paths),
        scripts=scripts,
        start_files=start_files,
        builds=_builds(dockerfiles, compose, scripts, start_files),
        env_files={path: each for path, each in found.items() if isinstance(each, EnvFile)},
        manifests={path: each for path, each in found.items() if isinstance(each, Manifest)},
        uwsgi={path: each for path, each in found.items() if isinstance(each, UwsgiConfig)},
        proxies={path: each for path, each in found.items() if isinstance(each, ProxyConfig)},
        dockerignore=ignored,
        placeholders=tuple(placeholder for each in fresh.values() for placeholder in each.placeholders),
        tracked=frozenset(source.path for source in tree.sources if source.tracked),
        paths=tree.paths,
        problems=tuple(sorted(problems.union(tree.problems))),
        later=bodies.problems,
        looked=bodies.looked,
        parsed=sum(each.facts is not None or each.ignored is not None for each in fresh.values()),
        recalled=len(recalled),
    )


def _builds(
    dockerfiles: Mapping[str, Dockerfile],
    compose: Mapping[str, ComposeFile],
    scripts: Mapping[str, ShellScript],
    start_files: Mapping[str, StartFile],
) -> tuple[Built, ...]:
    """The images that are built of the project's Dockerfiles."""
    if not dockerfiles:
        return ()
    from flask_prodcheck.facts.image_builds import builds_of_compose, builds_of_scripts, located

    builds = (*builds_of_scripts(scripts, start_files), *builds_of_compose(compose))
    return tuple(built for each in builds if (built := located(each, dockerfiles)) is not None)


def _called(files: dict[str, StartFile]) -> dict[str, StartFile]:
    """The files of processes, with what workflows do that others call."""
    if not any(each.kind == "workflow" for each in files.values()):
        return files
    from flask_prodcheck.facts.workflow_calls import with_calls

    return with_calls(files)


def _with_values(found: Mapping[str, FileFacts], paths: frozenset[str]) -> Mapping[str, KubernetesFile]:
    """The manifests, with the values of their charts."""
    manifests = {path: each for path, each in found.items() if isinstance(each, KubernetesFile)}
    if not manifests:
        return manifests  # nor is PyYAML needed
    from flask_prodcheck.facts.charts import filled

    return filled(manifests, [each for each in found.values() if isinstance(each, ChartValues)], paths)


def _recalled(tree: Tree, outlines: Outlines) -> dict[str, _Outcome]:
    """What is remembered of the Python files, by path."""
    found = {}
    for source in tree.sources:
        known = outlines.recall(source.path) if source.kind is Kind.PYTHON else None
        if known is None:
            continue
        digest, data = known
        module = from_data(source.path, data) if data is not None else None
        if module is not None or data is None:
            found[source.path] = _Outcome(module, digest=digest)
    return found


def note(source: Source, tree: Tree) -> Noted | None:
    """What is to be kept of one Python file; None where it cannot be read."""
    return next(_noted({source.path: _read(source, tree)}), None)


def _noted(read: Mapping[str, _Outcome]) -> Iterator[Noted]:
    """Of the Python files that were read."""
    for path, outcome in read.items():
        if outcome.digest:
            data = to_data(outcome.facts) if isinstance(outcome.facts, PyModule) else None
            yield Noted(path, outcome.digest, data, [outcome.silences, shape(data)], words(data))


def _weight(source: Source) -> int:
    return source.size if source.kind is Kind.PYTHON else 0


def _read(source: Source, tree: Tree) -> _Outcome:
    data = b""
    try:
        data = tree.content.read(source.path)
        if source.kind is Kind.DOCKERIGNORE:
            lines = (line.strip() for line in _text(data, strict=False).split("\n"))
            return _Outcome(ignored=tuple(line for line in lines if line and not line.startswith("#")))
        with time_limit(), depth_of_its_own():
            facts = facts_of(source, data)
        if source.kind is not Kind.PYTHON:
            digest = digest_of(data) if isinstance(facts, PyModule) else ""
            return _Outcome(facts, placeholders=_placeholders(source, data), digest=digest)
        return _Outcome(facts, digest=digest_of(data), silences=bool(where_held(MARKER.encode(), data)))
    except ReadError as error:
        return _Outcome(
            problem=Problem(printable(source.path), error.line, str(error), blocking=_is_blocking(source, data))
        )
    except Exception as error:
        message = (
            f"internal error in the {source.kind.value} reader: {type(error).__name__}: {printable(str(error))[:200]}"
        )
        return _Outcome(problem=Problem(printable(source.path), 1, message, blocking=True))


def facts_of(source: Source, data: bytes) -> FileFacts | None:
    """The facts of one file with the content ``data``; None when it is of no reader's kind or holds nothing of use.
    Raises :class:`~flask_prodcheck.errors.ReadError` when it cannot be read."""
    kind = Kind.PYTHON if source.kind is Kind.SETUP_PY and not _SETUP.search(data) else source.kind
    if kind in _BYTE_READERS:
        return _reader(_BYTE_READERS[kind])(source.path, data)
    if source.kind not in _TEXT_READERS:
        return None
    return _reader(_TEXT_READERS[source.kind])(source.path, _text(data, strict=source.kind in DEPLOY_KINDS))


def _placeholders(source: Source, data: bytes) -> tuple[tuple[Span, str], ...]:
    """The lines that still hold a placeholder, comments left out. Samples are meant to hold them."""
    if source.kind not in _FILLED_KINDS or PLACEHOLDER.encode() not in data:
        return ()
    if stripped(posixpath.basename(source.path)) != posixpath.basename(source.path):
        return ()
    return tuple(
        (Span(source.path, number, line.index(PLACEHOLDER) + 1), line.strip())
        for number, line in enumerate(_text(data, strict=False).split("\n"), 1)
        if PLACEHOLDER in line and not line.lstrip().startswith(_COMMENT)
    )


def _reader(place: tuple[str, str]) -> Callable[..., FileFacts | None]:
    module, function = place
    found: Callable[..., FileFacts | None] = getattr(
        importlib.import_module(f"flask_prodcheck.facts.{module}"), function
    )
    return found


def _text(data: bytes, *, strict: bool) -> str:
    r"""The text with ``\n`` line ends: UTF-8 or UTF-16 by mark. Other bytes are Latin-1, which always fits, except
    where ``strict``: there they raise :class:`ReadError` with the line."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            text = data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise ReadError(f"not valid UTF-16: {error.reason}") from error
    else:
        null = data.find(b"\0") if strict else -1
        if null >= 0:
            raise ReadError("holds null bytes: not a text file", data.count(b"\n", 0, null) + 1)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if strict:
                line = data.count(b"\n", 0, error.start) + 1
                raise ReadError(f"not valid UTF-8: {error.reason}", line) from error
            text = data.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_blocking(source: Source, data: bytes) -> bool:
    """Whether what this unreadable file says could hide an error."""
    if source.kind in DEPLOY_KINDS:
        return True
    if source.kind is Kind.IIS:
        return _PYTHON_SITE.search(data) is not None
    if source.kind is not Kind.PYTHON or _TEST_PATH.search(source.path):
        return False
    if not data:
        return posixpath.dirname(source.path) == ""
    return _APP.search(data) is not None and _FLASK.search(data) is not None
