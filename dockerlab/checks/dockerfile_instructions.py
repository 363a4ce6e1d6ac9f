"""Exercises of `dockerfile_instructions`."""

from dockerlab import images
from dockerlab.checks import contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise


@exercise("dockerfile_instructions/greeting", wants="dockerfile")
def greeting(bench: Bench, dockerfile: str) -> None:
    """A greeting that is a variable of the image."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    variables = images.read_image(bench.client, tag).config.env
    bench.require(
        "variable",
        "the image sets GREETING to: good morning",
        variables.get("GREETING") == "good morning",
        "Which instruction sets a variable that also exists at run time?",
    )
    ending = bench.output(tag)
    bench.require(
        "says",
        "a container prints: good morning",
        ending.text == "good morning",
        f"{ending.why} A shell replaces a variable by its value. Does your"
        " CMD use one?",
    )
    changed = bench.output(tag, environment={"GREETING": "good night"})
    bench.require(
        "changes",
        "with another GREETING it prints that one",
        changed.text == "good night",
        "It should print the variable, not a fixed text.",
    )


@exercise("dockerfile_instructions/version", wants="dockerfile")
def version(bench: Bench, dockerfile: str) -> None:
    """A build argument that a container can still print."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    ending = bench.output(tag)
    bench.require(
        "default",
        "built without an argument, a container prints: dev",
        ending.text == "dev",
        f"{ending.why} An ARG ends with the build (and an ARG above FROM ends"
        " there). Put its value where a container can read it.",
    )
    given = bench.try_build(dockerfile, arguments={"VERSION": "4.2"})
    bench.require(
        "given",
        "built with VERSION=4.2, a container prints: 4.2",
        given.ok and bench.output(given.tag).text == "4.2",
        given.hint
        or "Does the container read the value of the ARG, or a text that is"
        " always the same?",
    )


@exercise("dockerfile_instructions/workshop", wants="dockerfile")
def workshop(bench: Bench, dockerfile: str) -> None:
    """A working directory that belongs to the user who works there."""
    with contexts.folder_of({"notes.txt": "note\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    bench.require(
        "folder",
        "a container starts in /work",
        bench.shell(tag, "pwd") == "/work",
        "Which instruction sets the working directory of the container?",
    )
    bench.require(
        "user",
        "it runs as user 1000",
        bench.shell(tag, "id -u") == "1000",
        "Which instruction sets the user of the container?",
    )
    bench.require(
        "file",
        "/work/notes.txt exists and belongs to user 1000",
        bench.shell(tag, "stat -c %u /work/notes.txt") == "1000",
        "COPY gives files to root, even after USER, unless an option sets"
        " another owner.",
    )
    bench.require(
        "writes",
        "it can create a file in /work",
        bench.shell(tag, "touch /work/new && echo made") == "made",
        "Which user owns the directory itself? `stat -c %u /work` shows it.",
    )


@exercise("dockerfile_instructions/tool", wants="dockerfile")
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
    bench.require(
        "adds",
        "docker run IMAGE 3 4 prints 7",
        bench.output(tag, "3", "4").text == "7",
        "The words after the image's name replace CMD. What stays?",
    )
    bench.require(
        "many",
        "docker run IMAGE 1 2 3 4 5 prints 15",
        bench.output(tag, "1", "2", "3", "4", "5").text == "15",
        "It should add any number of numbers.",
    )
