"""What may import what: the rooms by import-linter, the rules and the use of libcst by reading the sources."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "flask_prodcheck"
ALLOWED_IN_RULES = {
    "__future__", "collections", "dataclasses", "datetime", "difflib", "functools", "itertools", "posixpath", "re", "typing",
}  # fmt: skip
MAY_IMPORT_LIBCST = ("facts/python/", "fixes/")


def imports(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), node.lineno


RULE_FILES = sorted((ROOT / "rules").glob("pc*/*.py"))


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_rule_imports_only_the_rulekit(path: Path) -> None:
    foreign = [
        f"{name} (line {line})"
        for name, line in imports(path)
        if name != "flask_prodcheck.rulekit" and name.partition(".")[0] not in ALLOWED_IN_RULES
    ]
    assert foreign == []


def test_there_are_rules() -> None:
    assert len(RULE_FILES) > 1


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_libcst_stays_in_its_room(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    if not place.startswith(MAY_IMPORT_LIBCST):
        assert [name for name, _ in imports(path) if name.partition(".")[0] == "libcst"] == []


@pytest.mark.parametrize(
    "path",
    sorted([*(PACKAGE / "model").rglob("*.py"), *(ROOT / "rules").rglob("*.py")]),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_outlines_are_asked_where_it_is_noted(path: Path) -> None:
    """A report stands after a file has changed of whose outline nothing was asked that is noted to have been."""
    raw = {"names_bound"} if path == PACKAGE / "model/python/mentions.py" else {"names_bound", "mentions"}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in raw] == []


def test_rooms_import_backwards_only() -> None:
    command = [
        str(Path(sys.executable).parent / "lint-imports"),
        "--no-cache",
        "--config",
        str(ROOT / "pyproject.toml"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_command_line_is_light() -> None:
    code = (
        "import sys, flask_prodcheck.cli; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'libcst', 'yaml', 'tree_sitter', 'jinja2', 'pathspec', 'tomli', 'packaging', 'dotenv', 'flask', 'gunicorn'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_audit_needs_neither_flask_nor_gunicorn() -> None:
    for path in PACKAGE.rglob("*.py"):
        names = {name.partition(".")[0] for name, _ in imports(path)}
        if path.name != "inside.py":
            assert not names & {"flask", "gunicorn", "werkzeug"}, path


RUNS_WHAT_IT_READS = {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "copyreg"}
#: From one process of a run to another, through a pipe that nobody else holds.
MAY_PICKLE = ("facts/forks.py", "facts/packed.py")


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_what_is_read_from_the_cache_is_never_unpickled(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    names = {name for name, _ in imports(path)}
    if place not in MAY_PICKLE:
        assert not RUNS_WHAT_IT_READS & {name.partition(".")[0] for name in names}
    if place.startswith("cache/") or place in ("facts/outlines.py", "facts/statement_data.py"):
        assert not {"flask_prodcheck.facts.forks", "flask_prodcheck.facts.packed"} & names
