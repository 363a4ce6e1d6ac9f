"""Wrong answers and second right ones: `layers_and_cache`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


_FETCH = "FROM python:3.13-slim\nWORKDIR /srv\nCOPY fetch.py list.txt ./\n"

WRONG = {
    "layers_and_cache/cache-mount": [
        (
            "reused",
            _dockerfile(
                "layers_and_cache/cache-mount",
                _FETCH
                + "RUN --mount=type=tmpfs,target=/root/.cache/fetch"
                + " python fetch.py list.txt\n",
            ),
        ),
        (
            "reused",
            _dockerfile(
                "layers_and_cache/cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/root/.cache/pip"
                + " python fetch.py list.txt\n",
            ),
        ),
        # It reuses, and then keeps the downloads in a layer as well.
        (
            "once",
            _dockerfile(
                "layers_and_cache/cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/root/.cache/fetch"
                + " python fetch.py list.txt && "
                + "cp -r /root/.cache/fetch /kept\n",
            ),
        ),
        (
            "packages",
            _dockerfile(
                "layers_and_cache/cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/srv/packages"
                + " --mount=type=cache,target=/root/.cache/fetch"
                + " python fetch.py list.txt\n",
            ),
        ),
        (
            "packages",
            _dockerfile("layers_and_cache/cache-mount", _FETCH),
        ),
    ],
}

ALSO_RIGHT = {
    "layers_and_cache/cache-mount": """
check("layers_and_cache/cache-mount", \"\"\"
FROM python:3.13-slim AS fetch
WORKDIR /work
RUN --mount=type=bind,target=/context \\\\
    --mount=type=cache,id=layers-fetch,sharing=locked,\\\\
target=/root/.cache/fetch \\\\
    python /context/fetch.py /context/list.txt
FROM debian:trixie-slim
COPY --from=fetch /srv/packages /srv/packages
\"\"\")
""",
}
