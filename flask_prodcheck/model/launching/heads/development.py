"""Compose services for development: what their names, their files and their variables say."""

from __future__ import annotations

import re
from functools import lru_cache

from flask_prodcheck.facts.types import ComposeFile, ComposeService
from flask_prodcheck.model.evaluation.flask_debug import turns_debug_on
from flask_prodcheck.model.launching.hints import purpose_of_words, words_of
from flask_prodcheck.model.project import Purpose
from flask_prodcheck.patterns import regex


def development_tag(service: ComposeService) -> str:
    """The tag of the image that ``service`` runs, where it says that the image is for development; "" elsewhere."""
    tag = (service.image or "").rpartition("/")[2].partition(":")[2]
    return tag if _DEVELOPMENT_WORDS & set(words_of(tag)) else ""


def is_development(file: ComposeFile, service: ComposeService) -> bool:
    """Whether ``service`` is for development or tests, by its names and its environment."""
    words = [
        *words_of(file.path),
        *words_of(service.name),
        *(word for profile in service.profiles for word in words_of(profile)),
    ]
    named = purpose_of_words(words)
    if named is not None:
        return named[0] is not Purpose.PRODUCTION
    return bool(development_environment(file, service) or development_variable(service) or stand_in(file))


def stand_in(file: ComposeFile) -> str:
    """The service of ``file`` that only replaces another while people work: a mock, the cloud on one machine, a mail server
    that sends nothing. What a profile has to ask for does not count; "" where there is none."""
    return next(
        (
            service.name
            for service in file.services
            if not service.profiles and _stands_in(service.name, service.image or "")
        ),
        "",
    )


@lru_cache(maxsize=4096)  # asked for every service of a file, about all of them
def _stands_in(name: str, image: str) -> bool:
    return _IMAGE_NAME.sub("", image).lower() in _STAND_INS or not _STAND_IN_WORDS.isdisjoint(words_of(name))


_IMAGE_NAME = regex(r"^.*/|[:@].*$")
_STAND_INS = frozenset({
    "mailhog", "mailpit", "maildev", "mailcatcher", "smtp4dev", "fakesmtp", "localstack", "azurite", "wiremock", "mockserver",
    "fake-gcs-server", "moto", "motoserver", "dynamodb-local", "httpbin", "mock-oauth2-server", "stripe-mock",
})  # fmt: skip
_STAND_IN_WORDS = frozenset({"mock", "mocks", "fake"})


def development_variable(service: ComposeService) -> str:
    """The variable of ``service`` by which Flask, or the application, runs for development; "" where there is none."""
    return next(
        (
            f"{var.name}={var.value}"
            for var in service.environment
            if (var.name == "FLASK_DEBUG" and turns_debug_on(var.value or ""))
            or (_NAMES_ENVIRONMENT.search(var.name) and _by_default(var.value or "").lower() in _DEVELOPMENT_WORDS)
        ),
        "",
    )


_DEVELOPMENT_WORDS = frozenset({"dev", "devel", "develop", "development"})
#: Variables that say by a word in which environment a process runs: FLASK_ENV, APP_ENV, ENVIRONMENT, RELEASE_CHANNEL.
_NAMES_ENVIRONMENT = regex(r"(?:^|_)(?:ENV(?:IRONMENT)?|CHANNEL|STAGE|TIER)$")
_WITH_DEFAULT = regex(r"\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^}$]*)\}")


def _by_default(value: str) -> str:
    """``value``, or the default of the one variable that it consists of."""
    found = _WITH_DEFAULT.fullmatch(value)
    return found[1] if found is not None else value


_LOCAL_DEVELOPMENT = regex(r"(?:is[_-])?local[_-]?dev(?:elopment)?(?:[_-]mode)?", re.IGNORECASE)


def development_environment(file: ComposeFile, service: ComposeService) -> str:
    """What says that the environment of ``service`` is one for development: an environment file that is called so or
    stands in a folder that is, or a variable that switches local development on or holds its name, or names the
    environment "local", in any service of the file: they run together. "" when nothing does."""
    for each in file.services:
        for reference in each.env_files:
            if _DEVELOPMENT_WORDS & set(words_of(reference.path)):
                return reference.path
        for var in each.environment:
            value = var.value or ""
            switched = _LOCAL_DEVELOPMENT.fullmatch(var.name) and "$" not in value and turns_debug_on(value)
            local = _NAMES_ENVIRONMENT.search(var.name) and _by_default(value).lower() == "local"
            if switched or local or _LOCAL_DEVELOPMENT.fullmatch(_by_default(value)):
                return f"{var.name}={var.value}"
    return ""
