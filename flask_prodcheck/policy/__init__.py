"""Which findings count: selection, suppression, verdict."""
