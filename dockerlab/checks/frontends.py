"""Let the frontend inside the engine read a Dockerfile.

A Dockerfile may ask for a frontend from Docker Hub in its first lines, with a
directive such as `# syntax=docker/dockerfile:1`. The engine contains the same
program. An engine without a network has no other one, and it need not read a
right answer worse.
"""

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
    count = 0
    while count < len(lines) and DIRECTIVE.match(lines[count].strip().lower()):
        count += 1
    kept = [line for line in lines[:count] if not _asks(line)]
    comments = [PLAIN] * (count - len(kept))
    return "\n".join([*kept, *comments, *lines[count:]])


def _asks(line: str) -> bool:
    found = DIRECTIVE.match(line.strip().lower())
    return bool(
        found
        and found["name"] == "syntax"
        and STABLE.fullmatch(found["value"])
    )
