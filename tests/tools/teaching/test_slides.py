"""Slides: what is on them, and that nothing is cut."""

import re

import nbformat
import pytest
from nbformat import v4

from dockerlab.base.errors import LabError
from dockerlab.course import table
from tests.browsing import chromium
from tools.teaching import slides

BOOK = table.course().notebooks[0]
# The last slides too: they are as tall as the others.
OVERFLOWING = """() => {
  const found = [];
  for (let n = 0; n < Reveal.getTotalSlides(); n++) {
    Reveal.slide(n);
    const slide = Reveal.getCurrentSlide();
    if (slide.scrollHeight > 725 || slide.scrollWidth > 1285) found.push(n);
  }
  return found;
}"""


@pytest.fixture
def deck(tmp_path):
    """The slides of a notebook with these cells."""

    def make(*cells: nbformat.NotebookNode) -> list[str]:
        class Book:
            title, path = "A title", tmp_path / "book.ipynb"

        nbformat.write(v4.new_notebook(cells=list(cells)), Book.path)
        return list(slides.deck(Book))

    return make


def _code(source: str, printed: str = "", *tags: str):
    outputs = [v4.new_output("stream", text=printed)] if printed else []
    cell = v4.new_code_cell(source, outputs=outputs)
    cell.metadata["tags"] = list(tags)
    return cell


FIRST = v4.new_markdown_cell("# A title\n\n**You will learn**\n\n- to <run>")


def test_one_idea_a_slide(deck):
    made = deck(
        FIRST,
        v4.new_markdown_cell(
            "## Run it\n\nOne. Two. Three.\n\n**Predict first.** What?"
        ),
        _code("%%bash\ndocker ps", "NAMES\nweb"),
        v4.new_markdown_cell("Explained. It is `web`."),
        _code("print(2)", "2"),
    )
    assert len(made) == 5
    assert "A title" in made[0]
    assert "to &lt;run&gt;" in made[0] or "to <run>" in made[0]
    shown = [re.sub("<aside.*", "", slide, flags=re.DOTALL) for slide in made]
    assert "One. Two." in shown[1]
    assert "Three." not in shown[1]
    assert "Three." in made[1]  # in the speaker notes
    assert 'class="predict"' in shown[2]
    assert "docker" in shown[3]
    assert "%%bash" not in shown[3]
    assert "Run it" in shown[4]
    assert "It is <code>web</code>." in shown[4]
    assert "Explained." in made[4]


def test_what_is_on_no_slide(deck):
    made = deck(
        FIRST,
        _code("import os", "", "setup"),
        v4.new_markdown_cell("## Your turn"),
        _code("print('starter')", "x", "exercise:a/b"),
        v4.new_markdown_cell("<details>\n\nsecret\n\n</details>"),
        v4.new_markdown_cell("## Recap\n\nKept."),
        v4.new_markdown_cell("## Further reading\n\n- left out"),
        _code("\n".join(f"print({n})" for n in range(13)), "long"),
    )
    text = "".join(made)
    for word in ("import os", "starter", "secret", "left out", "print(12)"):
        assert word not in text
    assert "Kept." in text


def test_a_long_output_is_cut(deck):
    made = deck(FIRST, _code("print(x)", "\n".join(map(str, range(99)))))
    assert "…" in made[1]
    assert "\n50" not in made[1]


def test_an_output_has_no_codes_of_a_terminal(deck):
    made = deck(FIRST, _code("run()", "\x1b[31m\x1b[1mWARNING\x1b[0m ends"))
    assert "WARNING ends" in made[-1]


def test_without_reveal_nothing_is_written(tmp_path):
    (tmp_path / "kept").write_text("x")
    with pytest.raises(LabError, match="make slides"):
        slides.write(table.course(), tmp_path, tmp_path / "reveal")
    assert (tmp_path / "kept").exists()


@pytest.mark.engine  # takes half a minute, and a browser
def test_no_slide_is_cut_and_none_needs_the_network(tmp_path):
    from tools.teaching.__main__ import reveal

    slides.write(table.course(), tmp_path / "slides", reveal())
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 720})
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("requestfailed", lambda one: problems.append(one.url))
        for slug in table.course().slugs:
            page.goto(f"file://{tmp_path}/slides/{slug}.html")
            assert page.evaluate(OVERFLOWING) == [], slug
        assert problems == []
