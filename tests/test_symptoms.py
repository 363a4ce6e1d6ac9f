"""What the engine shows of a container, and texts found in it."""

import types

import pytest

from dockerlab import symptoms

ATTRS = {
    "Path": "pyhton",
    "Args": [],
    "State": {
        "Status": "exited",
        "OOMKilled": True,
        "ExitCode": 137,
        "Health": {
            "Status": "unhealthy",
            "Log": [{"Output": "cat: /ready: No such file\n"}],
        },
    },
    "Config": {"Cmd": ["python", "/app/shop.py"]},
    "HostConfig": {
        "Memory": 67108864,
        "PortBindings": None,
        "Tmpfs": {"/app": ""},
    },
    "NetworkSettings": {"Ports": {}},
}
CONTAINER = types.SimpleNamespace(
    reload=lambda: None,
    logs=lambda: b"the shop starts\nKeyError: 'API_KEY'\n",
    attrs=ATTRS,
)


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'API_KEY'",
        '"OOMKilled": true',
        '            "OOMKilled": true,',
        "OOMKilled=true".replace("=", ": "),
        "oomkilled  true",
        "cat: /ready: No such file",
        '"Memory": 67108864',
        '"Cmd": ["python", "/app/shop.py"]',
        '"Cmd": [\n    "python",\n    "/app/shop.py"\n]',
        '"PortBindings": null',
        '"Ports": {}',
        '"Path": "pyhton",',
        '"Args": [],',
        '"Status": "unhealthy"',
        '"/app": ""',
        "{'/app': ''}",
    ],
)
def test_a_text_that_is_shown_is_found(text):
    assert symptoms.is_shown(CONTAINER, text)


@pytest.mark.parametrize(
    "text", ["", "  ", "KeyError: 'TOKEN'", '"OOMKilled": false']
)
def test_another_text_is_not(text):
    assert not symptoms.is_shown(CONTAINER, text)


@pytest.mark.parametrize(
    ("text", "line"), [(b"one\ntwo\n\n \n", "two"), (b"\n", ""), (b"", "")]
)
def test_the_last_line_is_not_an_empty_one(text, line):
    container = types.SimpleNamespace(logs=lambda: text)
    assert symptoms.last_line(container) == line
