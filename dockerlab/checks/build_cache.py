"""Exercises of `build_cache`: what a change builds again."""

import pathlib

from dockerlab import builds, images
from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

# The Dockerfile that the exercise shows, and the start of each step's name.
PREDICT = """FROM python:3.13-slim
COPY requirements.txt /app/
RUN sort /app/requirements.txt > /app/installed.txt
ARG VERSION=1
RUN mkdir /data
COPY . /app
RUN printenv VERSION > /app/version.txt
"""
STEPS = (
    "COPY requirements.txt",
    "RUN sort",
    "RUN mkdir",
    "COPY .",
    "RUN printenv",
)
WORDS = ("cached", "rebuilt")


@exercise("build_cache/predict", wants="mapping")
def predict(bench: Bench, prediction: dict[str, object]) -> None:
    """What a changed README and another version rebuild."""
    complete = bench.require(
        "complete",
        "it predicts `cached` or `rebuilt` for each of the five lines",
        set(prediction) == set(STEPS)
        and all(word in WORDS for word in prediction.values()),
        f"The five lines are: {', '.join(STEPS)}.",
    )
    if not complete:
        return
    files = {"requirements.txt": bench.token, "README.md": "one"}
    with contexts.folder_of(files) as folder:
        _version(bench, folder, "1")
        contexts.write(folder / "README.md", "two")
        second = _version(bench, folder, "2")
    ran = [step.name for step in second.rebuilt]
    truth = {
        step: "rebuilt" if any(n.startswith(step) for n in ran) else "cached"
        for step in STEPS
    }

    def wrong(word: str) -> list[str]:
        """The lines with this result and another prediction."""
        return [s for s in STEPS if truth[s] == word != prediction[s]]

    bench.require(
        "rebuilt",
        "you predicted every line that ran again",
        not wrong("rebuilt"),
        f"Also ran again: {_code(wrong('rebuilt'))}. What comes before"
        " it, and is that the same in both builds?",
    )
    bench.require(
        "cached",
        "you predicted every line that came from the cache",
        not wrong("cached"),
        f"From the cache: {_code(wrong('cached'))}. Which files does it"
        " read, and is the version part of it?",
    )


def _code(lines: list[str]) -> str:
    """Lines of a Dockerfile in a sentence."""
    return ", ".join(f"`{line}`" for line in lines)


def _version(bench: Bench, folder: pathlib.Path, version: str) -> builds.Build:
    """Build the Dockerfile of the exercise."""
    built = bench.build_own(PREDICT, folder, arguments={"VERSION": version})
    assert built.build is not None
    return built.build


# It takes the place of pip: what it wrote shows when it ran.
INSTALL = """
import pathlib, sys, uuid
wanted = pathlib.Path(sys.argv[1]).read_text()
pathlib.Path("/opt/installed").write_text(f"{uuid.uuid4()} {wanted}")
"""


@exercise("build_cache/order", wants="dockerfile")
def order(bench: Bench, dockerfile: str) -> None:
    """An edit of the code installs nothing again."""
    files = {
        "install.py": INSTALL,
        "requirements.txt": f"one {bench.token}\n",
        "app.py": "print('first')\n",
    }
    with contexts.folder_of(files) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        code = f"print('second {bench.token}')\n"
        contexts.write(folder / "app.py", code)
        second = contents.build_again(bench, dockerfile, folder)
        if not second:
            return
        contexts.write(folder / "requirements.txt", f"two {bench.token}\n")
        third = contents.build_again(bench, dockerfile, folder)
        if not third:
            return
    ending = bench.output(second, seconds=60)
    bench.require(
        "runs",
        "the image runs app.py, as it is after the edit",
        f"second {bench.token}" in ending.printed,
        f"{ending.why} The edited app.py must be copied into the image, and"
        " CMD must run it.",
    )
    notes = [
        contents.files(bench, tag, "/opt/installed").get("installed", b"")
        for tag in (first, second, third)
    ]
    installed = bench.require(
        "installs",
        "install.py installed what requirements.txt lists",
        f"two {bench.token}".encode() in notes[2],
        "/opt/installed is missing, or holds an old list. Which step runs"
        " install.py, and with which file?",
    )
    if not installed:
        return
    bench.require(
        "code",
        "an edit of app.py does not install again",
        notes[0] == notes[1],
        "The step that runs install.py comes after a COPY that copies app.py,"
        " too.",
    )


DEBIAN = "debian:trixie-slim"
NEEDED = (
    "app.py",
    "requirements.txt",
    "templates/index.html",
    "worker/work.py",
    "worker/data/cities.csv",
)
SECRET = (".env", "worker/.env", ".git/config")
WASTE = (
    "app.log",
    "logs/today.log",
    "data/raw.csv",
    "__pycache__/app.pyc",
    "worker/__pycache__/work.pyc",
)


@exercise("build_cache/ignore", wants="text")
def ignore(bench: Bench, dockerignore: str) -> None:
    """The builder gets the files that are needed, and no others."""
    files = {path: path for path in NEEDED + SECRET + WASTE}
    with contexts.folder_of(
        {**files, ".dockerignore": dockerignore}
    ) as folder:
        # The engine's message names a pattern that it cannot read.
        tag = bench.build(f"FROM {DEBIAN}\nCOPY . /ctx\n", folder)
    if not tag:
        return
    image = bench.client.images.get(tag)
    copied = {
        entry.name.removeprefix("ctx/")
        for _, entry, file in images.walk(image, bench.layers(DEBIAN))
        if file
    }
    lost = [path for path in NEEDED if path not in copied]
    bench.require(
        "needed",
        "the context has the five files that the program needs",
        not lost,
        f"Missing: {', '.join(lost)}. Which pattern matches too much?",
    )
    leaked = [path for path in SECRET if path in copied]
    bench.require(
        "secrets",
        "the context has no .env and no .git, in any folder",
        not leaked,
        f"It has {', '.join(leaked)}. How does a pattern match in every"
        " folder?",
    )
    waste = [path for path in WASTE if path in copied]
    bench.require(
        "waste",
        "the context has no log, no raw data and no bytecode",
        not waste,
        f"It has {', '.join(waste)}. Where does a pattern start to match?",
    )
