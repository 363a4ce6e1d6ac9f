"""Why nothing responds on a port of a container."""

import contextlib
import re
from collections.abc import Iterator, Mapping

import docker.errors
from docker.models.containers import Container

from dockerlab.checks import inside, pages, results

# What a shell and the engine mean by these codes.
CODES = {
    126: "was found, and cannot be executed",
    127: "was not found",
    137: "was killed",
}
COLOURS = re.compile(r"\x1b\[[\d;]*m")
# The end of a traceback, with the name of the exception's module or without,
# or what gunicorn says about an app that it cannot load.
EXCEPTION = re.compile(
    r"^(?:[\w.]*[A-Z]\w*(?:Error|Exception|NotFound)\b"
    r"|Failed to (?:find|parse)).*",
    re.MULTILINE,
)
# The same in a log of JSON.
TRACEBACK = re.compile(r'"traceback": ".*\\n([\w.]+: [^"\\]*)')
# What the engine writes before the reason why a port cannot be published.
ENDPOINT = re.compile(r".* on endpoint \S+ \([0-9a-f]+\): ", re.DOTALL)
NO_INTERPRETER = re.compile(r"exec (/\S+): no such file or directory")
# What a log says, and what it means.
KNOWN = {
    "Address already in use": (
        "Another program in this container already listens on that port."
    ),
    "exec format error": (
        "The program is for another kind of processor, or it is a script"
        " without a first line such as `#!/bin/sh`."
    ),
    'Syntax error: "("': (
        "A shell reads what has no brackets around it, and `(` means"
        " something to it. Put the word into quotes."
    ),
    ": 1: [": (
        "Without double quotes around each word, `[` is the beginning of a"
        " shell's command and no list."
    ),
}
# What the base images run where an answer names no command.
OF_BASES = ("python3", "bash")


def why(container: Container, port: int) -> str:
    """What a container without a page shows, and the cause if it is known.

    Args:
        port: the port inside on which the page is expected.
    """
    container.reload()
    running = container.status == "running"
    reached = pages.listening(container) if running else {}
    log = COLOURS.sub("", container.logs(tail=60).decode(errors="replace"))
    last = [row.strip() for row in log.splitlines() if row.strip()][-1:]
    # An exception says more than what a server prints after it, and a server
    # that listens has no more to say.
    told = [*EXCEPTION.findall(log), *TRACEBACK.findall(log)][-1:]
    shown = [
        f"Its log: {row:.200}" for row in told or (() if reached else last)
    ]
    known = (
        _running(container, reached, port)
        if running
        else _ended(container, log)
    )
    return " ".join([*known, *shown])


def not_running(container: Container) -> str:
    """Why a container does not run, as far as its state says it."""
    state = container.attrs["State"]
    if container.status == "created" and state.get("Error"):
        reason = ENDPOINT.sub("", results.RUNTIME.sub("", state["Error"]))
        return f"The engine could not start it: {reason:.300}."
    if container.status == "created":
        return "It was created and never started: `docker start` starts it."
    if container.status == "paused":
        return "It is paused: `docker unpause` lets it continue."
    if container.status == "restarting":
        return (
            f"Its command ends with exit code {state['ExitCode']}, and the"
            " engine starts it again and again."
        )
    return (
        f"It is {container.status}. A container runs only as long as its"
        " command."
    )


def _ended(container: Container, log: str) -> Iterator[str]:
    state = container.attrs["State"]
    code = state["ExitCode"]
    meaning = f": a program {CODES[code]}" if code in CODES else ""
    yield f"Its container ended with exit code {code}{meaning}."
    if state["OOMKilled"]:
        yield "It reached its memory limit."
    if found := NO_INTERPRETER.search(log):
        yield _no_interpreter(container, found[1])
    yield from (cause for words, cause in KNOWN.items() if words in log)
    yield from _what_ran(container, code)


def _what_ran(container: Container, code: int) -> Iterator[str]:
    """What an ended container ran, where that explains its end."""
    attrs = container.attrs
    command = " ".join([attrs["Path"], *attrs["Args"]])
    if command in OF_BASES:
        yield (
            f"Its command is `{command}`. Which instruction sets the command?"
            " What `RUN` starts ends with that step of the build."
        )
    elif code == 0:
        yield (
            f"It ran `{command}`, and this program ended. A server must stay"
            " in the foreground."
        )
    elif attrs["Config"].get("Entrypoint") and attrs["Config"].get("Cmd"):
        yield f"It ran `{command}`: ENTRYPOINT, and behind it CMD."
    with contextlib.suppress(docker.errors.ImageNotFound):
        image = container.client.images.get(attrs["Image"])
        if image.attrs["Config"].get("OnBuild"):
            yield (
                "ONBUILD did nothing in this build: it is for builds that"
                " start FROM this image."
            )


def _no_interpreter(container: Container, path: str) -> str:
    """Why the kernel does not find a file that the image may well have."""
    written = inside.text(container, path)
    if not written:
        return f"The image has no file {path}."
    first = written.partition("\n")[0]
    if first.endswith("\r"):
        return (
            f"The first line of {path} ends with a carriage return, as"
            " Windows writes it, so the kernel looks for a program with that"
            " name. Save the file with the line ending LF."
        )
    return (
        f"{path} is there. A program that it needs is not: its first line is"
        f" {first!r:.60}."
    )


def _running(
    container: Container, reached: Mapping[int, bool], port: int
) -> Iterator[str]:
    if reached.get(port) is False:
        yield (
            f"Its program listens on 127.0.0.1:{port}, which only the"
            " container itself can reach. The address 0.0.0.0 is for"
            " everybody."
        )
    elif reached.get(port):
        status = pages.request(container, f"{port}/tcp", "/").status
        yield (
            f"Its program listens on port {port}, and responds with status"
            f" {status}: its code has an error."
            if status >= 500
            else f"Its program listens on port {port}, and does not respond"
            " there as the app does."
        )
    elif reached:
        found = " and ".join(map(str, sorted(reached)))
        yield (
            f"Its program listens on port {found}, and not on {port}. EXPOSE"
            " opens no port; the server's options or the variable PORT decide."
        )
        if not any(reached.values()):
            yield "Only the container itself can reach it: it is 127.0.0.1."
    else:
        yield "Its program runs, but listens on no port."
