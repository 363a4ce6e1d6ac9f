"""`python -m dockerlab`."""

from dockerlab.commands.cli import main

main()
