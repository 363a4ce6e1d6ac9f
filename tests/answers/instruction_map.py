"""Wrong answers and second right ones: `instruction_map`."""

from tests.answering import answer, wrong

DEBIAN = "FROM debian:trixie-slim\n"


PYTHON = "FROM python:3.13-slim\n"


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
    "instruction_map/pipe": wrong(
        "instruction_map/pipe",
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
    "instruction_map/ten-checks": wrong(
        "instruction_map/ten-checks",
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
    "instruction_map/pipe": answer(
        "instruction_map/pipe", _SOURCE + "RUN wc -l < $SOURCE > /lines\n"
    ),
    "instruction_map/ten-checks": answer(
        "instruction_map/ten-checks",
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
