"""Exercises of `multi_platform`: an index, and programs for two processors."""

import posixpath

from dockerlab import elf
from dockerlab.checks import contents, contexts, pushed
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.registries import Manifest, Registry

PLATFORMS = ("linux/amd64", "linux/arm64")


@exercise("multi_platform/platforms", wants="image")
def platforms(bench: Bench, name: str) -> None:
    """One tag leads to an image for amd64 and one for arm64."""
    repository = "multi-words"
    registry = pushed.registry_of(bench, name, repository)
    if not registry:
        return
    index = registry.manifest(repository, "1.0")
    hint = "Push it: the registry has no such tag."
    bench.require("pushed", "the registry has 1.0", index, hint)
    if not index:
        return
    if not bench.require(
        "index",
        "the name leads to an index",
        index.platforms,
        "It leads to a single manifest. Push one image per platform, each"
        " under its own tag, then join the tags.",
    ):
        return
    # "linux/arm64/v8" is arm64, too.
    named = {"/".join(p.split("/")[:2]): m for p, m in index.platforms}
    bench.require(
        "both",
        "the index has linux/amd64 and linux/arm64",
        {"linux/amd64", "linux/arm64"} <= set(named),
        f"It has {', '.join(sorted(named))}. For which platforms were the"
        " joined images built?",
    )
    bench.require(
        "honest",
        "each image is built for the platform in the index",
        all(
            _built_for(registry, repository, part) == platform
            for platform, part in named.items()
        ),
        "The configuration of an image names its platform, and the index"
        " names another one. Rename nothing: build the image with"
        " `--platform`.",
    )
    bench.require(
        "whole",
        "the registry delivers every part of both",
        pushed.is_whole(registry, repository, index),
        f"{pushed.INCOMPLETE} Push the images again.",
    )


def _built_for(registry: Registry, repository: str, image: Manifest) -> str:
    """The platform in the image's configuration, empty if it has none."""
    config = registry.config(repository, image)
    return f"{config.get('os', '')}/{config.get('architecture', '')}"


@exercise("multi_platform/cross", wants="dockerfile")
def cross(bench: Bench, dockerfile: str) -> None:
    """A Dockerfile that builds a program for either platform."""
    with open(elf.__file__, encoding="utf-8") as file:
        compiler = file.read()
    for platform in PLATFORMS:
        with contexts.folder_of({"compile.py": compiler}) as context:
            built = bench.try_build(
                dockerfile, context, options=["--platform", platform]
            )
        hint = built.hint
        if "exec format error" in hint:
            hint += (
                ". A stage with RUN must use the platform of the machine that"
                " builds."
            )
        text = f"it builds for {platform}"
        if not bench.require(f"builds {platform}", text, built.ok, hint):
            return
        if not _is_program(bench, built.tag, platform):
            return


def _is_program(bench: Bench, tag: str, platform: str) -> bool:
    """Judge what an image for a platform starts."""
    wanted = platform.partition("/")[2]
    config = bench.client.images.get(tag).attrs["Config"]
    command = [*(config.get("Entrypoint") or []), *(config.get("Cmd") or [])]
    folder = config.get("WorkingDir") or "/"
    starts = posixpath.normpath(posixpath.join(folder, *command[:1]))
    bench.require(
        f"starts {platform}",
        f"the image for {platform} starts /hello",
        # A name without a slash is looked up in PATH instead.
        starts == "/hello" and "/" in command[0],
        f"It starts {command}. The exec form names a program without shell.",
    )
    found = contents.files(bench, tag, "/hello").get("hello", b"")
    processor = elf.processor(found)
    bench.require(
        f"program {platform}",
        f"its /hello is a program for {wanted}",
        processor == wanted,
        f"It is a program for {processor}. For which one did the compiler"
        " write?"
        if processor
        else "There is no such program in the image.",
    )
    bench.require(
        f"small {platform}",
        "the image contains no Python",
        not contents.files(bench, tag, "/usr/local/bin/python3.13"),
        "It contains the compiler's Python. Which build stage ships?",
    )
    if all(one.met for one in bench.criteria) and wanted == _own(bench):
        ending = bench.output(tag, network_mode="none")
        bench.require("runs", "its program runs here", ending.ok, ending.why)
    return all(one.met for one in bench.criteria)


def _own(bench: Bench) -> str:
    """The processor of the engine's machine."""
    return str(bench.client.version()["Arch"])
