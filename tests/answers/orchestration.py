"""Wrong answers and second right ones: `orchestration`."""


def _serve(id: str, options: str) -> str:
    name = id.replace("/", "-")
    return f'serve("{name}", "{options}")\ncheck("{id}", "{name}")'


WRONG = {
    "orchestration/heal": [
        ("exists", 'check("orchestration/heal", "orchestration-nobody")'),
        ("replicas", _serve("orchestration/heal", "--replicas 1")),
        (
            "back",
            _serve("orchestration/heal", "--replicas 2 --restart-delay 90s"),
        ),
        (
            "back",
            _serve(
                "orchestration/heal", "--replicas=2 --restart-condition=none"
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
                "--replicas=2 --update-parallelism=0"
                " --update-failure-action=rollback",
            ),
        ),
        ("exists", 'check("orchestration/safe", "orchestration-nobody")'),
    ],
}

ALSO_RIGHT = {
    "orchestration/heal": _serve(
        "orchestration/heal", "--replicas=3 --restart-delay=0s"
    ),
    "orchestration/safe": _serve(
        "orchestration/safe",
        "--replicas=2 --update-order=start-first --update-delay=5s"
        " --update-failure-action=rollback --rollback-order=start-first",
    ),
}
