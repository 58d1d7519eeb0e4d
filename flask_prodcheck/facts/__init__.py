"""Bytes become frozen facts with positions, one reader per kind of file."""
