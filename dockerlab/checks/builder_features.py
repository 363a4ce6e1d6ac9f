"""Exercises of `builder_features`."""

from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

NAMES = "".join(f"name {number}\n" for number in range(120))
PRICES = "3\n5\n34\n"
TOTAL = '''"""Print the sum of the numbers in a file, one on each line."""

import sys

print(sum(int(line) for line in open(sys.argv[1])))
'''


@exercise("builder_features/borrow", wants="dockerfile")
def borrow(bench: Bench, dockerfile: str) -> None:
    """A result computed from a file, without the file."""
    with contexts.folder_of({"names.txt": NAMES}) as context:
        tag = bench.build(dockerfile, context)
        if not tag:
            return
        count = _word(bench, tag, "/count")
        bench.require(
            "result",
            "/count holds the number of lines, 120",
            count == "120",
            f"It contains {count!r:.60}. Which command writes it, and does"
            " that command see names.txt?"
            if count
            else "There is no such file, or it is empty. Which command writes"
            " it?",
        )
        contexts.write(context / "names.txt", NAMES + "one more\n")
        again = bench.try_build(dockerfile, context)
    bench.require(
        "counted",
        "with one more name in the file it holds 121",
        again.ok and _word(bench, again.tag, "/count") == "121",
        again.hint or "It should count the lines, not contain a constant.",
    )
    bench.require(
        "clean",
        "no layer of the image contains names.txt",
        not contents.kept(bench, tag, NAMES),
        "A layer keeps every file that was copied into it. Which mount shows"
        " a file to one RUN only?",
    )


@exercise("builder_features/script", wants="dockerfile")
def script(bench: Bench, dockerfile: str) -> None:
    """A script in a Dockerfile that stops at the first error."""
    files = {"prices.txt": PRICES, "total.py": TOTAL}
    with contexts.folder_of(files) as context:
        tag = bench.build(dockerfile, context)
        if not tag:
            return
        found = contents.files(bench, tag, "/srv")
        missing = sorted(name for name in files if name not in found)
        bench.require(
            "files",
            "/srv contains prices.txt and total.py",
            not missing,
            f"{' and '.join(missing)} is not there. Keep the line with COPY.",
        )
        contexts.write(context / "prices.txt", PRICES + "100\n")
        other = bench.try_build(dockerfile, context)
        contexts.write(context / "prices.txt", PRICES + "ten\n6\n")
        wrong = bench.try_build(dockerfile, context)
    totals = [
        _word(bench, one, "/srv/total") if one else ""
        for one in (tag, other.ok and other.tag)
    ]
    bench.require(
        "total",
        "/srv/total holds the sum of the prices, also after a change",
        other.ok and totals == ["42", "142"],
        other.hint
        or f"With prices of 42 and of 142 it contains {totals[0]!r:.40} and"
        f" {totals[1]!r:.40}.",
    )
    bench.require(
        "fails",
        "with the price `ten`, the build fails",
        not wrong.ok and not wrong.stopped,
        _hidden(bench, wrong.tag) if wrong.ok else wrong.hint,
    )


def _hidden(bench: Bench, tag: str) -> str:
    """Why a wrong price did not stop the build."""
    total = _word(bench, tag, "/srv/total")
    return (
        f"total.py ended with exit code 1, and /srv/total contains"
        f" {total!r:.40}. Two things hide an exit code: a command that"
        " follows in the script, and a program that follows in a pipe."
    )


def _word(bench: Bench, tag: str, path: str) -> str:
    """The first word of a file of an image; empty without one."""
    data = b"".join(contents.files(bench, tag, path).values())
    return (data.decode(errors="replace").split() or [""])[0]
