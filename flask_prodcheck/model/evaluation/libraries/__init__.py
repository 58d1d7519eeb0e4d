"""What the evaluator knows of the standard library and of the libraries that read configuration, one a module."""
