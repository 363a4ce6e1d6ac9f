"""Wrong answers and second right ones: `debugging`."""


def _fixed(options: str, image: str = "debugging-app") -> str:
    return f"""
lab.discard("debugging-fixed")
lab.terminal(f"docker run -d --name debugging-fixed {options} {image}")
check("debugging/fix-the-app", "debugging-fixed")
"""


_FILE = "-v '{folder}/greeting.txt:/config/greeting.txt:ro'"
_PORT = "-p 127.0.0.1::8000"


def _diagnosis(change: str) -> str:
    return f"""
known = faults.explain(client)
names = sorted(known)
{change}
check("debugging/diagnose", diagnosis)
"""


def _build(*steps: str) -> str:
    text = "\n".join(["FROM python:3.13-slim", "WORKDIR /app", *steps])
    return f"check('debugging/broken-build', '''{text}\n''')"


_COPY = "COPY requirements.txt app.py ./"
_INSTALL = "RUN pip install -r requirements.txt"
_WRITE = "RUN echo ready > ready.txt"
_CMD = 'CMD ["python", "app.py"]'

WRONG = {
    "debugging/fix-the-app": [
        ("exists", 'check("debugging/fix-the-app", "debugging-nobody")'),
        ("runs", _fixed(f"{_PORT} -e HOST=0.0.0.0")),
        # Another server shows the same text.
        (
            "image",
            _fixed(
                "-v '{folder}/greeting.txt:/tmp/index.html:ro' -w /tmp"
                f" {_PORT}",
                "python:3.13-slim python -m http.server 8000",
            ),
        ),
        ("published", _fixed(f"{_FILE} -e HOST=0.0.0.0")),
        ("answers", _fixed(f"{_FILE} {_PORT}")),
        (
            "greets",
            _fixed(
                "-v /etc/hostname:/config/greeting.txt:ro"
                f" {_PORT} -e HOST=0.0.0.0"
            ),
        ),
    ],
    "debugging/diagnose": [
        ("answer", 'check("debugging/diagnose", {})'),
        ("cause-1", 'check("debugging/diagnose", {"one": ("a", "b")})'),
        # Every container has the cause of another one.
        (
            "cause-1",
            _diagnosis(
                "diagnosis = {a: known[b] for a, b in"
                " zip(names, names[1:] + names[:1])}"
            ),
        ),
        (
            "cause-2",
            _diagnosis(
                "diagnosis = dict(known)\n"
                'diagnosis[names[1]] = ("bad luck", known[names[1]][1])'
            ),
        ),
        # Not shown for this container.
        (
            "evidence-1",
            _diagnosis(
                "diagnosis = {n: (known[n][0], 'it is broken') for n in names}"
            ),
        ),
        # Shown for every container.
        (
            "evidence-1",
            _diagnosis(
                "diagnosis = {n: (known[n][0], '\"Dead\": false')"
                " for n in names}"
            ),
        ),
        (
            "evidence-1",
            _diagnosis("diagnosis = {n: known[n][0] for n in names}"),
        ),
        # Everything that `docker inspect` prints, as it prints it.
        (
            "evidence-1",
            _diagnosis(
                "import json\n"
                "diagnosis = {n: (known[n][0], json.dumps("
                "client.containers.get(n).attrs, indent=4)) for n in names}"
            ),
        ),
    ],
    "debugging/broken-build": [
        ("builds", _build(_COPY, "RUN pip instal -r requirements.txt", _CMD)),
        ("builds", _build(_COPY, _INSTALL, "RUN eho ready > ready.txt", _CMD)),
        # Steps that were in the way, and are gone.
        ("answers", _build(_COPY, _INSTALL, _CMD)),
        ("answers", _build(_COPY, _WRITE, _CMD)),
        ("ready", _build(_COPY, _INSTALL, "RUN echo ok > ready.txt", _CMD)),
        (
            "ready",
            _build("RUN echo ready > index.html", "CMD python -m http.server"),
        ),
        ("answer", 'check("debugging/broken-build", "app.py")'),
    ],
}

ALSO_RIGHT = {
    "debugging/fix-the-app": """
lab.discard("debugging-fixed")
fixed = client.containers.create(
    "debugging-app", name="debugging-fixed", labels=lab.labels,
    environment={"HOST": "0.0.0.0"}, ports={"8000/tcp": None},
)
lab.terminal(
    "mkdir -p config && cp greeting.txt config/"
    " && docker cp config debugging-fixed:/"
)
fixed.start()
check("debugging/fix-the-app", "debugging-fixed")
""",
    # As lists, with the quotes and spaces of another way to print.
    "debugging/diagnose": _diagnosis(
        "diagnosis = {n: [c, '  ' + e.replace('\"', \"'\")]"
        " for n, (c, e) in known.items()}"
    ),
    "debugging/broken-build": _build(
        "COPY . .",
        "RUN python -m pip install itsdangerous && echo ready | tee ready.txt",
        "CMD python app.py",
    ),
}
