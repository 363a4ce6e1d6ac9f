"""The names of a notebook, their aliases, and the exchange in a stream."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockerlab.base import labels
from dockerlab.course import table
from dockerlab.workspace import names
from dockerlab.workspace.names import Name, Pair, Stream, Swap

SWAP = Swap(
    [
        Pair("flask-web", "fla01-web"),
        Pair("flask-we", "fla02-we"),
        Pair("many-stack", "ma01-stack"),
        Pair("many-stack-two", "ma02-stack-two"),
        Pair("my-python-app", "01-python-app"),
        Pair("better-", "bett01-", is_head=True),
        Pair("dockerlab.lesson", "dl-seat01.lesson"),
    ],
    keep=[
        r"/tmp/dockerlab-0-ab/[^\s\"]*",
        r"localhost:\d+/[\w/-]*",
        r"/v2/[\w./-]*",
    ],
)


# -- the names in a notebook's text -------------------------------------


@pytest.mark.parametrize(
    ("text", "found", "is_dynamic"),
    [
        ("docker run --name flask-web", {"flask-web"}, False),
        ("docker rm flask-web; x", {"flask-web"}, False),
        ("docker build -t flask-x:2", {"flask-x"}, False),
        ("localhost:5000/flask-x:2", {"flask-x"}, False),
        ('lab.name("test")', {"flask-test"}, False),
        ("lab.name('test')", {"flask-test"}, False),
        ("lab.name(short)", set(), True),
        ('lab.name(f"way{n}")', set(), True),
        ('f"flask-{name}"', set(), True),
        ("docker run --name flask-$name", set(), True),
        ("docker images 'flask-*'", set(), True),
        ("flask-web-$n", {"flask-web"}, False),
        ('f"flask-web-{n}"', {"flask-web"}, False),
        ("my-flask-web", set(), False),
        ("flaskweb, flask_web, Flask-web", set(), False),
        # What is given at run time needs no guess.
        ('Lab("flask_app", containers=[f"flask-{n}" for n in x])', set(), 0),
        (
            'Lab("flask_app", containers=["flask-a"], builds=["my-app"])',
            {"flask-a", "my-app"},
            False,
        ),
    ],
)
def test_names_in_code(text, found, is_dynamic):
    assert names.in_code(text, "flask") == (found, is_dynamic)


def test_names_of_a_notebook():
    found = names.of_notebook("flask_app", ["flask-web", "other-thing"])
    texts = {name.text for name in found.whole}
    # In a cell, in a solution, given to Lab, and given just now.
    assert {
        "flask-web",
        "flask-greeting",
        "my-python-app",
        "other-thing",
    } <= texts
    assert not any(name.is_head for name in found.whole)


def test_a_test_has_all_names_with_its_word():
    found = names.of_notebook("testlab", ["my-python-app"])
    assert found.taken == (
        Name("my-python-app"),
        Name("testlab-", is_head=True),
    )


@pytest.mark.parametrize("slug", table.course().slugs)
def test_names_to_hold_cover_all_and_not_each_other(slug):
    found = names.of_notebook(slug)
    for name in found.whole:
        covers = [t for t in found.taken if t.covers(name.text)]
        assert len(covers) == 1, name


# -- aliases ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "alias"),
    [
        ("flask-web", "fla01-web"),
        ("ci-app", "01-app"),
        ("my-python-app", "01-python-app"),
        ("many-stack", "ma01-stack"),
    ],
)
def test_alias_of_a_name(name, alias):
    assert Name(name).alias(1).text == alias
    assert Name(name).alias(0).text == name


@given(
    st.from_regex(r"[a-z]{2,9}(-[a-z0-9]{1,8}){1,3}", fullmatch=True),
    st.booleans(),
    st.sampled_from(
        [
            labels.key_of_seat(n, learner)
            for n in (0, 3)
            for learner in ("", "A")
        ]
    ),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_aliases_are_as_long_and_different(text, is_head, key):
    name = Name(f"{text}-" if is_head else text, is_head)
    aliases = [name.alias(number, key) for number in range(20)]
    assert {len(alias.text) for alias in aliases} == {len(name.text)}
    assert len({alias.text for alias in aliases}) == 20 or len(text) < 6
    for alias in aliases:
        assert alias.is_head == is_head
        assert alias.text[0].isalnum()
        assert alias.text.endswith("-") == is_head


def test_a_named_learner_has_other_aliases():
    keys = [labels.key_of_seat(n, who) for n in (0, 1) for who in ("A", "B")]
    found = {Name("flask-web").alias(0, key).text for key in keys}
    assert len(found) == 4
    assert all(text.startswith("x") and text.isalnum() for text in found)


@pytest.mark.parametrize(
    ("name", "found", "covers"),
    [
        (Name("many-stack"), "many-stack", True),
        (Name("many-stack"), "many-stack-web-1", True),
        (Name("many-stack"), "many-stack_default", True),
        (Name("many-stack"), "many-stacks", False),
        (Name("many-stack"), "many-stack2", False),
        (Name("many-stack"), "my-many-stack", False),
        (Name("better-", is_head=True), "better-x", True),
        (Name("better-", is_head=True), "betterx", False),
    ],
)
def test_names_that_are_derived_from_a_name(name, found, covers):
    assert name.covers(found) == covers


# -- which images are a notebook's --------------------------------------


@pytest.mark.parametrize(
    ("reference", "repository"),
    [
        ("flask-web", "flask-web"),
        ("flask-web:latest", "flask-web"),
        ("flask-web@sha256:0123", "flask-web"),
        ("localhost:5000/flask-web:1", "flask-web"),
        ("127.0.0.1:5000/flask-web@sha256:0123", "flask-web"),
        ("localhost/flask-web:1", "flask-web"),
        ("friend/flask-web:1", "friend/flask-web"),
        ("example.com:5000/flask-web:1", "example.com:5000/flask-web"),
    ],
)
def test_repository_of_a_reference(reference, repository):
    assert names.repository(reference) == repository


KEY = labels.key_of_seat(0, "Ada")


@pytest.mark.parametrize(
    ("slug", "reference", "key", "owned"),
    [
        ("flask_app", "flask-web:1", labels.LESSON, True),
        ("flask_app", "my-python-app:latest", labels.LESSON, True),
        ("flask_app", "localhost:5000/flask-web:1", labels.LESSON, True),
        ("flask_app", "fla01-web:1", labels.LESSON, True),
        ("flask_app", "fla99-web:1", "dl-seat01.lesson", True),
        ("flask_app", "flask-check0a1b2c3d:0", labels.LESSON, True),
        ("flask_app", Name("flask-web").alias(3, KEY).text, KEY, True),
        ("first_container", "first-anything:1", labels.LESSON, True),
        ("first_container", "fir07-anything:1", labels.LESSON, True),
        # Built from one of ours, under another name.
        ("flask_app", "flask-web-mine", labels.LESSON, False),
        ("flask_app", "flask-mine", labels.LESSON, False),
        ("flask_app", "mine", labels.LESSON, False),
        ("flask_app", "my-python-app2", labels.LESSON, False),
        ("flask_app", "friend/flask-web", labels.LESSON, False),
        ("flask_app", "example.com/flask-web", labels.LESSON, False),
        ("flask_app", "fla1-web", labels.LESSON, False),
        ("flask_app", "flask-check0a1b:0", labels.LESSON, False),
        ("flask_app", "flask-check0a1b2c3d-x:0", labels.LESSON, False),
        ("flask_app", Name("flask-web").alias(3, KEY).text, "x", False),
        ("first_container", "my-first-thing", labels.LESSON, False),
    ],
)
def test_images_of_a_notebook(slug, reference, key, owned):
    assert names.of_notebook(slug).owns(reference, key) == owned


# -- the exchange -------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"Name":"/flask-web"}', '{"Name":"/fla01-web"}'),
        ("FROM flask-web:1", "FROM fla01-web:1"),
        (
            "/images/library%2Fflask-web/json",
            "/images/library%2Ffla01-web/json",
        ),
        ("flask-we:1 flask-web", "fla02-we:1 fla01-web"),
        ("many-stack-web-1", "ma01-stack-web-1"),
        ("many-stack-two-1", "ma02-stack-two-1"),
        ("many-stack_default", "ma01-stack_default"),
        ('"dockerlab.lesson":"flask_app"', '"dl-seat01.lesson":"flask_app"'),
        ("name=flask-web", "name=fla01-web"),
        ("library/my-python-app:1", "library/01-python-app:1"),
        ("docker.io/better-old", "docker.io/bett01-old"),
        ("/images/better-x", "/images/bett01-x"),
        ("x%2Fbetter-x", "x%2Fbett01-x"),
        ("x%2fbetter-x", "x%2fbett01-x"),
        # What is another's, looks like another's.
        ("fla01-web", "flask-web"),
        ("bett01-old", "better-old"),
    ],
)
def test_exchanges_names(text, expected):
    assert SWAP(text.encode()) == expected.encode()


@pytest.mark.parametrize(
    "text",
    [
        "flask-app",
        "flask-website",
        "flask-web2",
        "many-stacks",
        "Flask-Web",
        "dockerlab.lessons",
        "dockerlab.by=lab",
        "fla03-web",
        "my-python-other",
        "--better-x",  # an option, or the middle of a longer word
        "much-better-x",
        "unbetter-x",
        # Paths are the same for the kernel and the engine, ...
        '"/tmp/dockerlab-0-ab/lesson-x/my-python-app:/app"',
        # ... and so is a registry with a port of its own.
        "localhost:5001/flask-web",
        "GET /v2/flask-web/tags/list HTTP/1.1",
    ],
)
def test_leaves_the_rest(text):
    assert SWAP(text.encode()) == text.encode()


WORDS = st.sampled_from(
    [
        "flask-web",
        "fla01-web",
        "flask-we",
        "flask",
        "-web",
        "my-python",
        "01-python",
        "-app",
        "better-",
        "bett01-",
        "bett",
        "er-",
        "%2f",
        "dockerlab",
        ".lesson",
        "web",
        "d",
        "-",
        " ",
        '"',
        "0",
    ]
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(WORDS), st.lists(st.integers(1, 40)))
def test_cutting_a_stream_changes_nothing(words, lengths):
    data = "".join(words).encode()
    whole = SWAP(data)
    assert len(whole) == len(data)
    assert SWAP(whole) == data
    stream, out, rest = Stream(), b"", data
    for length in [*lengths, len(data)]:
        part, rest = rest[:length], rest[length:]
        out += stream.feed(SWAP, part)
    assert out + stream.flush(SWAP) == whole


@pytest.mark.parametrize(
    ("begin", "rest"),
    [
        ("/tmp/dockerlab-0-ab/", "many-stack/better-x/file"),
        ("localhost:5001/", "flask-web"),
        ("/v2/", "flask-web/manifests/1"),
    ],
)
def test_a_text_to_keep_is_kept_when_it_is_cut(begin, rest):
    """A path may be cut behind its beginning, by which it is recognized."""
    data = f"{begin}{rest} flask-web".encode()
    for cut in range(len(begin), len(data)):
        stream = Stream()
        parts = [stream.feed(SWAP, data[:cut]), stream.feed(SWAP, data[cut:])]
        out = b"".join([*parts, stream.flush(SWAP)])
        assert out == f"{begin}{rest} fla01-web".encode()


def test_a_long_text_to_keep_is_not_held_back_for_ever():
    stream = Stream()
    path = b"/v2/" + 5000 * b"x"
    assert stream.feed(SWAP, path) == path


def test_without_names_nothing_is_exchanged():
    swap = Swap([], keep=["/v2/x"])
    assert swap(b"flask-web /v2/x") == b"flask-web /v2/x"
    assert swap.end(b"flask-web") == 9
