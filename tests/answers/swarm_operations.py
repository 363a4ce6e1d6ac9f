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


_BAKED = """
text = "FROM debian:trixie-slim\\nRUN mkdir -p /run/secrets"
text += " && printf 'open sesame' > /run/secrets/swarm-word\\n"
subprocess.run(
    ["docker", "build", "--quiet", "--tag", "swarm-baked", "-"],
    input=text, text=True, check=True,
)
serve("swarm-hide", "swarm-baked", "sleep", "3600")
check("swarm_operations/hide", "swarm-hide")
"""


def _stack(replicas: int, *more: str) -> str:
    deploy = ", ".join([f"replicas: {replicas}", *more])
    text = f"services: {{web: {{image: nginx:stable, deploy: {{{deploy}}}}}}}"
    return (
        f'deploy({text!r})\ncheck("swarm_operations/stack", "swarm-mine_web")'
    )


WRONG = {
    "swarm_operations/stack": [
        ("replicas", _stack(1, "update_config: {order: start-first}")),
        ("order", _stack(2)),
        ("order", _stack(2, "rollback_config: {order: start-first}")),
        (
            "stack",
            'serve("swarm-alone", "--replicas=2",'
            ' "--update-order=start-first", "debian:trixie-slim",'
            ' "sleep", "3600")\n'
            'check("swarm_operations/stack", "swarm-alone")',
        ),
    ],
    "swarm_operations/hide": [
        ("readable", _serve("swarm_operations/hide")),
        # Everybody who has the image has the password.
        ("readable", _BAKED),
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
    "swarm_operations/stack": _stack(
        3, "update_config: {order: start-first, parallelism: 2}"
    ),
    "swarm_operations/hide": _serve(
        "swarm_operations/hide",
        "--secret",
        "source=swarm-word,target=/app/password",
        "--mode=global",
    ),
}
