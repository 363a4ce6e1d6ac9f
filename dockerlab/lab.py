"""One lesson's workspace on the engine.

    lab = Lab("flask_app")

finds the engine, makes it the one that `docker` and `docker.from_env()` use
in this notebook, and removes what an earlier run of the lesson left. Only
objects that bear the lesson's label are ever removed, and of images only
those whose name the course owns.
"""

import contextlib
import dataclasses
import os
import pathlib
import re
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterable, Iterator

import docker
import docker.errors

from dockerlab import paths
from dockerlab.base import labels, ports
from dockerlab.base.errors import LabError
from dockerlab.course import cells, table
from dockerlab.engine import supplies
from dockerlab.engine.find import find
from dockerlab.engine.prepare import prepare
from dockerlab.workspace import seats
from dockerlab.workspace.sample_app import copy_app

LABEL = labels.LESSON
MAKER = {labels.MAKER: labels.MAKER_VALUE}
MADE = [labels.MADE]
_WORDS = "|".join(table.first_word(s) for s in table.course().slugs)
OWN_NAMES = re.compile(rf"(?:{_WORDS}|test[a-z0-9]*)-|my-python-app:")
# Also where they are named for a registry on this machine.
OWN_IMAGES = re.compile(
    rf"((localhost|127\.0\.0\.1):\d+/)?({OWN_NAMES.pattern})"
)
# The same, and what a further learner's are called on the engine.
ANYBODYS_IMAGES = re.compile(
    rf"((localhost|127\.0\.0\.1):\d+/)?((dockerlab|{seats.ALIAS})/"
    rf"|(my-python|{seats.ALIAS})-app:)"
)
# An image from an archive bears the first learner's label, whoever loaded it,
# and its containers bear that one besides their own learner's.
FURTHER_LABEL = re.compile(rf"{seats.ALIAS}\.lesson")
ANYBODYS_LABEL = re.compile(rf"{re.escape(LABEL)}|{FURTHER_LABEL.pattern}")
LESSONS = labels.SLUG
ENGINE_SECONDS = 15  # for what the engine has begun to do
NODE_SECONDS = 150  # to wait for others' services; a test's cell has 180
# How to get out of the way of a name that somebody else's thing has.
KEEP = {
    "container": "Keep yours under another name: `docker rename {0} {0}-mine`",
    "image": "Keep yours under another name: `docker tag {0} mine/{0} &&"
    " docker rmi {0}`",
    "network": "A network cannot be renamed. If you need yours no more:"
    " `docker network rm {0}`",
    "volume": "A volume cannot be renamed. Copy what you need; then `docker"
    " volume rm {0}`",
}
WRAPPER = pathlib.Path(__file__).parent / "bin"


class Lab:
    """A clean workspace for one lesson.

    Args:
        lesson: the notebook's slug.
        images: base images that the lesson builds upon; waited for, visibly,
            if they are not there yet.
        containers: names of containers that the lesson will create.
        builds: names of images, that it will build.
        swarm: whether it runs services on a swarm of one node.

    Raises:
        LabError: no engine, an engine without the base images, or a name
            that somebody else's container or image has; with `swarm`, an
            engine that knows no swarm, or belongs to a larger one.
    """

    def __init__(
        self,
        lesson: str,
        images: Iterable[str] = supplies.FIRST,
        containers: Iterable[str] = (),
        builds: Iterable[str] = (),
        swarm: bool = False,
    ) -> None:
        self.lesson = lesson
        self._reserved: dict[int, socket.socket] = {}
        seats.leave()
        self.engine = find()
        self._make_ready(list(images))
        builds = list(builds)
        self.seat = seats.take(self.engine, lesson, builds)
        self._use()
        self.client = self.engine.client(timeout=120)
        self._node = seats.turn(f"node of {self.seat.engine}")
        self._refuse_taken(containers, builds)
        if swarm:
            self._refuse_cluster()
            self.together()
        self.scratch = self._scratch()
        self.reset()
        self._clear_abandoned()

    # -- the engine -----------------------------------------------------

    def _make_ready(self, images: list[str]) -> None:
        """Start a prepared box, and wait for images that are on the way."""
        box = self.engine.box
        if box and not box.prepared():
            raise LabError(
                "The lab's engine is not prepared on this machine.",
                "No Docker Engine answers, and the lab's own was never built.",
                "In a terminal, in the course's folder, type `make start`;"
                " then run this cell again.",
            )
        if box and not box.running():
            box.start()
            self.engine = find()
        client = self.engine.client()
        here = supplies.tagged(client)
        client.close()
        missing = [name for name in images if name not in here]
        if missing:
            print(f"Preparing {', '.join(missing)} ...", flush=True)
            self.engine = prepare(self.engine, missing)

    def _use(self) -> None:
        """Let this kernel's `docker` and SDK use the engine."""
        self.engine.use()
        if self.seat.url:
            seats.enter(self.seat)
            self.engine = dataclasses.replace(self.engine, url=self.seat.url)
        found = os.environ["PATH"].split(os.pathsep)
        found = [folder for folder in found if folder != str(WRAPPER)]
        real = shutil.which("docker", path=os.pathsep.join(found))
        if not real:
            raise LabError(
                "An engine answers, but there is no `docker` command here.",
                fix="Install the Docker command line, then run this again.",
            )
        os.environ["DOCKERLAB_DOCKER"] = real
        os.environ["DOCKERLAB_LESSON"] = self.lesson
        os.environ["DOCKERLAB_SCRATCH"] = str(self.seat.folder)
        os.environ["PATH"] = os.pathsep.join([str(WRAPPER), *found])
        # No advertisements and no redrawing in what a notebook stores.
        os.environ["DOCKER_CLI_HINTS"] = "false"
        os.environ["BUILDKIT_PROGRESS"] = "plain"

    # -- names, labels, ports, files ------------------------------------

    @property
    def labels(self) -> dict[str, str]:
        """Labels for containers, networks and volumes made by the SDK."""
        return {LABEL: self.lesson, **MAKER}

    def name(self, short: str) -> str:
        """A name that the course owns: `flask-<short>` in `flask_app`."""
        return f"{table.first_word(self.lesson)}-{short}"

    def port(self, wanted: int) -> int:
        """`wanted` if it is free on the loopback address, else the next.

        Says so where it is not the wanted one. Other lessons that run now
        are told another port until this one is closed.

        Raises:
            LabError: a hundred ports in a row are taken.
        """
        for port in range(wanted, wanted + 100):
            if ports.is_free(port) and self._reserve(port):
                if port != wanted:
                    print(f"Port {wanted} is taken here: using port {port}.")
                return port
        raise LabError(
            f"Ports {wanted} to {wanted + 99} are all taken.",
            fix="Stop a program that uses one of them, then run this again.",
        )

    def _reserve(self, port: int) -> bool:
        """Keep a port for this lesson, though nothing listens there yet."""
        if port not in self._reserved and sys.platform == "linux":
            mark = ports.mark(f"port-{port}")
            if not mark:
                return False
            self._reserved[port] = mark
        return True

    def _scratch(self) -> pathlib.Path:
        """The lesson's own folder, empty."""
        folder = self.seat.folder
        _step_out(folder)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def folder(self, name: str) -> pathlib.Path:
        """A fresh, empty folder in the lesson's scratch space."""
        target = self.scratch / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        return target

    def app_folder(self, name: str = "my-python-app") -> pathlib.Path:
        """A fresh folder with the sample app as a beginner would have it."""
        target = self.folder(name)
        copy_app(target)
        return target

    # -- the lesson's objects -------------------------------------------

    def _refuse_taken(
        self, containers: Iterable[str], builds: Iterable[str]
    ) -> None:
        """Raise LabError where a name is somebody else's."""
        for name in containers:
            labels = _labels_of(self.client.containers, name)
            if labels is not None and not _is_ours(labels):
                raise _taken("container", name, KEEP["container"].format(name))
        for name in builds:
            labels = _labels_of(self.client.images, name)
            if labels is not None and LABEL not in labels:
                raise _taken("image", name, KEEP["image"].format(name))
        text = _text_of(self.lesson)
        for kind, name in self._strangers():
            # What the notebook calls by its whole name, or by its end.
            end = re.escape(name.removeprefix(self.name("")))
            if re.search(rf"{re.escape(name)}(?![\w-])|[\"']{end}[\"']", text):
                raise _taken(kind, name, KEEP[kind].format(name))

    def _strangers(self) -> Iterator[tuple[str, str]]:
        """Kind and name of what begins like the lesson's things, and is
        somebody else's."""
        api, mine = self.client, self.name("")
        found = [
            ("container", thing.name, thing.labels)
            for thing in _containers(api)
        ]
        for kind, things in (
            ("network", api.networks.list()),
            ("volume", api.volumes.list()),
        ):
            found += [(kind, t.name, t.attrs["Labels"]) for t in things]
        for kind, name, marked in found:
            if name.startswith(mine) and not _is_ours(marked):
                yield kind, name

    def _refuse_cluster(self) -> None:
        """Raise LabError unless the engine is alone, in a swarm or not."""
        deadline = time.monotonic() + ENGINE_SECONDS
        while True:
            swarm = self.client.info().get("Swarm") or {}
            state = swarm.get("LocalNodeState")
            # Another learner may make the swarm at this moment.
            if state != "pending" or time.monotonic() > deadline:
                break
            time.sleep(0.1)
        alone = swarm.get("ControlAvailable") and swarm.get("Nodes") == 1
        if state == "inactive":
            return
        if state == "active" and alone:
            self._refuse_services()
            return
        if state is None:
            raise LabError(
                "This engine knows no Swarm.",
                "Docker Engine has it, Podman and others do not.",
                "Choose the lab's own engine: DOCKERLAB_ENGINE=box.",
            )
        raise LabError(
            "This engine belongs to a swarm that the course did not make.",
            f"Its state there is {state!r}, and it is not the only node and"
            " manager; the lesson would disturb what runs there.",
            "Choose another engine, or the lab's own: DOCKERLAB_ENGINE=box.",
        )

    def _refuse_services(self) -> None:
        """Raise LabError where the swarm runs services of somebody else."""
        foreign = [
            service.name
            for service in self.client.services.list()
            if not _is_anybodys(service.attrs["Spec"].get("Labels") or {})
        ]
        if foreign:
            raise LabError(
                "This engine's swarm runs services that are not the lesson's.",
                f"The lesson empties the node for a while, and would stop"
                f" {', '.join(foreign)}.",
                "Remove them if they are yours, or choose another engine.",
            )

    def reset(self) -> None:
        """Remove what this lesson made on the engine."""
        own = f"{LABEL}={self.lesson}"
        # Who leaves a swarm ends it for everybody who is in this lesson.
        leave = not self._node.others()
        remove(self.client, own, spare=self._neighbours(), leave=leave)
        if self.seat.url:
            # A label in an archive that was loaded is not exchanged, its
            # names are. What another learner built bears the same label, and
            # a name for a registry, or none, would not tell whose it is.
            label = f"{self.seat.alias}.lesson={self.lesson}"
            _remove_images(self.client, label, OWN_NAMES, nameless=False)

    def _neighbours(self) -> re.Pattern | None:
        """Keys of labels that show an object to be somebody else's."""
        return None if self.seat.url else FURTHER_LABEL

    def _clear_abandoned(self) -> None:
        """Remove what kernels left that ran this lesson and have ended."""
        # Only the box is surely used from this machine alone, where all
        # kernels see each other's marks.
        if not self.engine.box:
            return
        for label in _labels_in_use(self.client):
            name, _, lesson = label.partition("=")
            if lesson == self.lesson and name != LABEL:
                with seats.abandoned(self.seat, name) as ended:
                    if ended:
                        remove(self.client, label, ANYBODYS_IMAGES)

    def discard(self, *names: str) -> None:
        """Remove the lesson's containers of these names, where there are
        any; somebody else's stay."""
        for name in names:
            labels = _labels_of(self.client.containers, name)
            if _is_ours(labels) and labels[LABEL] == self.lesson:
                container = self.client.containers.get(name)
                _quietly(container.remove, force=True, v=True)

    def count(self) -> dict[str, dict[str, int]]:
        """How many objects are this lesson's and how many are not.

        Shape: `{"containers": {"course": 1, "others": 0}, ...}`; images are
        counted by name.
        """
        api, mine = self.client, f"{LABEL}={self.lesson}"
        others = self._neighbours()
        containers = _containers(api)
        # Not `images.list()`: see `supplies.tagged`.
        tags = [
            row["Labels"]
            for row in api.api.images()
            for tag in row["RepoTags"] or ()
        ]
        found = {
            "containers": [
                _has(c.labels, mine) and not _bears(c.labels, others)
                for c in containers
            ],
            "images": [_has(labels, mine) for labels in tags],
            "networks": [
                _has(n.attrs["Labels"], mine) for n in api.networks.list()
            ],
            "volumes": [
                _has(v.attrs["Labels"], mine) for v in api.volumes.list()
            ],
        }
        return {
            kind: {"course": sum(ours), "others": len(ours) - sum(ours)}
            for kind, ours in found.items()
        }

    # -- the node that all learners' services share ---------------------

    def alone(self) -> None:
        """Wait until no other learner on this engine runs services, and keep
        them from it until `together`: now the node can be emptied."""
        self._take_node("Another learner's services run here.", alone=True)

    def together(self) -> None:
        """Run services beside other learners, when nobody empties the node;
        where somebody did and never ended it, end it."""
        self._take_node("Another learner empties the node.", alone=False)
        self._fill_node()

    def _take_node(self, why: str, alone: bool) -> None:
        """Wait for one's turn, and say so; go on after some time, because
        who still has it then is hardly looking at it."""
        # A moment for who only looks whether somebody is there.
        if not self._node.take(alone, 1):
            print(f"{why} Waiting, {NODE_SECONDS} s at most ...", flush=True)
            self._node.take(alone, NODE_SECONDS)

    def _fill_node(self) -> None:
        """Let services run again on the node of a swarm of the course."""
        if not _manages(self.client) or not _swarm_bears(self.client, MADE):
            return
        [node] = self.client.nodes.list()
        if node.attrs["Spec"]["Availability"] != "active":
            node.update({**node.attrs["Spec"], "Availability": "active"})

    def close(self) -> None:
        """Remove what this lesson made, its files, and let the engine go."""
        self.reset()
        self._node.give_back()
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.client.close()
        while self._reserved:
            self._reserved.popitem()[1].close()


def _step_out(folder: pathlib.Path) -> None:
    """Leave a folder that goes, or is gone: a lesson that is run a second
    time in one kernel still stands where its first run ended."""
    try:
        inside = pathlib.Path.cwd().is_relative_to(folder.resolve())
    except FileNotFoundError:
        inside = True
    if inside:
        os.chdir(paths.NOTEBOOKS)


def _labels_of(kind, name: str) -> dict[str, str] | None:
    """The labels of a container or image, None where there is none."""
    try:
        return kind.get(name).labels or {}
    except docker.errors.NotFound:
        return None


def _text_of(lesson: str) -> str:
    """The source of a lesson's notebook; empty for a lesson of the tests."""
    if lesson not in table.course().slugs:
        return ""
    return cells.source_of(table.course().notebook(lesson).path)


def _taken(kind: str, name: str, command: str) -> LabError:
    return LabError(
        f"The {kind} name {name} is taken here, and not by the course.",
        "The lesson needs that name and removes nothing that it did not make.",
        f"{command}; then run this cell again.",
    )


def _is_ours(labels: dict[str, str] | None) -> bool:
    lesson = (labels or {}).get(LABEL, "")
    return bool(LESSONS.fullmatch(lesson)) and MAKER.items() <= labels.items()


def _is_anybodys(labels: dict[str, str]) -> bool:
    """Whether some learner's lesson made it."""
    return MAKER.items() <= labels.items() and bool(_lessons_of(labels))


def _lessons_of(labels: dict[str, str]) -> set[str]:
    """Those of the labels that name a learner's lesson, as
    `dockerlab.lesson=06`."""
    return {
        f"{key}={value}"
        for key, value in labels.items()
        if ANYBODYS_LABEL.fullmatch(key) and LESSONS.fullmatch(value)
    }


def _has(labels: dict[str, str] | None, pair: str) -> bool:
    key, value = pair.split("=")
    return (labels or {}).get(key) == value


def remove_all(client: docker.DockerClient) -> list[str]:
    """Remove what any learner's lesson made; return the names."""
    gone = []
    for label in sorted(_labels_in_use(client)):
        gone += remove(client, label, ANYBODYS_IMAGES)
    return gone


def _labels_in_use(client: docker.DockerClient) -> set[str]:
    """The labels of lessons, as `dockerlab.lesson=06`, that objects bear."""
    made = {"label": MADE}
    found = [row["Labels"] for row in client.api.images()]
    found += [
        row["Labels"] for row in client.api.containers(all=True, filters=made)
    ]
    found += [row["Labels"] for row in client.api.networks(filters=made)]
    volumes = client.api.volumes(filters=made)["Volumes"]
    found += [row["Labels"] for row in volumes or ()]
    if _manages(client):
        with contextlib.suppress(docker.errors.APIError):  # it is left now
            found.append(client.api.inspect_swarm()["Spec"].get("Labels"))
            for held in (client.services, client.secrets, client.configs):
                found += [
                    thing.attrs["Spec"].get("Labels")
                    for thing in held.list(filters=made)
                ]
    return set().union(*(_lessons_of(labels or {}) for labels in found))


def remove(
    client: docker.DockerClient,
    label: str,
    names: re.Pattern = OWN_IMAGES,
    spare: re.Pattern | None = None,
    leave: bool = True,
) -> list[str]:
    """Remove the course's objects that bear `label`; return their names.

    Containers, networks, volumes and what a swarm holds must bear both
    labels of the lab; a swarm that bears them is left (`leave`). Containers
    that bear a label whose key is one of `spare` stay. Images must bear the
    label and go by a name that the course owns (`names`); one without a name
    goes too, unless a container needs it.
    """
    gone = []
    own = {"label": [label, *MADE]}
    managed = _manages(client)
    if managed:
        # Another learner may leave the swarm at this moment.
        with contextlib.suppress(docker.errors.APIError):
            gone += _remove_services(client, own)
    gone += _remove_containers(
        lambda: [
            container
            for container in _containers(client, own)
            if not _bears(container.labels, spare)
        ]
    )
    for network in client.networks.list(filters=own):
        gone.append(f"network {network.name}")
        _remove_network(network)
    for volume in client.volumes.list(filters=own):
        gone.append(f"volume {volume.name}")
        _quietly(volume.remove)
    gone += _remove_images(client, label, names)
    if managed and leave:
        with contextlib.suppress(docker.errors.APIError):
            gone += ["swarm"] if _leave_swarm(client, own["label"]) else []
    return gone


def _remove_containers(find: Callable[[], list]) -> list[str]:
    """Remove the containers that `find` gives, until it gives none: a busy
    engine may be at it already, or fail the first time."""
    gone = {}
    deadline = time.monotonic() + ENGINE_SECONDS
    while (left := find()) and time.monotonic() < deadline:
        if any(container.id in gone for container in left):
            time.sleep(0.2)
        for container in left:
            gone[container.id] = f"container {container.name}"
            _quietly(container.remove, force=True, v=True)
    return list(gone.values())


def _containers(
    client: docker.DockerClient, filters: dict | None = None
) -> list:
    """All containers, or those that match; some may go meanwhile."""
    return client.containers.list(
        all=True, filters=filters, ignore_removed=True
    )


def _remove_images(
    client: docker.DockerClient,
    label: str,
    own: re.Pattern,
    nameless: bool = True,
) -> list[str]:
    """Remove the names that are `own` from images that bear the label, and
    `nameless` images."""
    gone = []
    for row in client.api.images(filters={"label": label}):
        names = [t for t in row["RepoTags"] or () if t != "<none>:<none>"]
        # An image that was pushed or pulled goes by its digest, too; without
        # this, it would stay when its last tag of another repository goes.
        names += [d for d in row["RepoDigests"] or () if own.match(d)]
        for tag in names:
            if own.match(tag):
                gone.append(f"image {tag}")
                _quietly(client.images.remove, tag)
        if nameless and not names:
            gone.append(f"image {row['Id'][:19]}")
            _quietly(client.images.remove, row["Id"])
    return gone


def _bears(labels: dict[str, str], keys: re.Pattern | None) -> bool:
    """Whether one of the labels has such a key."""
    return keys is not None and any(keys.fullmatch(key) for key in labels)


def _manages(client: docker.DockerClient) -> bool:
    """Whether the engine is the manager of a swarm."""
    return bool((client.info().get("Swarm") or {}).get("ControlAvailable"))


def _remove_services(client: docker.DockerClient, own: dict) -> list[str]:
    """Remove the services that bear the labels, what runs for them here,
    and then the secrets and configs that they used."""
    gone = []
    services = client.services.list(filters=own)
    for service in services:
        gone.append(f"service {service.name}")
        _quietly(service.remove)
    # Networks, secrets and configs can go when no container uses them. The
    # service is gone, so nobody replaces the containers.
    tasks = [f"com.docker.swarm.service.id={s.id}" for s in services]
    _remove_containers(
        lambda: [c for t in tasks for c in _containers(client, {"label": t})]
    )
    for kind, held in (("secret", client.secrets), ("config", client.configs)):
        for thing in held.list(filters=own):
            gone.append(f"{kind} {thing.name}")
            _quietly(thing.remove)
    return gone


def _leave_swarm(client: docker.DockerClient, wanted: list[str]) -> bool:
    """Leave a swarm that bears the labels, unless others use it too.

    It also stays while running containers find each other by names: an
    engine that leaves a swarm forgets these (seen with 26.1).
    """
    if _names_in_use(client):
        return False
    used = client.services.list() + client.secrets.list()
    if not _swarm_bears(client, wanted) or used or client.configs.list():
        return False
    _quietly(client.swarm.leave, force=True)
    return True


def _swarm_bears(client: docker.DockerClient, wanted: Iterable[str]) -> bool:
    """Whether the engine's swarm bears these labels, as `key=value`."""
    client.swarm.reload()
    labels = client.swarm.attrs["Spec"].get("Labels") or {}
    written = {*labels, *(f"{key}={value}" for key, value in labels.items())}
    return written.issuperset(wanted)


def _names_in_use(client: docker.DockerClient) -> bool:
    """Whether running containers use a network on which names work."""
    for row in client.api.containers():
        networks = (row.get("NetworkSettings") or {}).get("Networks") or {}
        if networks.keys() - {"bridge", "host", "none"}:
            return True
    return False


def _remove_network(network) -> None:
    """Remove a network; a swarm lets go of one some time after its tasks."""
    deadline = time.monotonic()
    if network.attrs.get("Scope") == "swarm":
        deadline += ENGINE_SECONDS
    while True:
        try:
            return network.remove()
        except docker.errors.NotFound:
            return None
        except docker.errors.APIError:
            if time.monotonic() >= deadline:
                return None
        time.sleep(0.2)


def _quietly(action, *args: object, **options: object) -> None:
    """Remove something that may be gone, or needed by somebody, already."""
    with contextlib.suppress(docker.errors.APIError):
        action(*args, **options)
