"""Wrong answers and second right ones: `dockerfile_run`."""

from tests.answering import answer, wrong

DEBIAN = "FROM debian:trixie-slim\n"


PYTHON = "FROM python:3.13-slim\n"


_GREET = 'CMD ["sh", "-c", "echo $GREETING"]\n'


_ADD = "import sys; print(sum(map(int, sys.argv[1:])))"


_READY = 'CMD ["sh", "-c", "touch /tmp/ready; exec sleep 600"]\n'


WRONG = {
    "dockerfile_run/greeting": wrong(
        "dockerfile_run/greeting",
        ("variable", DEBIAN + 'RUN export GREETING="good morning"\n' + _GREET),
        ("variable", DEBIAN + 'ARG GREETING="good morning"\n' + _GREET),
        (
            "prints",
            DEBIAN + 'ENV GREETING="good morning"\nCMD ["echo", "$GREETING"]',
        ),
        # One string in a list is the name of one program.
        (
            "prints",
            DEBIAN + 'ENV GREETING="good morning"\nCMD ["echo $GREETING"]',
        ),
        (
            "changes",
            DEBIAN + 'ENV GREETING="good morning"\nCMD echo good morning',
        ),
        ("builds", DEBIAN + "ENV GREETING=good morning\n" + _GREET),
        (
            "builds",
            DEBIAN + 'ENV GREETING="good morning"\nCMD["echo", "hello"]\n',
        ),
    ),
    "dockerfile_run/tool": wrong(
        "dockerfile_run/tool",
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
    "dockerfile_run/healthy": wrong(
        "dockerfile_run/healthy",
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
        (
            "unhealthy",
            DEBIAN + "HEALTHCHECK --interval=1s --retries=30"
            " CMD test -e /tmp/ready\n" + _READY,
        ),
        # The shell's last command is `echo`, whose exit code is 0.
        (
            "unhealthy",
            DEBIAN + "HEALTHCHECK --interval=1s"
            " CMD test -e /tmp/ready || echo missing\n" + _READY,
        ),
    ),
}

ALSO_RIGHT = {
    "dockerfile_run/greeting": answer(
        "dockerfile_run/greeting",
        DEBIAN + "ENV GREETING good morning\nENTRYPOINT echo $GREETING\n",
    ),
    "dockerfile_run/tool": answer(
        "dockerfile_run/tool",
        PYTHON
        + "RUN printf '#!/usr/bin/env python3\\n"
        + _ADD.replace("; ", "\\n")
        + "\\n' > /add && chmod 755 /add\n"
        'ENTRYPOINT ["/add"]\n',
    ),
    "dockerfile_run/healthy": answer(
        "dockerfile_run/healthy",
        DEBIAN + "HEALTHCHECK --interval=2s --retries=1 --start-period=5s"
        ' CMD ["ls", "/tmp/ready"]\n' + _READY,
    ),
}
