"""prodcheck: says, with proof, whether a Flask project may go to production the way its own deploy files start it."""

__version__ = "0.1.0"
