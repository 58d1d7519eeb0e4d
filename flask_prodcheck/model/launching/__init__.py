"""Launches: from a deploy file's command to the server that it starts and the target it serves."""
