"""Find, validate and run rules."""
