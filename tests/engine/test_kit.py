"""A kit: whole, or refused whole.

What it carries is proven by `make kit` and `make kit-load` on two machines,
which takes too long for every run; these are small ones.
"""

import json
import pathlib
import random
import tarfile

import pytest

from dockerlab.base import bootstrap
from dockerlab.base.errors import LabError
from dockerlab.engine import kit, recipes, supplies


@pytest.fixture
def small(tmp_path):
    """A kit whose parts are small: one root with one file, one wheel."""
    parts = tmp_path / "parts"
    root = tmp_path / "root"
    for folder in (parts, root):
        folder.mkdir()
    (root / "hello").write_text("from the kit\n")
    with tarfile.open(parts / "root-trixie.tar.gz", "w:gz") as archive:
        archive.add(root, "root")
    with tarfile.open(parts / "wheels.tar", "w") as archive:
        archive.add(root / "hello", "hello.whl")
    path = tmp_path / "small.kit"
    kit._write(path, parts)
    return path


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home of the lab."""
    folder = tmp_path / "home"
    monkeypatch.setenv("DOCKERLAB_HOME", str(folder))
    return folder


def test_a_whole_kit_is_put_in_its_place(small, home):
    kit.load(small)
    placed = home / "box" / "trixie" / "root" / "hello"
    assert placed.read_text() == "from the kit\n"
    assert [path.name for path in home.iterdir()] == ["box"]


def test_it_says_what_it_holds(small):
    archive, about = bootstrap.open_kit(small)
    archive.close()
    assert about["parts"] == ["root-trixie.tar.gz", "wheels.tar"]
    assert about["machine"] == bootstrap.this_machine()
    assert about["pins"] == bootstrap.pins()


def test_a_person_reads_what_is_in_it_and_for_whom(small):
    lines = "\n".join(kit.contents(small))
    assert bootstrap.this_machine() in lines
    assert "the engine from Debian trixie" in lines
    assert "python:3.13-slim" in lines
    small.write_bytes(small.read_bytes()[:-1])
    with pytest.raises(LabError, match="no kit of this course"):
        kit.contents(small)


def damage(data: bytes, how: str) -> bytes:
    """A copy that a stick or a download has spoiled."""
    middle = len(data) // 2
    return {
        "cut short": data[:middle],
        "its end is missing": data[:-1],
        "empty": b"",
        "more at its end": data + b"\n",
        "a hole": data[:middle] + b"\xff" * 512 + data[middle + 512 :],
        "no kit at all": b"PK\x03\x04" + data[4:-200],
        "another format": data.replace(
            b"dockerlab-kit-1:", b"dockerlab-kit-9:"
        ),
    }[how]


@pytest.mark.parametrize(
    "how",
    [
        "cut short",
        "its end is missing",
        "empty",
        "more at its end",
        "a hole",
        "no kit at all",
        "another format",
    ],
)
@pytest.mark.counted("damaged or foreign kits refused")
def test_a_damaged_kit_is_refused_whole(small, home, how):
    spoiled = damage(small.read_bytes(), how)
    assert spoiled != small.read_bytes()
    small.write_bytes(spoiled)
    with pytest.raises(LabError, match="Nothing was changed"):
        kit.load(small)
    assert not home.exists()


@pytest.mark.counted("damaged or foreign kits refused")
def test_a_flipped_bit_is_found_wherever_it_is(small, home):
    whole = small.read_bytes()
    chance = random.Random(1)
    places = [
        len(whole) - 1,
        *(chance.randrange(len(whole)) for _ in "x" * 99),
    ]
    for place in places:
        spoiled = bytearray(whole)
        spoiled[place] ^= 128
        small.write_bytes(spoiled)
        with pytest.raises(bootstrap.Unable, match="Nothing was changed"):
            bootstrap.open_kit(small)


@pytest.mark.counted("damaged or foreign kits refused")
def test_a_kit_for_another_machine_is_refused(tmp_path, home, monkeypatch):
    parts = tmp_path / "parts"
    parts.mkdir()
    monkeypatch.setattr(bootstrap, "this_machine", lambda: "sparc, Python 4")
    path = tmp_path / "other.kit"
    kit._write(path, parts)
    monkeypatch.undo()
    monkeypatch.setenv("DOCKERLAB_HOME", str(home))
    with pytest.raises(LabError, match="was made for sparc, Python 4"):
        kit.load(path)
    assert not home.exists()


def test_the_command_says_what_to_type(tmp_path, command):
    path = tmp_path / "none.kit"
    done = command("kit", "load", str(path))
    assert done.returncode == 1
    assert "cannot be read: No such file" in done.stdout + done.stderr
    path.write_text(json.dumps({"no": "kit"}))
    done = command("kit", "load", str(path))
    assert done.returncode == 1
    assert "make kit FILE=..." in done.stdout + done.stderr


def test_nothing_is_saved_from_a_machine_that_is_not_prepared(home):
    with pytest.raises(LabError, match="not completely prepared"):
        kit.save(pathlib.Path("never.kit"))
    assert not pathlib.Path("never.kit").exists()


def test_nothing_is_saved_with_the_packages_of_an_earlier_course(
    home, monkeypatch
):
    """A machine without a network could not fetch the new ones."""
    stamp = home / "supplies" / "wheels.stamp"
    stamp.parent.mkdir(parents=True)
    stamp.write_text("other pins")
    monkeypatch.setattr(recipes, "STANDINS", {})
    with pytest.raises(LabError, match="Python packages of the notebooks"):
        kit.save(pathlib.Path("never.kit"))
    stamp.write_text(supplies._pins())
    with pytest.raises(LabError, match="Missing: the engine"):
        kit.save(pathlib.Path("never.kit"))


def test_the_packages_of_the_index_are_in_it(tmp_path, home):
    """A folder of wheels goes in as it is, with its stamp."""
    held = ("wheels/uv-1-py3-none-any.whl", "wheels.stamp")
    held += ("registry/note", "index/pypiserver.py")
    for name in held:
        path = home / "supplies" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    kit._supplies(tmp_path, print)
    with tarfile.open(tmp_path / "supplies.tar.gz") as archive:
        assert set(held) <= set(archive.getnames())
