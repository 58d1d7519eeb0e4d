"""The lesson in figures: one application under the development server and under Gunicorn."""
