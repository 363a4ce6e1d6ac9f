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
    "swarm_operations/hide": _serve(
        "swarm_operations/hide",
        "--secret",
        "source=swarm-word,target=password",
    ),
}
