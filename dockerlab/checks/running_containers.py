"""Exercises of `running_containers`: none until it is rewritten."""
