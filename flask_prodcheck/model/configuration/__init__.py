"""The effective configuration of an application under a launch, and what its values are worth."""
