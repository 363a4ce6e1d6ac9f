"""Wrong answers and second right ones: `limits_and_neighbours`."""

_SMALL = "limits-small"


def _limits(options: str, command: str = "sleep 600") -> str:
    """Run a container by the command line, and check it."""
    return f"""
lab.discard("{_SMALL}")
run = "docker run -d --name {_SMALL} {options} python:3.13-slim {command}"
subprocess.run(run.split(), capture_output=True)
if "{command}" == "true":
    client.containers.get("{_SMALL}").wait()
check("limits_and_neighbours/limits", "{_SMALL}")
"""


def _fit(program: str) -> str:
    return f"check('limits_and_neighbours/fit', {program!r})"


WRONG = {
    "limits_and_neighbours/limits": [
        ("exists", 'check("limits_and_neighbours/limits", "why-nobody")'),
        (
            "runs",
            _limits("--memory 128m --cpus 0.5 --pids-limit 50", "true"),
        ),
        ("memory", _limits("--cpus 0.5 --pids-limit 50")),
        ("memory", _limits("--memory 1g --cpus 0.5 --pids-limit 50")),
        (
            "cpu",
            _limits("--memory 128m --cpu-shares 512 --pids-limit 50"),
        ),
        ("cpu", _limits("--memory 128m --cpus 1 --pids-limit 50")),
        ("processes", _limits("--memory 128m --cpus 0.5")),
        (
            "processes",
            _limits("--memory 128m --cpus 0.5 --ulimit nproc=50"),
        ),
    ],
    "limits_and_neighbours/fit": [
        (
            "survives",
            _fit(
                "import os\nn = int(os.environ['COUNT'])\n"
                "print(sum([k * k for k in range(n)]))"
            ),
        ),
        (
            "survives",
            _fit(
                "import os\nn = int(os.environ['COUNT'])\n"
                "print(sum(sorted(k * k for k in range(n))))"
            ),
        ),
        ("ends", _fit("print(sum(k * k for k in range(COUNT)))")),
        ("right", _fit("print(sum(k * k for k in range(1_500_000)))")),
        (
            "right",
            _fit(
                "import os\nn = int(os.environ['COUNT'])\n"
                "print(sum(k * k for k in range(n + 1)))"
            ),
        ),
        ("answer", "check('limits_and_neighbours/fit', None)"),
    ],
}

ALSO_RIGHT = {
    "limits_and_neighbours/limits": """
lab.discard("limits-small")
client.containers.run(
    "debian:trixie-slim", "sleep 600", name="limits-small",
    labels=lab.labels, detach=True, mem_limit="100m", pids_limit=20,
    cpu_period=50000, cpu_quota=20000,
)
check("limits_and_neighbours/limits", "limits-small")
""",
    "limits_and_neighbours/fit": _fit(
        "import os\nn = int(os.environ['COUNT'])\n"
        "print((n - 1) * n * (2 * n - 1) // 6)"
    ),
}
