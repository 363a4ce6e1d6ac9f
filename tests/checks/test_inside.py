"""Files of a container are read without a program in it."""

import pytest

from dockerlab.checks import inside

pytestmark = pytest.mark.engine


@pytest.fixture
def container(lab_client):
    """A container that never runs."""
    made = lab_client.containers.create(
        "debian:trixie-slim", labels={"dockerlab.lesson": "test"}
    )
    yield made
    made.remove(force=True)


def test_files_texts_and_users(container):
    found = inside.files(container, "/etc/default")
    assert found["/etc/default"].isdir()
    assert found["/etc/default/useradd"].isfile()
    assert inside.files(container, "/missing") == {}
    assert inside.text(container, "/etc/passwd").startswith("root:")
    assert inside.text(container, "/missing") == ""
    assert inside.text(container, "/etc") == ""
    assert inside.user_id(container, "") == 0
    assert inside.user_id(container, "1000:5") == 1000
    assert inside.user_id(container, "daemon:root") == 1
    assert inside.user_id(container, "nobody-here") is None
