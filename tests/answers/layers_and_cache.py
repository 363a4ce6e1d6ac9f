"""Wrong answers and second right ones: `layers_and_cache`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


def _predict(**rebuilt: bool) -> str:
    steps = {
        "COPY requirements.txt": "requirements",
        "RUN sort": "sort",
        "RUN mkdir": "mkdir",
        "COPY .": "copy",
        "RUN printenv": "echo",
    }
    said = {
        step: "rebuilt" if rebuilt.get(short) else "cached"
        for step, short in steps.items()
    }
    return f'check("layers_and_cache/predict", {said})'


_SLIM = "FROM python:3.13-slim\nWORKDIR /app\n"
_CMD = 'CMD ["python", "app.py"]\n'
_FETCH = "FROM python:3.13-slim\nWORKDIR /srv\nCOPY fetch.py list.txt ./\n"
_STARS = "FROM debian:trixie-slim\n"
_UNPACK = "tar --extract --file /tmp/stars.tar --directory /srv"

WRONG = {
    "layers_and_cache/predict": [
        # Each line on its own, as if none stood on another.
        ("rebuilt", _predict(copy=True, echo=True)),
        # Every line below the first, and two that were spared.
        (
            "cached",
            _predict(sort=True, mkdir=True, copy=True, echo=True),
        ),
        (
            "complete",
            'check("layers_and_cache/predict", {"RUN sort": "cached"})',
        ),
        ("answer", 'check("layers_and_cache/predict", "all of them")'),
    ],
    "layers_and_cache/order": [
        (
            "code",
            _dockerfile(
                "layers_and_cache/order",
                _SLIM
                + "COPY requirements.txt .\nCOPY . .\n"
                + "RUN python install.py requirements.txt\n"
                + _CMD,
            ),
        ),
        (
            "installs",
            _dockerfile("layers_and_cache/order", _SLIM + "COPY . .\n" + _CMD),
        ),
        (
            "builds",
            _dockerfile(
                "layers_and_cache/order",
                _SLIM
                + "COPY requirements.txt .\n"
                + "RUN python install.py requirements.txt\nCOPY . .\n"
                + _CMD,
            ),
        ),
        (
            "runs",
            _dockerfile(
                "layers_and_cache/order",
                _SLIM
                + "COPY install.py requirements.txt ./\n"
                + "RUN python install.py requirements.txt\n"
                + _CMD,
            ),
        ),
        # The list that it installs from is not the project's.
        (
            "installs",
            _dockerfile(
                "layers_and_cache/order",
                _SLIM
                + "COPY install.py .\n"
                + "RUN touch none && python install.py none\n"
                + "COPY . .\n"
                + _CMD,
            ),
        ),
    ],
    "layers_and_cache/ignore": [
        (
            "needed",
            'check("layers_and_cache/ignore",'
            ' ".git\\n**/.env\\n**/*.log\\n**/__pycache__\\n**/data")',
        ),
        (
            "secrets",
            'check("layers_and_cache/ignore",'
            ' ".git\\n.env\\n**/*.log\\n**/__pycache__\\ndata")',
        ),
        (
            "waste",
            'check("layers_and_cache/ignore",'
            ' ".git\\n**/.env\\n*.log\\n__pycache__\\ndata")',
        ),
        ("needed", 'check("layers_and_cache/ignore", "*")'),
        ("secrets", 'check("layers_and_cache/ignore", "# nothing")'),
    ],
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
    "layers_and_cache/no-archive": [
        (
            "clean",
            _dockerfile(
                "layers_and_cache/no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK} && rm /tmp/stars.tar\n",
            ),
        ),
        (
            "clean",
            _dockerfile(
                "layers_and_cache/no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK}\nRUN mv /tmp/stars.tar /tmp/gone\n",
            ),
        ),
        (
            "unpacked",
            _dockerfile(
                "layers_and_cache/no-archive",
                _STARS + "COPY stars.tar /srv/\n",
            ),
        ),
        (
            "builds",
            _dockerfile(
                "layers_and_cache/no-archive", _STARS + f"RUN {_UNPACK}\n"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "layers_and_cache/predict": """
answer = dict.fromkeys(["COPY requirements.txt", "RUN sort"], "cached")
answer |= dict.fromkeys(["RUN mkdir", "COPY .", "RUN printenv"], "rebuilt")
check("layers_and_cache/predict", answer)
""",
    # No copy of the list at all: it is shown to the step that needs it.
    "layers_and_cache/order": _dockerfile(
        "layers_and_cache/order",
        _SLIM
        + "RUN --mount=type=bind,source=install.py,target=/i/install.py"
        + " --mount=type=bind,source=requirements.txt,target=/i/r.txt"
        + " python /i/install.py /i/r.txt\n"
        + "COPY app.py .\n"
        + _CMD,
    ),
    # The other way round: nothing, but for what is needed.
    "layers_and_cache/ignore": """
check("layers_and_cache/ignore", "*\\n!*.txt\\n!app.py\\n!lib/*.py\\n!lib/data")
""",
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
    "layers_and_cache/no-archive": _dockerfile(
        "layers_and_cache/no-archive", _STARS + "ADD stars.tar /srv/\n"
    ),
}
