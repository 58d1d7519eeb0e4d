"""Boots the production set-up and proves, step by step, that it does what production needs."""
