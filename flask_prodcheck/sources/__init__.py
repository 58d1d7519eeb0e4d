"""Which files a project has and what each one is."""
