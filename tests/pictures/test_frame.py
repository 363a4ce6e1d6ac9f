"""What every picture has: HTML with a text alternative."""

from dockerlab import pictures


def test_html_is_escaped():
    picture = pictures.bars({"<b>&": 1, "c": 2}, "MB")
    html = picture._repr_mimebundle_()["text/html"]
    assert "<b>" not in html
    assert "&lt;b&gt;&amp;" in html
