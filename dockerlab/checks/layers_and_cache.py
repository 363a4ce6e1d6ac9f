"""Exercises of `layers_and_cache`: none until it is rewritten."""
