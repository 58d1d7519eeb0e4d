"""Following a Python program as it runs, one concept a module."""
