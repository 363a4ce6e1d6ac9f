"""What is not rewritten in plain English yet: lists that only get shorter."""

import functools

import yaml

from dockerlab import paths

FILE = paths.PROJECT / "tools" / "unfinished.yml"


@functools.cache
def _content() -> dict[str, list[str]]:
    content = yaml.safe_load(FILE.read_text("utf-8"))
    return {key: list(content[key] or ()) for key in ("notebooks", "files")}


def notebooks() -> list[str]:
    """Slugs of the notebooks that need not keep the limits yet."""
    return _content()["notebooks"]


def files() -> list[str]:
    """Paths of the other files that may contain old words."""
    return _content()["files"]
