"""Writes docs/rules/: one page per rule from its rule.toml, and an index. With --check it only compares."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from flask_prodcheck.lesson import Lesson, load_lesson
from flask_prodcheck.registry.load import builtin_rules
from flask_prodcheck.registry.rule import Example, Rule

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
_HEADINGS = (("bad", "Reported"), ("good", "Fine"), ("quiet", "Looks bad, is fine"), ("missed", "Not seen yet"))
_LANGUAGES = {
    ".py": "python",
    ".toml": "toml",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".sh": "sh",
    ".ini": "ini",
    ".cfg": "ini",
    ".conf": "nginx",
}


def pages(rules: Sequence[Rule], lesson: Lesson) -> dict[str, str]:
    """The text of each file of ``docs/rules``, by name."""
    found = {f"{rule.code.lower()}.md": "\n".join(_page(rule, lesson)) + "\n" for rule in rules}
    return {"README.md": "\n".join(_index(rules)) + "\n", **found}


def outdated(folder: Path, wanted: dict[str, str]) -> list[str]:
    """The names of the files in ``folder`` that are missing, different or left over."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))


def _index(rules: Sequence[Rule]) -> Iterator[str]:
    yield "# Rules"
    yield ""
    yield "Generated from `rules/` by `tools/rule_pages.py`. How to write one: [writing-rules.md](../writing-rules.md)."
    yield ""
    yield "| Code | Name | Severity | Key moments | Step |"
    yield "| --- | --- | --- | --- | --- |"
    for rule in rules:
        moments = ", ".join(rule.moments)
        yield f"| [{rule.code}]({rule.code.lower()}.md) | {rule.slug} | {rule.severity} | {moments} | {rule.step} |"


def _page(rule: Rule, lesson: Lesson) -> Iterator[str]:
    yield f"# {rule.code} {rule.slug}"
    yield ""
    yield f"Severity **{rule.severity}** at most · confidence {rule.confidence} · persona {rule.persona} · since {rule.since}"
    yield ""
    yield f"> {rule.message}"
    yield ""
    yield rule.why
    yield ""
    yield "## What to do"
    yield ""
    yield rule.cure
    yield ""
    yield "## In the lesson"
    yield ""
    for moment in rule.moments:
        yield f"- {moment}: {lesson.moment(moment).question}"
    step = lesson.step(rule.step)
    yield f"- Step {step.number}: {step.action}"
    if rule.affects:
        yield f"- Affects: {', '.join(rule.affects)}"
    for kind, heading in _HEADINGS:
        examples = [each for each in rule.examples if each.kind == kind]
        if examples:
            yield ""
            yield f"## {heading}"
        for example in examples:
            yield from _example(example)
    yield ""
    yield "## To accept it"
    yield ""
    yield f"In one place: `# prodcheck: ignore[{rule.code}] the reason`."
    yield f'Everywhere: `ignore = ["{rule.code}"]` in `[tool.prodcheck]`; it then stays part of the verdict.'
    yield ""
    yield "## Sources"
    yield ""
    yield from (f"- <{reference}>" for reference in rule.references)


def _example(example: Example) -> Iterator[str]:
    yield ""
    yield f"### {example.name[:1].upper()}{example.name[1:]}"
    for path, text in example.files.items():
        language = "dockerfile" if "dockerfile" in path.lower() else _LANGUAGES.get(Path(path).suffix, "text")
        yield ""
        yield f"`{path}`"
        yield ""
        yield f"```{language}"
        yield text.rstrip("\n")
        yield "```"
    for each in example.expect:
        severity = f" ({each.severity})" if each.severity else ""
        yield ""
        yield f"Expected: a finding{severity} in `{each.file}` at `{each.quote}`."


def main(arguments: Sequence[str]) -> int:
    wanted = pages(builtin_rules(), load_lesson())
    different = outdated(FOLDER, wanted)
    if "--check" in arguments:
        for name in different:
            print(f"docs/rules/{name} is not current: run tools/rule_pages.py")
        return 1 if different else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in different:
        if name in wanted:
            (FOLDER / name).write_text(wanted[name], encoding="utf-8")
        else:
            (FOLDER / name).unlink()
    print(f"{len(wanted)} pages, {len(different)} changed")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
