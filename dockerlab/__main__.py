"""`python -m dockerlab`."""

from dockerlab.cli import main

main()
