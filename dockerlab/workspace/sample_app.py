"""The sample app as a beginner has it."""

import pathlib
import shutil

from dockerlab import paths

# What a beginner does not have yet, or what running the app leaves behind.
_SKIPPED = (
    "__pycache__",
    "data",
    ".*",
    "Dockerfile",
    "gunicorn.conf.py",
    "test_gunicorn.py",
)


def copy_app(target: str | pathlib.Path) -> None:
    """Copy the sample app into a folder that exists: with the classic
    Dockerfile, and without the files that correct its mistakes.

    The copies have the modes 0644 and 0755, whatever the user's umask was
    when the course was cloned: a container's user must be able to read them.
    """
    target = pathlib.Path(target)
    source = paths.PROJECT / "sample_app"
    skip = shutil.ignore_patterns(*_SKIPPED)
    shutil.copytree(source, target, ignore=skip, dirs_exist_ok=True)
    (target / "Dockerfile.classic").rename(target / "Dockerfile")
    target.chmod(0o755)
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
