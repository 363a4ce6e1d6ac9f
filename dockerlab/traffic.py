"""Requests to a service of the lab: as fast as possible, or at a steady rate.

`load` sends requests as fast as the service answers, with ab (Apache's
benchmark) in a container of the lab. `Steady` sends requests at a steady rate
while something happens to the service, and keeps every answer. `during` does
so while commands run. All have a limit of requests and of time.
"""

import dataclasses
import http.client
import itertools
import re
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

import docker
import docker.errors

from dockerlab.base.errors import LabError

IMAGE = "httpd:2.4"  # contains ab
LONGEST = 30  # seconds that one `load` may take
MOST = 20_000  # requests that one `load` or `Steady` may send
# On a busy machine the engine's name server may answer too late for a new
# container. Then ab has sent nothing, so it can start again.
NAME_LATE = b"Temporary failure in name resolution"
NAME_ATTEMPTS = 3
# As patient as a reverse proxy: the limit must not be what fails a request.
PATIENT = 60  # seconds that `ask` and `during` wait for an answer
PER_SECOND = 30  # requests of `during`
COMMAND_SECONDS = 300  # that one command of `during` may take
_ROWS = {
    "per_second": r"Requests per second:\s+([\d.]+)",
    "complete": r"Complete requests:\s+(\d+)",
    "failed": r"Failed requests:\s+(\d+)",
    "refused": r"Non-2xx responses:\s+(\d+)",
    "p50": r"^50,([\d.]+)",
    "p95": r"^95,([\d.]+)",
}


@dataclasses.dataclass(frozen=True)
class Load:
    """A service's results under load.

    concurrency: requests at the same time.
    per_second: requests that were answered in a second.
    p50, p95: milliseconds that half and 95 % of the requests took at most.
    complete, failed: numbers of requests; a failed one got no answer, or an
        answer of another status than 2xx.
    """

    concurrency: int
    per_second: float
    p50: float
    p95: float
    complete: int
    failed: int


def ab(url: str, concurrency: int, requests: int) -> list[str]:
    """The command that sends `requests` to `url` and prints the result."""
    requests = min(requests, MOST)
    options = f"-q -l -t {LONGEST} -n {requests} -c {concurrency}"
    script = f"ab {options} -e /tmp/ab.csv '{url}' && cat /tmp/ab.csv"
    return ["sh", "-c", script]


def read_ab(text: str, concurrency: int) -> Load:
    """Read the output of `ab`.

    Raises:
        LabError: ab got no answer.
    """
    found = {
        key: re.search(pattern, text, re.MULTILINE)
        for key, pattern in _ROWS.items()
    }
    values = {key: float(m.group(1)) for key, m in found.items() if m}
    if "per_second" not in values or "p95" not in values:
        lines = text.strip().splitlines()
        raise LabError(
            "The service did not answer the load generator.",
            lines[-1] if lines else "ab printed nothing.",
            "See the service's log: `docker logs`.",
        )
    return Load(
        concurrency,
        values["per_second"],
        values["p50"],
        values["p95"],
        int(values["complete"]),
        int(values["failed"] + values.get("refused", 0)),
    )


def load(
    client: docker.DockerClient,
    url: str,
    concurrency: int,
    requests: int = 1000,
    **options: object,
) -> Load:
    """Send requests from a container of the lab, as fast as possible.

    Args:
        url: the service's address and path, as that container sees it.
        concurrency: number of requests at the same time.
        requests: number of requests in all.
        options: of the container: `network`, `labels`.

    Raises:
        LabError: nothing answered.
    """
    for _ in range(NAME_ATTEMPTS):
        try:
            output = client.containers.run(
                IMAGE, ab(url, concurrency, requests), remove=True, **options
            )
        except docker.errors.ContainerError as error:
            output = error.stderr or b""
        if NAME_LATE not in output:
            break
    return read_ab(output.decode(errors="replace"), concurrency)


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer.

    at: when its request was sent, in seconds since the traffic began.
    seconds: how long it took.
    status: 0 if no answer came.
    text: the answer's text, or the reason for its absence.
    """

    at: float
    seconds: float
    status: int
    text: str

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300


class Steady:
    """Requests at a steady rate, while the body of a `with` runs.

        with Steady(f"http://127.0.0.1:{port}/", per_second=50) as traffic:
            ...
        assert not traffic.failed

    Args:
        url: an address on this machine.
        per_second: number of requests that begin each second.
        timeout: seconds after which an answer counts as missing.
        workers: number of requests that can wait for an answer at once.
    """

    def __init__(
        self,
        url: str,
        per_second: float = 50,
        timeout: float = 5,
        workers: int = 16,
    ) -> None:
        self.url, self.per_second, self.timeout = url, per_second, timeout
        self.answers: list[Answer] = []
        self._next = itertools.count()
        self._over = threading.Event()
        self._workers = [
            threading.Thread(target=self._work, daemon=True)
            for _ in range(workers)
        ]

    @property
    def failed(self) -> list[Answer]:
        """The requests without an answer of status 2xx."""
        return [answer for answer in self.answers if not answer.ok]

    @property
    def elapsed(self) -> float:
        """Seconds since the traffic began."""
        return time.monotonic() - self._begun

    def reach(self, count: int, seconds: float = 60) -> None:
        """Wait until `count` requests were answered, at most `seconds`."""
        deadline = time.monotonic() + seconds
        while len(self.answers) < count and time.monotonic() < deadline:
            time.sleep(0.05)

    def __enter__(self) -> "Steady":
        self._begun = time.monotonic()
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        for worker in self._workers:
            worker.join()
        self.answers.sort(key=lambda answer: answer.at)

    def _work(self) -> None:
        for number in self._next:
            due = self._begun + number / self.per_second
            wait = max(0.0, due - time.monotonic())
            if number >= MOST or self._over.wait(wait):
                return
            self.answers.append(ask(self.url, self.timeout, self._begun))


def ask(url: str, timeout: float = PATIENT, since: float = 0) -> Answer:
    """Send one request, and wait for its answer.

    Args:
        since: the moment of `time.monotonic()` from which `at` counts.
    """
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(url, timeout=timeout) as got:
            status, text = got.status, got.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        with error:
            status, text = error.code, error.reason
    except (OSError, http.client.HTTPException) as error:
        status, text = 0, str(error)
    return Answer(begun - since, time.monotonic() - begun, status, text)


def during(
    url: str, commands: Mapping[str, str], least: int = 0
) -> tuple[Steady, dict[str, float]]:
    """Run commands one after the other, while requests go to `url`.

    Prints each command. The requests begin before the first command, and
    go on after the last one.

    Args:
        commands: a name for each command -> the command.
        least: the number of requests to send.

    Returns:
        The requests, and the seconds at which each command began. The last
        event is `done`.

    Raises:
        LabError: a command fails, or does not end.
    """
    events: dict[str, float] = {}
    with Steady(url, PER_SECOND, PATIENT) as steady:
        steady.reach(PER_SECOND)
        for name, command in commands.items():
            print(f"$ {command}", flush=True)
            events[name] = steady.elapsed
            _run(command)
        events["done"] = steady.elapsed
        steady.reach(max(least, len(steady.answers) + PER_SECOND))
    return steady, events


def _run(command: str) -> None:
    """Run a command in a shell.

    Raises:
        LabError: it fails, or does not end.
    """
    try:
        done = subprocess.run(
            ["bash", "-c", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise LabError(
            f"The command did not end within {COMMAND_SECONDS} seconds.",
            command,
        ) from None
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        raise LabError(
            f"The command ended with exit code {done.returncode}: {command}",
            *last,
        )
