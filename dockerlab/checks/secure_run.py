"""Exercises of `secure_run`: few rights, and the app still works."""

import time

from docker.models.containers import Container

from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

STARTER = "secure-starter"
# Numbers as in 'capabilities(7)': the ones that the starter needs.
NEEDED = {"CHOWN": 0, "SETGID": 6, "SETUID": 7}

_VISIT = """
import json, os, urllib.request as r
url = f"http://127.0.0.1:{os.environ.get('PORT', 8000)}"
def count(): return json.load(r.urlopen(url + "/api/visits"))["visits"]
before = count(); r.urlopen(url).read(); print(count() > before)
"""


def _counts(bench: Bench, container: Container, seconds: float = 60) -> bool:
    """Whether a visit from inside raises the app's count.

    Its workers may take long to begin where the machine is busy.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        container.reload()
        if container.status != "running":
            return False
        done = bench.exec(container, ["python", "-c", _VISIT])
        if done.ok:
            return done.text == "True"
        if "503" in done.output:
            return False  # it serves, and cannot reach its data store
        time.sleep(0.2)
    return False


@exercise("secure_run/harden", wants="container")
def harden(bench: Bench, name: str) -> None:
    """The app runs with the fewest rights, and counts."""
    container = bench.require_running(name)
    if not container:
        return
    status = _status(bench, container)
    uids = status.get("Uid", "0").split()
    bench.require(
        "user",
        "its process does not run as root",
        "0" not in uids,
        "The image has its own user. Which option replaces it?",
    )
    bench.require(
        "read-only",
        "even root cannot write to its root folder",
        _is_read_only(bench, container),
        "Which option makes the container's own files read-only?",
    )
    bench.require(
        "capabilities",
        "it can get no capability",
        int(status.get("CapBnd", "1"), 16) == 0,
        "A process that is not root can still get capabilities from a setuid"
        " program. Drop all of them.",
    )
    bench.require(
        "privileges",
        "it can get no new privileges",
        status.get("NoNewPrivs", "").strip() == "1",
        "Which security option makes the kernel ignore setuid bits?",
    )
    bench.require(
        "counts",
        "the app counts a visit",
        _counts(bench, container),
        "Where does the app keep its count, and can it write there? See"
        " `docker logs` and the variable DATA_DIR.",
    )


def _status(bench: Bench, container: Container) -> dict[str, str]:
    """What the kernel reports about a container's process 1."""
    rows = bench.exec(container, ["cat", "/proc/1/status"]).output
    return dict(row.split(":", 1) for row in rows.splitlines() if ":" in row)


def _is_read_only(bench: Bench, container: Container) -> bool:
    """Whether even root cannot create a file in the root folder."""
    touched = bench.exec(container, ["touch", "/.check"], user="0")
    if touched.ok:
        bench.exec(container, ["rm", "/.check"], user="0")
    return "Read-only" in touched.output


@exercise("secure_run/least", wants="container")
def least(bench: Bench, name: str) -> None:
    """The starter runs with the capabilities it needs, and no others."""
    container = bench.require_container(name)
    if not container:
        return
    bench.require(
        "image",
        f"it is from the image {STARTER}",
        STARTER in str(container.attrs["Config"]["Image"]),
        f"Start it from {STARTER}, which a cell above builds.",
    )
    started = _waits_until_started(bench, container)
    log = container.logs(tail=4).decode(errors="replace").split("\n")
    # The call and the error, without the marks that Python puts below.
    lines = " / ".join(
        [line.strip() for line in log if line.strip(" ~^")][-2:]
    )
    bench.require(
        "works",
        "it gave /srv away and became user 10001",
        started,
        f"Its log ends with: {lines or 'nothing'}. "
        + (
            "It needs to write there: run it without `--read-only`."
            if "Read-only" in lines
            else "Which capability does that call need? See capabilities(7)."
        ),
    )
    if not started:
        return
    status = _status(bench, container)
    has = int(status.get("CapBnd", "0"), 16)
    extra = (has & ~sum(1 << bit for bit in NEEDED.values())).bit_count()
    bench.require(
        "least",
        "it can get no capability that it does not need",
        not extra,
        f"It can get {extra} more than it needs. Drop all, then add back"
        " only what is missing.",
    )
    bench.require(
        "privileges",
        "it can get no new privileges",
        status.get("NoNewPrivs", "").strip() == "1",
        "Which security option makes the kernel ignore setuid bits?",
    )


def _waits_until_started(
    bench: Bench, container: Container, seconds: float = 60
) -> bool:
    """Whether the starter reaches its end as user 10001."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        container.reload()
        if container.status != "running":
            return False
        # The folder, too: an option can start it as this user at once.
        folder = bench.exec(container, ["ls", "-ldn", "/srv"]).output.split()
        if folder[2:3] == ["10001"] and _runs_as(bench, container, "10001"):
            return True
        time.sleep(0.2)
    return False


def _runs_as(bench: Bench, container: Container, user: str) -> bool:
    """Whether any process has this user's number: with `--init` the program
    is not process 1."""
    find = ["sh", "-c", "grep --no-filename ^Uid: /proc/[0-9]*/status"]
    rows = bench.exec(container, find).output.splitlines()
    return any(row.split()[1:2] == [user] for row in rows)
