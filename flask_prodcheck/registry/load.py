"""Finding and validating rule folders. A folder that says one thing wrong is refused with the file and the line."""

from __future__ import annotations

import importlib.util
import re
import string
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask_prodcheck.errors import RuleError
from flask_prodcheck.lesson import AFFECTS, Lesson, load_lesson
from flask_prodcheck.patterns import regex
from flask_prodcheck.records import replace
from flask_prodcheck.registry.condition import STATES, SUBJECTS, USES, Condition, Scalar, check_of
from flask_prodcheck.registry.rule import (
    CONFIDENCES,
    EXAMPLE_KINDS,
    PERSONAS,
    SEVERITIES,
    STARTS,
    Example,
    Expectation,
    Rule,
)
from flask_prodcheck.resources import rules_folder
from flask_prodcheck.rulekit import Server
from flask_prodcheck.tomlfile import Document, TomlError, nearest, parse_toml

_FOLDER = regex(r"[a-z]{2,8}\d{3}_[a-z0-9_]+")
_OWN_CODE = regex(r"PC\d{3}")
_FOREIGN_CODE = regex(r"(?!PC)[A-Z]{2,8}\d{3}")
_DISTRIBUTION = regex(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_REQUIRED = ("code", "slug", "since", "severity", "confidence", "persona", "message", "why", "cure", "references")
_OPTIONAL = ("topic", "reported_by", "start")
_TABLES = ("lesson", "when", "example")
_LESSON_KEYS = ("moments", "step", "affects")
_EXAMPLE_KEYS = ("name", "kind", "expect", "files")
_EXPECT_KEYS = ("at", "via", "severity", "says")
_WHEN_KEYS = (*SUBJECTS, "equals", "state", "below", "servers", "installed", "not-installed", "uses")


@cache
def builtin_rules(*, examples: bool = True) -> tuple[Rule, ...]:
    """The rules of this installation, by code, with their examples or without. Raises :class:`RuleError`."""
    return load_folder(rules_folder(), examples=examples)


def load(extend: Iterable[Path] = (), *, examples: bool = True) -> tuple[Rule, ...]:
    """The built-in rules and those of the folders ``extend`` (data only: a ``check.py`` there is refused), by code. An
    audit does without the ``examples`` of the built-in ones. Raises :class:`RuleError`."""
    rules = list(builtin_rules(examples=examples))
    for folder in extend:
        rules += load_folder(folder, trusted=False)
    return _distinct(rules)


def load_folder(
    folder: Path, *, trusted: bool = True, lesson: Lesson | None = None, examples: bool = True
) -> tuple[Rule, ...]:
    """The rules of ``folder``, one per sub-folder ``pcNNN_slug_with_underscores``. Raises :class:`RuleError`."""
    if not folder.is_dir():
        raise RuleError(f"{folder}: no such folder of rules")
    lesson = lesson or load_lesson()
    found = [
        load_rule(each, lesson, trusted=trusted, examples=examples)
        for each in sorted(folder.iterdir())
        if each.is_dir() and not each.name.startswith((".", "__"))
    ]
    return _distinct(found)


def load_rule(folder: Path, lesson: Lesson, *, trusted: bool = True, examples: bool = True) -> Rule:
    """The rule in ``folder``; without ``examples`` only what stands before the first of them is read. Raises
    :class:`RuleError`."""
    if not _FOLDER.fullmatch(folder.name):
        raise RuleError(f"{folder}: a rule folder is named pcNNN_slug_with_underscores")
    path = folder / "rule.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as failure:
        raise RuleError(f"{path}: cannot be read: {failure.strerror}") from failure
    except UnicodeDecodeError as failure:
        raise RuleError(f"{path}: is not UTF-8") from failure
    if not examples:
        text = text.partition("\n[[example]]\n")[0]
    rule = rule_from(text, folder, lesson, trusted=trusted, examples=examples)
    code_file, fix_file = folder / "check.py", folder / "fix.py"
    if fix_file.exists():
        if not trusted:
            raise RuleError(f"{fix_file}: rules outside prodcheck are data only")
        rule = replace(rule, fix=_import(fix_file, "fix", "fix(project, hit)"))
    if rule.reported_by == "check" and rule.check is None:
        if not trusted:
            raise RuleError(f"{path}:1: the table [when] is missing: rules outside prodcheck are data only")
        return replace(rule, check=_import(code_file, "check", "check(project)"))
    if code_file.exists():
        reason = f"is reported by {rule.reported_by}" if rule.reported_by != "check" else "has a [when] table"
        raise RuleError(f"{code_file}: a rule that {reason} has no check.py")
    return rule


def rule_from(text: str, folder: Path, lesson: Lesson, *, trusted: bool = True, examples: bool = True) -> Rule:
    """The rule that ``text``, the content of ``folder``'s rule.toml, describes, with the check that its ``[when]`` table
    means, if it has one. ``examples``: whether it must hold some. Raises :class:`RuleError`."""
    path = folder / "rule.toml"
    try:
        reader = _Reader(path, parse_toml(text), trusted=trusted, examples=examples)
    except TomlError as failure:
        raise RuleError(f"{path}:{failure.line}: {failure}") from failure
    return reader.rule(lesson)


def _distinct(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    ordered = sorted(rules, key=lambda rule: rule.code)
    for what in ("code", "slug"):
        seen: dict[str, Rule] = {}
        for rule in ordered:
            value = getattr(rule, what)
            if value in seen:
                raise RuleError(
                    f"{rule.folder / 'rule.toml'}: {what} {value!r} is also used by {seen[value].folder.name}"
                )
            seen[value] = rule
    return tuple(ordered)


def _import(path: Path, name: str, signature: str) -> Callable[..., Any]:
    """The function ``name`` of the file ``path``, loaded by path under a private name: the import system never searches
    for it."""
    private = f"_prodcheck_rule_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(private, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise RuleError(f"{path}: is missing")
    module = importlib.util.module_from_spec(spec)
    sys.modules[private] = module  # dataclasses and pickling look the module up by name
    try:
        spec.loader.exec_module(module)
    except Exception as failure:
        del sys.modules[private]
        line = getattr(failure, "lineno", None) or _line_in(failure, path)
        raise RuleError(f"{path}:{line}: cannot be loaded: {type(failure).__name__}: {failure}") from failure
    found = getattr(module, name, None)
    if not callable(found):
        raise RuleError(f"{path}: defines no function {signature}")
    return cast("Callable[..., Any]", found)


def _line_in(failure: BaseException, path: Path) -> int:
    line, trace = 1, failure.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class _Reader:
    """Validates one rule.toml; every complaint carries the file and the line."""

    def __init__(self, path: Path, document: Document, *, trusted: bool, examples: bool) -> None:
        self.path = path
        self.trusted = trusted
        self.required_examples = ("bad", "good") if trusted and examples else ()
        self.document = document
        self.data = document.data

    def fail(self, message: str, table: str = "", key: str = "", nth: int = 0) -> RuleError:
        return RuleError(f"{self.path}:{self.document.line(table, key, nth)}: {message}")

    def rule(self, lesson: Lesson) -> Rule:
        self.known(self.data, (*_REQUIRED, *_OPTIONAL, *_TABLES))
        values = {key: self.text(self.data, key) for key in _REQUIRED if key != "references"}
        code, slug = values["code"], values["slug"]
        if self.trusted and not _OWN_CODE.fullmatch(code):
            raise self.fail(f"code {code!r} is not PC and three digits", key="code")
        if not self.trusted and not _FOREIGN_CODE.fullmatch(code):
            raise self.fail(
                f"code {code!r} is not two to eight capital letters, other than PC, and three digits", key="code"
            )
        if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
            raise self.fail(f"slug {slug!r} is not lower-case words joined by hyphens", key="slug")
        expected = f"{code.lower()}_{slug.replace('-', '_')}"
        if self.path.parent.name != expected:
            raise self.fail(
                f"code and slug ask for the folder name {expected}, this is {self.path.parent.name}", key="code"
            )
        for key, valid in (("severity", SEVERITIES), ("confidence", CONFIDENCES), ("persona", PERSONAS)):
            self.one_of(values[key], valid, key=key)
        if not re.fullmatch(r"\d+\.\d+\.\d+", values["since"]):
            raise self.fail("since is not a version such as 0.1.0", key="since")
        self.template(values["message"])
        references = self.texts(self.data, "references")
        if not references or not all(each.startswith("https://") for each in references):
            raise self.fail("references needs at least one address, each starting with https://", key="references")
        moments, step, affects = self.lesson(lesson)
        condition = self.condition() if "when" in self.data else None
        return Rule(
            code=code,
            slug=slug,
            topic=self.text(self.data, "topic", default=slug),
            since=values["since"],
            severity=values["severity"],
            confidence=values["confidence"],
            persona=values["persona"],
            message=values["message"],
            why=values["why"].strip(),
            cure=values["cure"].strip(),
            references=references,
            moments=moments,
            step=step,
            affects=affects,
            examples=self.examples(),
            folder=self.path.parent,
            check=check_of(condition, values["severity"]) if condition is not None else None,
            reported_by=self.one_of(
                self.text(self.data, "reported_by", default="check"),
                ("check", "policy") if self.trusted else ("check",),
                key="reported_by",
            ),
            start=self.one_of(self.text(self.data, "start"), STARTS, key="start") if "start" in self.data else "",
        )

    def condition(self) -> Condition:
        table = self.data["when"]
        if not isinstance(table, dict):
            raise self.fail("when is not a table: write [when]", key="when")
        self.known(table, _WHEN_KEYS, "when")
        subjects = [key for key in SUBJECTS if key in table]
        if len(subjects) != 1:
            raise self.fail(f"[when] needs exactly one of {', '.join(SUBJECTS)}", "when")
        subject = subjects[0]
        names = self.texts(table, subject, "when")
        if not names or not all(names):
            raise self.fail(f"{subject} names nothing", "when", subject)
        tests = [key for key in ("equals", "state", "below") if key in table]
        if len(tests) != 1:
            raise self.fail("[when] needs exactly one of equals, state, below", "when", tests[-1] if tests else "")
        if (tests[0] == "below") and subject != "dependency":
            raise self.fail("below is for a dependency", "when", "below")
        if tests[0] == "equals" and subject == "dependency":
            raise self.fail("equals is not for a dependency: use state or below", "when", "equals")
        if subject == "dependency" and ("servers" in table or "uses" in table):
            key = "servers" if "servers" in table else "uses"
            raise self.fail(f"{key} is not for a dependency, which no launch has of its own", "when", key)
        distributions = {key: self.distributions(table, key) for key in ("installed", "not-installed")}
        if subject == "dependency":
            self.distributions(table, subject)
        return Condition(
            subject=subject,
            names=names,
            equals=self.values(table, subject) if tests[0] == "equals" else (),
            state=self.one_of(self.text(table, "state", "when"), STATES, "when", "state")
            if tests[0] == "state"
            else "",
            below=self.version(table) if tests[0] == "below" else (),
            servers=frozenset(self.words(table, "servers", [server.value for server in Server])),
            installed=distributions["installed"],
            not_installed=distributions["not-installed"],
            uses=self.words(table, "uses", USES),
        )

    def words(self, table: Mapping[str, object], key: str, valid: Iterable[str]) -> tuple[str, ...]:
        found = self.texts(table, key, "when") if key in table else ()
        for each in found:
            self.one_of(each, valid, "when", key)
        return found

    def distributions(self, table: Mapping[str, object], key: str) -> frozenset[str]:
        found = self.texts(table, key, "when") if key in table else ()
        for each in found:
            if not _DISTRIBUTION.fullmatch(each):
                raise self.fail(
                    f"{each!r} is not a normalised distribution name (lower case, hyphens only)", "when", key
                )
        return frozenset(found)

    def values(self, table: Mapping[str, object], subject: str) -> tuple[Scalar, ...]:
        written = table["equals"]
        valid = (str, int, float, bool) if subject == "config" else (str,)
        if not isinstance(written, list) or not written or not all(isinstance(each, valid) for each in written):
            kind = "texts, numbers or booleans" if subject == "config" else 'texts, as they are written ("1")'
            raise self.fail(f"equals is not a list of {kind}", "when", "equals")
        return tuple(written)

    def version(self, table: Mapping[str, object]) -> tuple[int, ...]:
        text = self.text(table, "below", "when")
        if not re.fullmatch(r"\d{1,6}(?:\.\d{1,6}){0,3}", text):
            raise self.fail(f"below {text!r} is not a version such as 2.3", "when", "below")
        return tuple(int(part) for part in text.split("."))

    def lesson(self, lesson: Lesson) -> tuple[tuple[str, ...], int, tuple[str, ...]]:
        table = self.data.get("lesson")
        if not isinstance(table, dict):
            raise self.fail("the table [lesson] is missing")
        self.known(table, _LESSON_KEYS, "lesson")
        moments = self.texts(table, "moments", "lesson")
        if not moments:
            raise self.fail("moments is empty", "lesson", "moments")
        for moment in moments:
            self.one_of(moment, [each.id for each in lesson.moments], "lesson", "moments")
        step = table.get("step")
        numbers = [each.number for each in lesson.steps]
        if type(step) is not int or step not in numbers:
            raise self.fail(
                f"step {step!r} is not a step of the lesson ({numbers[0]} to {numbers[-1]})", "lesson", "step"
            )
        affects = self.texts(table, "affects", "lesson")
        for each in affects:
            self.one_of(each, AFFECTS, "lesson", "affects")
        return moments, step, affects

    def examples(self) -> tuple[Example, ...]:
        tables = self.data.get("example", [])
        if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
            raise self.fail("example is not an array of tables: write [[example]]", key="example")
        found = tuple(self.example(each, nth) for nth, each in enumerate(tables))
        for kind in self.required_examples:
            if not any(each.kind == kind for each in found):
                raise self.fail(f"an example of kind {kind!r} is required")
        names = [each.name for each in found]
        for nth, name in enumerate(names):
            if name in names[:nth]:
                raise self.fail(f"two examples are named {name!r}", "example", "name", nth)
        return found

    def example(self, table: Mapping[str, object], nth: int) -> Example:
        self.known(table, _EXAMPLE_KEYS, "example", nth)
        name = self.text(table, "name", "example", nth)
        kind = self.one_of(self.text(table, "kind", "example", nth), EXAMPLE_KINDS, "example", "kind", nth)
        files = table.get("files")
        if not isinstance(files, dict) or not files or not all(isinstance(each, str) for each in files.values()):
            raise self.fail('files are written as files."name" = text', "example", "files", nth)
        # Multi-line TOML strings that open with a newline already drop it; the rest is the file as it is.
        texts = {str(path): str(text) for path, text in files.items()}
        written = table.get("expect", [])
        if not isinstance(written, list) or not all(isinstance(each, dict) for each in written):
            raise self.fail("expect is a list of tables", "example", "expect", nth)
        expect = tuple(self.expectation(each, texts, nth) for each in written)
        if (kind in ("bad", "missed")) != bool(expect):
            needs = "needs expect" if not expect else "gives no findings, so it has no expect"
            raise self.fail(f"an example of kind {kind!r} {needs}", "example", "kind", nth)
        return Example(name, kind, texts, expect)

    def expectation(self, table: Mapping[str, object], files: Mapping[str, str], nth: int) -> Expectation:
        self.known(table, _EXPECT_KEYS, "example", nth)
        at = self.texts(table, "at", "example", nth)
        if len(at) != 2:
            raise self.fail('at is [file, "piece of the source line"]', "example", "expect", nth)
        file, quote = at
        if file not in files:
            raise self.fail(f"expect names {file}, which the example does not hold", "example", "expect", nth)
        if not any(quote in line for line in files[file].splitlines()):
            raise self.fail(f"no line of {file} holds {quote!r}", "example", "expect", nth)
        via = self.texts(table, "via", "example", nth) if "via" in table else None
        severity = self.text(table, "severity", "example", nth) if "severity" in table else None
        if severity is not None:
            self.one_of(severity, SEVERITIES, "example", "expect", nth)
        says = self.text(table, "says", "example", nth) if "says" in table else None
        return Expectation(file, quote, via, severity, says)

    def known(self, table: Mapping[str, object], valid: tuple[str, ...], name: str = "", nth: int = 0) -> None:
        for key in table:
            if key not in valid:
                raise self.fail(f"unknown key {key!r}{nearest(key, valid)}", name, key, nth)

    def text(
        self, table: Mapping[str, object], key: str, name: str = "", nth: int = 0, default: str | None = None
    ) -> str:
        value = table.get(key, default)
        if value is None:
            raise self.fail(f"{key} is missing", name, "", nth)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f"{key} is not a text", name, key, nth)
        return value

    def texts(self, table: Mapping[str, object], key: str, name: str = "", nth: int = 0) -> tuple[str, ...]:
        value = table.get(key)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.fail(f"{key} is not a list of texts" if key in table else f"{key} is missing", name, key, nth)
        return tuple(value)

    def one_of(self, value: str, valid: Iterable[str], name: str = "", key: str = "", nth: int = 0) -> str:
        words = tuple(valid)
        if value not in words:
            raise self.fail(f"{key} {value!r} is not one of {', '.join(words)}{nearest(value, words)}", name, key, nth)
        return value

    def template(self, message: str) -> None:
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(message) if name is not None]
        except ValueError as failure:
            raise self.fail(f"message is not a template: {failure}", key="message") from failure
        for name in fields:
            if not name.isidentifier():
                raise self.fail(f"message uses {{{name}}}: only plain names are filled", key="message")
