"""Answers to the exercises of lesson 05: wrong ones, and other right ones."""


def _worker(more: str, command: str = '["sleep", "600"]') -> str:
    return f"""
lab.discard("dockerlab-05-worker")
client.containers.run(
    "debian:trixie-slim", {command}, name="dockerlab-05-worker",
    labels=lab.labels, detach=True, {more}
)
check("05-restart", "dockerlab-05-worker")
"""


def _server(instructions: str) -> str:
    return f"""
text = '''FROM python:3.13-slim
COPY server.py /
{instructions}
'''
builds.build(".", tag="dockerlab/05-mine", dockerfile=text, check=True)
check("05-graceful", "dockerlab/05-mine")
"""


def _apart(*commands: str) -> str:
    return f"""
three()
for command in {commands!r}:
    words = ["docker", "network", *command.split()]
    subprocess.run(words, check=True, capture_output=True)
check("05-apart", "dockerlab-05-proxy")
"""


_TWO = (
    "create dockerlab-05-outer",
    "create dockerlab-05-inner",
    "connect dockerlab-05-outer dockerlab-05-proxy",
    "connect dockerlab-05-outer dockerlab-05-app",
    "connect dockerlab-05-inner dockerlab-05-app",
    "connect dockerlab-05-inner dockerlab-05-db",
)


def _mended(options: str, image: str = "dockerlab/05-patient") -> str:
    return f"""
lab.discard("dockerlab-05-mended")
run = ["docker", "run", "--detach", "--name", "dockerlab-05-mended"]
run += f"{options}".split()
subprocess.run([*run, "{image}"], capture_output=True)
check("05-mend", "dockerlab-05-mended")
"""


_FILE = "--volume {folder}/greeting.txt:/config/greeting.txt:ro"
_PORT = "--publish 127.0.0.1::8000"

WRONG = {
    "05-rescue": [
        ("word", 'check("05-rescue", "uuid")'),
        ("word", 'check("05-rescue", lost.logs().decode())'),
        ("answer", 'check("05-rescue", None)'),
        (
            "there",
            'lab.discard("dockerlab-05-lost")\ncheck("05-rescue", "0123abcd")',
        ),
    ],
    "05-restart": [
        ("exists", 'check("05-restart", "dockerlab-05-nobody")'),
        (
            "runs",
            _worker('restart_policy={"Name": "on-failure"}', '["true"]'),
        ),
        ("fails", _worker("")),
        ("done", _worker('restart_policy={"Name": "unless-stopped"}')),
        ("limit", _worker('restart_policy={"Name": "on-failure"}')),
    ],
    "05-graceful": [
        ("image", 'check("05-graceful", "dockerlab/05-nobody")'),
        ("ready", _server('CMD ["python", "/serve.py"]')),
        ("asked", _server("CMD exec sh -c 'python /server.py; echo ended'")),
        # The shell ends, and the server, unasked, with it.
        (
            "saved",
            _server("CMD trap 'exit 0' TERM; python /server.py & wait"),
        ),
    ],
    "05-apart": [
        ("run", 'three()\ncheck("05-apart", "dockerlab-05-nobody")'),
        ("app-db", _apart(*_TWO[:5], "disconnect bridge dockerlab-05-db")),
        (
            "proxy-app",
            _apart(*_TWO[1:2], *_TWO[4:], "disconnect bridge dockerlab-05-db"),
        ),
        ("apart", _apart(*_TWO)),  # all three are on the default one still
    ],
    "05-mend": [
        ("exists", 'check("05-mend", "dockerlab-05-nobody")'),
        ("runs", _mended(f"{_PORT} --env HOST=0.0.0.0")),
        ("published", _mended(f"{_FILE} --env HOST=0.0.0.0")),
        ("answers", _mended(f"{_FILE} {_PORT}")),
        (
            "greets",
            _mended(
                "--volume /etc/hostname:/config/greeting.txt:ro"
                f" {_PORT} --env HOST=0.0.0.0"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "05-rescue": """
import io, tarfile
chunks, _ = lost.get_archive("/srv/result.txt")
packed = tarfile.open(fileobj=io.BytesIO(b"".join(chunks)))
check("05-rescue", packed.extractfile("result.txt").read().decode())
""",
    "05-restart": _worker("").replace(
        "check(",
        'update = "docker update --restart on-failure:5 dockerlab-05-worker"\n'
        "subprocess.run(update.split(), check=True, capture_output=True)\n"
        "check(",
    ),
    "05-graceful": _server(
        'ENTRYPOINT ["python", "-u"]\nENV STARTED=today\nCMD ["/server.py"]'
    ),
    # The learner leaves the default network with all three, by the SDK.
    "05-apart": _apart(*_TWO).replace(
        "check(",
        'for name in ("proxy", "app", "db"):\n'
        "    bridge = client.networks.get('bridge')\n"
        '    bridge.disconnect(f"dockerlab-05-{name}")\n'
        "check(",
    ),
    "05-mend": """
lab.discard("dockerlab-05-mended")
mended = client.containers.create(
    "dockerlab/05-patient", name="dockerlab-05-mended", labels=lab.labels,
    environment={"HOST": "0.0.0.0"}, ports={"8000/tcp": None},
)
subprocess.run(
    ["sh", "-c", "mkdir -p config && cp greeting.txt config/"
     " && docker cp config dockerlab-05-mended:/"],
    check=True, capture_output=True,
)
mended.start()
check("05-mend", "dockerlab-05-mended")
""",
}
