"""Answers to the exercises of lesson 04: wrong ones, and other right ones."""

DEBIAN = "FROM debian:trixie-slim\n"
PYTHON = "FROM python:3.13-slim\n"


def _answer(id: str, text: str) -> str:
    return f"check({id!r}, {text!r})"


def _wrong(id: str, *answers: tuple[str, str]) -> list[tuple[str, str]]:
    return [(key, _answer(id, text)) for key, text in answers]


_GREET = 'CMD ["sh", "-c", "echo $GREETING"]\n'
_VERSION = 'CMD ["sh", "-c", "echo $VERSION"]\n'
_READY = 'CMD ["sh", "-c", "touch /tmp/ready; exec sleep 600"]\n'
_ADD = "import sys; print(sum(map(int, sys.argv[1:])))"
_SOURCE = DEBIAN + "ARG SOURCE=/etc/passwd\n"
_HELLO = 'CMD ["sh", "-c", "echo hello $NAME"]\n'

_TEN = (
    PYTHON
    + """ARG VERSION=dev
LABEL org.opencontainers.image.version="$VERSION"
WORKDIR /app
COPY app.py .
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=1s CMD python -c "import urllib.request as r; \
r.urlopen('http://localhost:8000')"
USER nobody
ENTRYPOINT ["python", "app.py"]
"""
)

WRONG = {
    "04-greeting": _wrong(
        "04-greeting",
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
    "04-version": _wrong(
        "04-version",
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
    "04-workshop": _wrong(
        "04-workshop",
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
    "04-tool": _wrong(
        "04-tool",
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
    "04-healthy": _wrong(
        "04-healthy",
        ("health", DEBIAN + "HEALTHCHECK NONE\n" + _READY),
        ("health", DEBIAN + "HEALTHCHECK CMD test -e /tmp/ready\n" + _READY),
        (
            "healthy",
            DEBIAN + "HEALTHCHECK --interval=1s CMD curl localhost\n" + _READY,
        ),
        (
            "unhealthy",
            DEBIAN + "HEALTHCHECK --interval=1s CMD true\n" + _READY,
        ),
    ),
    "04-pipe": _wrong(
        "04-pipe",
        ("fails", _SOURCE + "RUN set -e; cat $SOURCE | wc -l > /lines\n"),
        ("counts", _SOURCE + "RUN test -e $SOURCE && echo 1 > /lines\n"),
        (
            "builds",
            _SOURCE + "RUN set -o pipefale; cat $SOURCE | wc -l > /lines\n",
        ),
        (
            "fails",
            _SOURCE + 'RUN ["/bin/bash", "-c",'
            ' "cat $SOURCE | wc -l > /lines"]\n',
        ),
    ),
    "04-borrow": _wrong(
        "04-borrow",
        (
            "clean",
            DEBIAN + "COPY names.txt /\nRUN wc -l < /names.txt > /count\n"
            "RUN rm /names.txt\n",
        ),
        ("counted", DEBIAN + "RUN echo 120 > /count\n"),
        (
            "result",
            DEBIAN + "RUN --mount=type=bind,source=names.txt,target=/n"
            " wc -c < /n > /count\n",
        ),
        (
            "clean",
            "FROM debian:trixie-slim AS count\nCOPY names.txt /\n"
            "RUN wc -l < /names.txt > /count\nFROM count\n",
        ),
    ),
    "04-lint": _wrong(
        "04-lint",
        ("works", DEBIAN + 'CMD ["echo", "hello"]\n'),
        ("quiet", DEBIAN + "ENV NAME=World\nCMD echo hello $NAME\n"),
        (
            "quiet",
            DEBIAN + "ENV NAME=World\n# hadolint ignore=DL3025\n"
            "CMD echo hello $NAME\n",
        ),
        (
            "works",
            DEBIAN + 'ENV NAME=World\nCMD ["echo", "hello $NAME"]\n',
        ),
    ),
    "04-ten-checks": _wrong(
        "04-ten-checks",
        ("clean", _TEN.replace("COPY app.py .", "COPY . .")),
        ("label", _TEN.replace("ARG VERSION=dev\n", "")),
        ("user", _TEN.replace("USER nobody\n", "")),
        ("stops", _TEN.replace("STOPSIGNAL SIGINT\n", "")),
        (
            "arguments",
            _TEN.replace('["python", "app.py"]', "exec python app.py"),
        ),
    ),
}

ALSO_RIGHT = {
    "04-greeting": _answer(
        "04-greeting",
        DEBIAN + "ENV GREETING good morning\nENTRYPOINT echo $GREETING\n",
    ),
    "04-version": _answer(
        "04-version",
        DEBIAN + "ARG VERSION=dev\nRUN echo $VERSION > /version\n"
        'CMD ["cat", "/version"]\n',
    ),
    "04-workshop": _answer(
        "04-workshop",
        DEBIAN + "RUN useradd --uid 1000 --home-dir /work --create-home ada\n"
        "USER ada\nWORKDIR /work\nCOPY --chown=ada notes.txt .\n",
    ),
    "04-tool": _answer(
        "04-tool",
        PYTHON
        + "RUN printf '#!/usr/bin/env python3\\n"
        + _ADD.replace("; ", "\\n")
        + "\\n' > /add && chmod 755 /add\n"
        'ENTRYPOINT ["/add"]\n',
    ),
    "04-healthy": _answer(
        "04-healthy",
        DEBIAN + "HEALTHCHECK --interval=2s --retries=1"
        ' CMD ["ls", "/tmp/ready"]\n' + _READY,
    ),
    "04-pipe": _answer("04-pipe", _SOURCE + "RUN wc -l < $SOURCE > /lines\n"),
    "04-borrow": _answer(
        "04-borrow",
        "FROM debian:trixie-slim AS count\nCOPY names.txt /\n"
        "RUN wc -l < /names.txt > /count\n"
        "FROM debian:trixie-slim\nCOPY --from=count /count /count\n",
    ),
    "04-lint": _answer(
        "04-lint",
        DEBIAN + 'ENV NAME=World\nSHELL ["/bin/bash", "-c"]\n' + _HELLO,
    ),
    "04-ten-checks": _answer(
        "04-ten-checks",
        _TEN.replace("STOPSIGNAL SIGINT\n", "STOPSIGNAL 2\n")
        .replace(
            "WORKDIR /app\nCOPY app.py .", "COPY app.py /app/\nWORKDIR /app"
        )
        .replace(
            'ENTRYPOINT ["python", "app.py"]',
            'ENTRYPOINT ["python", "/app/app.py"]\nCMD ["hi"]',
        ),
    ),
}
