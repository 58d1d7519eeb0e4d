"""Fuzz one target with coverage guidance: ``python fuzz/one.py TARGET CORPUS [libFuzzer options]``."""

from __future__ import annotations

import importlib
import pkgutil
import random
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["flask_prodcheck"]):
    import flask_prodcheck

    # Readers are imported when a file of their kind turns up, which would be too late to be instrumented.
    for module in pkgutil.walk_packages(flask_prodcheck.__path__, "flask_prodcheck."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from fuzz.targets import seeds, targets

_SPLICE = 0.6
"""The share of mutations that move whole lines about: structure survives, so that more than the parser is reached."""


def main() -> None:
    """Run until libFuzzer's own limits end it; its exit code is the process's."""
    name = sys.argv.pop(1)
    run = targets()[name]
    pool = [line for seed in seeds()[name] for line in seed.split(b"\n")] or [b""]

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        choice = random.Random(seed)
        if choice.random() > _SPLICE:
            mutated: bytes = atheris.Mutate(data, max_size)
            return mutated
        lines = data.split(b"\n")
        for _ in range(choice.randint(1, 4)):
            at = choice.randrange(len(lines))
            action = choice.randrange(6)
            if action == 0:
                lines.insert(at, choice.choice(pool))
            elif action == 1 and len(lines) > 1:
                del lines[at]
            elif action == 2:
                lines.insert(at, choice.choice(lines))
            elif action == 3:
                other = choice.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
            elif action == 4:
                words = lines[at].split(b" ")
                words[choice.randrange(len(words))] = choice.choice(choice.choice(pool).split(b" "))
                lines[at] = b" ".join(words)
            else:
                lines[at] = b" " * choice.randint(0, 8) + lines[at].lstrip()
        return b"\n".join(lines)[:max_size]

    atheris.Setup(sys.argv, run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
