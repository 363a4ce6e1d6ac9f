"""Exercises of `dockerfile_instructions`."""

from dockerlab import images
from dockerlab.checks.core import Bench, exercise
from dockerlab.checks.instructions import context_of, inside, output, rebuild

NAMES = "".join(f"name {number}\n" for number in range(120))
SECRET = "PASSWORD=letmein\n"


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
        "Which instruction sets a variable that lasts until run time?",
    )
    bench.require(
        "says",
        "a container prints: good morning",
        output(bench, tag) == "good morning",
        "A shell puts in the value of a variable. Is there one in your CMD?",
    )
    changed = output(bench, tag, environment={"GREETING": "good night"})
    bench.require(
        "changes",
        "with another GREETING it prints that one",
        changed == "good night",
        "It should print the variable, not a text of its own.",
    )


@exercise("dockerfile_instructions/version", wants="dockerfile")
def version(bench: Bench, dockerfile: str) -> None:
    """A build argument that a container can still tell."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    bench.require(
        "default",
        "built without an argument, a container prints: dev",
        output(bench, tag) == "dev",
        "An ARG ends with the build (and one above FROM ends there). Put its"
        " value where a container can read it.",
    )
    given = rebuild(bench, dockerfile, "VERSION=4.2")
    bench.require(
        "given",
        "built with VERSION=4.2, a container prints: 4.2",
        given and output(bench, given) == "4.2",
        "Does what the container reads come from the ARG, or from a text"
        " that is always the same?",
    )


@exercise("dockerfile_instructions/workshop", wants="dockerfile")
def workshop(bench: Bench, dockerfile: str) -> None:
    """A working folder that belongs to the user who works there."""
    with context_of({"notes.txt": "note\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    bench.require(
        "folder",
        "a container starts in /work",
        inside(bench, tag, "pwd") == "/work",
        "Which instruction sets the folder of the container?",
    )
    bench.require(
        "user",
        "it runs as user 1000",
        inside(bench, tag, "id -u") == "1000",
        "Which instruction sets the user of the container?",
    )
    bench.require(
        "file",
        "/work/notes.txt is there and belongs to user 1000",
        inside(bench, tag, "stat -c %u /work/notes.txt") == "1000",
        "COPY gives files to root, even behind USER, unless an option says"
        " otherwise.",
    )
    bench.require(
        "writes",
        "it can make a file in /work",
        inside(bench, tag, "touch /work/new && echo made") == "made",
        "Who owns the folder itself? `stat -c %u /work` tells.",
    )


@exercise("dockerfile_instructions/tool", wants="dockerfile")
def tool(bench: Bench, dockerfile: str) -> None:
    """An image that is used like a program."""
    tag = bench.build(dockerfile)
    if not tag:
        return
    bench.require(
        "nothing",
        "without arguments it prints 0",
        output(bench, tag) == "0",
        "What comes behind the ENTRYPOINT when `docker run` adds nothing?",
    )
    bench.require(
        "adds",
        "docker run IMAGE 3 4 prints 7",
        output(bench, tag, "3", "4") == "7",
        "The words behind the image's name replace CMD. What stays?",
    )
    bench.require(
        "many",
        "docker run IMAGE 1 2 3 4 5 prints 15",
        output(bench, tag, *"12345") == "15",
        "It should add as many numbers as it is given.",
    )
