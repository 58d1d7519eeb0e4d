"""Cures that the tool applies by itself: edits carried out, proven by a second audit, shown or written."""
