"""Find the Docker Engine to use, or build and run a private one."""

from dockerlab.engine.box import Box, boxes
from dockerlab.engine.find import Engine, find
from dockerlab.engine.prepare import prepare

__all__ = ["Box", "Engine", "boxes", "find", "prepare"]
