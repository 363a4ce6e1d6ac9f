"""Wrong answers and second right ones: `running_containers`."""


def _worker(more: str, command: str = '["sleep", "600"]') -> str:
    return f"""
lab.discard("running-worker")
client.containers.run(
    "debian:trixie-slim", {command}, name="running-worker",
    labels=lab.labels, detach=True, {more}
)
check("running_containers/restart", "running-worker")
"""


def _server(instructions: str) -> str:
    return f"""
text = '''FROM python:3.13-slim
COPY server.py /
{instructions}
'''
builds.build(".", tag="running-mine", dockerfile=text, check=True)
check("running_containers/graceful", "running-mine")
"""


def _repaired(options: str, image: str = "running-patient") -> str:
    return f"""
lab.discard("running-mended")
run = ["docker", "run", "--detach", "--name", "running-mended"]
run += f"{options}".split()
subprocess.run([*run, "{image}"], capture_output=True)
check("running_containers/mend", "running-mended")
"""


_FILE = "--volume {folder}/greeting.txt:/config/greeting.txt:ro"
_PORT = "--publish 127.0.0.1::8000"

WRONG = {
    "running_containers/rescue": [
        ("word", 'check("running_containers/rescue", "uuid")'),
        ("word", 'check("running_containers/rescue", lost.logs().decode())'),
        ("answer", 'check("running_containers/rescue", None)'),
        (
            "there",
            'lab.discard("running-lost")\ncheck("running_containers/rescue", "0123abcd")',
        ),
    ],
    "running_containers/restart": [
        ("exists", 'check("running_containers/restart", "running-nobody")'),
        (
            "runs",
            _worker('restart_policy={"Name": "on-failure"}', '["true"]'),
        ),
        ("fails", _worker("")),
        ("done", _worker('restart_policy={"Name": "unless-stopped"}')),
        ("limit", _worker('restart_policy={"Name": "on-failure"}')),
    ],
    "running_containers/graceful": [
        ("image", 'check("running_containers/graceful", "running-nobody")'),
        ("ready", _server('CMD ["python", "/serve.py"]')),
        ("asked", _server("CMD exec sh -c 'python /server.py; echo ended'")),
        # The shell ends, and the server, unasked, with it.
        (
            "saved",
            _server("CMD trap 'exit 0' TERM; python /server.py & wait"),
        ),
    ],
    "running_containers/mend": [
        ("exists", 'check("running_containers/mend", "running-nobody")'),
        ("runs", _repaired(f"{_PORT} --env HOST=0.0.0.0")),
        ("published", _repaired(f"{_FILE} --env HOST=0.0.0.0")),
        ("answers", _repaired(f"{_FILE} {_PORT}")),
        (
            "greets",
            _repaired(
                "--volume /etc/hostname:/config/greeting.txt:ro"
                f" {_PORT} --env HOST=0.0.0.0"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "running_containers/rescue": """
import io, tarfile
chunks, _ = lost.get_archive("/srv/result.txt")
packed = tarfile.open(fileobj=io.BytesIO(b"".join(chunks)))
check("running_containers/rescue", packed.extractfile("result.txt").read().decode())
""",
    "running_containers/restart": _worker("").replace(
        "check(",
        'update = "docker update --restart on-failure:5 running-worker"\n'
        "subprocess.run(update.split(), check=True, capture_output=True)\n"
        "check(",
    ),
    "running_containers/graceful": _server(
        'ENTRYPOINT ["python", "-u"]\nENV STARTED=today\nCMD ["/server.py"]'
    ),
    "running_containers/mend": """
lab.discard("running-mended")
mended = client.containers.create(
    "running-patient", name="running-mended", labels=lab.labels,
    environment={"HOST": "0.0.0.0"}, ports={"8000/tcp": None},
)
subprocess.run(
    ["sh", "-c", "mkdir -p config && cp greeting.txt config/"
     " && docker cp config running-mended:/"],
    check=True, capture_output=True,
)
mended.start()
check("running_containers/mend", "running-mended")
""",
}
