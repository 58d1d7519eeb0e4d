"""Commands: what the words of one command start."""
