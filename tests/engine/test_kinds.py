"""Kinds of boxes: one is chosen, and a shared root fits."""

import pytest

from dockerlab.base.errors import LabError
from dockerlab.engine import kinds


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """An empty home of the lab, and no choice."""
    monkeypatch.setenv("DOCKERLAB_HOME", str(tmp_path))
    monkeypatch.delenv("DOCKERLAB_SUITE", raising=False)
    return tmp_path


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=str)
def test_a_shared_root_has_what_each_kind_needs(kind):
    if kind.root:
        shared = kinds.KINDS[kind.root]
        assert not shared.root
        assert shared.debian == kind.debian
        assert set(kind.packages.split()) <= set(shared.packages.split())


def test_the_default_and_its_fallback_are_kinds():
    assert {kinds.DEFAULT, kinds.FALLBACK or kinds.DEFAULT} <= set(kinds.KINDS)
    assert kinds.kind().name == kinds.DEFAULT


def test_a_variable_chooses(monkeypatch):
    monkeypatch.setenv("DOCKERLAB_SUITE", "bookworm")
    assert kinds.kind().name == "bookworm"
    assert kinds.kind("podman").name == "podman"


def test_an_unknown_kind(monkeypatch):
    monkeypatch.setenv("DOCKERLAB_SUITE", "buster")
    with pytest.raises(LabError, match="no box of suite 'buster'") as refused:
        kinds.kind()
    assert "forky" in refused.value.fix


def test_the_fallback_is_used_while_its_note_exists(monkeypatch):
    monkeypatch.setattr(kinds, "FALLBACK", "bookworm")
    assert kinds.default() == kinds.DEFAULT
    kinds.note().parent.mkdir(parents=True)
    kinds.note().touch()
    assert kinds.kind().name == "bookworm"
    monkeypatch.setenv("DOCKERLAB_SUITE", kinds.DEFAULT)
    assert kinds.kind().name == kinds.DEFAULT
