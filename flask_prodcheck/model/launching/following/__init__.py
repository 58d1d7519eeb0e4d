"""Following a launch chain, one concept a module: what a step means in the project, and where it leads."""
