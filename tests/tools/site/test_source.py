"""Sources of the site: links, anchors, the glossary's terms."""

import pytest

from dockerlab import paths
from dockerlab.course import cells, table
from tools.site import anchors, glossary, pages, quizzes
from tools.site.source import Source, relative

README = paths.PROJECT / "README.md"


@pytest.fixture
def source(tmp_path):
    return Source(tmp_path / "source")


@pytest.fixture
def book():
    return table.course().notebooks[0]


def test_links_lead_to_pages(source, book):
    file = book.path.relative_to(paths.PROJECT)
    text = f"[a]({file}#What-a-port-is) [b](docs/box.md) `[c](docs/box.md)`"
    assert source.with_links(text, README) == (
        f"[a](notebooks/{book.slug}.html#what-a-port-is)"
        " [b](docs/box.html) `[c](docs/box.md)`"
    )
    assert source.with_links("[x](../README.md)", book.path) == (
        "[x](../run.html)"
    )
    assert source.with_links("[x](#In-Short)", book.path) == "[x](#in-short)"


def test_code_has_no_links(source):
    text = "```md\n[a](docs/box.md)\n```\n[b](https://example.org/x.md)"
    assert source.with_links(text, README) == text


def test_a_link_to_a_file_leads_to_a_copy(source):
    text = source.with_links("[app](sample_app/app.py)", README)
    assert text == "[app](_static/files/sample_app/app.py.txt)"
    copy = source.folder / "_static/files/sample_app/app.py.txt"
    assert copy.read_text() == (
        paths.PROJECT / "sample_app" / "app.py"
    ).read_text("utf-8")


@pytest.mark.parametrize(
    "to", ["sample_app/", "nowhere.md", "../../../etc/passwd"]
)
def test_a_link_without_a_page_becomes_text(to, source):
    assert source.with_links(f"see [`it`]({to})", README) == "see `it`"


def test_a_link_to_a_numbered_cell_leads_to_the_cell(source, book):
    file = f"../notebooks/{book.name}"
    text = source.with_links(f"[x, cell 3]({file})", pages.DOCS / "box.md")
    cell = anchors.of_cell(cells.read(book.path)[2].id)
    assert text == f"[x, cell 3](../notebooks/{book.slug}.html#{cell})"


def test_addresses_are_relative():
    assert relative("index.html", "index") == "index.html"
    assert relative("docs/a.html", "docs/b") == "a.html"
    assert relative("docs/a.html", "notebooks/b") == "../docs/a.html"


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("What goes wrong?", "what-goes-wrong"),
        ("`COPY` before `RUN`", "copy-before-run"),
        ("镜像 and images", "镜像-and-images"),
        ("!", "section"),
    ],
)
def test_anchors_of_headings(heading, anchor):
    assert anchors.of_heading(heading) == anchor


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("image", ["image"]),
        ("pull / push", ["pull", "push"]),
        ("engine (daemon)", ["engine", "daemon"]),
        ("publish (a port)", ["publish"]),
    ],
)
def test_forms_of_terms(name, forms):
    assert glossary.Term(name, "").forms == forms


def test_glossary_is_read():
    terms = {term.name: term.means for term in glossary.terms()}
    assert len(terms) > 50
    assert terms["base image"] == "image that a Dockerfile starts from"
    assert "term" not in terms
    shown = glossary.page(glossary.terms())
    assert f'<dt id="{anchors.of_term("base image")}">base image</dt>' in shown


@pytest.mark.parametrize("slug", table.course().slugs)
def test_every_quiz_can_be_answered(slug):
    shown = quizzes.as_html(slug)
    assert shown.count('class="answer right"') >= shown.count("<li>") > 0
    assert shown.count('class="answer wrong"') >= shown.count("<li>")
