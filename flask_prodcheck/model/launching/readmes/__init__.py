"""What the READMEs of a project say that its deploy files are for."""
