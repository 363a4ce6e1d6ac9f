"""Places in documents, filled by commands."""

import pytest

from dockerlab import paths
from dockerlab.base import documents

TEXT = "# Title\n<!-- here -->\nold\n<!-- end of here -->\nmore\n"


def test_a_place_is_filled_and_the_rest_is_kept(tmp_path):
    document = tmp_path / "document.md"
    document.write_text(TEXT)
    assert documents.read(document, "here") == "old\n"
    documents.fill(document, "here", "new\n")
    assert document.read_text() == TEXT.replace("old", "new")
    documents.fill(document, "here", "")
    assert documents.read(document, "here") == ""


@pytest.mark.parametrize("text", ["", TEXT.replace("end of here", "end")])
def test_a_place_that_is_not_there(tmp_path, text):
    document = tmp_path / "document.md"
    document.write_text(text)
    with pytest.raises(RuntimeError, match=r"document\.md has no place"):
        documents.fill(document, "here", "new\n")
    assert document.read_text() == text


def test_the_documents_have_the_places():
    for name, place in (
        ("README.md", "figures"),
        ("docs/benchmarks.md", "figures"),
        ("docs/robustness.md", "table"),
        ("docs/robustness.md", "engines"),
        ("docs/robustness.md", "podman"),
    ):
        assert "|" in documents.read(paths.PROJECT / name, place)
