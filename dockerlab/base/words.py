"""Numbers, units and lists as text for people."""

from collections.abc import Sequence


def size(count: float) -> str:
    """Bytes as Docker prints them: decimal units, three digits."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 999.5 or unit == "GB":
            break
        count /= 1000
    places = 0 if unit == "B" or count >= 99.95 else 1 if count >= 9.995 else 2
    return f"{count:,.{places}f} {unit}"


def number(value: float) -> str:
    """Three digits, thousands separated; whole numbers stay whole."""
    if isinstance(value, int) or abs(value) >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def amount(value: float, unit: str) -> str:
    """A number with its unit; a small `s` or `MB` in a smaller unit."""
    if unit == "s" and value < 0.0995:
        return f"{number(1000 * value)} ms"
    if unit == "MB" and 0 < value < 0.00995:
        return size(1e6 * value)
    return f"{number(value)} {unit}"


def seconds(value: float) -> str:
    """Seconds with one decimal, below 0.1 s in milliseconds."""
    return f"{value:.1f} s" if value >= 0.095 else f"{value * 1000:.0f} ms"


def times(most: float, least: float) -> str:
    """The ratio of two amounts: `3.2 times`."""
    return f"{number(most / least)} times" if least > 0 else "from nothing"


def plural(count: int, noun: str) -> str:
    """A number of things, for nouns with a regular plural: `2 layers`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def listed(parts: Sequence[str]) -> str:
    """The parts as a list in a sentence: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def shortened(text: str, length: int) -> str:
    """The text with at most `length` characters; … replaces its end."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def sentence(text: str) -> str:
    """The text with a full stop, unless it is empty or has an end mark."""
    return text if not text or text[-1] in ".?!" else text + "."
