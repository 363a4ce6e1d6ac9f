"""What the score card builds again."""

from dockerlab.checks.scorecard import rebuilds


def test_each_stage_gets_the_index_of_tomorrow():
    text = "ARG A=1\nFROM a AS one\nRUN true\nfrom one\n# FROM here\n"
    changed = rebuilds.with_index(text, "index")
    assert changed.count("COPY index /tomorrow") == 2
    assert changed.startswith("ARG A=1\nFROM a AS one\nCOPY")


def test_a_continued_line_stays_whole():
    changed = rebuilds.with_index("FROM a \\\n  AS one\nRUN true\n", "index")
    assert changed.startswith("FROM a \\\n  AS one\nCOPY index")
    assert changed.count("COPY") == 1


def test_a_heredoc_stays_as_it_is():
    text = (
        "FROM a\nRUN <<'SQL' cat\nSELECT 1\nFROM b\nSQL\nCOPY <<-X /y\n"
        "from c import d\n\tX\nFROM e\n"
    )
    changed = rebuilds.with_index(text, "index")
    assert changed.count("COPY index") == 2
    assert "SELECT 1\nFROM b\nSQL" in changed
    assert "from c import d\n\tX\nFROM e\nCOPY index" in changed
