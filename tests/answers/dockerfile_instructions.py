"""Wrong answers and second right ones: `dockerfile_instructions`."""

DEBIAN = "FROM debian:trixie-slim\n"


PYTHON = "FROM python:3.13-slim\n"


def _answer(id: str, text: str) -> str:
    return f"check({id!r}, {text!r})"


def _wrong(id: str, *answers: tuple[str, str]) -> list[tuple[str, str]]:
    return [(key, _answer(id, text)) for key, text in answers]


_GREET = 'CMD ["sh", "-c", "echo $GREETING"]\n'


_VERSION = 'CMD ["sh", "-c", "echo $VERSION"]\n'


_ADD = "import sys; print(sum(map(int, sys.argv[1:])))"


WRONG = {
    "dockerfile_instructions/greeting": _wrong(
        "dockerfile_instructions/greeting",
        ("variable", DEBIAN + 'RUN export GREETING="good morning"\n' + _GREET),
        ("variable", DEBIAN + 'ARG GREETING="good morning"\n' + _GREET),
        (
            "says",
            DEBIAN + 'ENV GREETING="good morning"\nCMD ["echo", "$GREETING"]',
        ),
        (
            "changes",
            DEBIAN + 'ENV GREETING="good morning"\nCMD echo good morning',
        ),
        ("builds", DEBIAN + "ENV GREETING=good morning\n" + _GREET),
    ),
    "dockerfile_instructions/version": _wrong(
        "dockerfile_instructions/version",
        ("default", "ARG VERSION=dev\n" + DEBIAN + _VERSION),
        ("given", DEBIAN + "ENV VERSION=dev\n" + _VERSION),
        (
            "given",
            DEBIAN
            + "ARG VERSION=1\nENV VERSION=dev\nRUN echo $VERSION\n"
            + _VERSION,
        ),
        ("default", DEBIAN + "ARG VERSION\nENV VERSION=$VERSION\n" + _VERSION),
    ),
    "dockerfile_instructions/workshop": _wrong(
        "dockerfile_instructions/workshop",
        (
            "folder",
            DEBIAN + "RUN mkdir /work && cd /work\nUSER 1000\n"
            "COPY --chown=1000 notes.txt /work/\n",
        ),
        (
            "user",
            DEBIAN + "WORKDIR /work\nCOPY --chown=1000 notes.txt .\n",
        ),
        ("file", DEBIAN + "USER 1000\nWORKDIR /work\nCOPY notes.txt .\n"),
        (
            "writes",
            DEBIAN + "WORKDIR /work\nCOPY --chown=1000 notes.txt .\n"
            "USER 1000\n",
        ),
    ),
    "dockerfile_instructions/tool": _wrong(
        "dockerfile_instructions/tool",
        (
            "adds",
            PYTHON + f'CMD ["python", "-c", "{_ADD}"]\n',
        ),
        ("adds", PYTHON + f"ENTRYPOINT python -c '{_ADD}'\n"),
        (
            "nothing",
            PYTHON + 'ENTRYPOINT ["python", "-c", "import sys;'
            ' print(int(sys.argv[1]) + int(sys.argv[2]))"]\n',
        ),
        (
            "many",
            PYTHON + 'ENTRYPOINT ["python", "-c", "import sys;'
            ' print(sum(map(int, sys.argv[1:3])))"]\n',
        ),
    ),
}

ALSO_RIGHT = {
    "dockerfile_instructions/greeting": _answer(
        "dockerfile_instructions/greeting",
        DEBIAN + "ENV GREETING good morning\nENTRYPOINT echo $GREETING\n",
    ),
    "dockerfile_instructions/version": _answer(
        "dockerfile_instructions/version",
        DEBIAN + "ARG VERSION=dev\nRUN echo $VERSION > /version\n"
        'CMD ["cat", "/version"]\n',
    ),
    "dockerfile_instructions/workshop": _answer(
        "dockerfile_instructions/workshop",
        DEBIAN + "RUN useradd --uid 1000 --home-dir /work --create-home ada\n"
        "USER ada\nWORKDIR /work\nCOPY --chown=ada notes.txt .\n",
    ),
    "dockerfile_instructions/tool": _answer(
        "dockerfile_instructions/tool",
        PYTHON
        + "RUN printf '#!/usr/bin/env python3\\n"
        + _ADD.replace("; ", "\\n")
        + "\\n' > /add && chmod 755 /add\n"
        'ENTRYPOINT ["/add"]\n',
    ),
}
