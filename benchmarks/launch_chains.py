"""How the time to follow a launch chain grows with its length: scripts that call each other, to a server at the end.

usage: python benchmarks/launch_chains.py [--repeat 3]

Prints the time of chains of 10, 100 and 1000 scripts and the ratio of each to the one before; more than a chain's
depth limit is said, not followed. Growth is linear when a ratio stays near 10.
"""

from __future__ import annotations

import argparse
import time

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

SIZES = (10, 100, 1000)
LENGTH = 10
"""Scripts in one chain: longer ones than people write, and below the limit at which a chain is given up."""


def project(scripts: int) -> dict[str, str]:
    """Files of a project with ``scripts`` scripts in chains of :data:`LENGTH`, each started by a process of its own."""
    files = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    heads = []
    for chain in range(scripts // LENGTH):
        heads.append(f"web{chain}: ./c{chain}_0.sh\n")
        for step in range(LENGTH - 1):
            files[f"c{chain}_{step}.sh"] = (
                f'#!/bin/sh\nset -e\nif [ -n "$X" ]; then\n  echo x\nfi\nexec ./c{chain}_{step + 1}.sh "$@"\n'
            )
        files[f"c{chain}_{LENGTH - 1}.sh"] = "#!/bin/sh\nexec gunicorn app:app\n"
    files["Procfile"] = "".join(heads)
    return files


def seconds(scripts: int, repeat: int) -> tuple[float, int]:
    """The best time to link the project, in seconds, and the launches found."""
    facts = parse(memory_tree(project(scripts)))
    best, launches = float("inf"), 0
    for _ in range(repeat):
        begun = time.perf_counter()
        launches = len(link(facts, name="site").launches)
        best = min(best, time.perf_counter() - begun)
    return best, launches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    before = 0.0
    for size in SIZES:
        took, launches = seconds(size, repeat)
        ratio = f"{took / before:6.1f} x" if before else "        "
        print(f"{size:5} scripts  {took * 1000:9.2f} ms  {ratio}  {launches} launches")
        before = took


if __name__ == "__main__":
    main()
