"""Let the frontend inside the engine read a Dockerfile.

A Dockerfile may ask for a frontend from Docker Hub in its first lines, with a
directive such as `# syntax=docker/dockerfile:1`. The engine contains the same
program. An engine without a network has no other one, and it need not read a
right answer worse.
"""

import itertools
import re

# A parser directive. Directives are the first lines of a Dockerfile.
DIRECTIVE = re.compile(r"#[ \t]*(?P<name>[a-z]+)[ \t]*=[ \t]*(?P<value>\S+)")
# The published frontend, without experimental features (`-labs`).
STABLE = re.compile(
    r"(?:docker\.io/)?docker/dockerfile(?::(?:1|1\.\d+|1\.\d+\.\d+|latest))?"
    r"(?:@sha256:[0-9a-f]{64})?"
)
PLAIN = "# Read by the frontend inside the engine."


def inside(dockerfile: str) -> str:
    """A Dockerfile that does not ask for the published frontend.

    The other directives move up, so that each instruction keeps its line.
    """
    lines = dockerfile.split("\n")
    directives = list(itertools.takewhile(_directive, lines))
    kept = [line for line in directives if not _asks(line)]
    comments = [PLAIN] * (len(directives) - len(kept))
    return "\n".join([*kept, *comments, *lines[len(directives) :]])


def _directive(line: str) -> re.Match[str] | None:
    return DIRECTIVE.match(line.strip().lower())


def _asks(directive: str) -> bool:
    found = _directive(directive)
    return bool(
        found
        and found["name"] == "syntax"
        and STABLE.fullmatch(found["value"])
    )
