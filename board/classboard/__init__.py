"""The live board of a class."""
