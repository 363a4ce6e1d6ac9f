"""The stand-ins look like the official images, as docs/standins.md says."""

import hashlib
import json
import re
import shlex

import pytest

from dockerlab import paths
from dockerlab.base import labels
from dockerlab.base.errors import LabError
from dockerlab.engine import recipes, standins

TABLE = (paths.PROJECT / "docs" / "standins.md").read_text("utf-8")
NUMBER = " (number)"


def rows():
    """Yield image, property and expected value of each row."""
    for line in TABLE.split("## Platforms")[0].splitlines():
        cells = re.split(r"(?<!\\)\|", line)[1:-1]
        if len(cells) == 5 and ":" in cells[0]:
            image, name, official, ours, source = (
                cell.replace("\\|", "|").strip() for cell in cells
            )
            expected = official if ours == "same" else ours
            assert f"| {source} |" in TABLE.split("## Sources")[1]
            yield image, name.replace("`", ""), expected.strip("`")


ROWS = list(rows())


def test_a_shared_layer_is_made_once(tmp_path):
    made = []

    def write(blob):
        made.append(blob)
        if len(made) == 1:
            raise LabError("There is no network.")
        blob.write(b"a layer")

    kept = tmp_path / "root.layers" / "native"

    def layer(image):
        blobs = tmp_path / image
        found = standins.shared_layer(kept, blobs, write, print)
        digest = found[1]["digest"].removeprefix("sha256:")
        assert hashlib.sha256((blobs / digest).read_bytes()).hexdigest() == (
            digest
        )
        return found

    with pytest.raises(LabError):
        layer("first")
    assert layer("first") == layer("second")
    assert len(made) == 2


def test_a_new_root_has_new_layers(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.setattr(
        standins.roots,
        "make_base_root",
        lambda root, report: root.mkdir(exist_ok=True),
    )
    base = standins.base_root(print)
    layers = standins.packed(base)
    layers.mkdir()
    standins.base_root(print)
    assert layers.exists()
    base.with_suffix(".recipe").write_text("an older one")
    assert standins.base_root(print) == base
    assert not layers.exists()


def test_the_table_has_every_image():
    assert {row[0] for row in ROWS} == set(recipes.STANDINS)


@pytest.fixture(scope="module")
def standin(lab_client):
    """A function: the image of a name, if it is a stand-in."""

    def get(name):
        image = lab_client.images.get(name)
        if labels.STAND_IN not in image.labels:
            pytest.skip(f"{name} is the official image")
        return image

    return get


def of_inspect(image, name):
    """A field as the table writes it."""
    value = image.attrs
    for key in name.removesuffix(NUMBER).strip(".").split("."):
        value = value.get(key)
    if name.endswith(NUMBER):
        return str(len(value))
    if name.endswith(".Env") and len(value) > 1:
        return ", ".join(row.partition("=")[0] for row in value)
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":")) if value else "none"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1]}")
def test_a_property(row, lab_client, standin):
    name, asked, expected = row
    image = standin(name)
    if asked.startswith("."):
        found = of_inspect(image, asked)
    else:
        words = shlex.split(asked)
        output = lab_client.containers.run(
            name, words[1:], entrypoint=words[:1], remove=True
        )
        found = " ".join(output.decode().split())
    assert found == expected


def test_the_second_platform(lab_client, standin):
    for name in ("debian:trixie-slim", "python:3.13-slim"):
        standin(name)
        entries = lab_client.images.get_registry_data(name).attrs["Platforms"]
        found = {entry["architecture"] for entry in entries}
        assert found == {"amd64", "arm64"}


def test_the_recipe_counts():
    """A change of a step, a setting or a script is another recipe."""
    image = recipes.STANDINS["redis:8"]
    step = recipes.Step("redis-server")
    config = {**image.config, "User": "redis"}
    others = [
        recipes.StandIn(image.tags, (*image.steps, step), image.config),
        recipes.StandIn(image.tags, image.steps, config),
        recipes.StandIn(image.tags[:1], image.steps, image.config),
    ]
    assert len({image.recipe, *(other.recipe for other in others)}) == 4
