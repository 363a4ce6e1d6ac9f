# What IPython reads in the course's environment: see guide.py.
c.InteractiveShellApp.extensions = ["dockerlab.guide"]  # noqa: F821
