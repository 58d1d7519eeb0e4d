"""Edits of text files that keep every other byte, shown as a diff and written in one step."""
