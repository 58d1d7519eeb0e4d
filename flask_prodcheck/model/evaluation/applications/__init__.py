"""Applications: Flask applications and their configuration, as objects of the evaluator."""
