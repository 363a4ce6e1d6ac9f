"""What is prepared before a known answer is checked."""

from dockerlab import compose
from dockerlab.checks import core
from dockerlab.commands import places


def test_a_text_is_checked_as_it_is():
    assert places.hand_in("networks/port", "FROM x") == "FROM x"


def test_a_compose_file_is_started_for_each_project(monkeypatch):
    calls = []

    def up(text, project, **settings):
        calls.append((text, project, settings))

    monkeypatch.setattr(compose, "up", up)
    assert places.hand_in("compose/env", "services:") == "compose-default"
    assert calls == [
        ("services:", "compose-default", {}),
        ("services:", "compose-shell", {"NAME": "Grace"}),
    ]


def test_each_place_belongs_to_a_notebook_with_checks():
    known = core.exercises()
    assert set(places.PROJECTS) <= set(known)
    slugs = {core.slug_of(exercise) for exercise in known}
    assert set(places.PLACES) <= slugs


def test_other_notebooks_need_no_workspace():
    with places.place("networks"):
        pass
