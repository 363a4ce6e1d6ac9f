"""Everything that can be checked in seconds and without an engine.

python -m tools.check              all parts: `make check`
python -m tools.check lint types   some of them
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import time
from collections.abc import Callable

from dockerlab import paths
from dockerlab.base.errors import LabError
from tools import documents, floors, language, numbers, style

Faults = list[str]
# No engine answers there: a test that needs one must say so by its marker.
NO_ENGINE = {"DOCKER_HOST": "tcp://127.0.0.1:1", "DOCKERLAB_ENGINE": "own"}


def command(*words: str, **settings: str) -> Callable[[], Faults]:
    """A part that is a module's command; its faults are what it prints."""

    def run() -> Faults:
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=paths.PROJECT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return [done.stdout.rstrip()] if done.returncode else []

    return run


# The longest part first: the others run beside it.
PARTS: dict[str, Callable[[], Faults]] = {
    "tests": command(
        "pytest",
        "--quiet",
        "--no-header",
        # One more than processors: some tests wait for a time limit.
        f"--numprocesses={min(4, (os.cpu_count() or 1) + 1)}",
        "-m",
        "not engine",
        "tests",
        "sample_app/tests",
        **NO_ENGINE,
    ),
    "types": command("mypy"),
    "format": command("ruff", "format", "--check", "--quiet", "."),
    "lint": command("ruff", "check", "--quiet", "."),
    "floors": floors.faults,
    "numbers": numbers.faults,
    "language": language.faults,
    "notebooks": style.all_faults,
    "documents": documents.faults,
}


def main() -> None:
    """Run the parts that are named, all without a name; exit with 1 if one
    finds a fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=", ".join(PARTS)
    )
    chosen = parser.parse_args().parts or list(PARTS)
    unknown = [name for name in chosen if name not in PARTS]
    if unknown:
        parser.error(f"no part {unknown[0]!r}; the parts: {', '.join(PARTS)}")
    begun = time.monotonic()
    found = run(chosen)
    for name, faults in found.items():
        for fault in faults:
            print(f"\n{name}: {fault}")
    red = [name for name, faults in found.items() if faults]
    seconds = time.monotonic() - begun
    if red:
        sys.exit(f"\nFaults in: {', '.join(red)} ({seconds:.0f} s)")
    print(f"No faults, {seconds:.0f} s")


def run(chosen: list[str]) -> dict[str, Faults]:
    """Run parts, two at a time, and print a line for each that ends."""
    found: dict[str, Faults] = {}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        running = [pool.submit(_timed, name) for name in chosen]
        for part in concurrent.futures.as_completed(running):
            name, faults, seconds = part.result()
            found[name] = faults
            word = f"{len(faults)} faults" if faults else "passed"
            print(f"  {name:10} {seconds:5.1f} s  {word}", flush=True)
    return {name: found[name] for name in chosen}


def _timed(name: str) -> tuple[str, Faults, float]:
    begun = time.monotonic()
    try:
        faults = PARTS[name]()
    except LabError as error:
        faults = [" ".join(filter(None, [error.what, error.why, error.fix]))]
    return name, faults, time.monotonic() - begun


if __name__ == "__main__":
    main()
