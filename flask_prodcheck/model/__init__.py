"""Facts become the linked project: apps, launches as chains, run sites, effective configuration."""
