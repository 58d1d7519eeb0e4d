"""Every launch of the project: heads followed, what they start resolved, what is the same said once, and each judged."""
