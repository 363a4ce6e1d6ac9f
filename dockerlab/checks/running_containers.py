"""Exercises of `running_containers`: running containers."""

import io
import tarfile

import docker.errors

from dockerlab.checks.core import Bench, exercise, wait_for

LOOK = "`docker ps --all` lists your containers, `docker logs` what they said."
# Asks for a page and is quiet; the address is its first argument.
ASK = "import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=4)"


def _running(bench: Bench, name: str):
    """The learner's container if it runs; says on the card if it does not."""
    container = bench.container(name)
    text = f"a container named {name} exists"
    if not bench.require("exists", text, container, LOOK):
        return None
    runs = container.status == "running"
    state = f"It is {container.status}. {LOOK}"
    return container if bench.require("runs", "it runs", runs, state) else None


def _ended(container) -> bool:
    """Whether its process is over, or over and about to be restarted."""
    container.reload()
    return container.status in ("exited", "restarting", "dead")


@exercise("running_containers/rescue", wants="text")
def rescue(bench: Bench, word: str) -> None:
    """The word from a file of a container that does not run."""
    container = bench.container("running-lost")
    there = "the container running-lost is there, with its file"
    hint = "Run the cell that makes it, above, once more."
    text = None
    if container:
        try:
            stream, _ = container.get_archive("/srv/result.txt")
            with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as packed:
                text = packed.extractfile("result.txt").read().decode()
        except docker.errors.NotFound:
            pass
    if bench.require("there", there, text, hint):
        bench.require(
            "word",
            "the word is the one in the file",
            word.split()[-1] == text.split()[-1],
            "The log tells where it wrote. `docker exec` needs a container"
            " that runs; which command copies files out of one that does"
            " not? The word is the last one in the file.",
        )


@exercise("running_containers/restart", wants="container")
def restart(bench: Bench, name: str) -> None:
    """Its restart policy restarts after a failure alone, five times."""
    container = bench.container(name)
    if container:  # started just now, it may be about to end
        wait_for(lambda: _ended(container), 1)
    container = _running(bench, name)
    if not container:
        return
    policy = container.attrs["HostConfig"]["RestartPolicy"]

    def rehearse(command: list[str]) -> bool:
        """Whether another program is restarted under this policy."""
        actor = bench.run("debian:trixie-slim", command=command, **options)

        def restarted() -> bool:
            actor.reload()
            return actor.attrs["RestartCount"] > 0

        wait_for(lambda: _ended(actor) or restarted(), 20)
        return wait_for(restarted, 1.5)

    options = {"restart_policy": policy} if policy["Name"] else {}
    bench.require(
        "fails",
        "the engine starts it again when it fails",
        rehearse(["false"]),
        "A container is not restarted unless it was told so. Which option of"
        " `docker run` says when?",
    )
    bench.require(
        "done",
        "the engine leaves it alone when it ends with exit code 0",
        not rehearse(["true"]),
        "Its policy restarts whatever the exit code is. Which one looks at"
        " the code?",
    )
    limit = policy.get("MaximumRetryCount", 0)
    bench.require(
        "limit",
        "the engine gives up after five restarts",
        limit == 5,
        f"It gives up after {limit}." if limit else "It never gives up.",
    )


@exercise("running_containers/graceful", wants="image")
def graceful(bench: Bench, name: str) -> None:
    """A container of the image ends when asked, and says its last word."""
    try:
        bench.client.images.get(name)
        here = True
    except docker.errors.ImageNotFound:
        here = False
    hint = "Does the build succeed, and does it get this tag?"
    if not bench.require("image", f"the image {name} is here", here, hint):
        return
    container = bench.run(name)

    def is_ready() -> bool:
        return b"ready" in container.logs()

    wait_for(lambda: is_ready() or _ended(container), 15)
    ready = is_ready()
    said = container.logs().decode(errors="replace").strip().splitlines()
    hint = f"Its log ends: {said[-1] if said else '(nothing)'}"
    if not bench.require("ready", "the server says: ready", ready, hint):
        return
    container.stop(timeout=3)
    code = container.wait()["StatusCode"]
    bench.require(
        "asked",
        "it ends when asked, and need not be killed",
        code != 137,
        "Exit code 137: it was killed. Who is process 1, and does that"
        " process listen to SIGTERM?",
    )
    bench.require(
        "saved",
        "the server saves its work and ends with code 0",
        code == 0 and b"saved" in container.logs(),
        f"It ended with code {code}, and the server did not get the signal"
        " itself.",
    )


def _sees(container, host: str) -> bool:
    """Whether a page of `host`, port 8000, is seen from a container."""
    asking = ["python", "-c", ASK, f"http://{host}:8000/"]
    return container.exec_run(asking).exit_code == 0


def _reaches(container, other) -> bool:
    """Whether a container sees the other one's page, by its name."""
    networks = [
        set(one.attrs["NetworkSettings"]["Networks"]) - {"bridge"}
        for one in (container, other)
    ]
    # Without a network in common there is nothing to wait for.
    seconds = 10 if set.intersection(*networks) else 0
    return wait_for(lambda: _sees(container, other.name), seconds)


@exercise("running_containers/apart", wants="container")
def apart(bench: Bench, name: str) -> None:
    """The proxy reaches the app, the app the database, the proxy not."""
    names = {"proxy": name, "app": "running-app", "db": "running-db"}
    found = {key: bench.container(value) for key, value in names.items()}
    run = all(c and c.status == "running" for c in found.values())
    text = f"{', '.join(names.values())} run"
    hint = "`three()` in the starter makes them. " + LOOK
    if not bench.require("run", text, run, hint):
        return
    for container in found.values():  # started just now, they may be slow
        wait_for(lambda c=container: bench.listening(c), 15)
    if not bench.require(
        "app-db",
        f"the app reaches {names['db']} by its name",
        _reaches(found["app"], found["db"]),
        "Names work on networks that you create, for containers on the same"
        " one. Which network have these two in common?",
    ):
        return
    if not bench.require(
        "proxy-app",
        f"the proxy reaches {names['app']} by its name",
        _reaches(found["proxy"], found["app"]),
        "A container may be on several networks: `docker network connect`.",
    ):
        return
    joined = found["db"].attrs["NetworkSettings"]["Networks"].values()
    ways = {n["IPAddress"]: "address" for n in joined if n["IPAddress"]}
    ways = {names["db"]: "name", **ways}
    seen = {ways[way] for way in ways if _sees(found["proxy"], way)}
    bench.require(
        "apart",
        "the proxy does not reach the database, by name or by address",
        not seen,
        f"It does, by its {' and its '.join(sorted(seen))}. Which"
        " networks is each of the two on? The default one, `bridge`,"
        " counts too.",
    )


@exercise("running_containers/mend", wants="container")
def mend(bench: Bench, name: str) -> None:
    """The patient runs, and its page greets from outside."""
    container = bench.container(name)

    if container:
        # On a busy machine a Python takes seconds to begin, or to fail.
        wait_for(lambda: _ended(container) or bench.listening(container), 20)
    container = _running(bench, name)
    if not container:
        return
    ports = [port for port, host in (container.ports or {}).items() if host]
    hint = "Which option of `docker run` joins a port of yours to one inside?"
    if not bench.require("published", "a port is published", ports, hint):
        return
    page = next(
        filter(None, (bench.fetch(container, p, "/", 3) for p in ports)), None
    )
    hint = (
        "Connected, and no answer. At which address does the program listen"
        " inside? Its log says so."
    )
    if bench.require("answers", "its page is seen from outside", page, hint):
        bench.require(
            "greets",
            "the page shows what greeting.txt says",
            "Good morning" in page,
            "Something else answers, or another file is shown.",
        )
