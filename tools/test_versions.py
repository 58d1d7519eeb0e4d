"""Run the tests with the lowest and the newest dependencies that ``pyproject.toml`` allows, on each Python named.

``python tools/test_versions.py [--python python3.10]... [--only lowest|newest] [-- pytest arguments]``. Each pair gets a
virtual environment of its own below ``.venv-versions/``. Exits with 1 when one of them fails.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import tomli

ROOT = Path(__file__).resolve().parent.parent
SET_UPS = ("lowest", "newest")
_FLOOR = re.compile(r"([A-Za-z0-9._-]+)>=([0-9][0-9.]*)")


def floors() -> list[str]:
    """``name==version`` for the lowest version of each dependency that an audit needs, of flask and of gunicorn."""
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["verify"]]
    found = [_FLOOR.fullmatch(each) for each in wanted]
    missing = [each for each, match in zip(wanted, found, strict=True) if match is None]
    if missing:
        raise SystemExit(f"no plain floor: {', '.join(missing)}")
    return [f"{match.group(1)}=={match.group(2)}" for match in found if match is not None]


def run(python: str, set_up: str, arguments: list[str]) -> bool:
    """Whether the tests pass on ``python`` with the ``set_up`` of dependencies."""
    version = subprocess.run(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True, check=True
    ).stdout.strip()
    folder = ROOT / ".venv-versions" / f"{version}-{set_up}"
    print(f"== Python {version}, {set_up} dependencies", flush=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as constraints:
        constraints.write("\n".join(floors()) if set_up == "lowest" else "")
        constraints.flush()
        subprocess.run(
            [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
             "--constraint", constraints.name, "--editable", f"{ROOT}[test]"],
            check=True,
        )  # fmt: skip
    done = subprocess.run([folder / "bin" / "python", "-m", "pytest", "-q", *arguments], cwd=ROOT, check=False)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", action="append", help="an interpreter (may be repeated; default: this one)")
    parser.add_argument("--only", choices=SET_UPS)
    parser.add_argument("pytest", nargs="*", default=["-m", "not slow"], help="arguments of pytest")
    arguments = parser.parse_args()
    set_ups = [arguments.only] if arguments.only else list(SET_UPS)
    results = {
        (python, set_up): run(python, set_up, arguments.pytest)
        for python in arguments.python or [sys.executable]
        for set_up in set_ups
    }
    for (python, set_up), passed in results.items():
        print(f"{'passed' if passed else 'FAILED'}  {python}  {set_up}")
    return int(not all(results.values()))


if __name__ == "__main__":
    sys.exit(main())
