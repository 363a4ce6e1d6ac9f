"""Wheels: the same bytes each time, and what pip needs to install them."""

import hashlib
import subprocess
import sys
import zipfile

from dockerlab import wheels

EPOCH = (1980, 1, 1, 0, 0, 0)


def test_same_arguments_give_the_same_bytes(tmp_path):
    folders = [tmp_path / name for name in ("one", "two")]
    digests = set()
    for folder in folders:
        folder.mkdir()
        path = wheels.make(folder, "greeting", "1.0", "TEXT = 'hello'\n")
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert path.name == "greeting-1.0-py3-none-any.whl"
    assert len(digests) == 1
    with zipfile.ZipFile(path) as wheel:
        # The time of day would be part of the bytes.
        assert {row.date_time for row in wheel.infolist()} == {EPOCH}


def test_other_code_gives_other_bytes(tmp_path):
    first = wheels.make(tmp_path, "greeting", "1.0", "1\n").read_bytes()
    assert (
        wheels.make(tmp_path, "greeting", "1.0", "2\n").read_bytes() != first
    )


def test_package_without_code_has_metadata(tmp_path):
    path = wheels.make(tmp_path, "Typing.Extensions-X", "99.0")
    assert path.name == "Typing_Extensions_X-99.0-py3-none-any.whl"
    with zipfile.ZipFile(path) as wheel:
        about = "Typing_Extensions_X-99.0.dist-info"
        assert sorted(wheel.namelist()) == [
            f"{about}/METADATA",
            f"{about}/RECORD",
            f"{about}/WHEEL",
        ]
        metadata = wheel.read(f"{about}/METADATA").decode()
    assert "Name: Typing.Extensions-X\n" in metadata


def test_pip_installs_the_newest_release_of_an_index(tmp_path):
    index, target = tmp_path / "index", tmp_path / "target"
    for version in ("1.0", "99.0"):
        wheels.publish(index, "dockerlab_made.up", version)
    command = [sys.executable, "-m", "pip", "install", "--isolated"]
    command += ["--index-url", index.as_uri(), "--target", str(target)]
    subprocess.run(
        [*command, "dockerlab-made-up"], check=True, capture_output=True
    )
    assert (target / "dockerlab_made_up-99.0.dist-info").is_dir()
