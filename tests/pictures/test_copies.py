"""The picture of copies: which place has the text of the first one."""

import pytest

from dockerlab import pictures
from dockerlab.base.errors import LabError

COMMANDS = ["docker build", "docker run"]


@pytest.mark.parametrize(
    ("texts", "caption"),
    [
        (
            ("new", "old", "old"),
            "The image and the container still have the text of before.",
        ),
        (
            ("new", "new", "old"),
            "The container still has the text of before.",
        ),
        (
            ("new", "new", "new"),
            "The same text is in your folder, the image and the container.",
        ),
    ],
)
def test_copies_name_the_old_places(texts, caption, readable):
    places = ("your folder", "the image", "the container")
    picture = pictures.copies(dict(zip(places, texts)), COMMANDS)
    readable(picture)
    assert picture.caption == caption
    assert [same for *_, same in picture.data] == [t == "new" for t in texts]


def test_long_texts_are_shortened(readable):
    places = {f"the place {n} {'x' * 30}": "text " * 20 for n in range(3)}
    readable(pictures.copies(places, ["docker buildx build --push"] * 2))


def test_a_command_too_few_is_an_error():
    with pytest.raises(LabError, match="2 places and 0 commands"):
        pictures.copies({"a": "x", "b": "x"}, [])
