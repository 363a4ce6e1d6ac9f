"""Wrong answers and second right ones: `base_images`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", r"""{text}""")'


_BARE = """FROM base-bare
COPY server.py /srv/
HEALTHCHECK --interval=1s CMD ["python3.13", "-c", "CODE"]
CMD ["python3.13", "/srv/server.py"]
"""
_ASK = "from urllib.request import urlopen as u; u('http://127.0.0.1:8000/')"
_CONNECT = "import socket as s; s.create_connection(('127.0.0.1', 8000))"


def _bare(code: str, old: str = "", new: str = "") -> str:
    """An answer whose health check runs this code, with one change."""
    text = _BARE.replace("CODE", code)
    return _dockerfile("base_images/no-shell", text.replace(old, new))


_BASE = """FROM python:3.13-slim
LABEL org.opencontainers.image.vendor="Example Ltd"
ENV PYTHONUNBUFFERED=1
WORKDIR /srv
USER 1000
ONBUILD COPY . .
CMD ["python", "app.py"]
"""


WRONG = {
    "base_images/own-base": [
        (
            "builds",
            _dockerfile(
                "base_images/own-base",
                _BASE.replace("ONBUILD COPY . .", "COPY app.py ./"),
            ),
        ),
        (
            "child",
            _dockerfile(
                "base_images/own-base", _BASE.replace(". .", "main.py ./")
            ),
        ),
        (
            "runs",
            _dockerfile(
                "base_images/own-base", _BASE.replace("CMD", "ONBUILD RUN")
            ),
        ),
        (
            "user",
            _dockerfile(
                "base_images/own-base", _BASE.replace("USER 1000", "")
            ),
        ),
        (
            "env",
            _dockerfile("base_images/own-base", _BASE.replace("ENV", "ARG")),
        ),
        (
            "label",
            _dockerfile(
                "base_images/own-base", _BASE.replace(".vendor", ".authors")
            ),
        ),
    ],
    "base_images/small": [
        (
            "size",
            _dockerfile(
                "base_images/small",
                'FROM debian:trixie-slim\nCMD ["echo", "small"]\n',
            ),
        ),
        (
            "size",
            _dockerfile(
                "base_images/small",
                "FROM debian:trixie-slim\n"
                "RUN rm -rf /usr/share /var/lib /usr/lib/apt\n"
                'CMD ["echo", "small"]\n',
            ),
        ),
        (
            "prints",
            _dockerfile(
                "base_images/small",
                "FROM debian:trixie-slim AS tools\nFROM scratch\n"
                "COPY --from=tools /usr/bin/echo /usr/bin/dash /\n"
                'CMD ["/dash", "-c", "/echo small"]\n',
            ),
        ),
        (
            "builds",
            _dockerfile("base_images/small", "FROM scratch\nRUN echo small\n"),
        ),
    ],
    "base_images/no-shell": [
        # The exec form of a program that is not there, and the shell form.
        ("healthy", _bare(_ASK, '"python3.13", "-c"', '"curl", "-f"')),
        (
            "healthy",
            _bare(
                _ASK,
                f'["python3.13", "-c", "{_ASK}"]',
                "python3.13 -V || exit 1",
            ),
        ),
        # The port is open, whatever the page says.
        ("unhealthy", _bare(_CONNECT)),
        ("health", _bare(_ASK, "--interval=1s ", "")),
        (
            "bare",
            _bare(
                _ASK,
                "COPY server",
                "COPY --from=debian:trixie-slim /bin/dash /bin/sh\nCOPY server",
            ),
        ),
        ("from", _bare(_ASK, "base-bare", "python:3.13-slim")),
    ],
}

ALSO_RIGHT = {
    "base_images/own-base": _dockerfile(
        "base_images/own-base",
        """FROM python:3.13-slim
ONBUILD COPY --chown=65534 . /app
ONBUILD LABEL org.opencontainers.image.vendor="Example Ltd"
USER 65534
ENV PYTHONUNBUFFERED yes
ENTRYPOINT ["python", "/app/app.py"]
""",
    ),
    "base_images/small": _dockerfile(
        "base_images/small",
        """FROM debian:trixie-slim AS tools
RUN mkdir -p /out/bin && cp /bin/sh /out/bin && \\
    for file in $(ldd /bin/sh | grep -o '/[^ ]*'); do \\
        mkdir -p /out$(dirname $file) && cp -L $file /out$file; done
FROM scratch
COPY --from=tools /out /
CMD echo small
""",
    ),
    # A script of its own, which the builder writes.
    "base_images/no-shell": _dockerfile(
        "base_images/no-shell",
        """FROM base-bare
COPY <<FILE /srv/check.py
import http.client
page = http.client.HTTPConnection("127.0.0.1", 8000, timeout=2)
page.request("GET", "/")
raise SystemExit(page.getresponse().status != 200)
FILE
ADD server.py /app/
WORKDIR /app
HEALTHCHECK --interval=2s CMD ["/usr/local/bin/python3.13", "/srv/check.py"]
ENTRYPOINT ["python3.13"]
CMD ["server.py"]
""",
    ),
}
