"""Why an answer does not build: whose fault it is, and where to look."""

import difflib
import functools
import pathlib
import re
from collections.abc import Iterator

from docker.utils.build import PatternMatcher

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.checks.results import last_words
from dockerlab.engine import recipes, supplies

NOT_COUNTED = "This is not your mistake, and the attempt is not counted."
# How the builder reports that the engine, and not the answer, is at fault.
ENGINE_FAULTS = (
    "no space left on device",
    "Cannot connect to the Docker daemon",
    "error reading from server",
    "transport is closing",
    "code = Unavailable",
)
# An image that the builder asked a registry for.
ASKED = re.compile(
    r"failed to resolve source metadata for"
    r" (?:docker\.io/(?:library/)?)?(\S+?): "
)
# An image in a registry with a name, which is not Docker Hub.
ELSEWHERE = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?/")
# An image that reads Dockerfiles.
FRONTEND = re.compile(r"docker/dockerfile\b")
# Steps in which the builder asks for an image and pulls it.
PULLS = re.compile(r"FROM |\[internal\] load metadata for ")
UNREACHABLE = (
    "no such host",
    "i/o timeout",
    "connection refused",
    "connection reset",
    "network is unreachable",
    "TLS handshake timeout",
    "toomanyrequests",
    "Too Many Requests",
    "failed to do request",
)
# How programs in a step of the build report that there is no network.
NO_NETWORK = (
    "Temporary failure in name resolution",
    "Temporary failure resolving",
    "Could not resolve host",
    "Network is unreachable",
)
# pip's list of the versions that its index has of a package.
NO_VERSION = re.compile(
    r"satisfies the requirement (\S+) \(from versions: (?!none)([^)]+)\)"
)
# A package that the index does not have, as pip and uv say it.
NO_PACKAGE = re.compile(
    r"satisfies the requirement ([\w.-]+)\S* \(from versions: none\)"
    r"|Because (\S+) was not found in the package registry"
)
# A command of pip or uv that names an index itself.
OWN_INDEX = re.compile(r"index|\s-i\s|://")
# An instruction with what its author took for a comment.
COMMENT = re.compile(r"^\s*(?:EXPOSE|USER|COPY|ADD|ENV)\s.*\s#", re.M | re.I)
STAGE = re.compile(r"^\s*FROM\s.*\sAS\s+(\S+)", re.M | re.I)
MISSING = re.compile(r'"/?([^"]+)": not found$')
UNKNOWN = re.compile(r"unknown instruction: ([A-Za-z]+)[\[\"=]")
# Commands that many images do not have -> what they have.
INSTEAD = {
    "adduser": "useradd",
    "addgroup": "groupadd",
    "python3-pip": "pip",
}
CODES = {
    "exit code: 126": "126 means: the command cannot be executed",
    "exit code: 127": "127 means: the command was not found",
    "exit code: 137": "137 means: the command was killed",
}


def refuse_lab_faults(
    build: builds.Build,
    boxed: bool,
    dockerfile: str = "",
    own_index: bool = False,
) -> None:
    """Raise LabError if a build failed because of the engine or its network.

    Args:
        dockerfile: the answer, whose stages are no images.
        boxed: whether the engine is the course's own, which has the course's
            images and no others.
        own_index: whether the exercise has an index of packages: then the
            lab's need not have a package.
    """
    # What a RUN prints is quoted after its command: that is no proof.
    reported = build.error.partition("process ")[0]
    if any(fault in reported for fault in ENGINE_FAULTS):
        raise _not_counted(
            "The engine could not build your answer.", build.error
        )
    asked = ASKED.search(build.error)
    if asked and not _misspelt_stage(asked[1], dockerfile):
        _refuse_registry_faults(asked[1], build.error, boxed)
    for step in build.steps:
        if step.error:
            _refuse_network_faults(build, step, boxed and not own_index)


def refuse_slow_pull(build: builds.Build) -> None:
    """Raise LabError if a build was stopped while it waited for an image."""
    for step in build.steps:
        begun = step.start is not None and step.end is None
        if begun and PULLS.match(step.name):
            raise _not_counted(
                "An image that your build starts from did not come in time.",
                f"The build was stopped in this step: {step.name:.80}",
                "Pull the image in a terminal, and run the cell again.",
            )


def _refuse_network_faults(
    build: builds.Build, step: builds.Step, boxed: bool
) -> None:
    """Raise LabError if a step asked for what only the internet has."""
    if any(words in step.log for words in NO_NETWORK):
        raise _not_counted(
            f"A step of your build found no network: {step.name:.80}",
            last_words(build).lstrip(". "),
            "pip and uv in the lab's images get packages from the lab. Other"
            " programs, such as apt, ask the internet.",
        )
    if not boxed or OWN_INDEX.search(step.name):
        return
    unknown = _absent(step.log)
    if unknown and not _meant(unknown):
        raise _not_counted(
            f"The lab's package index has no {unknown}.",
            "It has what the notebooks use.",
            "Choose another package, or an engine with a network.",
        )
    if found := NO_VERSION.search(step.log):
        raise _not_counted(
            f"The lab's package index has no {found[1]}.",
            f"It has these versions: {found[2]}.",
            "Choose one of these, or an engine with a network.",
        )


def _refuse_registry_faults(image: str, error: str, boxed: bool) -> None:
    """Raise LabError if the lab cannot get an image that may well exist."""
    unreachable = any(words in error for words in UNREACHABLE)
    if boxed and unreachable and ELSEWHERE.match(image):
        raise _no_such_image(image)
    if unreachable:
        limited = "oo many requests" in error.lower() or "toomany" in error
        raise _not_counted(
            f"The registry did not deliver {image}.",
            "Docker Hub's limit of pulls is reached." if limited else error,
        )
    if boxed and FRONTEND.match(image):
        raise _not_counted(
            f"The lab's engine does not have the frontend {image}.",
            error,
            "Leave out the line `# syntax=...`: then the frontend inside the"
            " engine reads the Dockerfile. Or choose an engine with a"
            " network.",
        )
    # No other registry has an image with a digest that nobody made.
    by_tag = "@" not in image
    if boxed and by_tag and "not found" in error and not _misspelt(image):
        raise _no_such_image(image)


def _no_such_image(image: str) -> LabError:
    return _not_counted(
        f"The lab's engine does not have the image {image}.",
        "It has no network, and has only the images of the course:"
        f" {', '.join(sorted(recipes.TAGS))}.",
        "Start from one of these, or choose an engine with a network.",
    )


def _misspelt_stage(image: str, dockerfile: str) -> str:
    """The stage of a Dockerfile that this name almost has, if any."""
    name = image.removesuffix(":latest")
    if name in {tag.partition(":")[0] for tag in recipes.TAGS}:
        return ""
    stages = STAGE.findall(dockerfile)
    return "".join(difflib.get_close_matches(name, stages, 1, 0.6))


def _misspelt(image: str) -> str:
    """The repository of the course that this name almost has, if any."""
    known = {tag.partition(":")[0] for tag in recipes.TAGS}
    name = re.split("[:@]", image)[0]
    close = difflib.get_close_matches(name, known - {name}, 1, 0.75)
    return "" if name in known else "".join(close)


def _absent(log: str) -> str:
    """The package that an index does not have, as a step's log names it."""
    found = NO_PACKAGE.search(log)
    return (found[1] or found[2]) if found else ""


def _meant(package: str) -> str:
    """The package of the lab that this name almost is, if any, or what a
    forgotten option made a package of."""
    if package.endswith(".txt"):
        return f"-r {package}"
    close = difflib.get_close_matches(package.lower(), _packages(), 1, 0.75)
    return "".join(close)


@functools.cache
def _packages() -> list[str]:
    """The names of the packages in the lab's index."""
    texts = [path.read_text("utf-8") for path in supplies.PINNED]
    return re.findall(r"^([\w.-]+)==", "\n".join(texts), re.M)


def _not_counted(what: str, why: str, fix: str = "") -> LabError:
    fix = fix or "Run `make doctor`, then run the cell again."
    return LabError(what, why, f"{NOT_COUNTED} {fix}")


def text_of(dockerfile: str | None, context: pathlib.Path | None) -> str:
    """The text of an answer; None is the file in the context."""
    path = (context or pathlib.Path()) / "Dockerfile"
    if dockerfile is None and path.exists():
        return path.read_text(errors="replace")
    return dockerfile or ""


def hint(
    build: builds.Build, dockerfile: str, context: pathlib.Path | None
) -> str:
    """What the builder reports, and where to look.

    Args:
        dockerfile: the answer.
        context: the folder that it was built from; None for an empty one.
    """
    causes = [
        cause
        for look in (
            _missing_file,
            _unknown_instruction,
            _exit_code,
            _spelling,
            _empty_variable,
            _comment,
        )
        for cause in look(build.error, dockerfile, context)
    ]
    causes += [cause for step in build.steps for cause in _in_log(step)]
    reported = f"The builder reports: {build.error}{last_words(build)}"
    return ". ".join([reported.rstrip("."), *causes])


def _missing_file(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    """What COPY could have found instead, the most similar first."""
    found = MISSING.search(error)
    if not found or "cache key" not in error:
        return
    name = found[1]
    if re.search(r"^\s*WORKDIR\s*=", dockerfile, re.M | re.I):
        yield "WORKDIR takes no `=`: the folder would be named `= /...`"
    copies = re.findall(r"^\s*(?:COPY|ADD)\s.*$", dockerfile, re.M | re.I)
    whole = re.compile(rf"[\s/\"]{re.escape(name)}[\s/\"]")
    lines = [line for line in copies if whole.search(f"{line} ")]
    if lines and all("--from" in line for line in lines):
        yield f"The stage or image after `--from` has no /{name}"
    elif context:
        names = _sent(context)
        close = difflib.get_close_matches(name, names, 5, 0.5)
        names = [*close, *(each for each in names if each not in close)]
        listed = ", ".join(names[:6]) or "nothing"
        yield f"The build context has no {name}. It has: {listed}"


def _sent(context: pathlib.Path) -> list[str]:
    """The names in a context, without what .dockerignore leaves out."""
    ignore = context / ".dockerignore"
    rows = ignore.read_text("utf-8").splitlines() if ignore.exists() else []
    patterns = [row for row in rows if row and not row.startswith("#")]
    names = sorted(PatternMatcher(patterns).walk(str(context)))
    shown = [name for name in names if not name.startswith(".")]
    return [name for name in shown if (context / name).is_file()]


def _unknown_instruction(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    if found := UNKNOWN.search(error):
        yield f"Write a space after {found[1].upper()}"


def _exit_code(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    yield from (text for code, text in CODES.items() if error.endswith(code))


def _spelling(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    asked = ASKED.search(error)
    if not asked:
        return
    if stage := _misspelt_stage(asked[1], dockerfile):
        yield f"No stage has this name. Is the stage called {stage}?"
    elif name := _misspelt(asked[1]):
        yield f"Is the image called {name}?"


def _empty_variable(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    if "stage name" in error and re.search(r"^FROM.*\$", dockerfile, re.M):
        yield "A variable in FROM is empty. `ARG NAME=value` gives a default"


def _comment(
    error: str, dockerfile: str, context: pathlib.Path | None
) -> Iterator[str]:
    if COMMENT.search(dockerfile) and 'process "' not in error:
        yield "`#` begins a comment only at the beginning of a line"


def _in_log(step: builds.Step) -> Iterator[str]:
    """What the log of a failed step means, where that is known."""
    if not step.error:
        return
    for name, instead in INSTEAD.items():
        if f"{name}: not found" in step.log:
            yield f"The image has {instead}, and no {name}"
    if meant := _meant(_absent(step.log)):
        yield f"Do you mean {meant}?"
