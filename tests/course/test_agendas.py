"""Agendas: clock times, breaks, days."""

import dataclasses
import itertools

from dockerlab.course import agendas, table

BOOK = table.course().notebooks[0]


def _books(*minutes: int) -> list[table.Notebook]:
    return [
        dataclasses.replace(BOOK, minutes=number, slug=f"book{place}")
        for place, number in enumerate(minutes)
    ]


def test_a_break_comes_before_the_time_without_one_is_too_long():
    entries = agendas.plan(_books(40, 40, 40))
    assert [entry.text for entry in entries if not entry.slug] == ["Break"]
    times = [(agendas.clock(e.begin), agendas.clock(e.end)) for e in entries]
    assert times[:3] == [
        ("9:00", "9:44"),
        ("9:44", "10:28"),
        ("10:28", "10:43"),
    ]


def test_entries_follow_each_other_and_no_stretch_is_too_long():
    for _, entries in agendas.of_classes(table.course()):
        stretch = 0
        for before, after in itertools.pairwise(entries):
            if before.day == after.day:
                assert before.end == after.begin
            stretch += before.end - before.begin
            assert stretch <= agendas.LONGEST
            if not after.slug or before.day != after.day or not before.slug:
                stretch = 0


def test_a_long_pathway_has_lunch_and_goes_on_the_next_day():
    entries = agendas.plan(_books(*[45] * 16))
    assert {entry.day for entry in entries} == {1, 2}
    for day in (1, 2):
        rows = [entry for entry in entries if entry.day == day]
        assert [entry.text for entry in rows].count("Lunch") == 1
        assert rows[0].begin == agendas.START
        assert rows[-1].slug
        assert rows[-1].end <= agendas.EVENING


def test_a_notebook_longer_than_a_stretch_is_not_split():
    entries = agendas.plan(_books(30, 120, 30))
    assert [bool(entry.slug) for entry in entries] == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_the_document_names_every_notebook_of_a_class():
    text = agendas.as_markdown(table.course())
    for pathway, _ in agendas.of_classes(table.course()):
        for slug in pathway.notebooks:
            assert f"`{slug}`" in text
