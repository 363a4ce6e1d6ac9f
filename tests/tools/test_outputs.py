"""What counts as another output of a cell."""

import nbformat.v4 as nb
import pytest
from nbval import plugin

from tools import outputs


def _cell(*texts: str, tags: tuple[str, ...] = (), **data: str):
    made = [nb.new_output("stream", text=text) for text in texts]
    for kind, value in data.items():
        made.append(nb.new_output("display_data", {f"text/{kind}": value}))
    return nb.new_code_cell("", outputs=made, metadata={"tags": list(tags)})


def _difference(stored, now) -> str:
    return outputs.difference(*outputs.of_cells([stored, now]))


def test_the_tests_of_the_notebooks_know_every_rule():
    """nbval ignores a rule whose replacement is empty."""
    text = outputs.SANITIZE.read_text("utf-8")
    known = plugin.get_sanitize_patterns(text)
    assert len(known) == text.count("\nregex:")


def test_another_line_is_a_difference():
    assert (
        _difference(_cell("a\nb\n"), _cell("a\nc\n")) == "@@ -2 +2 @@\n-b\n+c"
    )
    assert _difference(_cell("a\n"), _cell()) != ""
    assert _difference(_cell(plain="1"), _cell(plain="2")) != ""
    assert _difference(_cell("#1 a\nhello\n"), _cell("#1 a\nbye\n")) != ""


@pytest.mark.parametrize(
    ("stored", "now"),
    [
        (_cell("a\n", "b\n"), _cell("a\nb\n")),  # sent in one piece
        (_cell("e" * 64), _cell("f" * 64)),
        (_cell("http://localhost:4000/"), _cell("http://localhost:4001/")),
        (_cell(plain="<Picture: bars>"), _cell(plain="<Figure size 1x1>")),
        (_cell("a", tags=("nbval-ignore-output",)), _cell("b")),
        (
            _cell(
                "#0 building\n\n#1 RUN a\n#1 DONE 1.2s\n\n1 warning found"
                " (use --debug):\n - JSONArgsRecommended: (line 2)\n"
            ),
            _cell("#0 building\n#2 CACHED\n#1 DONE 3.4s\n"),
        ),
        (
            _cell("#1 DONE 1s\nERROR: failed to build: failed to solve: no\n"),
            _cell("#7 DONE 2s\nERROR: failed to solve: no\n"),
        ),
        (_cell("0.907 no such file\n"), _cell("12.34 no such file\n")),
        (
            _cell(
                "SERVICE   STATUS         PORTS\nweb       Up 7 seconds   80"
            ),
            _cell(
                "SERVICE   STATUS              PORTS\n"
                "web       Up About a minute   80"
            ),
        ),
    ],
)
def test_what_varies_between_two_runs_is_none(stored, now):
    assert _difference(stored, now) == ""
