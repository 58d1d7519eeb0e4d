"""What the project's own Python means: modules, bound objects, applications, run calls, and what a start executes."""
