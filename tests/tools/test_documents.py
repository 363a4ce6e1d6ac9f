"""Dead links are found."""

import pytest

from tools import documents


@pytest.fixture
def document(tmp_path):
    """A document beside another one that has headings."""
    (tmp_path / "other.md").write_text("# One, two!\n\n## The `make` way\n")
    (tmp_path / "docs").mkdir()
    return tmp_path / "docs" / "this.md"


@pytest.mark.parametrize(
    "link",
    [
        "../other.md",
        "../other.md#one-two",
        "../other.md#the-make-way",
        "#here",
        "https://docs.docker.com/x",
        "mailto:a@b.c",
    ],
)
def test_a_link_that_leads_somewhere(document, link):
    text = f"# Here\n\n[x]({link}) and `[y](gone.md)`\n"
    document.write_text(text)
    assert documents.dead_links(document, text) == []


@pytest.mark.parametrize(
    "link", ["gone.md", "../other.md#three", "#there", "../gone.png"]
)
def test_a_dead_link_is_found(document, link):
    text = f"# Here\n\n![x]({link})\n"
    document.write_text(text)
    assert documents.dead_links(document, text) == [
        f"this.md has a link to {link}, which does not exist."
    ]
