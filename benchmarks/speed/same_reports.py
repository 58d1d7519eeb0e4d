"""Whether a change of the code leaves every report as it was: the JSON report of each project, without its statistics,
written to a folder and compared with an earlier one.

    python benchmarks/speed/same_reports.py write REPORTS PROJECT...
    python benchmarks/speed/same_reports.py compare BEFORE AFTER
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

CODES = {0, 1, 2, 3}


def write(folder: Path, projects: list[Path]) -> int:
    """Write the report on each project, a text per project, and say how long each took (wall clock, seconds)."""
    folder.mkdir(parents=True, exist_ok=True)
    for project in projects:
        started = time.perf_counter()
        command = [sys.executable, "-m", "flask_prodcheck", str(project), "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - started
        text = done.stdout
        if done.stdout:
            report = json.loads(done.stdout)
            report.pop("stats", None)
            text = json.dumps(report, indent=1)
        (folder / f"{project.name}.json").write_text(f"exit {done.returncode}\n{done.stderr}{text}", "utf-8")
        print(f"{seconds:7.2f} s  {project.name}", flush=True)
    return 0


def compare(before: Path, after: Path) -> int:
    """1 and the names of the projects whose reports differ, else 0."""
    names = sorted({each.name for folder in (before, after) for each in folder.glob("*.json")})
    different = [name for name in names if _text(before / name) != _text(after / name)]
    print(f"{len(names)} reports, {len(different)} different", *different, sep="\n  ")
    return 1 if different or not names else 0


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    if len(sys.argv) > 3 and sys.argv[1] == "write":
        sys.exit(write(Path(sys.argv[2]), [Path(each) for each in sys.argv[3:]]))
    if len(sys.argv) == 4 and sys.argv[1] == "compare":
        sys.exit(compare(Path(sys.argv[2]), Path(sys.argv[3])))
    sys.exit(__doc__)
