"""Numbers, units and lists as text."""

import pytest

from dockerlab.base import words


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (20_000_000, "20.0 MB"),
        (127_400_000, "127 MB"),
        (999_700, "1.00 MB"),
        (2_130_000_000, "2.13 GB"),
    ],
)
def test_size(size, text):
    assert words.size(size) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (words.number(7), "7"),
        (words.number(1234567), "1,234,567"),
        (words.number(3.14159), "3.14"),
        (words.amount(0.05, "s"), "50 ms"),
        (words.amount(2.5, "s"), "2.5 s"),
        (words.amount(0.005, "MB"), "5.00 kB"),
        (words.amount(0, "MB"), "0 MB"),
        (words.seconds(0.0949), "95 ms"),
        (words.seconds(12.34), "12.3 s"),
        (words.times(10, 4), "2.5 times"),
        (words.times(10, 0), "from nothing"),
        (words.plural(1, "layer"), "1 layer"),
        (words.plural(0, "layer"), "0 layers"),
        (words.listed([]), ""),
        (words.listed(["a"]), "a"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.shortened("abcdef", 6), "abcdef"),
        (words.shortened("abc def", 5), "abc…"),
        (words.sentence(""), ""),
        (words.sentence("Done"), "Done."),
        (words.sentence("Done?"), "Done?"),
    ],
)
def test_text(text, shown):
    assert text == shown
