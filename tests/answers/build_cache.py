"""Wrong answers and second right ones: `build_cache`."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", """{text}""")'


def _ignore(*patterns: str) -> str:
    return f'check("build_cache/ignore", {chr(10).join(patterns)!r})'


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
    return f'check("build_cache/predict", {said})'


_SLIM = "FROM python:3.13-slim\nWORKDIR /app\n"
_CMD = 'CMD ["python", "app.py"]\n'

WRONG = {
    "build_cache/predict": [
        # Each line on its own, as if none stood on another.
        ("rebuilt", _predict(copy=True, echo=True)),
        # Every line below the first, and two that were spared.
        (
            "cached",
            _predict(sort=True, mkdir=True, copy=True, echo=True),
        ),
        (
            "complete",
            'check("build_cache/predict", {"RUN sort": "cached"})',
        ),
        ("answer", 'check("build_cache/predict", "all of them")'),
    ],
    "build_cache/order": [
        (
            "code",
            _dockerfile(
                "build_cache/order",
                _SLIM
                + "COPY requirements.txt .\nCOPY . .\n"
                + "RUN python install.py requirements.txt\n"
                + _CMD,
            ),
        ),
        (
            "installs",
            _dockerfile("build_cache/order", _SLIM + "COPY . .\n" + _CMD),
        ),
        (
            "builds",
            _dockerfile(
                "build_cache/order",
                _SLIM
                + "COPY requirements.txt .\n"
                + "RUN python install.py requirements.txt\nCOPY . .\n"
                + _CMD,
            ),
        ),
        (
            "runs",
            _dockerfile(
                "build_cache/order",
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
                "build_cache/order",
                _SLIM
                + "COPY install.py .\n"
                + "RUN touch none && python install.py none\n"
                + "COPY . .\n"
                + _CMD,
            ),
        ),
    ],
    "build_cache/ignore": [
        # A folder of the same name, which the program needs.
        (
            "needed",
            _ignore(
                ".git", "**/.env", "**/*.log", "**/__pycache__", "**/data"
            ),
        ),
        # Without `**/` a pattern matches only at the top.
        (
            "secrets",
            _ignore(".git", ".env", "**/*.log", "**/__pycache__", "data"),
        ),
        ("waste", _ignore(".git", "**/.env", "*.log", "__pycache__", "data")),
        (
            "secrets",
            _ignore("**/.env", ".gitignore", "**/*.log", "**/*.pyc", "data"),
        ),
        ("needed", _ignore("**", "!app.py")),
        ("needed", _ignore("*")),
        ("secrets", _ignore("# nothing")),
        ("answer", 'check("build_cache/ignore", None)'),
    ],
}

ALSO_RIGHT = {
    "build_cache/predict": """
answer = dict.fromkeys(["COPY requirements.txt", "RUN sort"], "cached")
answer |= dict.fromkeys(["RUN mkdir", "COPY .", "RUN printenv"], "rebuilt")
check("build_cache/predict", answer)
""",
    # No copy of the list at all: it is shown to the step that needs it.
    "build_cache/order": _dockerfile(
        "build_cache/order",
        _SLIM
        + "RUN --mount=type=bind,source=install.py,target=/i/install.py"
        + " --mount=type=bind,source=requirements.txt,target=/i/r.txt"
        + " python /i/install.py /i/r.txt\n"
        + "COPY app.py .\n"
        + _CMD,
    ),
    # The other way round: nothing, but for what is needed.
    "build_cache/ignore": _ignore(
        "*", "!*.txt", "!app.py", "!templates", "!worker/*.py", "!worker/data"
    ),
}
