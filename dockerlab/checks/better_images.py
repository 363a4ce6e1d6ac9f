"""Exercises of `better_images`: linters, build stages and a fixed base."""

import pathlib
import re

from dockerlab import images, linters
from dockerlab.checks import contexts, frontends, tools
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

SLIM = "python:3.13-slim"


@exercise("better_images/lint", wants="dockerfile")
def lint(bench: Bench, dockerfile: str) -> None:
    """A Dockerfile in which both linters find nothing."""
    with contexts.folder_of({"hello.txt": "hello\n"}) as context:
        tag = bench.build(dockerfile, context)
    if not tag:
        return
    ending = bench.output(tag, network_mode="none")
    bench.require(
        "works",
        "its container still prints: hello World",
        ending.text == "hello World",
        f"{ending.why} It printed {ending.printed[-80:]!r}. Which variable"
        " does the greeting use, and does a shell replace it?",
    )
    text = dockerfile.lstrip()  # both count lines from the first one
    checks = [
        f"line {line}: {rule}"
        for line, rule in linters.build_checks(frontends.inside(text))
    ]
    bench.require(
        "checks",
        "the build checks of docker find nothing",
        not checks,
        f"They report {'; '.join(checks)}. `docker build --check` explains"
        " each one. A comment that skips checks does not count.",
    )
    found = [
        f"line {row['line']}: {row['code']} {row['message']}"
        for row in tools.lint(text, "--disable-ignore-pragma")
    ]
    bench.require(
        "quiet",
        "hadolint finds nothing",
        not found,
        f"Findings: {len(found)}. The first: {''.join(found[:1])}. A comment"
        " that ignores rules does not count.",
    )


# -- two stages ----------------------------------------------------------

HELLO = '#include <stdio.h>\nint main(void) { puts("Hello from C"); }\n'
COMPILERS = re.compile(
    r"(?:.*-)?(?:gcc|g\+\+|cc|c\+\+|cc1|clang|tcc)(?:-\d+)?"
)


@exercise("better_images/two-stages", wants="dockerfile")
def two_stages(bench: Bench, dockerfile: str) -> None:
    """A compiled program on the slim base, and no compiler."""
    with contexts.folder_of({"hello.c": HELLO}) as folder:
        tag = bench.build(dockerfile, folder)
    if not tag:
        return
    ending = bench.output(tag, network_mode="none")
    bench.require(
        "works",
        "a container prints: Hello from C",
        ending.ok and "Hello from C" in ending.printed,
        f"{ending.why} Which program does the image run, and is it in the"
        " last build stage?",
    )
    base = bench.layers(SLIM)
    if not bench.require(
        "slim",
        f"the base image is {SLIM}",
        bench.layers(tag)[: len(base)] == base,
        "The last FROM decides what the image contains.",
    ):
        return
    files = [
        (pathlib.PurePosixPath(entry.name).name, entry.size)
        for _, entry, _ in images.walk(bench.client.images.get(tag), base)
    ]
    compilers = sorted(name for name, _ in files if COMPILERS.fullmatch(name))
    added = sum(size for _, size in files)
    bench.require(
        "clean",
        "it contains no compiler, and adds less than 1 MB to its base",
        not compilers and added < 1e6,
        f"It adds {added / 1e6:.1f} MB"
        f"{' with ' + ', '.join(compilers[:3]) if compilers else ''}."
        " `COPY --from=` copies single files out of another build stage.",
    )


# -- the base, pinned ----------------------------------------------------

BY_DIGEST_ALONE = re.compile(r"^\s*FROM\s.*python@sha256:", re.M | re.I)
MOVED = f"FROM {SLIM}\nRUN touch /moved\n"


@exercise("better_images/digest", wants="dockerfile")
def digest(bench: Bench, dockerfile: str) -> None:
    """A base image that stays the same when its tag moves."""
    with contexts.folder_of() as empty:
        first = bench.try_build(dockerfile, empty)
        bench.require("builds", "the image builds", first.ok, first.hint)
        if not first.ok or not first.build:
            return
        base = bench.layers(SLIM)
        if not bench.require(
            "base",
            f"its base image is {SLIM}, as the engine has it",
            bench.layers(first.tag)[: len(base)] == base,
            "The digest belongs to another image. `docker image inspect"
            f" --format '{{{{.RepoDigests}}}}' {SLIM}` prints the right one.",
        ):
            return
        # For this build every tag in the Dockerfile means another image.
        moved = bench.build_own(MOVED, empty).tag
        names = sorted(first.build.pinned_bases)
        options = [
            f"--build-context={name}=docker-image://{moved}" for name in names
        ]
        second = bench.try_build(dockerfile, empty, options=options)
    above = bench.layers(moved)[len(base)]
    bench.require(
        "pinned",
        "it has the same base image when the tag has moved",
        second.ok and above not in bench.layers(second.tag),
        second.hint
        or "With the moved tag it got the other image. What names the content"
        " of an image, and not only its tag?",
    )
    bench.require(
        "tag",
        f"it also names the tag {SLIM.partition(':')[2]}",
        SLIM in names and not BY_DIGEST_ALONE.search(dockerfile),
        "Without its tag, neither a person nor an update tool can tell which"
        " version the digest belongs to. Write `name:tag@digest`.",
    )
