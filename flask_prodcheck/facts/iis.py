"""``web.config`` of IIS: what wfastcgi serves, and the process that the HttpPlatformHandler starts.

Sources: the README of wfastcgi 3.0.0 ("Configuring"); Visual Studio, "Configure Python web apps for IIS"; IIS,
"HttpPlatformHandler Configuration Reference" and "FastCGI <fastCgi>"; Azure App Service, "Configuring Python" (2016): a
proxy that activates a virtual environment hands on to what ``WSGI_ALT_VIRTUALENV_HANDLER`` names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from flask_prodcheck.facts.types import Command, EnvVar, Start, StartFile
from flask_prodcheck.facts.windows_words import arguments, plain_word, windows_words, with_shell_variables
from flask_prodcheck.facts.xml_elements import Element, read_xml
from flask_prodcheck.patterns import regex

KIND = "iis"
#: What a configuration holds by which IIS starts a program.
_STARTS_A_PROGRAM = regex(r"FastCgiModule|<httpPlatform\b|<aspNetCore\b|WSGI_HANDLER", re.IGNORECASE)
_PROCESSES = ("httpPlatform", "aspNetCore")
_HANDS_ON = regex(r"\.get_(?:virtual|v)env_handler\(\)$")
_OF_THE_BRIDGE = ("WSGI_", "PYTHONPATH")


def read_iis(path: str, text: str) -> StartFile | None:
    """A start for what wfastcgi serves, without a command but with the options ``wsgi-handler`` (what it imports, where the
    file says so) and ``python-path`` (folders with colons between), and one for each other program; None where there is
    none, and for a file that only changes another (``xdt:Transform``). Raises ReadError."""
    if not _STARTS_A_PROGRAM.search(text):
        return None
    elements = read_xml(path, text)
    if any(name.startswith("xmlns:xdt") for each in elements[:1] for name in each.attributes):
        return None
    starts = [*_served(elements), *_scripts(elements), *_processes(elements)]
    return StartFile(path, KIND, tuple(starts)) if starts else None


def _served(elements: Sequence[Element]) -> Iterator[Start]:
    """What wfastcgi serves: it takes the settings of the site and those of its FastCGI application for its environment."""
    variables = {each.name: each for each in (*_settings(elements), *_of_applications(elements))}
    handler = variables.get("WSGI_HANDLER")
    if handler is not None and _HANDS_ON.search(handler.value or ""):
        handler = variables.get("WSGI_ALT_VIRTUALENV_HANDLER", handler)
    bridges = [each for each in _handlers(elements) if "wfastcgi" in each.attributes["scriptProcessor"].lower()]
    if handler is None and not bridges:
        return
    options = [("wsgi-handler", handler.value or "")] if handler is not None else []
    if "PYTHONPATH" in variables:
        folders = (variables["PYTHONPATH"].value or "").split(";")
        options.append(("python-path", ":".join(plain_word(each) for each in folders if each)))
    yield Start(
        KIND,
        f"WSGI_HANDLER={handler.value}" if handler is not None else "wfastcgi",
        handler.span if handler is not None else bridges[0].span,
        None,
        env=tuple(each for name, each in variables.items() if not name.startswith(_OF_THE_BRIDGE)),
        options=tuple(options),
    )


def _scripts(elements: Sequence[Element]) -> Iterator[Start]:
    """Programs that speak FastCGI themselves."""
    for each in _handlers(elements):
        processor = each.attributes["scriptProcessor"]
        program, _, script = processor.partition("|")
        if script and "wfastcgi" not in script.lower():
            argv = arguments([f'"{program}"', *windows_words(script)])
            yield Start(KIND, "", each.span, Command(each.span, processor, argv=argv))


def _processes(elements: Sequence[Element]) -> Iterator[Start]:
    """Programs to which IIS hands on requests by HTTP, at the port that it chooses."""
    variables = _environments(elements)
    for number, each in enumerate(elements):
        program = each.attributes.get("processPath", "")
        if each.name not in _PROCESSES or not program:
            continue
        given = each.attributes.get("arguments", "")
        command = Command(
            each.span, f"{program} {given}".strip(), argv=arguments([f'"{program}"', *windows_words(given)])
        )
        yield Start(KIND, "", each.span, command, env=tuple(variables.get(number, ())))


def _handlers(elements: Sequence[Element]) -> list[Element]:
    return [
        each
        for each in elements
        if _parent(elements, each) == "handlers"
        and each.attributes.get("modules", "").lower() == "fastcgimodule"
        and each.attributes.get("scriptProcessor")
    ]


def _settings(elements: Sequence[Element]) -> Iterator[EnvVar]:
    for each in elements:
        if each.name == "add" and _parent(elements, each) == "appSettings":
            yield _variable(each, "key")


def _of_applications(elements: Sequence[Element]) -> Iterator[EnvVar]:
    for number, variables in _environments(elements).items():
        if elements[number].name == "application" and _parent(elements, elements[number]) == "fastCgi":
            yield from variables


def _environments(elements: Sequence[Element]) -> dict[int, list[EnvVar]]:
    """The variables that elements give to what they start, by the numbers of these."""
    found: dict[int, list[EnvVar]] = {}
    for each in elements:
        if each.name == "environmentVariable" and _parent(elements, each) == "environmentVariables":
            found.setdefault(elements[each.parent].parent, []).append(_variable(each, "name"))
    return found


def _variable(element: Element, key: str) -> EnvVar:
    given: Mapping[str, str] = element.attributes
    return EnvVar(given.get(key, ""), with_shell_variables(given.get("value", "")), element.span)


def _parent(elements: Sequence[Element], element: Element) -> str:
    return elements[element.parent].name if element.parent >= 0 else ""
