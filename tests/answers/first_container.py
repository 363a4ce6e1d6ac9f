"""Wrong answers and second right ones: `first_container`."""


def _mine(arguments: str, name: str = "first-mine") -> str:
    return f"""
lab.discard("first-mine")
!docker run -d --name {name} {arguments}
check("first_container/stay", "first-mine")
lab.discard("{name}")
"""


def _word(word: str) -> str:
    return f'start_riddle(lab)\ncheck("first_container/logs", {word})'


def _page(arguments: str, name: str = "first-page") -> str:
    return f"""
lab.discard("first-page", "first-other")
!docker run -d --name {name} {arguments}
check("first_container/page", "first-page")
"""


def _tidy(do: str, name: str = "first-bob") -> str:
    return (
        f"start_three(lab)\n{do}\ncheck('first_container/tidy-up', {name!r})"
    )


_LOGS = 'lab.client.containers.get("first-riddle").logs()'

WRONG = {
    "first_container/stay": [
        ("exists", _mine("debian:trixie-slim sleep 9", "first-other")),
        ("image", _mine("python:3.13-slim sleep 600")),
        ("runs", _mine("debian:trixie-slim echo sleep 600")),
        ("runs", _mine("debian:trixie-slim sleep 1")),
        ("runs", _mine("--rm debian:trixie-slim sleep 1")),
        ("runs", _mine("--restart always debian:trixie-slim sleep 1")),
        ("runs", _mine("debian:trixie-slim slep 600")),
        ("answer", 'check("first_container/stay", "two words")'),
    ],
    "first_container/logs": [
        ("word", _word(f"{_LOGS}.decode()")),
        ("word", _word('"uuid"')),
        ("answer", _word(_LOGS)),
        ("answer", _word('""')),
        (
            "exists",
            'lab.discard("first-riddle")\n'
            'check("first_container/logs", "0a1b2c3d")',
        ),
    ],
    "first_container/page": [
        ("exists", _page("-p 127.0.0.1::80 nginx:stable", "first-other")),
        (
            "runs",
            _page("-p 127.0.0.1::80 nginx:stable true").replace(
                "check(",
                'lab.client.containers.get("first-page").wait()\ncheck(',
            ),
        ),
        (
            "image",
            _page(
                "-p 127.0.0.1::80 python:3.13-slim python -m http.server 80"
            ),
        ),
        ("published", _page("nginx:stable")),
        ("loopback", _page("-P nginx:stable")),
        ("loopback", _page("-p 0.0.0.0::80 nginx:stable")),
        # The ports the wrong way round: nobody listens there.
        ("answers", _page("-p 127.0.0.1::8080 nginx:stable")),
    ],
    "first_container/tidy-up": [
        ("stay", _tidy("lab.reset()")),
        ("gone", _tidy("!docker start first-bob")),
        ("stay", _tidy("!docker rm --force first-ada")),
        ("gone", _tidy("!docker rm first-ada", "first-ada")),
        (
            "stay",
            _tidy(
                "!docker restart -t 0 first-ada first-cleo\n"
                "!docker rm first-bob"
            ),
        ),
        ("named", _tidy("!docker rm first-bob", "first-x")),
    ],
}

ALSO_RIGHT = {
    "first_container/stay": """
lab.discard("first-mine")
lab.client.containers.run(
    "debian:trixie-slim", ["tail", "-f", "/dev/null"],
    name="first-mine", labels=lab.labels, detach=True,
)
check("first_container/stay", "first-mine")
""",
    "first_container/logs": _word(f"{_LOGS}.decode().split()[-1]"),
    "first_container/page": """
lab.discard("first-page")
lab.client.containers.run(
    "nginx:stable", name="first-page", labels=lab.labels, detach=True,
    ports={"80/tcp": ("127.0.0.2", 0)},
)
check("first_container/page", "first-page")
""",
    "first_container/tidy-up": _tidy(
        'lab.client.containers.get("first-bob").remove()'
    ),
}
