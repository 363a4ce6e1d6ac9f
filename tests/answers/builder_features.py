"""Wrong answers and second right ones: `builder_features`."""

from tests.answering import answer, wrong

DEBIAN = "FROM debian:trixie-slim\n"


_PRICES = "FROM python:3.13-slim\nWORKDIR /srv\nCOPY prices.txt total.py ./\n"
_PIPE = "python total.py prices.txt | tee total\necho done\nEND\n"


WRONG = {
    "builder_features/borrow": wrong(
        "builder_features/borrow",
        (
            "clean",
            DEBIAN + "COPY names.txt /\nRUN wc -l < /names.txt > /count\n"
            "RUN rm /names.txt\n",
        ),
        ("counted", DEBIAN + "RUN echo 120 > /count\n"),
        (
            "result",
            DEBIAN + "RUN --mount=type=bind,source=names.txt,target=/n"
            " wc -c < /n > /count\n",
        ),
        (
            "clean",
            "FROM debian:trixie-slim AS count\nCOPY names.txt /\n"
            "RUN wc -l < /names.txt > /count\nFROM count\n",
        ),
    ),
    "builder_features/script": wrong(
        "builder_features/script",
        # Stops at the first error, but a pipe hides it.
        ("fails", _PRICES + "RUN <<END\nset -e\n" + _PIPE),
        # The settings of a shell end with its RUN.
        ("fails", _PRICES + "RUN set -e\nRUN <<END\n" + _PIPE),
        # Looks at the pipe, but continues.
        ("fails", _PRICES + "RUN <<END bash -o pipefail\n" + _PIPE),
        ("total", _PRICES + "RUN echo 42 > total\n"),
        (
            "files",
            "FROM python:3.13-slim\nWORKDIR /srv\n"
            "RUN --mount=type=bind,target=/in"
            " python /in/total.py /in/prices.txt > total\n",
        ),
    ),
}

ALSO_RIGHT = {
    "builder_features/borrow": answer(
        "builder_features/borrow",
        "FROM debian:trixie-slim AS count\nCOPY names.txt /\n"
        "RUN wc -l < /names.txt > /count\n"
        "FROM debian:trixie-slim\nCOPY --from=count /count /count\n",
    ),
    "builder_features/script": answer(
        "builder_features/script",
        _PRICES + "RUN python total.py prices.txt > total && cat total\n",
    ),
}
