"""Nobody else's things: what the course did not make survives it.

Sets of foreign objects, with names and labels as close to the course's as
they can be, stand on an engine of their own. Then everything happens that
removes something: a lesson's first cell, its reset, its end, `make clean`.
"""

import contextlib
import dataclasses
import functools
import io
import os
import subprocess
import sys
import tarfile

import docker
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dockerlab import paths
from dockerlab.course import table
from dockerlab.engine.box import Box
from dockerlab.workspace import seats

BASE = "debian:trixie-slim"
LESSONS = list(table.course().slugs)

# Names as the course's own, and such as only begin or end like them.
CLOSE = st.sampled_from(
    [
        "dockerlab",
        "dockerlab-old",
        "dockerlab-6-web",
        "dockerlab-06",
        "flask-web",
        "flask-web-mine",
        "dockerlab_06_web",
        "dockerlab-006-web",
        "my-flask-x",
        "mydockerlab",
        "dl-seat01-06-web",
        "dl-seat1-06-web",
        "my-python-app",
        "my-python-app2",
        "dockerlab-check",
        "flask-check0a1b2c3d-0",
        "DockerLab-06-web",
    ]
)
ANY = st.from_regex(
    r"(my-?)?dockerlab[-_.]?[0-9]{0,3}[-_.a-z]{1,8}", fullmatch=True
)
NAMES = st.lists(st.one_of(CLOSE, ANY), unique=True, min_size=2, max_size=5)
# Any two of these are not both labels of the course.
LABELS = st.sampled_from(
    [
        {},
        {"dockerlab.lesson": "flask_app"},  # as inherited from an image
        {"dockerlab.lesson": "mine", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "06 ", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "", "dockerlab.by": "lab"},
        {"dockerlab.by": "lab"},
        {"dockerlab.lesson": "flask_app", "dockerlab.by": "Lab"},
        {"dockerlab.lessons": "flask_app", "dockerlab.by": "lab"},
        {"dl-seat01.lesson": "flask_app"},
        {"dl-seat1.lesson": "flask_app", "dockerlab.by": "lab"},
        {"org.dockerlab.lesson": "flask_app", "dockerlab.by": "lab"},
    ]
)
# Names of images that are not the course's, whatever their labels: the
# images may have been built upon the course's.
FOREIGN_IMAGES = st.sampled_from(
    [
        "mydockerlab/06-x",
        "friend/flask-x",
        "dockerlab:06",
        "my-python-app2:latest",
        "my-python/app:latest",
        "flask-x:1",
        "friend/my-python-app:1",
        "dl-seat/06-x",
        "localhost:5000/mine:1",
        "example.com/flask-x",
    ]
)
# Such names are the course's; without its label the images are not.
OWN_IMAGES = st.sampled_from(
    [
        "flask-mine",
        "dockerlab/x",
        "my-python-app:mine",
        "dl-seat01/06-x",
    ]
)
NO_LESSON = LABELS.filter(
    lambda labels: (
        not any(
            key in ("dockerlab.lesson", "dl-seat01.lesson") and value.isdigit()
            for key, value in labels.items()
        )
    )
)


@dataclasses.dataclass
class Foreign:
    """Somebody's things, to be put on an engine."""

    containers: dict[str, dict[str, str]]
    volumes: dict[str, dict[str, str]]
    networks: dict[str, dict[str, str]]
    images: dict[str, dict[str, str]]


def _labelled(names: st.SearchStrategy) -> st.SearchStrategy:
    return names.flatmap(
        lambda found: st.fixed_dictionaries(dict.fromkeys(found, LABELS))
    )


SETS = st.builds(
    Foreign,
    containers=_labelled(NAMES),
    volumes=_labelled(NAMES),
    networks=_labelled(NAMES),
    images=st.builds(
        lambda foreign, own: {**foreign, **own},
        st.dictionaries(FOREIGN_IMAGES, LABELS, min_size=2, max_size=4),
        st.dictionaries(OWN_IMAGES, NO_LESSON, min_size=1, max_size=3),
    ),
)


def _archive(text: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("whose")
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


def _put(client: docker.DockerClient, foreign: Foreign) -> None:
    for name, labels in foreign.images.items():
        lines = [f'LABEL "{key}"="{value}"' for key, value in labels.items()]
        repository, _, tag = name.partition(":")
        if "/" in tag:  # the port of a registry
            repository, _, tag = name.rpartition(":")
        client.api.import_image_from_data(
            _archive(name), repository, tag or "latest", changes=lines
        )
    for number, (name, labels) in enumerate(foreign.containers.items()):
        container = client.containers.create(
            BASE, "sleep 600", name=name, labels=labels, stop_signal="KILL"
        )
        if number == 0:
            container.start()
    for name, labels in foreign.volumes.items():
        client.volumes.create(name, labels=labels)
    for name, labels in foreign.networks.items():
        client.networks.create(name, labels=labels)


def _there(client: docker.DockerClient) -> set[tuple]:
    """What is on the engine, so that the same again is no match."""
    api = client.api
    return {
        *(
            ("container", c["Id"], c["State"], str(c["Names"]))
            for c in api.containers(all=True)
        ),
        *(
            ("image", row["Id"], tag)
            for row in api.images()
            for tag in row["RepoTags"] or ()
        ),
        *(
            ("volume", v["Name"], v["CreatedAt"])
            for v in api.volumes()["Volumes"] or ()
        ),
        *(("network", n["Id"], n["Name"]) for n in api.networks()),
        *(("cache", row["ID"]) for row in api.df()["BuildCache"] or ()),
    }


def _remove(client: docker.DockerClient, foreign: Foreign) -> None:
    end = functools.partial(client.api.remove_container, force=True)
    for names, remove in (
        (foreign.containers, end),
        (foreign.volumes, client.api.remove_volume),
        (foreign.networks, client.api.remove_network),
        (foreign.images, client.api.remove_image),
    ):
        for name in names:
            with contextlib.suppress(docker.errors.NotFound):
                remove(name)


# Every lesson's first cell, its reset and its end; a name that is taken is
# refused, so it is also asked for none.
EVERY_LESSON = """
import sys
from dockerlab.base.errors import LabError
from dockerlab.lab import Lab
from dockerlab.checks.core import Bench

lessons, names = sys.argv[1].split(), sys.argv[2].split()
for lesson in lessons:
    for taken, builds in ((names, ["my-python-app"]), ([], [])):
        try:
            lab = Lab(lesson, containers=taken, builds=builds)
        except LabError as error:
            assert "taken here" in error.what, error
            continue
        lab.discard(*names)
        lab.reset()
        lab.close()
"""


@pytest.fixture
def spare(spare_home, command, tmp_path):
    """A client of an engine of its own, with a build that is not ours, and
    a function that runs Python there."""
    box = Box()
    box.start()
    settings = {
        **{k: v for k, v in os.environ.items() if k not in seats.ADDRESS},
        "DOCKERLAB_HOME": str(spare_home),
        "DOCKERLAB_ENGINE": "box",
        "PYTHONPATH": str(paths.PROJECT),
    }

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words],
            env=settings,
            cwd=paths.PROJECT,
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    client = docker.DockerClient(box.url)
    for name in (BASE, "python:3.13-slim"):
        client.images.pull(name)
    (tmp_path / "Dockerfile").write_text(
        f"FROM {BASE}\nRUN echo mine > /mine\nRUN echo more > /more\n"
    )
    subprocess.run(
        [box.folder / "bin" / "docker", "buildx", "build", tmp_path],
        env={**os.environ, **box.environment()},
        check=True,
        capture_output=True,
    )
    yield client, run
    client.close()


@settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a set is small as it is
    suppress_health_check=list(HealthCheck),
)
@given(foreign=SETS)
def test_foreign_things_survive_the_labs_of_all_lessons(
    spare, foreign, record_property
):
    client, run = spare
    try:
        _put(client, foreign)
        before = _there(client)
        assert len([row for row in before if row[0] == "cache"]) >= 2
        names = [*foreign.containers, *foreign.volumes]
        run("-c", EVERY_LESSON, " ".join(_numbers()), " ".join(names))
        assert before - _there(client) == set()
        run("-m", "dockerlab", "clean")
        assert before - _there(client) == set()
        record_property("counted", {"foreign objects kept": len(before)})
    finally:
        _remove(client, foreign)


def _numbers() -> list[str]:
    return sorted({name[:2] for name in LESSONS})


# Foreign names that take none of a lesson's own.
NEIGHBOURS = Foreign(
    containers={
        "dockerlab": {},
        "dockerlab-old": {"dockerlab.lesson": "flask_app"},
        "flask-web-mine": {"dockerlab.by": "lab"},
        "mydockerlab-00-first": {
            "dockerlab.lesson": "mine",
            "dockerlab.by": "lab",
        },
    },
    volumes={"flask-data-mine": {}, "dockerlab": {"of": "mine"}},
    networks={"dockerlab-net": {}, "secure-neighbours": {}},
    images={
        "mydockerlab/06-x": {"dockerlab.lesson": "flask_app"},
        "flask-mine": {},
        "my-python-app2:latest": {"dockerlab.lesson": "flask_app"},
    },
)


def _lesson_leaves_them(spare, lesson: str) -> dict[str, int]:
    """Run a lesson among foreign objects; how many there were."""
    client, run = spare
    _put(client, NEIGHBOURS)
    before = _there(client)
    [path] = paths.NOTEBOOKS.glob(f"{lesson}_*.ipynb")
    pytest_words = ("--quiet", "--nbval-lax", "--numprocesses=0", str(path))
    run("-m", "pytest", "-p", "no:cacheprovider", *pytest_words)
    assert before - _there(client) == set()
    run("-m", "dockerlab", "clean")
    assert before - _there(client) == set()
    return {"foreign objects kept": len(before)}


def test_foreign_things_survive_lesson_00(spare, record_property):
    record_property("counted", _lesson_leaves_them(spare, "start_here"))


@pytest.mark.long
@pytest.mark.parametrize("lesson", LESSONS)
def test_foreign_things_survive_each_lesson(spare, lesson, record_property):
    record_property("counted", _lesson_leaves_them(spare, lesson))
