"""A shell that runs, one concept a module: what it knows, how it expands words, which way its statements take."""
