"""How a picture is stored: crisp, small, and visible on other pages too."""

import io

import nbconvert
import nbformat
import PIL.Image

from dockerlab import pictures


def test_html_is_escaped():
    picture = pictures.bars({"<b>&": 1, "c": 2}, "MB")
    html = picture.outputs()[1][0]["text/html"]
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html


def _picture() -> pictures.Picture:
    return pictures.bars({"python:3.13": 526, "<slim>": 124}, "MB", "<slim>")


def test_has_double_density_and_half_the_size_of_full_colour():
    picture = _picture()
    packed = picture.png()
    with PIL.Image.open(io.BytesIO(packed)) as image:
        [(_, about), _] = picture.outputs()
        assert image.width == 2 * about["image/png"]["width"]
        assert image.mode == "P"
        blue = tuple(bytes.fromhex("0072B2"))
        assert blue in {c for _, c in image.convert("RGB").getcolors()}
    single = io.BytesIO()
    picture.figure.savefig(single, format="png")
    assert len(packed) < len(single.getvalue())


def test_shows_on_a_page_that_removes_images_from_html():
    """The pages of code hosts sanitize HTML; nbconvert can do the same."""
    outputs = [
        nbformat.v4.new_output("display_data", data, metadata=metadata)
        for data, metadata in _picture().outputs()
    ]
    cell = nbformat.v4.new_code_cell("pictures.bars(...)", outputs=outputs)
    book = nbformat.v4.new_notebook(cells=[cell])
    exporter = nbconvert.HTMLExporter(sanitize_html=True)
    page, _ = exporter.from_notebook_node(book)
    assert 'src="data:image/png;base64,' in page
    assert "<em>" in page
    assert "&lt;em&gt;" not in page
    assert "aria-label=&quot;" not in page
