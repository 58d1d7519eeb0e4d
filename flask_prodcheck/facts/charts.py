"""Helm charts: the values that a chart gives itself, put into its templates where they are plain.

Only ``values.yaml`` beside ``Chart.yaml`` counts, and no value that another file of values beside it sets otherwise, that
is empty, or that a secret takes: an installation gives those. What any other function of the template language decides
stays as it is written, and unknown.

Sources: https://helm.sh/docs/chart_template_guide/values_files/ and .../function_list/.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from typing import TypeVar

from flask_prodcheck.facts.types import ChartValues, Command, Container, EnvVar, KubernetesFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, read_yaml
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import dataclass, replace

_EXPRESSION = regex(r"\{\{([^{}]{0,400})\}\}")
_VALUE = regex(r"\$?\.Values((?:\.[A-Za-z_]\w*)+)")
_LITERAL = regex(r'"([^"\\]*)"|\'([^\']*)\'|([\w.:/-]+)')
#: Functions that leave a plain text as it is, but for quotes and blanks around it.
_KEEPING = frozenset({"quote", "squote", "toString", "trim", "int", "int64"})
_INDENTING = frozenset({"indent", "nindent"})
_AS_YAML = frozenset({"toYaml", "toJson"})
#: What the template language takes for not given.
_EMPTY = frozenset({"", "0", "false", "[]", "{}"})
_SECRET = regex(r"(?i)secret|password|passwd|token|credential|(?:^|_)(?:key|pass|salt|pwd)(?:$|_)")
_MAX_DEPTH = 12
_T = TypeVar("_T")


def read_values(path: str, text: str) -> ChartValues:
    """The plain values of one file by their dotted names. Raises ReadError for invalid YAML."""
    texts: list[tuple[str, str]] = []
    lists: list[tuple[str, tuple[str, ...]]] = []
    for document in read_yaml(path, text)[:1]:
        for name, node in _leaves(document, "", 0):
            if node.is_sequence:
                words = [each.text for each in node.elements()]
                if all(word is not None for word in words):
                    lists.append((name, tuple(word for word in words if word is not None)))
            elif node.text is not None:
                texts.append((name, node.text))
    return ChartValues(path, tuple(texts), tuple(lists))


def _leaves(node: YamlNode, name: str, depth: int) -> Iterator[tuple[str, YamlNode]]:
    if not node.is_mapping:
        yield name, node
        return
    for key, _, value in node.items() if depth < _MAX_DEPTH else ():
        yield from _leaves(value, f"{name}.{key}", depth + 1)


def filled(
    manifests: Mapping[str, KubernetesFile], values: Iterable[ChartValues], paths: frozenset[str]
) -> dict[str, KubernetesFile]:
    """``manifests`` with the plain values of the charts whose templates they are."""
    by_path = {each.path: each for each in values}
    charts: dict[str, _Values] = {}
    found = {}
    for path, manifest in manifests.items():
        folder = _chart_of(path, paths)
        if folder is not None and folder not in charts:
            charts[folder] = _values_of(folder, by_path)
        own = charts[folder] if folder is not None else _Values()
        found[path] = replace(manifest, containers=tuple(own.container(each) for each in manifest.containers))
    return found


def _chart_of(path: str, paths: frozenset[str]) -> str | None:
    """The folder of the chart of which ``path`` is a template."""
    parts = path.split("/")[:-1]
    while parts:
        if parts.pop() == "templates" and posixpath.join(*parts, "Chart.yaml") in paths:
            return "/".join(parts)
    return None


def _values_of(folder: str, values: Mapping[str, ChartValues]) -> _Values:
    own = next((values[path] for name in _NAMES if (path := posixpath.join(folder, name)) in values), None)
    if own is None:
        return _Values()
    others = [each for path, each in values.items() if posixpath.dirname(path) == folder and each is not own]
    return _Values(
        _alike(own.texts, [each.texts for each in others]), _alike(own.lists, [each.lists for each in others])
    )


_NAMES = ("values.yaml", "values.yml")


def _alike(own: Iterable[tuple[str, _T]], others: Iterable[Iterable[tuple[str, _T]]]) -> dict[str, _T]:
    """Those of ``own`` that no other file sets otherwise."""
    found = dict(own)
    for each in others:
        for name, value in each:
            if name in found and found[name] != value:
                del found[name]
    return found


@dataclass(frozen=True, slots=True)
class _Values:
    texts: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def container(self, each: Container) -> Container:
        written = dict(each.templated_env)
        env = tuple(self._variable(var, written) for var in each.env)
        ports = tuple(port for port in map(self.text, each.ports) if "{{" not in port)
        command, args = self.command(each.command), self.command(each.args)
        return replace(
            each,
            image=self.text(each.image),
            command=command,
            args=args,
            chosen_command=(command, args) != (each.command, each.args),
            working_dir=self.text(each.working_dir) if each.working_dir is not None else None,
            env=env,
            ports=ports,
        )

    def _variable(self, var: EnvVar, written: Mapping[str, str]) -> EnvVar:
        if var.value is not None or var.name not in written or _SECRET.search(var.name):
            return var
        text = self.text(written[var.name])
        return replace(var, value=text) if text and "{{" not in text else var

    def command(self, command: Command | None) -> Command | None:
        """``command`` with the values in it: None where they are those of a list that is empty."""
        if command is None or "{{" not in command.text:
            return command
        if command.argv is None:
            whole = self._words(command.shell or "")
            if whole is None:
                return replace(command, text=self.text(command.text), shell=self.text(command.shell or ""))
            return replace(command, text=_shown(whole), argv=whole, shell=None) if whole else None
        argv: list[str] = []
        for word in command.argv:
            several = self._words(word)
            argv += several if several is not None else (self.text(word),)
        return replace(command, text=_shown(argv), argv=tuple(argv))

    def text(self, text: str) -> str:
        """``text`` with every expression that is a plain value replaced."""
        if "{{" not in text:
            return text
        return _EXPRESSION.sub(lambda match: found if (found := self._text(match[1])) is not None else match[0], text)

    def _text(self, expression: str) -> str | None:
        """The text that ``expression`` gives; None where it is not a plain value."""
        first, *rest = _parts(expression)
        words = first.split(None, 1)
        if len(words) == 2 and words[0] in _KEEPING:
            first, rest = words[1], [words[0], *rest]
        elif len(words) == 2 and words[0] == "default" and (match := _DEFAULT_FIRST.fullmatch(words[1])) is not None:
            first, rest = match[2], [f"default {match[1]}", *rest]
        named = _VALUE.fullmatch(first)
        if named is None:
            return None
        found = self.texts.get(named[1])
        for function in rest:
            name, _, argument = function.partition(" ")
            if name == "default" and (match := _LITERAL.fullmatch(argument.strip())) is not None:
                if found is None or found in _EMPTY:
                    found = next((group for group in match.groups() if group is not None), None)
            elif name not in _KEEPING or argument:
                return None
        return found

    def _words(self, text: str) -> tuple[str, ...] | None:
        """The list that ``text`` is, where it is one expression of a plain list."""
        match = _EXPRESSION.fullmatch(text.strip())
        if match is None:
            return None
        first, *rest = _parts(match[1])
        words = first.split(None, 1)
        if len(words) == 2 and words[0] in _AS_YAML:
            first, rest = words[1], [words[0], *rest]
        named = _VALUE.fullmatch(first)
        functions = [each.split() for each in rest]
        plain = bool(functions) and all(
            each[0] in _AS_YAML or (each[0] in _INDENTING and len(each) == 2) for each in functions if each
        )
        return self.lists.get(named[1]) if named is not None and plain else None


def _parts(expression: str) -> list[str]:
    """The value and the functions that it is handed to, of what stands between the braces (and their dashes)."""
    inside = expression.strip().removeprefix("-").removesuffix("-")
    return [part.strip() for part in inside.split("|")]


_DEFAULT_FIRST = regex(r"(\"[^\"\\]*\"|'[^']*'|[\w.:/-]+)\s+(\$?\.Values[\w.]+)")


def _shown(words: Iterable[str]) -> str:
    return "[" + ", ".join(json.dumps(word, ensure_ascii=False) for word in words) + "]"
