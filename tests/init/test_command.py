"""``prodcheck init`` as a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def prodcheck(*args: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask_prodcheck", "init", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parent)


def test_shown_then_written_then_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    shown = prodcheck(tmp_path)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "+[tool.prodcheck]\n" in shown.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["pyproject.toml"]
    written = prodcheck(tmp_path, "--write")
    assert [line.partition(":")[0] for line in written.stdout.splitlines()] == [
        "wrote pyproject.toml",
        "wrote .pre-commit-config.yaml",
        "wrote .github/workflows/prodcheck.yml",
    ]
    assert prodcheck(tmp_path).stdout == "Nothing to add.\n"


def test_a_file_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("prodcheck.toml\n", encoding="utf-8")
    (tmp_path / "prodcheck.toml").write_text("x", encoding="utf-8")
    done = prodcheck(tmp_path, "--write")
    assert done.returncode == 1
    assert (tmp_path / "prodcheck.toml").read_text() == "x"
