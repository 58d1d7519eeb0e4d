"""Configuration of NGINX Unit: the Python applications to which its listeners or routes pass requests.

Source: https://unit.nginx.org/configuration/ ("Listeners", "Applications", "Python").
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_prodcheck.facts.json_comments import without_comments
from flask_prodcheck.facts.types import Start, StartFile
from flask_prodcheck.facts.yaml_nodes import YamlNode, env_mapping, read_yaml

KIND = "nginx-unit"


def read_nginx_unit(path: str, text: str) -> StartFile | None:
    """One start without a command for each application, or each target of one, with the options ``module``, ``callable``,
    ``factory`` ("true" where Unit calls it) and ``path`` (folders with colons between); None where there is none. One that
    nothing passes to is none. Raises ReadError."""
    starts: list[Start] = []
    for document in read_yaml(path, without_comments(text)):
        applications = document.get("applications")
        passed = frozenset(_passed(document))
        for name, _, application in applications.items() if applications is not None else ():
            language = application.get("type")
            if language is not None and (language.raw or "").split(" ")[0] == "python":  # a template may give the version
                starts += _starts(name, application, passed)
    return StartFile(path, KIND, tuple(starts)) if starts else None


def _starts(name: str, application: YamlNode, passed: frozenset[str]) -> Iterator[Start]:
    targets = application.get("targets")
    entries = list(targets.items()) if targets is not None else [("", application.span, application)]
    for target, _, entry in entries:
        module = entry.get("module")
        if module is None or not _is_passed(name, target, passed):
            continue
        folders, factory, served = application.get("path"), entry.get("factory"), entry.get("callable")
        name_of_it = (served.raw if served is not None else None) or "application"
        options = [("module", module.raw or ""), ("callable", name_of_it)]
        if factory is not None and factory.text == "true":
            options.append(("factory", "true"))
        if folders is not None:
            options.append(("path", ":".join(folders.strings())))
        yield Start(
            KIND,
            f"{name}/{target}" if target else name,
            module.span,
            None,
            application.string("working_directory"),
            env_mapping(application.get("environment")),
            user=application.string("user"),
            options=tuple(options),
        )


def _is_passed(name: str, target: str, passed: frozenset[str]) -> bool:
    """Whether requests reach an application; a variable of the request's may name any, and so may a template."""
    named = {name, f"applications/{name}/{target}" if target else f"applications/{name}"}
    return not named.isdisjoint(passed) or any("$" in each or "`" in each for each in passed)


def _passed(document: YamlNode) -> Iterator[str]:
    """What listeners and the steps of routes name to pass requests to; ``application`` in releases before 1.11. "$" for
    what a template decides."""
    waiting = [node for key in ("listeners", "routes") if (node := document.get(key)) is not None]
    if any(node.dynamic for node in waiting):
        yield "$"
    while waiting:
        node = waiting.pop()
        for key, _, value in node.items():
            if key in ("pass", "application") and value.is_scalar:
                yield "$" if value.dynamic else value.raw or ""
            else:
                waiting.append(value)
        waiting += node.elements()
