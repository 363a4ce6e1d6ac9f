# Settings of IPython in the course's environment: see guide.py.
c.InteractiveShellApp.extensions = ["dockerlab.commands.guide"]  # type: ignore[name-defined]  # noqa: F821
