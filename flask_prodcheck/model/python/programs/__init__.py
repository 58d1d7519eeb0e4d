"""Values that a Python program computes on the way to a launch, one concept a module."""
