"""Instances: what kind of object an expression makes (a Flask application, a wrapper around one, a server, ...)."""
