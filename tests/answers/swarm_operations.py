"""Wrong answers and second right ones: `swarm_operations`."""


def _serve(id: str, *words: str, run: str = '"sleep", "3600"') -> str:
    name = id.replace("/", "-")
    options = "".join(f'"{word}", ' for word in words)
    return (
        f'serve("{name}", {options}"debian:trixie-slim", {run})\n'
        f'check("{id}", "{name}")'
    )


_CONFIG = """
name = "swarm-plain"
subprocess.run(["docker", "service", "rm", "swarm-hide"])
subprocess.run(["docker", "config", "rm", name], capture_output=True)
client.configs.create(name=name, data=b"open sesame", labels=lab.labels)
"""


WRONG = {
    "swarm_operations/heal": [
        ("exists", 'check("swarm_operations/heal", "swarm-nobody")'),
        ("replicas", _serve("swarm_operations/heal", "--replicas", "1")),
        (
            "back",
            _serve(
                "swarm_operations/heal",
                "--replicas",
                "2",
                "--restart-delay",
                "90s",
            ),
        ),
        (
            "back",
            _serve(
                "swarm_operations/heal",
                "--replicas=2",
                "--restart-condition=none",
            ),
        ),
    ],
    "swarm_operations/safe": [
        (
            "replicas",
            _serve(
                "swarm_operations/safe", "--update-failure-action=rollback"
            ),
        ),
        ("back", _serve("swarm_operations/safe", "--replicas=2")),
        (
            "serves",
            _serve(
                "swarm_operations/safe",
                "--replicas=2",
                "--update-parallelism=0",
                "--update-failure-action=rollback",
            ),
        ),
        ("exists", 'check("swarm_operations/safe", "swarm-nobody")'),
    ],
    "swarm_operations/hide": [
        ("readable", _serve("swarm_operations/hide")),
        (
            "hidden",
            _serve(
                "swarm_operations/hide",
                "--secret",
                "swarm-word",
                "--label",
                "hint=open sesame",
            ),
        ),
        (
            "hidden",
            _serve(
                "swarm_operations/hide",
                run='"sh", "-c", "echo open sesame; sleep 3600"',
            ),
        ),
        (
            "hidden",
            _CONFIG
            + _serve(
                "swarm_operations/hide",
                "--config",
                "source=swarm-plain,target=/run/secrets/word",
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "swarm_operations/heal": _serve(
        "swarm_operations/heal", "--replicas=3", "--restart-delay=0s"
    ),
    "swarm_operations/safe": _serve(
        "swarm_operations/safe",
        "--replicas=2",
        "--update-order=start-first",
        "--update-delay=5s",
        "--update-failure-action=rollback",
        "--rollback-order=start-first",
    ),
    "swarm_operations/hide": _serve(
        "swarm_operations/hide",
        "--secret",
        "source=swarm-word,target=password",
    ),
}
