"""Wrong answers and second right ones: `why_containers`."""

_SMALL = "why-small"
_HELPER = "why-helper"


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
    return _run("why_containers/limits", _SMALL, options, command)


def _share(options: str, command: str = "sleep 600") -> str:
    return _run("why_containers/share", _HELPER, options, command)


def _fit(program: str) -> str:
    return f"check('why_containers/fit', {program!r})"


WRONG = {
    "why_containers/two-numbers": [
        ("outside", 'check("why_containers/two-numbers", 1)'),
        (
            "right",
            "start_riddle()\n"
            'look = client.containers.run("debian:trixie-slim", "sleep 60",'
            " labels=lab.labels, detach=True)\nlook.reload()\n"
            'check("why_containers/two-numbers", look.attrs["State"]["Pid"])',
        ),
        (
            "exists",
            'riddle = client.containers.get("why-riddle")\n'
            'pid = riddle.attrs["State"]["Pid"]\n'
            'lab.discard("why-riddle")\n'
            'check("why_containers/two-numbers", pid)',
        ),
        ("answer", 'check("why_containers/two-numbers", "sleep")'),
    ],
    "why_containers/limits": [
        ("exists", 'check("why_containers/limits", "why-nobody")'),
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
    "why_containers/fit": [
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
        ("answer", "check('why_containers/fit', None)"),
    ],
    "why_containers/share": [
        ("exists", 'check("why_containers/share", "why-nobody")'),
        ("another", 'check("why_containers/share", "why-server")'),
        ("same", _share("--network host")),
        ("same", _share("--publish 127.0.0.1::8000")),
        ("same", _share("--pid container:why-server")),
        (
            "apart",
            _share(
                "--network container:why-server --pid container:why-server"
            ),
        ),
        (
            "runs",
            _share("--network container:why-server", "true"),
        ),
    ],
}

ALSO_RIGHT = {
    "why_containers/two-numbers": """
start_riddle()
ask = ["docker", "inspect", "--format", "{{.State.Pid}}"]
told = subprocess.check_output([*ask, "why-riddle"], text=True)
check("why_containers/two-numbers", int(told))
""",
    "why_containers/limits": """
lab.discard("why-small")
client.containers.run(
    "debian:trixie-slim", "sleep 600", name="why-small",
    labels=lab.labels, detach=True, mem_limit="100m", pids_limit=20,
    cpu_period=50000, cpu_quota=20000,
)
check("why_containers/limits", "why-small")
""",
    "why_containers/fit": _fit(
        "import os\nn = int(os.environ['COUNT'])\n"
        "print((n - 1) * n * (2 * n - 1) // 6)"
    ),
    "why_containers/share": """
lab.discard("why-helper")
client.containers.run(
    "debian:trixie-slim", "sleep 600", name="why-helper",
    labels=lab.labels, detach=True, network_mode="container:" + server.id,
)
check("why_containers/share", "why-helper")
""",
}
