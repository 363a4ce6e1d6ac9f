"""Wrong answers and second right ones: `run_and_stop`."""


def _worker(more: str, command: str = '["sleep", "600"]') -> str:
    return f"""
lab.discard("run-worker")
client.containers.run(
    "debian:trixie-slim", {command}, name="run-worker",
    labels=lab.labels, detach=True, {more}
)
check("run_and_stop/restart", "run-worker")
"""


def _server(instructions: str) -> str:
    return f"""
text = '''FROM python:3.13-slim
COPY server.py /
{instructions}
'''
builds.build(".", tag="run-mine", dockerfile=text, check=True)
check("run_and_stop/graceful", "run-mine")
"""


WRONG = {
    "run_and_stop/rescue": [
        ("word", 'check("run_and_stop/rescue", "uuid")'),
        (
            "word",
            'log = client.containers.get("run-lost").logs().decode()\n'
            'check("run_and_stop/rescue", log)',
        ),
        ("answer", 'check("run_and_stop/rescue", None)'),
        (
            "there",
            'lab.discard("run-lost")\ncheck("run_and_stop/rescue", "0123abcd")',
        ),
    ],
    "run_and_stop/restart": [
        ("exists", 'check("run_and_stop/restart", "run-nobody")'),
        (
            "started",
            """
lab.discard("run-worker")
!docker run -d --name run-worker --restart on-failure:5 \\
    debian:trixie-slim slep 600
check("run_and_stop/restart", "run-worker")
""",
        ),
        ("fails", _worker("")),
        ("done", _worker('restart_policy={"Name": "unless-stopped"}')),
        ("limit", _worker('restart_policy={"Name": "on-failure"}')),
    ],
    "run_and_stop/graceful": [
        ("image", 'check("run_and_stop/graceful", "run-nobody")'),
        ("ready", _server('CMD ["python", "/serve.py"]')),
        ("started", _server('CMD ["python", "/server.py"]')),
        ("asked", _server("CMD export STARTED=1; python /server.py; true")),
        (
            "asked",
            _server(
                "ENV STARTED=1\nCMD exec sh -c 'python /server.py; echo ended'"
            ),
        ),
        # The shell ends, and the server, unasked, with it.
        (
            "saved",
            _server(
                "ENV STARTED=1\nCMD trap 'exit 0' TERM; python /server.py & wait"
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "run_and_stop/rescue": """
import io, tarfile
chunks, _ = client.containers.get("run-lost").get_archive("/srv/result.txt")
packed = tarfile.open(fileobj=io.BytesIO(b"".join(chunks)))
check("run_and_stop/rescue", packed.extractfile("result.txt").read().decode())
""",
    # A program that fails, to see whether the engine restarts it.
    "run_and_stop/restart": _worker("", '["false"]').replace(
        "check(",
        'worker = client.containers.get("run-worker")\n'
        "worker.wait()\n"
        'update = "docker update --restart on-failure:5 run-worker"\n'
        "subprocess.run(update.split(), check=True, capture_output=True)\n"
        "worker.start()\n"
        "check(",
    ),
    # The shell stays and hands the signal on. It ends with a code of its own,
    # and the server's process has neither the name of its file nor root's
    # rights.
    "run_and_stop/graceful": _server(
        "CMD export STARTED=1; trap 'kill -TERM $pid; wait $pid' TERM;"
        " setpriv --reuid 1000 --regid 1000 --clear-groups"
        " python -m server & pid=$!; wait $pid"
    ),
}
