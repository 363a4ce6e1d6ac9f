# What IPython reads in the course's environment: see guide.py.
c.InteractiveShellApp.extensions = ["dockerlab.commands.guide"]  # noqa: F821
