"""Wrong answers and second right ones: `keep_data`."""

_RUN = """
lab.discard("keep-mine")
client.volumes.create("keep-mine-data", labels=lab.labels)
client.containers.run(
    "keep-app", name="keep-mine", labels=lab.labels, detach=True, {more}
)
check("keep_data/visits", "keep-mine")
"""


def _visits(more: str) -> str:
    return _RUN.format(more=more)


def _restore(command: str, name: str = "keep-new") -> str:
    return f"""
!docker volume rm -f keep-new
!docker volume create keep-new
!{command}
check("keep_data/backup", "{name}")
"""


_TAR = "docker run --rm -i -v keep-new:/data debian:trixie-slim tar"


def _write(options: str, after: str = "") -> str:
    return f"""
lab.discard("keep-writer")
!rm -rf owner && mkdir owner
!docker run --name keep-writer -v "$PWD/owner":/work {options} \\
    debian:trixie-slim touch mine.txt
{after}
check("keep_data/owner", "owner")
"""


_ME = '--user "$(id -u):$(id -g)"'

WRONG = {
    "keep_data/visits": [
        ("exists", 'check("keep_data/visits", "keep-nobody")'),
        ("survives", _visits('ports={"80/tcp": None}')),
        ("survives", _visits('ports={"80/tcp": None}, volumes=["/app/data"]')),
        (
            "published",
            _visits('volumes={"keep-mine-data": {"bind": "/app/data"}}'),
        ),
        (
            "survives",
            _visits(
                'ports={"80/tcp": None},'
                ' volumes={"keep-mine-data": {"bind": "/app/visits"}}'
            ),
        ),
    ],
    "keep_data/backup": [
        ("exists", 'check("keep_data/backup", "keep-nowhere")'),
        ("new", 'check("keep_data/backup", "keep-source")'),
        ("content", _restore("true")),
        # Without -i, tar gets no input.
        (
            "content",
            _restore(
                _TAR.replace(" -i", "") + " xzf - -C /data < backup.tar.gz"
            ),
        ),
        (
            "content",
            _restore(
                _TAR.replace(" tar", " sh -c 'mkdir /data/x && tar")
                + " xzf - -C /data/x' < backup.tar.gz"
            ),
        ),
        (
            "owners",
            _restore(_TAR + " xzf - --no-same-owner -C /data < backup.tar.gz"),
        ),
        (
            "owners",
            _restore(_TAR + " xzf - -C /data < backup.tar.gz").replace(
                "check(",
                "!docker run --rm -v keep-new:/data debian:trixie-slim"
                " chmod -R a+rwX /data\ncheck(",
            ),
        ),
    ],
    "keep_data/owner": [
        (
            "exists",
            'lab.discard("keep-writer")\ncheck("keep_data/owner", ".")',
        ),
        ("file", _write(_ME)),
        ("user", _write("-w /work")),
        # Its command fails, in a folder without real files, and the file
        # is an older one.
        (
            "wrote",
            _write(f"-w /proc {_ME}").replace(
                "mkdir owner", "mkdir owner && touch owner/mine.txt"
            ),
        ),
        (
            "owner",
            _write(
                f"-w /work {_ME}",
                '!docker run --rm -v "$PWD/owner":/work debian:trixie-slim'
                " chown 4321 /work/mine.txt",
            ),
        ),
        ("answer", 'check("keep_data/owner", "no/such/folder")'),
    ],
}

ALSO_RIGHT = {
    "keep_data/visits": _visits(
        'ports={"80/tcp": None}, environment={"DATA_DIR": "/data"},'
        ' entrypoint="python", command=["app.py"],'
        ' volumes={"keep-mine-data": {"bind": "/data"}}'
    ),
    "keep_data/backup": _restore(
        'docker run --rm -v keep-new:/new -v "$PWD":/backup:ro'
        " python:3.13-slim tar xpf /backup/backup.tar.gz -C /new"
    ),
    "keep_data/owner": """
import os
lab.discard("keep-writer")
pathlib.Path("owner").mkdir(exist_ok=True)
client.containers.run(
    "python:3.13-slim",
    ["python", "-c", "open('mine.txt', 'w').write('mine')"],
    name="keep-writer", labels=lab.labels, working_dir="/here",
    user=f"{os.getuid()}:{os.getgid()}",
    volumes=[f"{pathlib.Path('owner').resolve()}:/here"],
)
check("keep_data/owner", "owner")
""",
}
