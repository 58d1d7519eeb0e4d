"""Run sites: the calls in a project's own Python that start a development server, and when each of them executes."""
