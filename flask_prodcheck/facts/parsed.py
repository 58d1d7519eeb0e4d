"""The facts of a whole project: each file's frozen facts by path, and what could not be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from flask_prodcheck.base import Problem, Span
from flask_prodcheck.facts.looked import Looked
from flask_prodcheck.facts.syntax import PyModule
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
from flask_prodcheck.records import dataclass

FileFacts = (
    PyModule
    | Dockerfile
    | ComposeFile
    | KubernetesFile
    | ChartValues
    | ShellScript
    | StartFile
    | EnvFile
    | Manifest
    | UwsgiConfig
    | ProxyConfig
)


@dataclass(frozen=True, slots=True)
class Facts:
    """``modules`` holds the Python files that passed the screen. ``paths`` is every file of the project. ``builds`` are the
    images that commands, workflows and files for builds make of its Dockerfiles. ``ignored``:
    the lines of each ``.dockerignore`` by its path. ``placeholders``: the lines of deploy files, proxies and environment
    files (samples left out) that hold a scaffold's ``CHANGE-ME``, with their text. ``later`` are problems of statements
    that are read when they are asked for: it grows until the last was. ``parsed`` counts the files that a reader opened,
    ``recalled`` those whose outlines were remembered. ``looked`` grows with what is looked at in the modules."""

    modules: Mapping[str, PyModule] = field(default_factory=dict)
    dockerfiles: Mapping[str, Dockerfile] = field(default_factory=dict)
    compose: Mapping[str, ComposeFile] = field(default_factory=dict)
    kubernetes: Mapping[str, KubernetesFile] = field(default_factory=dict)
    scripts: Mapping[str, ShellScript] = field(default_factory=dict)
    start_files: Mapping[str, StartFile] = field(default_factory=dict)
    env_files: Mapping[str, EnvFile] = field(default_factory=dict)
    manifests: Mapping[str, Manifest] = field(default_factory=dict)
    uwsgi: Mapping[str, UwsgiConfig] = field(default_factory=dict)
    proxies: Mapping[str, ProxyConfig] = field(default_factory=dict)
    builds: tuple[Built, ...] = ()
    dockerignore: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    placeholders: tuple[tuple[Span, str], ...] = ()
    tracked: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    later: Sequence[Problem] = ()
    looked: Looked = field(default_factory=Looked)
    parsed: int = 0
    recalled: int = 0
