"""Readers of the files that tell a hosting platform how to start a project, one module for each group of platforms."""

from __future__ import annotations

from flask_prodcheck.facts.platforms.dispatch import read_platform

__all__ = ["read_platform"]
