"""Values of Python expressions and configuration steps, computed without running the project."""
