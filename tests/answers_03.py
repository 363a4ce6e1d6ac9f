"""Answers to the exercises of lesson 03: wrong ones, and other right ones."""


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
    return f'check("03-predict", {said})'


_SLIM = "FROM python:3.13-slim\nWORKDIR /app\n"
_CMD = 'CMD ["python", "app.py"]\n'
_FETCH = "FROM python:3.13-slim\nWORKDIR /srv\nCOPY fetch.py list.txt ./\n"
_STARS = "FROM debian:trixie-slim\n"
_UNPACK = "tar --extract --file /tmp/stars.tar --directory /srv"

WRONG = {
    "03-predict": [
        # Each line on its own, as if none stood on another.
        ("rebuilt", _predict(copy=True, echo=True)),
        # Every line below the first, and two that were spared.
        (
            "cached",
            _predict(sort=True, mkdir=True, copy=True, echo=True),
        ),
        ("complete", 'check("03-predict", {"RUN sort": "cached"})'),
        ("answer", 'check("03-predict", "all of them")'),
    ],
    "03-order": [
        (
            "code",
            _dockerfile(
                "03-order",
                _SLIM
                + "COPY requirements.txt .\nCOPY . .\n"
                + "RUN python install.py requirements.txt\n"
                + _CMD,
            ),
        ),
        (
            "installs",
            _dockerfile("03-order", _SLIM + "COPY . .\n" + _CMD),
        ),
        (
            "builds",
            _dockerfile(
                "03-order",
                _SLIM
                + "COPY requirements.txt .\n"
                + "RUN python install.py requirements.txt\nCOPY . .\n"
                + _CMD,
            ),
        ),
        (
            "runs",
            _dockerfile(
                "03-order",
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
                "03-order",
                _SLIM
                + "COPY install.py .\n"
                + "RUN touch none && python install.py none\n"
                + "COPY . .\n"
                + _CMD,
            ),
        ),
    ],
    "03-ignore": [
        (
            "needed",
            'check("03-ignore",'
            ' ".git\\n**/.env\\n**/*.log\\n**/__pycache__\\n**/data")',
        ),
        (
            "secrets",
            'check("03-ignore",'
            ' ".git\\n.env\\n**/*.log\\n**/__pycache__\\ndata")',
        ),
        (
            "waste",
            'check("03-ignore",'
            ' ".git\\n**/.env\\n*.log\\n__pycache__\\ndata")',
        ),
        ("needed", 'check("03-ignore", "*")'),
        ("secrets", 'check("03-ignore", "# nothing")'),
    ],
    "03-cache-mount": [
        (
            "reused",
            _dockerfile(
                "03-cache-mount",
                _FETCH
                + "RUN --mount=type=tmpfs,target=/root/.cache/fetch"
                + " python fetch.py list.txt\n",
            ),
        ),
        (
            "reused",
            _dockerfile(
                "03-cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/root/.cache/pip"
                + " python fetch.py list.txt\n",
            ),
        ),
        # It reuses, and then keeps the downloads in a layer as well.
        (
            "once",
            _dockerfile(
                "03-cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/root/.cache/fetch"
                + " python fetch.py list.txt && "
                + "cp -r /root/.cache/fetch /kept\n",
            ),
        ),
        (
            "packages",
            _dockerfile(
                "03-cache-mount",
                _FETCH
                + "RUN --mount=type=cache,target=/srv/packages"
                + " --mount=type=cache,target=/root/.cache/fetch"
                + " python fetch.py list.txt\n",
            ),
        ),
        (
            "packages",
            _dockerfile("03-cache-mount", _FETCH),
        ),
    ],
    "03-no-archive": [
        (
            "clean",
            _dockerfile(
                "03-no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK} && rm /tmp/stars.tar\n",
            ),
        ),
        (
            "clean",
            _dockerfile(
                "03-no-archive",
                _STARS
                + "COPY stars.tar /tmp/\n"
                + f"RUN {_UNPACK}\nRUN mv /tmp/stars.tar /tmp/gone\n",
            ),
        ),
        (
            "unpacked",
            _dockerfile("03-no-archive", _STARS + "COPY stars.tar /srv/\n"),
        ),
        (
            "builds",
            _dockerfile("03-no-archive", _STARS + f"RUN {_UNPACK}\n"),
        ),
    ],
}

ALSO_RIGHT = {
    "03-predict": """
answer = dict.fromkeys(["COPY requirements.txt", "RUN sort"], "cached")
answer |= dict.fromkeys(["RUN mkdir", "COPY .", "RUN printenv"], "rebuilt")
check("03-predict", answer)
""",
    # No copy of the list at all: it is shown to the step that needs it.
    "03-order": _dockerfile(
        "03-order",
        _SLIM
        + "RUN --mount=type=bind,source=install.py,target=/i/install.py"
        + " --mount=type=bind,source=requirements.txt,target=/i/r.txt"
        + " python /i/install.py /i/r.txt\n"
        + "COPY app.py .\n"
        + _CMD,
    ),
    # The other way round: nothing, but for what is needed.
    "03-ignore": """
check("03-ignore", "*\\n!*.txt\\n!app.py\\n!lib/*.py\\n!lib/data")
""",
    "03-cache-mount": """
check("03-cache-mount", \"\"\"
FROM python:3.13-slim AS fetch
WORKDIR /work
RUN --mount=type=bind,target=/context \\\\
    --mount=type=cache,id=dockerlab-03-fetch,sharing=locked,\\\\
target=/root/.cache/fetch \\\\
    python /context/fetch.py /context/list.txt
FROM debian:trixie-slim
COPY --from=fetch /srv/packages /srv/packages
\"\"\")
""",
    "03-no-archive": _dockerfile(
        "03-no-archive", _STARS + "ADD stars.tar /srv/\n"
    ),
}
