"""Side by side with ruff, bandit and semgrep: time, CPU and memory on public packages and on generated trees.

    python benchmarks/speed/compare.py set-up            # a virtual environment of the peers, and the packages
    python benchmarks/speed/compare.py packages [--rounds 3] [--only NAME,...]
    python benchmarks/speed/compare.py trees [--sizes 100,1000,10000] [--rounds 3] [--slow 1000]

The tools take turns, so that what else the machine does hits all of them; a figure is the median of its rounds. Wall
clock and CPU (user and system, children included) in seconds; memory is the peak of the largest process in MiB.
Everything is kept below ``.venv-bench``, nothing of it is part of the project. Each project is copied out of any git
work tree, so that all tools find their files by walking.

``unchanged`` is an audit answered from the cache, ``one changed`` one after a statement that binds a new name was added to
one module, ``one edited`` one after a value in it became another, ``cold`` one without a cache. ruff runs as ``ruff check --select S --no-cache``, bandit as ``bandit -r -q``, semgrep with the rules
beside this file (its registry needs a network).
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORK = HERE.parents[1] / ".venv-bench"
LINTERS = ("bandit", "semgrep")  # what a cold audit is compared with
PEERS = (*LINTERS, "ruff")
PACKAGES = ("indico", "apache-superset", "pgadmin4", "apache-airflow<3", "mlflow")
SETTLING = 2.5
"""Seconds after which the time stamps of a written file are trusted (``flask_prodcheck.cache.contents``)."""


@dataclass(frozen=True)
class Cost:
    """One run of one tool: seconds of wall clock and of CPU, MiB at the peak."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Way:
    """One way to run a tool; ``before`` is called before each run and is not part of its cost."""

    name: str
    command: Sequence[str]
    before: Callable[[], None] = lambda: None


def set_up() -> None:
    WORK.mkdir(exist_ok=True)
    if not (WORK / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", str(WORK / "venv")], check=True)
    pip = [str(WORK / "venv/bin/python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", *PEERS], check=True)
    for package in PACKAGES:
        subprocess.run(
            [*pip, "download", "--quiet", "--no-deps", "--dest", str(WORK / "downloads"), package], check=False
        )
    for archive in sorted((WORK / "downloads").iterdir()):
        target = WORK / "packages" / archive.name.split("-")[0]
        if not target.exists():
            target.mkdir(parents=True)
            if archive.suffix in (".whl", ".zip"):
                with zipfile.ZipFile(archive) as opened:
                    opened.extractall(target)
            else:
                with tarfile.open(archive) as opened:
                    opened.extractall(target, filter="data")


def measure(command: Sequence[str]) -> Cost:
    environment = {**os.environ, "PRODCHECK_CACHE_DIR": str(WORK / "cache"), "SEMGREP_SEND_METRICS": "off"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    _, _, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def ways(root: Path, *, slow: bool) -> list[Way]:
    peers = WORK / "venv/bin"
    audit = [sys.executable, "-m", "flask_prodcheck", str(root), "--format", "json"]
    module = max(root.rglob("*.py"), key=lambda place: (place.stat().st_size < 4000, place.stat().st_size))

    def append(line: str) -> None:
        subprocess.run(
            audit, stdout=subprocess.DEVNULL, check=False, env=os.environ | {"PRODCHECK_CACHE_DIR": str(WORK / "cache")}
        )
        with module.open("a", encoding="utf-8") as stream:
            stream.write(line)

    def change() -> None:
        append(f"CHANGED_{time.time_ns()} = 1\n")

    def edit() -> None:
        append("EDITED_AT = 0\n")
        append(f"EDITED_AT = {time.time_ns()}\n")

    found = [
        Way("cold", [*audit, "--no-cache"]),
        Way("unchanged", audit),
        Way("one changed", audit, change),
        Way("one edited", audit, edit),
        Way(
            "ruff",
            [
                str(peers / "ruff"),
                "check",
                "--select",
                "S",
                "--no-cache",
                "--isolated",
                "--no-respect-gitignore",
                "--quiet",
                str(root),
            ],
        ),
    ]
    if slow:
        rules = str(HERE / "flask_rules.yaml")
        found += [
            Way("bandit", [str(peers / "bandit"), "-r", "-q", str(root)]),
            Way("semgrep", [str(peers / "semgrep"), "scan", "--config", rules, "--metrics=off", "--no-git-ignore",
                            "--disable-version-check", "--quiet", str(root)]),
        ]  # fmt: skip
    return found


def compared(project: Path, rounds: int, *, slow: bool) -> dict[str, Cost]:
    """The median cost of each way to look at a copy of ``project``."""
    with tempfile.TemporaryDirectory() as scratch:
        return _compared(Path(shutil.copytree(project, Path(scratch) / project.name, symlinks=True)), rounds, slow=slow)


def _compared(root: Path, rounds: int, *, slow: bool) -> dict[str, Cost]:
    chosen = ways(root, slow=slow)
    costs: dict[str, list[Cost]] = {way.name: [] for way in chosen}
    warm(chosen[1].command)
    for _ in range(rounds):
        for way in chosen:
            way.before()
            costs[way.name].append(measure(way.command))
            if way.name in ("one changed", "one edited"):
                warm(way.command)
    return {
        name: Cost(*(statistics.median(getattr(each, part) for each in found) for part in ("wall", "cpu", "memory")))
        for name, found in costs.items()
    }


def warm(command: Sequence[str]) -> None:
    """Runs an audit until all is remembered: the compiled modules, the answer, the digests whose time stamps have
    settled, the places that the answer depends on."""
    measure(command)
    time.sleep(SETTLING)
    measure(command)
    measure(command)


def numbers_of(root: Path) -> tuple[int, int]:
    """(files that an audit reads, of which parsed)."""
    command = [sys.executable, "-m", "flask_prodcheck", str(root), "--format", "json", "--no-cache"]
    report = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return report["stats"]["files"], report["stats"]["parsed"]


HEADER = """| project | read | parsed | way | wall s | CPU s | MiB | cold is x faster (wall) | (CPU) |
|---|---:|---:|---|---:|---:|---:|---:|---:|"""


def show(name: str, numbers: tuple[int, int], costs: dict[str, Cost]) -> None:
    """The rows of one project."""
    read, parsed = numbers
    for way, cost in costs.items():
        ratios = (
            [f"{getattr(cost, part) / getattr(costs['cold'], part):.1f}" for part in ("wall", "cpu")]
            if way in LINTERS
            else ["", ""]
        )
        print(
            f"| {name} | {read} | {parsed} | {way} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.memory:.0f} | {ratios[0]} | {ratios[1]} |"
        )
    ratio = costs["unchanged"].wall / costs["ruff"].wall
    print(
        f"| {name} | | | unchanged / ruff | {ratio:.2f} | {costs['unchanged'].cpu / costs['ruff'].cpu:.2f} | | | |",
        flush=True,
    )


def tree(count: int) -> Path:
    """A generated project of ``count`` files: one application, packages of twenty modules that import one another."""
    root = WORK / f"trees/{count}"
    if root.exists():
        return root
    files = {
        "app.py": "from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    from shop.p0 import bp\n"
        "    app.register_blueprint(bp)\n    return app\n",
        "Dockerfile": 'FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nCMD ["gunicorn", "-w", "4", "app:create_app()"]\n',
        "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
        "shop/__init__.py": "",
    }
    for number in range(count - len(files)):
        package, module = divmod(number, 20)
        place = f"shop/p{package}/" + (f"m{module}.py" if module else "__init__.py")
        files[place] = module_text(package, module)
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def module_text(package: int, module: int) -> str:
    if module == 0:
        return f'from flask import Blueprint\nbp = Blueprint("p{package}", __name__)\nfrom . import m1, m2\n'
    views = "\n".join(
        f"""
@bp.route("/p{package}/m{module}/{view}")
def view_{view}():
    found = []
    for item in request.args.getlist("item"):
        found.append({{"name": item, "price": len(item) * {view + 1}, "text": f"{{item}} of {module}"}})
    return render_template("page.html", items=found, total=sum(each["price"] for each in found))
"""
        for view in range(4)
    )
    return (
        "import os\nfrom flask import request, render_template\nfrom . import bp\n\n"
        f'LIMIT = int(os.environ.get("LIMIT_{module}", "10"))\n\n\n'
        f"class Basket:\n    def __init__(self, owner):\n        self.owner = owner\n        self.items = []\n\n"
        f"    def add(self, item):\n        self.items.append(item)\n        return len(self.items) < LIMIT\n\n{views}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["set-up", "packages", "trees"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="names of packages")
    parser.add_argument("--sizes", default="20,100,1000,10000")
    parser.add_argument("--slow", type=int, default=1000, help="bandit and semgrep up to this many files")
    chosen = parser.parse_args()
    if chosen.what == "set-up":
        set_up()
        return
    print(HEADER, flush=True)
    if chosen.what == "packages":
        names = chosen.only.split(",") if chosen.only else [each.name for each in (WORK / "packages").iterdir()]
        for name in sorted(names):
            root = WORK / "packages" / name
            show(name, numbers_of(root), compared(root, chosen.rounds, slow=True))
        return
    found: dict[int, dict[str, Cost]] = {}
    for size in map(int, chosen.sizes.split(",")):
        root = tree(size)
        found[size] = compared(root, chosen.rounds, slow=size <= chosen.slow)
        show(f"{size} files", numbers_of(root), found[size])
    for (first, before), (last, after) in itertools.pairwise(found.items()):
        for way in ("cold", "unchanged"):
            growth = math.log(after[way].cpu / before[way].cpu) / math.log(last / first)
            print(f"growth exponent of {way} (CPU, {first} to {last} files): {growth:.2f}")
    shutil.rmtree(WORK / "cache", ignore_errors=True)


if __name__ == "__main__":
    main()
