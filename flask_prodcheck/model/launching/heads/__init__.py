"""Heads: every place in the deploy files that starts a process, format by format."""
