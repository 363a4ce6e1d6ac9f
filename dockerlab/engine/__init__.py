"""Find a Docker Engine, or build and run the lab's own.

Nothing is imported here: a module that needs only a part of this package
must not wait for the Docker SDK.
"""
