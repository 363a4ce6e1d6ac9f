"""Exercises of `dockerfile_run`."""

from dockerlab import images
from dockerlab.checks import probing
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


@exercise("dockerfile_run/greeting", wants="dockerfile")
def greeting(bench: Bench, dockerfile: str) -> None:
    """A greeting that is a variable of the image."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    variables = images.settings(bench.client, tag).env
    bench.require(
        "variable",
        "the image sets GREETING to: good morning",
        variables.get("GREETING") == "good morning",
        f"Its value in the image is {variables.get('GREETING')!r}. Which"
        " instruction sets a variable that also exists at run time?",
    )
    ending = bench.output(tag)
    bench.require(
        "prints",
        "a container prints: good morning",
        ending.text == "good morning",
        f"{ending.why} It prints {ending.printed.strip()!r:.80}. A shell"
        " replaces a variable by its value. Does your CMD use one?",
    )
    changed = bench.output(tag, environment={"GREETING": "good night"})
    bench.require(
        "changes",
        "with another GREETING it prints that one",
        changed.text == "good night",
        f"With `--env GREETING='good night'` it prints"
        f" {changed.printed.strip()!r:.80}.",
    )


@exercise("dockerfile_run/tool", wants="dockerfile")
def tool(bench: Bench, dockerfile: str) -> None:
    """An image that is used like a program."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag)
    bench.require(
        "nothing",
        "without arguments it prints 0",
        ending.text == "0",
        f"{ending.why} What follows the ENTRYPOINT if `docker run` adds"
        " nothing?",
    )
    for key, numbers, total in (
        ("adds", ("3", "4"), "7"),
        ("many", ("1", "2", "3", "4", "5"), "15"),
    ):
        ending = bench.output(tag, *numbers)
        bench.require(
            key,
            f"docker run IMAGE {' '.join(numbers)} prints {total}",
            ending.text == total,
            f"{ending.why or f'It prints {ending.printed.strip()!r:.60}.'}"
            " The words after the image's name replace CMD, and follow an"
            " ENTRYPOINT in exec form.",
        )


@exercise("dockerfile_run/healthy", wants="dockerfile")
def healthy(bench: Bench, dockerfile: str) -> None:
    """Health that follows what the program does."""
    tag = bench.build(dockerfile)
    if not tag or not probing.require_often(bench, tag):
        return
    container = bench.run(tag, healthcheck=probing.OFTEN)
    if not probing.require_healthy(
        bench,
        container,
        "with the file /tmp/ready, the container becomes healthy",
    ):
        return
    probing.require_unhealthy(
        bench,
        container,
        "without /tmp/ready, it becomes unhealthy within ten seconds",
        lambda: bench.exec(container, ["rm", "/tmp/ready"]),
    )
