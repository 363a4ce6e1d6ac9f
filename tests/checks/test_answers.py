"""Answers of another kind are refused with a sentence."""

import pathlib

import numpy
import pytest

from dockerlab.checks import answers


@pytest.mark.parametrize(
    ("wants", "answer", "says"),
    [
        ("dockerfile", None, "None"),
        ("dockerfile", "", "empty"),
        ("dockerfile", " \n\t", "empty"),
        ("dockerfile", b"FROM scratch\n", "decode"),
        ("dockerfile", pathlib.Path("Dockerfile"), "read_text"),
        ("dockerfile", "app/Dockerfile", "read_text"),
        ("dockerfile", ["FROM scratch"], "not the text"),
        ("dockerfile", 5, "not the text"),
        ("container", "two words", "not the name"),
        ("container", "", "empty"),
        ("container", "../../etc", "not the name"),
        ("container", {"name": "x"}, "not the name"),
        ("image", "-v", "not the name"),
        ("image", "a?b=c", "not the name"),
        ("volume", "two words", "not the name"),
        ("folder", "/no/such/folder", "no folder"),
        ("folder", "x\0y", "no folder"),
        ("folder", "", "empty"),
        ("folder", 3, "not the path"),
        ("number", True, "not a number"),
        ("number", "3", "int("),
        ("number", b"3", "int("),
        ("text", None, "None"),
        ("text", b"word", "decode"),
        ("mapping", {}, "not a dictionary"),
        ("containers", "web", "not a list with names"),
        ("containers", ["web", None], "not a list with names"),
        ("mapping", [("a", 1)], "not a dictionary"),
        ("commands", "docker ps", "not a list of commands"),
        ("commands", ["docker ps", ""], "not a list of commands"),
        ("app", None, "None"),
        ("app", {"image": "x"}, "not a folder"),
        ("app", 12, "not a folder"),
    ],
)
def test_an_answer_of_another_kind_is_refused_with_a_sentence(
    wants, answer, says
):
    assert not answers.KINDS[wants].fits(answer)
    sentence = answers.mismatch(wants, answer)
    assert says in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("wants", "answer"),
    [
        ("dockerfile", "FROM scratch\nLABEL a=b\n"),
        ("container", " flask-web "),
        ("image", "localhost:5000/shop:1.0"),
        ("image", "shop@sha256:" + "0" * 64),
        ("number", 3),
        ("number", 0.5),
        ("number", numpy.int64(3)),
        ("text", "word"),
        ("mapping", {"a": 1}),
        ("containers", ["web-1", "web-2"]),
        ("commands", ["docker ps", "docker stop web"]),
        ("app", "shop:1.0"),
        ("app", pathlib.Path(__file__).parent),
        ("app", {"folder": pathlib.Path(__file__).parent, "image": "x"}),
    ],
)
def test_an_answer_of_the_kind_fits(wants, answer):
    assert answers.KINDS[wants].fits(answer)


def test_an_object_of_the_sdk_is_told_from_its_name(lab_client):
    image = lab_client.images.get("python:3.13-slim")
    assert not answers.KINDS["image"].fits(image)
    assert ".tags[0]" in answers.mismatch("image", image)
