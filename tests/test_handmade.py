"""Images made by hand: their bytes, without an engine."""

import json

import pytest

from dockerlab import archives, handmade
from dockerlab.registries import digest


@pytest.fixture(params=["amd64", "arm64"])
def machine(request, monkeypatch):
    """The engine's processor."""
    monkeypatch.setattr(handmade, "processor", lambda: request.param)
    return request.param


def test_equal_files_make_equal_layers():
    files = {"a": b"1", "b/c": b"2"}
    assert handmade.tar(files) == handmade.tar(dict(files))
    assert handmade.names(handmade.tar(files)) == ["a", "b/c"]


def test_written_image_can_be_read(tmp_path, machine, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_LESSON", "images_by_hand")
    layers = [handmade.tar({"word": word}) for word in (b"one", b"two")]
    config = handmade.describe(layers, Cmd=["/word"])
    handmade.write_image(tmp_path / "a.tar", "a:1", config, layers)
    with archives.opened(tmp_path / "a.tar") as archive:
        read = [
            (layer.number, file.read()) for layer, _, file in archive.walk()
        ]
        assert archive.tags == ("a:1",)
        assert archive.config == config
    assert read == [(0, b"one"), (1, b"two")]
    settings = json.loads(config)
    assert settings["architecture"] == machine
    assert settings["config"]["Cmd"] == ["/word"]
    assert settings["config"]["Labels"] == {
        "dockerlab.lesson": "images_by_hand"
    }
    assert settings["rootfs"]["diff_ids"] == [digest(one) for one in layers]


def test_program_is_an_elf_file_with_its_text(machine):
    made = handmade.program("Hällo\n")
    assert made.startswith(b"\x7fELF")
    assert made.endswith("Hällo\n".encode())
    assert made[18] == handmade.MACHINES[machine]
    # The segment is as long as the file, and the start is in it.
    assert int.from_bytes(made[96:104], "little") == len(made)
    start = int.from_bytes(made[24:32], "little") - handmade.PLACE
    assert start == handmade.START


def test_program_for_another_machine_differs_in_its_header_only(machine):
    own, other = (handmade.program("a\n", name) for name in (machine, "vax"))
    assert [n for n, (a, b) in enumerate(zip(own, other)) if a != b] == [18]
