"""Exercises of `debugging`: find the cause, and repair."""

from collections.abc import Mapping, Sequence

from docker.models.containers import Container

from dockerlab import faults, symptoms
from dockerlab.checks import contexts, pages
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.waiting import has_ended, stretch, wait_for

CASES = 3
APP = "debugging-app"
MOST_LINES = 30  # of evidence: a health check's output, and no whole list


@exercise("debugging/fix-the-app", wants="container")
def fix_the_app(bench: Bench, name: str) -> None:
    """The broken container runs, and its page can be read from outside."""
    started = bench.container(name)
    if started:
        # On a busy machine a Python takes seconds to begin, or to fail.
        wait_for(
            lambda: has_ended(started) or pages.listening(started),
            stretch(20),
        )
    container = bench.require_running(name)
    if not container:
        return
    image = bench.image(APP)
    bench.require(
        "image",
        f"it was created from {APP}",
        image and container.attrs["Image"] == image.id,
        f"It was created from {container.attrs['Config']['Image']}. Keep the"
        f" image {APP}, and change the options of `docker run`.",
    )
    published = bench.require_published(container)
    found = (pages.fetch(container, port, seconds=3) for port in published)
    page = next((page for page in found if page), None)
    if not published or not bench.require(
        "answers",
        "its page can be read from outside",
        page,
        _why_silent(container, published),
    ):
        return
    bench.require(
        "greets",
        "the page shows the text of greeting.txt",
        "Good morning" in (page or ""),
        f"The page is: {(page or '').strip():.60}. Is your greeting.txt"
        " mounted at the path that the program reads?",
    )


def _why_silent(container: Container, published: Sequence[str]) -> str:
    """Why its page cannot be read; the address is left to be found."""
    inside = {f"{port}/tcp" for port in pages.listening(container)}
    log = f"Its log: {_end_of_log(container)}"
    if inside and not inside & set(published):
        return (
            f"You published {', '.join(published)} of the container. Its"
            f" program listens on {', '.join(sorted(inside))}. {log}"
        )
    return (
        "The connection works, but there is no response. On which address"
        f" does the program listen inside? {log}"
    )


def _end_of_log(container: Container) -> str:
    return symptoms.last_line(container)[:160] or "(empty)"


@exercise("debugging/diagnose", wants="mapping")
def diagnose(bench: Bench, answers: Mapping[str, object]) -> None:
    """Cause and evidence of each container that was given a fault."""
    cases = []
    for place in range(1, CASES + 1):
        name = f"debugging-case-{place}"
        container = bench.container(name)
        fault = faults.fault_of(container, place) if container else None
        cases.append((place, name, container, fault))
    missing = [name for _, name, _, fault in cases if not fault]
    if not bench.require(
        "cases",
        f"the {CASES} containers with a fault exist",
        not missing,
        f"There is no {', '.join(missing)}. Run the cell with `inject`, then"
        " diagnose the new containers.",
    ):
        return
    for place, name, container, fault in cases:
        assert container
        assert fault
        _diagnosed(bench, place, container, fault, answers.get(name))


def _diagnosed(
    bench: Bench,
    place: int,
    container: Container,
    fault: faults.Fault,
    answer: object,
) -> None:
    """Write the criteria of one container."""
    name = f"debugging-case-{place}"
    words = answer if isinstance(answer, (tuple, list)) else (answer, "")
    cause, evidence = [str(word or "").strip() for word in (*words, "", "")][
        :2
    ]
    if not bench.require(
        f"cause-{place}",
        f"you name the cause in {name}",
        cause == fault.name,
        _hint_on_cause(name, cause),
    ):
        return
    shown = symptoms.is_shown(container, evidence)
    lines = len(evidence.splitlines())
    long = lines > MOST_LINES
    hint = (
        f"You copied {lines} lines. Which one of them proves the cause?"
        if long
        else f"The engine shows this for {name}, but it would also show it"
        " with another cause. Which line is different because of this cause?"
        if shown
        else f"Neither the log nor `docker inspect` of {name} shows"
        f" {evidence!r:.80}. Copy one line, with its name and its value."
    )
    bench.require(
        f"evidence-{place}",
        f"your evidence in {name} proves it",
        shown and not long and faults.proves(fault, evidence),
        hint,
    )


def _hint_on_cause(name: str, cause: str) -> str:
    if not cause:
        return (
            f"You name no cause for {name}. Begin with question 1: `docker ps"
            f" --all`. Then read `docker logs {name}`."
        )
    if cause not in faults.NAMES:
        return f"{cause!r:.40} is not in the list that `causes()` prints."
    return (
        f"The container {name} does not have the fault {cause}. Look again at"
        " its state and exit code, the last line of its log, and its settings."
    )


@exercise("debugging/broken-build", wants="dockerfile")
def broken_build(bench: Bench, dockerfile: str) -> None:
    """The Dockerfile builds, and the app serves its page."""
    with contexts.folder_of(faults.TO_BUILD) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    container = bench.run(tag, ports={"8000/tcp": ("127.0.0.1", None)})
    page = pages.fetch(container, "8000/tcp", seconds=6)
    if not bench.require(
        "answers",
        "the app responds on port 8000 inside",
        page,
        "The image builds, and its app does not respond. The end of its log:"
        f" {_end_of_log(container)}",
    ):
        return
    bench.require(
        "ready",
        "the signed page begins with the text of ready.txt: ready",
        (page or "").startswith("ready."),
        f"The page is {page!r:.60}. Keep app.py, and let the build write the"
        " word `ready` into ready.txt.",
    )
