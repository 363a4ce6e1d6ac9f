"""Report which proofs of the course have been shown to fail.

    python -m tools.counterproofs
    python -m tools.counterproofs --run images flask_app

The first counts, for each notebook, the claims with a counter-proof. With
`--run` every counter-proof (of these notebooks alone, where some are named)
is run and each proof that still passes is listed. Exit 1 if one did.
"""

import argparse
import sys
import time

from dockerlab import paths
from dockerlab.base import machine
from dockerlab.course import claims, table
from tests.counterproofs import harness


def report() -> tuple[list[str], int, int]:
    """A line for each notebook; claims with a counter-proof, and without."""
    lines, total = [], 0
    for book in table.course().notebooks:
        changes = harness.load(book.slug).changes
        have = [claim for claim in book.claims if changes.get(claim)]
        missing = [claim for claim in book.claims if claim not in have]
        total += len(have)
        if book.claims:
            line = f"{book.slug:24}{len(have):3} of {len(book.claims):2}"
            tail = f"   missing: {', '.join(missing)}" if missing else ""
            lines.append(line + tail)
    return lines, total, len(claims.ledger()) - total


def run(slugs: list[str]) -> int:
    """Run the counter-proofs of these notebooks; how many proofs passed."""
    red = 0
    for slug in slugs:
        # The lock of the tests: one user of a notebook's workspace at a time.
        with machine.lock(paths.home() / f"lesson-{slug}.lock"):
            red += _run_book(harness.load(slug))
    return red


def _run_book(book: harness.Book) -> int:
    """Run one notebook's counter-proofs; how many proofs passed."""
    red = 0
    for claim, changes in book.changes.items():
        for change in changes:
            begun = time.monotonic()
            try:
                line = harness.refute(book, claim, change)
                result = f"failed, as it must: {line}"
            except harness.CounterProofError as error:
                red += 1
                result = f"RED: {error}"
            took = time.monotonic() - begun
            print(
                f"{book.slug} {claim} {change.cell} {took:.1f} s: {result}",
                flush=True,
            )
    return red


def main(words: list[str]) -> int:
    """Print the report; with `--run` the results too."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", action="store_true")
    parser.add_argument("slugs", nargs="*")
    options = parser.parse_args(words)
    red = 0
    if options.run:
        red = run(options.slugs or harness.slugs())
        print(f"{red} counter-proofs did not make their proof fail.\n")
    lines, have, missing = report()
    print(*lines, sep="\n")
    print(
        f"\n{have} claims have a counter-proof, {missing} have none,"
        f" of {have + missing}."
    )
    return int(bool(red))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
