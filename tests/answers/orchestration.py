"""Wrong answers and second right ones: `orchestration`."""


def _serve(id: str, *words: str, run: str = '"sleep", "3600"') -> str:
    name = id.replace("/", "-")
    options = "".join(f'"{word}", ' for word in words)
    return (
        f'serve("{name}", {options}"debian:trixie-slim", {run})\n'
        f'check("{id}", "{name}")'
    )


_CONFIG = """
name = "orchestration-plain"
subprocess.run(["docker", "service", "rm", "orchestration-hide"])
subprocess.run(["docker", "config", "rm", name], capture_output=True)
client.configs.create(name=name, data=b"open sesame", labels=lab.labels)
"""


WRONG = {
    "orchestration/heal": [
        ("exists", 'check("orchestration/heal", "orchestration-nobody")'),
        ("replicas", _serve("orchestration/heal", "--replicas", "1")),
        (
            "back",
            _serve(
                "orchestration/heal",
                "--replicas",
                "2",
                "--restart-delay",
                "90s",
            ),
        ),
        (
            "back",
            _serve(
                "orchestration/heal",
                "--replicas=2",
                "--restart-condition=none",
            ),
        ),
    ],
    "orchestration/safe": [
        (
            "replicas",
            _serve("orchestration/safe", "--update-failure-action=rollback"),
        ),
        ("back", _serve("orchestration/safe", "--replicas=2")),
        (
            "serves",
            _serve(
                "orchestration/safe",
                "--replicas=2",
                "--update-parallelism=0",
                "--update-failure-action=rollback",
            ),
        ),
        ("exists", 'check("orchestration/safe", "orchestration-nobody")'),
    ],
    "orchestration/hide": [
        ("readable", _serve("orchestration/hide")),
        (
            "hidden",
            _serve(
                "orchestration/hide",
                "--secret",
                "orchestration-word",
                "--label",
                "hint=open sesame",
            ),
        ),
        (
            "hidden",
            _serve(
                "orchestration/hide",
                run='"sh", "-c", "echo open sesame; sleep 3600"',
            ),
        ),
        (
            "hidden",
            _CONFIG
            + _serve(
                "orchestration/hide",
                "--config",
                "source=orchestration-plain,target=/run/secrets/word",
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "orchestration/heal": _serve(
        "orchestration/heal", "--replicas=3", "--restart-delay=0s"
    ),
    "orchestration/safe": _serve(
        "orchestration/safe",
        "--replicas=2",
        "--update-order=start-first",
        "--update-delay=5s",
        "--update-failure-action=rollback",
        "--rollback-order=start-first",
    ),
    "orchestration/hide": _serve(
        "orchestration/hide",
        "--secret",
        "source=orchestration-word,target=password",
    ),
}
