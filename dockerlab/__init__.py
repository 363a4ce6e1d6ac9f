"""What the notebooks of the Docker course import."""
