"""Which findings a report shows: select, ignore, per-file ignores and the persona."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask_prodcheck.errors import SettingsError
from flask_prodcheck.findings.finding import Finding
from flask_prodcheck.registry.rule import PERSONAS, Rule
from flask_prodcheck.settings import Settings
from flask_prodcheck.tomlfile import nearest

if TYPE_CHECKING:
    import pathspec


def matches(selector: str, code: str, slug: str) -> bool:
    """Whether ``selector`` names the rule: "ALL", its code or slug, or the beginning of one (``PC1``, ``debug``)."""
    return (
        selector == "ALL"
        or code.startswith(selector.upper())
        or slug == selector
        or slug.startswith(f"{selector.rstrip('-')}-")
    )


def check_selectors(settings: Settings, rules: Iterable[Rule]) -> None:
    """Raises :class:`SettingsError` for a selector that names no rule: a misspelt one would silently check nothing."""
    known = [(rule.code, rule.slug) for rule in rules]
    beginnings = ("-".join(slug.split("-")[:count]) for _, slug in known for count in range(1, slug.count("-") + 2))
    words = [*(code for code, _ in known), *beginnings, "ALL"]
    per_file = [selector for _, selectors in settings.per_file_ignores for selector in selectors]
    for where, selectors in (("select", settings.select), ("ignore", settings.ignore), ("per-file-ignores", per_file)):
        for selector in selectors:
            if not any(matches(selector, code, slug) for code, slug in known):
                guess = nearest(selector, words) or nearest(selector.upper(), words)
                origin = f"{settings.file}: " if settings.file else ""
                raise SettingsError(f"{origin}{where}: no rule is named {selector!r}{guess}")


def selected(findings: Iterable[Finding], settings: Settings) -> tuple[Finding, ...]:
    """The findings that ``settings`` let through. The longest matching selector decides between select and ignore; a
    tie ignores. Rules for a stricter persona are left out unless a selector names them by code or slug."""
    per_file = _per_file(settings)
    return tuple(finding for finding in findings if _wanted(finding, settings) and not _file_ignored(finding, per_file))


def _per_file(settings: Settings) -> list[tuple[pathspec.GitIgnoreSpec, tuple[str, ...]]]:
    if not settings.per_file_ignores:
        return []
    import pathspec  # as in ``sources.ignore``

    return [(pathspec.GitIgnoreSpec.from_lines([glob]), codes) for glob, codes in settings.per_file_ignores]


def _wanted(finding: Finding, settings: Settings) -> bool:
    chosen = _strength(finding, settings.select) if settings.select else 0
    refused = _strength(finding, settings.ignore)
    if chosen < 0 or (refused >= 0 and refused >= chosen):
        return False
    named = any(selector.upper() == finding.code or selector == finding.name for selector in settings.select)
    return named or PERSONAS.index(finding.persona) <= PERSONAS.index(settings.persona)


def _strength(finding: Finding, selectors: Iterable[str]) -> int:
    """The length of the most exact selector that names the finding's rule, -1 when none does. A full code or slug is
    the most exact."""
    best = -1
    for selector in selectors:
        if matches(selector, finding.code, finding.name):
            exact = selector.upper() == finding.code or selector == finding.name
            best = max(best, 1000 if exact else 0 if selector == "ALL" else len(selector))
    return best


def _file_ignored(finding: Finding, per_file: Iterable[tuple[pathspec.GitIgnoreSpec, tuple[str, ...]]]) -> bool:
    return any(
        spec.match_file(finding.span.file) and any(matches(code, finding.code, finding.name) for code in codes)
        for spec, codes in per_file
    )
