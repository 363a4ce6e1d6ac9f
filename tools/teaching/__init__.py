"""What an instructor needs, made from the notebooks and their data."""
