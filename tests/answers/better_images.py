"""Wrong answers and second right ones: `better_images`."""

DEBIAN = "FROM debian:trixie-slim\n"


def _check(name: str, text: str) -> str:
    return f'check("better_images/{name}", {text!r})'


def _digest(line: str, of: str = "python:3.13-slim") -> str:
    """An answer whose FROM has the digest that the engine has."""
    return f"""
image = lab.client.images.get({of!r})
digest = image.attrs["RepoDigests"][0].split("@")[1]
dockerfile = {line!r}.replace("DIGEST", digest)
check("better_images/digest", dockerfile)
"""


_BUILD = """
FROM python:3.13 AS build
COPY hello.c .
RUN gcc -o /hello hello.c
"""
_CMD = 'CMD ["python", "--version"]\n'
_HELLO = 'CMD ["bash", "-c", "echo hello $NAME"]\n'

WRONG = {
    "better_images/lint": [
        ("works", _check("lint", DEBIAN + 'CMD ["echo", "hello"]\n')),
        (
            "works",
            _check(
                "lint",
                DEBIAN + 'ENV NAME=World\nCMD ["echo", "hello $NAME"]\n',
            ),
        ),
        (
            "checks",
            _check("lint", DEBIAN + "ENV NAME World\n" + _HELLO),
        ),
        (
            "checks",
            _check(
                "lint",
                "# check=skip=all\n" + DEBIAN + "ENV NAME World\n" + _HELLO,
            ),
        ),
        (
            "quiet",
            _check("lint", DEBIAN + "ENV NAME=World\nRUN cd /srv\n" + _HELLO),
        ),
        (
            "quiet",
            _check(
                "lint",
                DEBIAN + "ENV NAME=World\n# hadolint ignore=DL3003,SC2164\n"
                "RUN cd /srv\n" + _HELLO,
            ),
        ),
    ],
    "better_images/two-stages": [
        ("builds", _check("two-stages", _BUILD + "COPY hello /nowhere\n")),
        ("slim", _check("two-stages", _BUILD + 'CMD ["/hello"]\n')),
        (
            "works",
            _check(
                "two-stages",
                _BUILD + 'FROM python:3.13-slim\nCMD ["/hello"]\n',
            ),
        ),
        (
            "slim",
            _check(
                "two-stages",
                _BUILD + 'RUN rm /usr/bin/gcc*\nCMD ["/hello"]\n',
            ),
        ),
        (
            "clean",
            _check(
                "two-stages",
                _BUILD + "FROM python:3.13-slim\n"
                "COPY --from=build /hello /usr/bin/*gcc* /usr/bin/\n"
                'CMD ["hello"]\n',
            ),
        ),
    ],
    "better_images/digest": [
        ("pinned", _check("digest", "FROM python:3.13-slim\n" + _CMD)),
        (
            "pinned",
            _check("digest", "ARG TAG=3.13-slim\nFROM python:${TAG}\n"),
        ),
        ("tag", _digest("FROM python@DIGEST\n" + _CMD)),
        ("tag", _digest("FROM python:3.13@DIGEST\n" + _CMD)),
        (
            "base",
            _digest("FROM python:3.13-slim@DIGEST\n" + _CMD, "python:3.13"),
        ),
        (
            "builds",
            _check(
                "digest", f"FROM python:3.13-slim@sha256:{'0' * 64}\n" + _CMD
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "better_images/lint": _check(
        "lint", DEBIAN + 'ENV NAME=World\nSHELL ["/bin/bash", "-c"]\n' + _HELLO
    ),
    "better_images/two-stages": _check(
        "two-stages",
        """
FROM python:3.13-slim AS ground
FROM python:3.13 AS compiled
RUN --mount=type=bind,target=/src cc -Os -s -o /out /src/hello.c
FROM ground
COPY --from=compiled /out /bin/say-hello
ENTRYPOINT say-hello
""",
    ),
    "better_images/digest": _digest(
        "ARG PYTHON=docker.io/library/python:3.13-slim@DIGEST\n"
        "FROM ${PYTHON} AS build\nRUN touch /made\n"
        "FROM ${PYTHON}\nCOPY --from=build /made /made\n"
    ),
}
