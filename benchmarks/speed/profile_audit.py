"""Where the time of a cold audit goes: seconds of CPU per stage, or cProfile's tables.

    python benchmarks/speed/profile_audit.py PROJECT            # stages, in this one process
    python benchmarks/speed/profile_audit.py PROJECT --calls 40 # the 40 dearest functions, by own time and in total

cProfile makes calls dear and loops cheap: judge a change by the stages.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import pstats
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import flask_prodcheck.audit as pipeline
import flask_prodcheck.facts.parse as parsing
import flask_prodcheck.facts.shares as shares
import flask_prodcheck.judge as judging
import flask_prodcheck.model.link as linking

STAGES = {
    pipeline: ("discover",),
    parsing: ("_read",),
    judging: ("load", "link", "run", "build", "decide"),
    linking: ("find_apps", "find_run_sites", "find_launches", "_configurations"),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("project", type=Path)
    arguments.add_argument("--calls", type=int, default=0, help="show this many functions of cProfile instead")
    chosen = arguments.parse_args()
    gc.set_threshold(100_000, 20, 50)  # as the command line does
    shares.MAX_PROCESSES = 1  # children would not be seen
    if chosen.calls:
        profile = cProfile.Profile()
        profile.runcall(pipeline.audit, chosen.project)
        statistics = pstats.Stats(profile)
        for order in ("tottime", "cumulative"):
            statistics.sort_stats(order).print_stats(chosen.calls)
        return
    spent: dict[str, float] = {}
    for module, names in STAGES.items():
        for name in names:
            setattr(module, name, timed(getattr(module, name), name, spent))
    started = time.process_time()
    report = pipeline.audit(chosen.project)
    total = time.process_time() - started
    for name, seconds in spent.items():
        inner = "  " if name in STAGES[linking] else ""
        print(f"{inner + name:26} {seconds:7.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'total':26} {total:7.2f} s   {report.stats.files} files, peak {peak:.0f} MiB")


def timed(function: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        started = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[name] = spent.get(name, 0.0) + time.process_time() - started

    return run


if __name__ == "__main__":
    main()
