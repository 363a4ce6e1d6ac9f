"""Nobody else's things: what the course did not create survives it.

Sets of foreign objects, with names and labels as close to the course's as
they can be, are put on an engine of their own. Then everything happens that
removes something: a notebook's first cell, its reset, its end, `make clean`.
"""

import contextlib
import dataclasses
import functools
import io
import itertools
import os
import subprocess
import sys
import tarfile

import docker
import docker.errors
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.course import table
from dockerlab.engine.box import Box
from dockerlab.workspace import cleaning, environment, names

BASE = "debian:trixie-slim"
SLUGS = list(table.course().slugs)

# Names as the course's own, and such as only begin or end like them.
CLOSE = st.sampled_from(
    [
        "flask",
        "flask-web",
        "flask-web-mine",
        "flask_web",
        "flask-website",
        "my-flask-web",
        "fla01-web",
        "fla1-web",
        "my-python-app",
        "my-python-app2",
        "01-python-app",
        "start-first",
        "sta01-first",
        "many-stack_default",
        "flask-check",
        "flask-check0a1b2c3d-0",
        "dockerlab-06-web",  # as in the first edition
        "dl-seat01-06-web",
    ]
)
ANY = st.from_regex(
    r"(my-?)?(flask|start|many)[-_.]?[0-9]{0,3}[-_.a-z]{1,8}", fullmatch=True
)
NAMES = st.lists(st.one_of(CLOSE, ANY), unique=True, min_size=2, max_size=5)
# Any two of these are not both labels of the course.
LABELS = st.sampled_from(
    [
        {},
        {"dockerlab.lesson": "flask_app"},  # as inherited from an image
        {"dockerlab.lesson": "06"},
        {"dockerlab.lesson": "My lesson", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "flask_app ", "dockerlab.by": "lab"},
        {"dockerlab.lesson": "6", "dockerlab.by": "lab"},
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
# images may have been built from the course's.
FOREIGN_IMAGES = st.sampled_from(
    [
        "flask:06",
        "flask-mine:1",
        "flask-web-mine",
        "my-flask-web",
        "friend/flask-web",
        "fla1-web:1",
        "my-python-app2:latest",
        "my-python/app:latest",
        "friend/my-python-app:1",
        "mydockerlab/06-x",
        "dockerlab:06",
        "dl-seat/06-x",
        "localhost:5000/mine:1",
        "example.com/flask-web",
    ]
)
# Such names are the course's; without its label the images are not.
OWN_IMAGES = st.sampled_from(
    [
        "flask-web:mine",
        "fla01-web",
        "start-anything",
        "my-python-app:mine",
        "dockerlab/06-x",
        "dl-seat01/06-x",
    ]
)
NO_LESSON = LABELS.filter(
    lambda found: not labels.lessons_of_any_edition(found)
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
    for name, marks in foreign.images.items():
        lines = [f'LABEL "{key}"="{value}"' for key, value in marks.items()]
        repository, _, tag = name.partition(":")
        if "/" in tag:  # the port of a registry
            repository, _, tag = name.rpartition(":")
        client.api.import_image_from_data(
            _archive(name), repository, tag or "latest", changes=lines
        )
    for number, (name, marks) in enumerate(foreign.containers.items()):
        container = client.containers.create(
            BASE, "sleep 600", name=name, labels=marks, stop_signal="KILL"
        )
        if number == 0:
            container.start()
    for name, marks in foreign.volumes.items():
        client.volumes.create(name, labels=marks)
    for name, marks in foreign.networks.items():
        client.networks.create(name, labels=marks)


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
    for found, remove in (
        (foreign.containers, end),
        (foreign.volumes, client.api.remove_volume),
        (foreign.networks, client.api.remove_network),
        (foreign.images, client.api.remove_image),
    ):
        for name in found:
            with contextlib.suppress(docker.errors.NotFound):
                remove(name)


# Every notebook's first cell, its reset and its end: once with the names that
# somebody else has, and once without.
EACH_NOTEBOOK = """
import sys
from dockerlab.lab import Lab

slugs, names = sys.argv[1].split(), sys.argv[2].split()
for slug in slugs:
    for taken, builds in ((names, ["my-python-app"]), ([], [])):
        lab = Lab(slug, containers=taken, builds=builds)
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
        **{
            k: v for k, v in os.environ.items() if k not in environment.ADDRESS
        },
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
def test_foreign_things_survive_the_labs_of_notebooks(
    spare, foreign, record_property, request
):
    client, run = spare
    slugs = SLUGS if request.config.option.long else SLUGS[::4]
    try:
        _put(client, foreign)
        before = _there(client)
        assert len([row for row in before if row[0] == "cache"]) >= 2
        taken = [*foreign.containers, *foreign.volumes]
        run("-c", EACH_NOTEBOOK, " ".join(slugs), " ".join(taken))
        assert before - _there(client) == set()
        run("-m", "dockerlab", "clean")
        assert before - _there(client) == set()
        record_property("counted", {"foreign objects kept": len(before)})
    finally:
        _remove(client, foreign)


# Foreign names that are close to those of notebooks.
NEIGHBOURS = Foreign(
    containers={
        "dockerlab": {},
        "flask-old": {"dockerlab.lesson": "flask_app"},
        "flask-web-mine": {"dockerlab.by": "lab"},
        "my-start-first": {
            "dockerlab.lesson": "My lesson",
            "dockerlab.by": "lab",
        },
    },
    volumes={"flask-data-mine": {}, "dockerlab": {"of": "mine"}},
    networks={"dockerlab-net": {}, "many-neighbours": {}},
    images={
        "my-flask-web": {"dockerlab.lesson": "flask_app"},
        "flask-mine": {},
        "my-python-app2:latest": {"dockerlab.lesson": "flask_app"},
    },
)


def _with_names_of(slug: str) -> Foreign:
    """The neighbours, and objects that have a notebook's very names."""
    found = Foreign(
        **{
            field.name: dict(getattr(NEIGHBOURS, field.name))
            for field in dataclasses.fields(Foreign)
        }
    )
    kinds = (found.containers, found.images, found.networks, found.volumes)
    whole = [
        name for name in names.of_notebook(slug).whole if not name.is_head
    ]
    for name, kind in zip(whole, itertools.cycle(kinds), strict=False):
        kind[name.text] = {}
    return found


def _notebook_leaves_them(spare, slug: str) -> dict[str, int]:
    """Run a notebook among foreign objects; how many there were."""
    client, run = spare
    foreign = _with_names_of(slug)
    _put(client, foreign)
    before = _there(client)
    path = table.course().notebook(slug).path
    pytest_words = ("--quiet", "--nbval-lax", "--numprocesses=0", str(path))
    run("-m", "pytest", "-p", "no:cacheprovider", *pytest_words)
    assert before - _there(client) == set()
    run("-m", "dockerlab", "clean")
    assert before - _there(client) == set()
    return {"foreign objects kept": len(before)}


def test_foreign_things_survive_a_notebook(spare, record_property):
    record_property("counted", _notebook_leaves_them(spare, "first_container"))


@pytest.mark.long
@pytest.mark.parametrize("slug", SLUGS)
def test_foreign_things_survive_each_lesson(spare, slug, record_property):
    record_property("counted", _notebook_leaves_them(spare, slug))


ADA = labels.key_of_seat(0, "Ada")
ADAS_WEB = names.Name("flask-web").alias(0, ADA).text
# What any notebook of any edition created for any learner.
OURS = Foreign(
    containers={
        "flask-web": labels.of("flask_app"),
        "fla01-web": {"dl-seat01.lesson": "flask_app", "dockerlab.by": "lab"},
        ADAS_WEB: {ADA: "flask_app", "dockerlab.by": "lab"},
        "anything": labels.of("flask_app"),
        "dockerlab-06-web": labels.of("06"),
    },
    volumes={"flask-data": labels.of("flask_app")},
    networks={"zero-net": labels.of("zero_downtime")},
    images={
        "flask-web:1": {"dockerlab.lesson": "flask_app"},
        "localhost:5000/flask-web:1": {"dockerlab.lesson": "flask_app"},
        "my-python-app:1": {"dockerlab.lesson": "ci_pipeline"},
        "fla07-web:1": {"dl-seat07.lesson": "flask_app"},
        f"{ADAS_WEB}:1": {ADA: "flask_app"},
        "first-anything:1": {"dockerlab.lesson": "first_container"},
        "flask-check0a1b2c3d:0": {"dockerlab.lesson": "flask_app"},
        "testlab-x:1": {"dockerlab.lesson": "testlab"},
        "dockerlab/06-x:1": {"dockerlab.lesson": "06"},
        "dl-seat01/06-x:1": {"dl-seat01.lesson": "06"},
        "my-python-app:old": {"dockerlab.lesson": "06"},
    },
)


def test_make_clean_removes_what_every_notebook_created(spare):
    client, _ = spare
    before = _there(client)
    _put(client, OURS)
    _put(client, NEIGHBOURS)
    gone = cleaning.remove_all(client)
    for kind, found in (
        ("container", OURS.containers),
        ("volume", OURS.volumes),
        ("network", OURS.networks),
        ("image", OURS.images),
    ):
        for name in found:
            assert f"{kind} {name}" in gone
    left = {(row[0], row[-1]) for row in _there(client) - before}
    assert {name for kind, name in left if kind == "container"} == {
        str([f"/{name}"]) for name in NEIGHBOURS.containers
    }
    assert {name for kind, name in left if kind == "image"} == {
        name if ":" in name else f"{name}:latest" for name in NEIGHBOURS.images
    }
    assert {name for kind, name in left if kind == "network"} == {
        *NEIGHBOURS.networks
    }
