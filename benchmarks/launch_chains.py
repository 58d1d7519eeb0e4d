"""How the time to follow launch chains grows with the scripts they run through, to a server at the end.

usage: python benchmarks/launch_chains.py [--repeat 3]

Prints the time for 10, 100 and 1000 scripts and its ratio to the one before: in chains of ten, and in one chain, which
is given up (and that is said) where it is longer than people write. Growth is linear when a ratio stays near 10.
"""

from __future__ import annotations

import argparse
import time

from flask_prodcheck.facts.parse import parse
from flask_prodcheck.model.link import link
from flask_prodcheck.sources.discover import memory_tree

SIZES = (10, 100, 1000)
LENGTH = 10
"""Scripts in one chain: more than people write, and below the limit at which a chain is given up."""


def project(scripts: int, length: int) -> dict[str, str]:
    """Files of a project with ``scripts`` scripts in chains of ``length``, each started by a process of its own."""
    files = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}
    heads = []
    for chain in range(scripts // length):
        heads.append(f"web{chain}: ./c{chain}_0.sh\n")
        for step in range(length - 1):
            files[f"c{chain}_{step}.sh"] = (
                f'#!/bin/sh\nset -e\nif [ -n "$X" ]; then\n  echo x\nfi\nexec ./c{chain}_{step + 1}.sh "$@"\n'
            )
        files[f"c{chain}_{length - 1}.sh"] = "#!/bin/sh\nexec gunicorn app:app\n"
    files["Procfile"] = "".join(heads)
    return files


def seconds(scripts: int, length: int, repeat: int) -> tuple[float, str]:
    """The best time to link the project, in seconds, and what was found."""
    facts = parse(memory_tree(project(scripts, length)))
    best, found = float("inf"), ""
    for _ in range(repeat):
        begun = time.perf_counter()
        linked = link(facts, name="site")
        best = min(best, time.perf_counter() - begun)
        found = f"{len(linked.launches)} launches"
        if linked.problems:
            found += f"; {linked.problems[0].message}"
    return best, found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=3)
    repeat = parser.parse_args().repeat
    for title, length in (("chains of ten", LENGTH), ("one chain", None)):
        print(title)
        before = 0.0
        for size in SIZES:
            took, found = seconds(size, length or size, repeat)
            ratio = f"{took / before:6.1f} x" if before else "        "
            print(f"  {size:5} scripts  {took * 1000:9.2f} ms  {ratio}  {found}")
            before = took


if __name__ == "__main__":
    main()
