"""The cells of answers, as learners type them."""


def answer(id: str, text: str) -> str:
    """A cell that checks a text, such as a Dockerfile."""
    return f"check({id!r}, {text!r})"


def wrong(id: str, *answers: tuple[str, str]) -> list[tuple[str, str]]:
    """Keys of unmet criteria, each with the cell of an answer's text."""
    return [(key, answer(id, text)) for key, text in answers]
