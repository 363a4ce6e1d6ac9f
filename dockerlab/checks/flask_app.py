"""Exercises of `flask_app`: the Flask app in a container."""

import hashlib
import re

from dockerlab import images
from dockerlab.checks import sample_app
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

SENTENCE = "I was built here"


@exercise("flask_app/speaks", wants="dockerfile")
def speaks(bench: Bench, dockerfile: str) -> None:
    """An image that prints a sentence when it is run without arguments."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag, seconds=20)
    bench.require(
        "ends",
        "its container ends by itself, without an error",
        ending.ok,
        f"{ending.why} Run it yourself without -d: what does it print?",
    )
    printed = ending.printed.strip()
    bench.require(
        "says",
        f"it prints: {SENTENCE}",
        printed == SENTENCE,
        f"It prints: {printed[:200] or 'nothing'}. CMD defines what a"
        " container runs when `docker run` names no command.",
    )


@exercise("flask_app/greeting", wants="container")
def greeting(bench: Bench, name: str) -> None:
    """The page of a running container greets Grace."""
    found = sample_app.running_page(bench, name)
    if not found:
        return
    container, port, page = found
    bench.require(
        "counts",
        "it is the app: a visit counts",
        sample_app.counts(container, port),
        "Another program responds there. Which image contains the app?",
    )
    heading = re.search(r"<h1[^>]*>([^<]*)", page)
    shown = heading[1].strip() if heading else "without a heading"
    bench.require(
        "greets",
        "the page greets Grace",
        re.search(r"\bGrace!", shown),
        f"The page is: {shown[:100]} The app reads the name from an"
        " environment variable. Which one, and which option sets it?",
    )


@exercise("flask_app/no-tests", wants="dockerfile")
def no_tests(bench: Bench, dockerfile: str) -> None:
    """The app serves, and no layer of its image contains the tests."""
    tag = sample_app.served(bench, dockerfile, "80/tcp")
    if not tag:
        return
    with sample_app.app_context() as context:
        tests = {
            hashlib.sha256(path.read_bytes()).hexdigest(): path.name
            for path in (context / "tests").rglob("*.py")
        }
    # By content: a file that was only renamed is still there.
    saved = images.saved_hashes(bench.client.images.get(tag))
    held = sorted({tests[digest] for digest in saved if digest in tests})
    bench.require(
        "clean",
        "no layer of the image contains the tests",
        not held,
        f"A layer contains {', '.join(held)}. A layer keeps every file that"
        " was copied into it. Which instruction brings in the tests, and must"
        " it copy everything?",
    )


@exercise("flask_app/fix-build", wants="dockerfile")
def fix_build(bench: Bench, dockerfile: str) -> None:
    """The image builds, and the app serves on port 80."""
    sample_app.served(bench, dockerfile, "80/tcp")
