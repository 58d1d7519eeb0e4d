"""``make fuzz``: every target for a bounded time; prints how many inputs were tried and keeps each crash it finds.

``python fuzz/run.py [--seconds N] [--target NAME]... [--record FILE]``. Exits with 1 when an input made a target fail
or take too long; the input is then in ``fuzz/regressions/``, where the main suite replays it.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from fuzz.targets import seeds  # noqa: E402

REGRESSIONS = FOLDER / "regressions"
_EXECUTED = re.compile(r"^stat::number_of_executed_units:\s*(\d+)", re.MULTILINE)
_PROGRESS = re.compile(r"^#(\d+)\t", re.MULTILINE)
_COVERAGE = re.compile(r"\bft: (\d+)")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one target went through. ``features`` is libFuzzer's count of distinct behaviours reached."""

    target: str
    seconds: int
    inputs: int
    features: int
    crashes: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=10, help="per target (default: 10)")
    parser.add_argument("--target", action="append", help="only this one (may be repeated)")
    parser.add_argument("--record", type=Path, help="add the figures to this JSON file")
    arguments = parser.parse_args()
    inputs = seeds()
    chosen = arguments.target or sorted(inputs)
    unknown = sorted(set(chosen) - set(inputs))
    if unknown:
        parser.error(f"no target {', '.join(unknown)}: choose from {', '.join(sorted(inputs))}")
    crashed = False
    print(f"{'target':14} {'seconds':>8} {'inputs':>10} {'features':>9} {'crashes':>8}")
    for name in chosen:
        figures = fuzz(name, inputs[name], arguments.seconds)
        crashed = crashed or figures.crashes > 0
        print(f"{name:14} {figures.seconds:8} {figures.inputs:10} {figures.features:9} {figures.crashes:8}", flush=True)
        if arguments.record:
            record(arguments.record, figures)
    return int(crashed)


def fuzz(name: str, inputs: list[bytes], seconds: int) -> Figures:
    """Fuzz the target ``name`` for ``seconds``, beginning with ``inputs``; a crashing input is kept."""
    before = set(REGRESSIONS.glob(f"{name}-*"))
    with tempfile.TemporaryDirectory() as folder:
        for number, data in enumerate(inputs):
            (Path(folder) / f"seed{number:05}").write_bytes(data)
        done = subprocess.run(
            [
                sys.executable, str(FOLDER / "one.py"), name, folder, f"-max_total_time={seconds}", "-timeout=20",
                "-rss_limit_mb=2048", "-max_len=8192", "-print_final_stats=1",
                f"-artifact_prefix={REGRESSIONS}/{name}-",
            ],
            capture_output=True, text=True, errors="replace", check=False, cwd=FOLDER.parent,
        )  # fmt: skip
    output = done.stderr + done.stdout
    crashes = len(set(REGRESSIONS.glob(f"{name}-*")) - before)
    if done.returncode != 0:
        print(output[-3000:], file=sys.stderr)
        crashes = max(crashes, 1)
    counts = [int(number) for number in _EXECUTED.findall(output) or _PROGRESS.findall(output)]
    features = [int(number) for number in _COVERAGE.findall(output)]
    return Figures(name, seconds, max(counts, default=0), max(features, default=0), crashes)


def record(file: Path, figures: Figures) -> None:
    """Add ``figures`` to the totals in ``file``: target -> seconds, inputs, features, crashes."""
    totals: dict[str, dict[str, int]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    entry = totals.setdefault(figures.target, {"seconds": 0, "inputs": 0, "features": 0, "crashes": 0})
    entry["seconds"] += figures.seconds
    entry["inputs"] += figures.inputs
    entry["features"] = max(entry["features"], figures.features)
    entry["crashes"] += figures.crashes
    file.write_text(json.dumps(totals, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
