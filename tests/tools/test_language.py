"""Old words and long sentences are found, code and quotations are not."""

import pytest

from tools import language

LONG = " ".join(["word"] * 26)


@pytest.mark.parametrize(
    "text",
    [
        "Mend the Dockerfile.",
        "It is built anew.",
        "What it says\nof itself",
        "the last word",
        "Whoever asks",
    ],
)
def test_an_old_word_is_found(text):
    assert len(language.old_words(language.prose(text))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Fix the Dockerfile.",
        "The program prints `mend`.",
        "```\nwhoever\n```",
        "Text:\n\n    docker run mend\n",
        "The bearer of a token recommends it.",
        "[fix](mend.md)",
    ],
)
def test_other_words_and_code_are_allowed(text):
    assert language.old_words(language.prose(text)) == []


def test_words_and_sentences():
    text = language.prose(
        "# Title\n\nIt has `two words`. It has more: see\n[a b](c.md).\n\n"
        "- one item\n- other item, e.g. this\n"
    )
    assert [" ".join(language.words(s)) for s in language.sentences(text)] == [
        "Title",
        "It has X.",
        "It has more see a b.",
        "one item",
        "other item e.g. this",
    ]
    assert language.average_sentence("One two. One two three four.") == 3
    assert language.average_sentence("") == 0


def test_a_long_sentence_is_found():
    assert language.long_sentences(f"Short. {LONG}. Short.") == [f"{LONG}."]
    assert language.long_sentences(f"{LONG[5:]}. Short.") == []


def test_python_code_is_read_for_comments_and_messages(tmp_path):
    path = tmp_path / "x.py"
    path.write_text(
        '"""Mend\nit anew."""\n'
        "# whoever\n"
        'mend = {"mend": "to-mend"}\n'
        'raise ValueError("You shall not. " f"{mend} `anew`")\n'
    )
    assert language.of_file(path) == [
        "line 3: 'whoever'",
        "line 1: 'mend'",
        "line 2: 'anew'",
        "line 5: 'shall'",
    ]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with a document; a function that lists unfinished files."""
    (tmp_path / "README.md").write_text("You shall.")

    def listed(*places: str) -> list[str]:
        monkeypatch.setattr(language.unfinished, "files", lambda: places)
        return language.faults(tmp_path)

    return listed


def test_the_list_of_unfinished_files_only_gets_shorter(project):
    assert project() == ["README.md line 1: 'shall'"]
    assert project("README.md") == []
    assert project("README.md", "docs/gone.md") == [
        "docs/gone.md passes or is gone: take it out of unfinished.yml."
    ]
