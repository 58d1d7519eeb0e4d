"""Hits become findings."""
