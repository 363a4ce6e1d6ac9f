"""Wrong answers and second right ones: `namespaces_and_vms`."""

_NUMBERS = "namespaces_and_vms/two-numbers"
_SHARE = "namespaces_and_vms/share"


def _share(options: str, command: str = "sleep 600") -> str:
    return f"""
lab.discard("namespaces-friend")
run = "docker run -d --name namespaces-friend {options} python:3.13-slim"
subprocess.run([*run.split(), *"{command}".split()], capture_output=True)
if "{command}" == "true":
    client.containers.get("namespaces-friend").wait()
check("{_SHARE}", "namespaces-friend")
"""


WRONG = {
    _NUMBERS: [
        ("outside", f'check("{_NUMBERS}", 1)'),
        (
            "right",
            "start_riddle()\n"
            'look = client.containers.run("debian:trixie-slim", "sleep 60",'
            " labels=lab.labels, detach=True)\nlook.reload()\n"
            f'check("{_NUMBERS}", look.attrs["State"]["Pid"])',
        ),
        # The number of the container before it was started again.
        (
            "right",
            "start_riddle()\n"
            'old = client.containers.get("namespaces-riddle")\n'
            f'start_riddle()\ncheck("{_NUMBERS}", old.attrs["State"]["Pid"])',
        ),
        (
            "exists",
            'riddle = client.containers.get("namespaces-riddle")\n'
            'pid = riddle.attrs["State"]["Pid"]\n'
            'lab.discard("namespaces-riddle")\n'
            f'check("{_NUMBERS}", pid)',
        ),
        ("answer", f'check("{_NUMBERS}", "sleep")'),
    ],
    _SHARE: [
        ("exists", f'check("{_SHARE}", "namespaces-nobody")'),
        ("another", f'check("{_SHARE}", "namespaces-server")'),
        ("same", _share("--network host")),
        ("same", _share("--publish 127.0.0.1::8000")),
        ("same", _share("--pid container:namespaces-server")),
        # The server got a new namespace afterwards.
        (
            "same",
            _share("--network container:namespaces-server").replace(
                "check(", "server.restart(timeout=0)\ncheck("
            ),
        ),
        (
            "apart",
            _share(
                "--network container:namespaces-server"
                " --pid container:namespaces-server"
            ),
        ),
        ("runs", _share("--network container:namespaces-server", "true")),
    ],
}

ALSO_RIGHT = {
    _NUMBERS: f"""
start_riddle()
ask = ["docker", "inspect", "--format", "{{{{.State.Pid}}}}"]
printed = subprocess.check_output([*ask, "namespaces-riddle"], text=True)
check("{_NUMBERS}", int(printed))
""",
    # Through a third container, and by id.
    _SHARE: f"""
lab.discard("namespaces-friend")
between = client.containers.run(
    "debian:trixie-slim", "sleep 600", labels=lab.labels, detach=True,
    network_mode="container:" + server.id,
)
client.containers.run(
    "nginx:stable", name="namespaces-friend", labels=lab.labels,
    detach=True, network_mode="container:" + between.id,
)
check("{_SHARE}", "namespaces-friend")
between.remove(force=True)
""",
}
