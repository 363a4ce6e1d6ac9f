"""What the score card builds again."""

from dockerlab.checks.scorecard import rebuilds


def test_each_stage_gets_the_index_of_tomorrow():
    text = "ARG A=1\nFROM a AS one\nRUN true\nfrom one\n# FROM here\n"
    changed = rebuilds.with_index(text, "index")
    assert changed.count("COPY index /tomorrow") == 2
    assert changed.startswith("ARG A=1\nFROM a AS one\nCOPY")
