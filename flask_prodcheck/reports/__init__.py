"""Findings become text, JSON, SARIF and annotations."""
