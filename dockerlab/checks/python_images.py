"""Exercises of `python_images`: none until it is rewritten."""
