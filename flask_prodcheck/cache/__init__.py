"""Answers that are remembered between runs: never different from those of a run without them."""
