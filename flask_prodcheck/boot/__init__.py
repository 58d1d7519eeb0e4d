"""The project's server, started in a box: limits, no process left behind, and probes that look from inside."""
