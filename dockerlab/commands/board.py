"""The instructor's side of the live board: a container, its page, its end."""

import contextlib
import dataclasses
import json
import pathlib
import secrets
import shutil
import socket
import subprocess
import tempfile
import time

import click
import docker
import docker.errors
import psutil

from dockerlab import paths
from dockerlab.base import labels, ports, processes, web
from dockerlab.base.errors import LabError
from dockerlab.course import progress, table
from dockerlab.engine.find import Engine, find
from dockerlab.engine.prepare import prepare

SLUG = "board"  # in the label of what belongs to the board
IMAGE, CONTAINER, VOLUME = "board-app", "board-web", "board-data"
RELAY = "relay"
CONTEXT = paths.PROJECT / "board"
LOOPBACK, EVERY = "127.0.0.1", "0.0.0.0"
SECONDS = 120
COLOURS = ("amber", "azure", "coral", "green", "indigo", "olive", "violet")
ANIMALS = ("badger", "crane", "falcon", "heron", "otter", "panda", "whale")


@dataclasses.dataclass(frozen=True)
class Room:
    """What must be the same after a restart.

    Attributes:
        code: learners need it to join.
        key: the instructor's, for the page.
    """

    code: str
    key: str


def _file() -> pathlib.Path:
    return paths.home() / "room.json"


def room(code: str = "") -> Room:
    """The room of this machine, made if there is none.

    Args:
        code: another code for the room.
    """
    try:
        known = Room(**json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        words = (secrets.choice(COLOURS), secrets.choice(ANIMALS))
        number = secrets.randbelow(9000) + 1000
        known = Room("-".join([*words, str(number)]), secrets.token_hex(16))
    if code:
        known = dataclasses.replace(known, code=code)
    _file().parent.mkdir(parents=True, exist_ok=True)
    _file().touch(mode=0o600)
    _file().write_text(json.dumps(dataclasses.asdict(known)), "utf-8")
    return known


def course_json() -> str:
    """What the board knows of the course: notebooks and exercises."""
    exercises = progress.course()
    rows = [
        {
            "slug": book.slug,
            "title": book.title,
            "exercises": exercises[book.slug],
        }
        for book in table.course().notebooks
    ]
    return json.dumps(rows)


def write_context(context: pathlib.Path) -> None:
    """Write the folder that the image is built from."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(CONTEXT, context, ignore=ignored)
    (context / "course.json").write_text(course_json(), "utf-8")
    # Copies keep the modes of files, which a umask may have made private.
    for path in [context, *context.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def build() -> None:
    """Build the board's image.

    Raises:
        LabError: the build failed.
    """
    with tempfile.TemporaryDirectory(dir=paths.home()) as scratch:
        context = pathlib.Path(scratch) / "board"
        write_context(context)
        label = f"--label={labels.pair(SLUG)}"
        command = ["docker", "build", "-q", "-t", IMAGE, label, str(context)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise LabError(
            "The image of the board cannot be built.",
            done.stderr.strip()[-500:],
            "Run `make doctor`, then try again.",
        )


def check(address: str, port: int) -> None:
    """Raise LabError unless the board can listen there."""
    try:
        ports.check(port, address)
    except OSError as error:
        raise LabError(
            f"The board cannot use {address}:{port}: {error.strerror}.",
            f"This machine has {', '.join([LOOPBACK, *addresses()])}.",
            f"Choose others: make board ADDRESS=... BOARD_PORT={port + 1}",
        ) from None


def run(engine: Engine, known: Room, address: str, port: int) -> None:
    """Start the board's container, and the relay where the box needs it.

    Raises:
        LabError: it does not answer.
    """
    client = engine.client()
    _remove_container(client)
    check(address, port)
    # The data outlives the container.
    client.volumes.create(VOLUME, labels=labels.of(SLUG))
    outside = (LOOPBACK, 0) if engine.box else (address, port)
    container = client.containers.run(
        IMAGE,
        name=CONTAINER,
        detach=True,
        labels=labels.of(SLUG),
        environment={"ROOM": known.code, "BOARD_KEY": known.key},
        ports={"8000/tcp": outside},
        volumes={VOLUME: {"bind": "/data"}},
        read_only=True,
        tmpfs={"/tmp": ""},
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        mem_limit="256m",
        pids_limit=100,
        log_config={
            "type": "json-file",
            "config": {"max-size": "1m", "max-file": "2"},
        },
    )
    container.reload()
    inside = int(container.ports["8000/tcp"][0]["HostPort"])
    if engine.box:
        relay = ["-m", "dockerlab.commands.relay"]
        words = [*relay, address, str(port), str(inside)]
        processes.launch(RELAY, words, {}, port=port)
    _wait(_reachable(address), port)
    client.close()


def _reachable(address: str) -> str:
    """An address by which this machine reaches the board."""
    return LOOPBACK if address == EVERY else address


def _wait(address: str, port: int) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            with web.open_local(f"http://{address}:{port}/healthz", 5):
                return
        except OSError:
            time.sleep(0.3)
    raise LabError(
        f"The board does not answer at {address}:{port}.",
        fix=f"Look at `docker logs {CONTAINER}`, then run `make board` again.",
    )


def _remove_container(client: docker.DockerClient) -> None:
    processes.end(RELAY)
    try:
        found = client.containers.get(CONTAINER)
    except docker.errors.NotFound:
        return
    if not labels.has(found.labels, labels.pair(SLUG)):
        raise LabError(
            f"Another container has the name {CONTAINER}.",
            fix=f"Rename it: `docker rename {CONTAINER} other`, then try"
            " again.",
        )
    found.remove(force=True)


def addresses() -> list[str]:
    """The addresses of this machine that a room may reach, IPv4."""
    found = [
        one.address
        for name, rows in psutil.net_if_addrs().items()
        if not name.startswith(("docker", "br-", "veth", "dl-"))
        for one in rows
        if one.family == socket.AF_INET
    ]
    return [one for one in found if not one.startswith("127.")]


def clear(engine: Engine) -> None:
    """Remove the board, its data and its keys, as far as they are there."""
    client = engine.client()
    _remove_container(client)
    with contextlib.suppress(docker.errors.NotFound):
        client.volumes.get(VOLUME).remove()
    with contextlib.suppress(docker.errors.ImageNotFound):
        client.images.remove(IMAGE)
    client.close()
    _file().unlink(missing_ok=True)


@click.command("board")
@click.option("--address", default=LOOPBACK, show_default=True)
@click.option("--port", default=8800, show_default=True, type=int)
@click.option("--room", "code", default="", help="A code of your own.")
def board_command(address: str, port: int, code: str) -> None:
    """Show a live board of your class, until `make board-clear`."""
    engine = prepare(find(), ["python:3.13-slim"])
    engine.use()
    known = room(code)
    click.echo("Building and starting the board ...")
    build()
    run(engine, known, address, port)
    page = f"http://{_reachable(address)}:{port}/?key={known.key}"
    click.echo(f"Your page: {page}")
    if address == LOOPBACK:
        named = next(iter(addresses()), "ADDRESS")
        click.echo("Only this machine can reach the board. To open it for the")
        click.echo(f"room, type: make board ADDRESS={named}")
    for each in addresses() if address == EVERY else [address]:
        start = f"make start BOARD=http://{each}:{port} ROOM={known.code}"
        click.echo(f"Learners type: {start}")
    click.echo("`make board-clear` ends it and deletes all its data.")


@click.command("board-clear")
def board_clear_command() -> None:
    """End the board and delete everything it knows."""
    engine = find()
    if engine.box and not engine.box.prepared():
        raise LabError("There is no board on this machine.")
    engine = prepare(engine, [])
    clear(engine)
    click.echo("The board has ended, and its data are deleted.")
