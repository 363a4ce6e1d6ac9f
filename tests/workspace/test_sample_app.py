"""The sample app as a beginner has it."""

import os
import shutil
import stat

import pytest

from dockerlab import builds, paths
from dockerlab.workspace import sample_app


def test_copy_is_a_beginners(tmp_path):
    sample_app.copy_app(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"app.py", "Dockerfile", "tests"} <= names
    assert not names & {".dockerignore", "data", "Dockerfile.classic"}
    assert "gunicorn.conf.py" not in names


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_modes_do_not_depend_on_the_umask(umask, tmp_path, monkeypatch):
    """A course that was cloned with umask 077 has files of mode 0600."""
    cloned = tmp_path / "sample_app"
    before = os.umask(umask)
    try:
        (cloned / "static").mkdir(parents=True)
        for name in ("app.py", "static/style.css", "Dockerfile.classic"):
            (cloned / name).write_text("x")
        (tmp_path / "copy").mkdir()
        monkeypatch.setattr(paths, "PROJECT", tmp_path)
        sample_app.copy_app(tmp_path / "copy")
    finally:
        os.umask(before)
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]
        if path.is_dir()
    }
    assert modes == {0o755}
    files = [p for p in (tmp_path / "copy").rglob("*") if p.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o644}


# -- the app's own image -------------------------------------------------

IMAGE = "test-sample-app"
# Bytes 4 to 7 of a .pyc file: 1 means that Python compares it with nothing.
FLAGS = """
import pathlib
packages = pathlib.Path("/venv/lib").rglob("*.pyc")
print({int.from_bytes(path.read_bytes()[4:8], "little") for path in packages})
"""


@pytest.fixture(scope="module")
def image(lab_client):
    """The image of the sample app's own Dockerfile."""
    builds.build(
        paths.PROJECT / "sample_app",
        IMAGE,
        options=["--label", "dockerlab.lesson=test"],
        check=True,
    )
    yield lab_client.images.get(IMAGE)
    lab_client.images.remove(IMAGE)


@pytest.mark.engine
def test_bytecode_stays_valid(image, lab_client):
    """It does not depend on dates, which the build may change."""
    found = lab_client.containers.run(
        IMAGE,
        ["python", "-c", FLAGS],
        labels={"dockerlab.lesson": "test"},
        remove=True,
    )
    assert found.decode().strip() == "{1}"


@pytest.mark.engine
def test_two_builds_have_equal_layers(lab_client, tmp_path):
    """Another build in between gives a subfolder a new date."""
    if "io.containerd.snapshotter" not in str(lab_client.info()):
        pytest.skip("On the classic image store, a RUN changes /etc.")
    context = tmp_path / "app"
    shutil.copytree(paths.PROJECT / "sample_app", context)
    layers = []
    for style in ("body {}\n", "p {}\n", "body {}\n"):
        (context / "static/style.css").write_text(style)
        os.utime(context / "static/style.css", (1e9, 1e9))
        builds.build(
            context,
            IMAGE + "-again",
            options=[
                *("--label", "dockerlab.lesson=test", "--no-cache"),
                *("--build-arg", "SOURCE_DATE_EPOCH=0"),
            ],
            check=True,
        )
        image = lab_client.images.get(IMAGE + "-again")
        layers.append(image.attrs["RootFS"]["Layers"])
    lab_client.images.remove(IMAGE + "-again")
    assert layers[0] == layers[2] != layers[1]


@pytest.mark.engine
def test_image_names_user_health_check_and_labels(image):
    config = image.attrs["Config"]
    assert config["User"] == "10001:10001"
    # Starting an interpreter again and again costs more than the test.
    assert config["Healthcheck"]["Test"][1] == "bash"
    assert config["Healthcheck"]["Interval"] >= 30e9
    assert config["Healthcheck"]["StartInterval"] <= 2e9
    for name in ("title", "version", "revision", "base.name"):
        assert config["Labels"][f"org.opencontainers.image.{name}"]


@pytest.mark.engine
def test_image_has_the_named_files_and_no_others(image, lab_client):
    found = lab_client.containers.run(
        IMAGE,
        ["ls", "-A", "/app"],
        labels={"dockerlab.lesson": "test"},
        remove=True,
    )
    assert set(found.decode().split()) == {
        "app.py",
        "gunicorn.conf.py",
        "static",
        "templates",
        "visits.py",
    }
