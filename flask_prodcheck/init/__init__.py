"""What a project needs to run prodcheck by itself: settings, the pre-commit hook, a workflow."""
