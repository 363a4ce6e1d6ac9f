"""Exercises of `running_containers`."""

from dockerlab.checks import pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import has_ended, wait_for


@exercise("running_containers/mend", wants="container")
def repair(bench: Bench, name: str) -> None:
    """The broken container runs, and its page can be read from outside."""
    started = bench.container(name)
    if started:
        # On a busy machine a Python takes seconds to begin, or to fail.
        wait_for(lambda: has_ended(started) or pages.listening(started), 20)
    container = bench.require_running(name)
    if not container:
        return
    published = bench.require_published(container)
    found = [pages.fetch(container, port, seconds=3) for port in published]
    page = next((page for page in found if page), None)
    if not published or not bench.require(
        "answers",
        "its page can be read from outside",
        page,
        "The connection works, but there is no response. On which address"
        " does the program listen inside? Its log shows it.",
    ):
        return
    bench.require(
        "greets",
        "the page shows the text of greeting.txt",
        "Good morning" in (page or ""),
        "Another program responds, or it shows another file.",
    )
