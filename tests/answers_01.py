"""Answers to the exercises of lesson 01: wrong ones, and other right ones."""

_SMALL = "dockerlab-01-small"
_HELPER = "dockerlab-01-helper"


def _run(id: str, name: str, options: str, command: str = "sleep 600") -> str:
    """Run a container by the command line, and check it."""
    return f"""
lab.discard("{name}")
run = "docker run --detach --name {name} {options} python:3.13-slim {command}"
subprocess.run(run.split(), capture_output=True)
time.sleep(1)
check("{id}", "{name}")
"""


def _limits(options: str, command: str = "sleep 600") -> str:
    return _run("01-limits", _SMALL, options, command)


def _share(options: str, command: str = "sleep 600") -> str:
    return _run("01-share", _HELPER, options, command)


def _fit(program: str) -> str:
    return f"check('01-fit', {program!r})"


WRONG = {
    "01-two-numbers": [
        ("outside", 'check("01-two-numbers", 1)'),
        (
            "right",
            "start_riddle()\n"
            'look = client.containers.run("debian:trixie-slim", "sleep 60",'
            " labels=lab.labels, detach=True)\nlook.reload()\n"
            'check("01-two-numbers", look.attrs["State"]["Pid"])',
        ),
        (
            "exists",
            'riddle = client.containers.get("dockerlab-01-riddle")\n'
            'pid = riddle.attrs["State"]["Pid"]\n'
            'lab.discard("dockerlab-01-riddle")\n'
            'check("01-two-numbers", pid)',
        ),
        ("answer", 'check("01-two-numbers", "sleep")'),
    ],
    "01-limits": [
        ("exists", 'check("01-limits", "dockerlab-01-nobody")'),
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
    "01-fit": [
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
        ("answer", "check('01-fit', None)"),
    ],
    "01-share": [
        ("exists", 'check("01-share", "dockerlab-01-nobody")'),
        ("another", 'check("01-share", "dockerlab-01-server")'),
        ("same", _share("--network host")),
        ("same", _share("--publish 127.0.0.1::8000")),
        ("same", _share("--pid container:dockerlab-01-server")),
        (
            "apart",
            _share(
                "--network container:dockerlab-01-server"
                " --pid container:dockerlab-01-server"
            ),
        ),
        (
            "runs",
            _share("--network container:dockerlab-01-server", "true"),
        ),
    ],
}

ALSO_RIGHT = {
    "01-two-numbers": """
start_riddle()
ask = ["docker", "inspect", "--format", "{{.State.Pid}}"]
told = subprocess.check_output([*ask, "dockerlab-01-riddle"], text=True)
check("01-two-numbers", int(told))
""",
    "01-limits": """
lab.discard("dockerlab-01-small")
client.containers.run(
    "debian:trixie-slim", "sleep 600", name="dockerlab-01-small",
    labels=lab.labels, detach=True, mem_limit="100m", pids_limit=20,
    cpu_period=50000, cpu_quota=20000,
)
check("01-limits", "dockerlab-01-small")
""",
    "01-fit": _fit(
        "import os\nn = int(os.environ['COUNT'])\n"
        "print((n - 1) * n * (2 * n - 1) // 6)"
    ),
    "01-share": """
lab.discard("dockerlab-01-helper")
client.containers.run(
    "debian:trixie-slim", "sleep 600", name="dockerlab-01-helper",
    labels=lab.labels, detach=True, network_mode="container:" + server.id,
)
check("01-share", "dockerlab-01-helper")
""",
}
