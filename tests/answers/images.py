"""Answers to the exercises of `images`: wrong ones, and other right ones."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", r"""{text}""")'


_BASE = """FROM python:3.13-slim
LABEL org.opencontainers.image.vendor="Example Ltd"
ENV PYTHONUNBUFFERED=1
WORKDIR /srv
USER 1000
ONBUILD COPY . .
CMD ["python", "app.py"]
"""


WRONG = {
    "images/own-base": [
        (
            "builds",
            _dockerfile(
                "images/own-base",
                _BASE.replace("ONBUILD COPY . .", "COPY app.py ./"),
            ),
        ),
        (
            "child",
            _dockerfile("images/own-base", _BASE.replace(". .", "main.py ./")),
        ),
        (
            "runs",
            _dockerfile(
                "images/own-base", _BASE.replace("CMD", "ONBUILD RUN")
            ),
        ),
        (
            "user",
            _dockerfile("images/own-base", _BASE.replace("USER 1000", "")),
        ),
        (
            "env",
            _dockerfile("images/own-base", _BASE.replace("ENV", "ARG")),
        ),
        (
            "label",
            _dockerfile(
                "images/own-base", _BASE.replace(".vendor", ".authors")
            ),
        ),
    ],
    "images/small": [
        (
            "size",
            _dockerfile(
                "images/small",
                'FROM debian:trixie-slim\nCMD ["echo", "small"]\n',
            ),
        ),
        (
            "size",
            _dockerfile(
                "images/small",
                "FROM debian:trixie-slim\n"
                "RUN rm -rf /usr/share /var/lib /usr/lib/apt\n"
                'CMD ["echo", "small"]\n',
            ),
        ),
        (
            "prints",
            _dockerfile(
                "images/small",
                "FROM debian:trixie-slim AS tools\nFROM scratch\n"
                "COPY --from=tools /usr/bin/echo /usr/bin/dash /\n"
                'CMD ["/dash", "-c", "/echo small"]\n',
            ),
        ),
        (
            "builds",
            _dockerfile("images/small", "FROM scratch\nRUN echo small\n"),
        ),
    ],
}

ALSO_RIGHT = {
    "images/own-base": _dockerfile(
        "images/own-base",
        """FROM python:3.13-slim
ONBUILD COPY --chown=65534 . /app
ONBUILD LABEL org.opencontainers.image.vendor="Example Ltd"
USER 65534
ENV PYTHONUNBUFFERED yes
ENTRYPOINT ["python", "/app/app.py"]
""",
    ),
    "images/small": _dockerfile(
        "images/small",
        """FROM debian:trixie-slim AS tools
RUN mkdir -p /out/bin && cp /bin/sh /out/bin && \\
    for file in $(ldd /bin/sh | grep -o '/[^ ]*'); do \\
        mkdir -p /out$(dirname $file) && cp -L $file /out$file; done
FROM scratch
COPY --from=tools /out /
CMD echo small
""",
    ),
}
