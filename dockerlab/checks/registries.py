"""Exercises of `registries`."""

import subprocess

from dockerlab import builds
from dockerlab.base.errors import LabError
from dockerlab.checks import pushed
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.lab import Lab
from dockerlab.registries import Registry, on_this_machine

HELLO, SHOP = "registries-hello", "registries-shop"
RELEASE = "FROM python:3.13-slim\nENV RELEASE={}\n"
# One manifest each. Where an engine lost the attestation beside it, a push
# sends the manifest without the index, and the tag names another digest.
PLAIN = ("--provenance=false",)


def open_shop(lab: Lab, shop: str) -> None:
    """Push two releases of the shop as `latest`; production runs the first.

    Production is the container `registries-shop`, started by digest.

    Args:
        shop: the repository's name, with the registry.

    Raises:
        LabError: the registry does not answer, or a command fails.
    """
    found = on_this_machine(shop)
    if not found:
        raise LabError(f"{shop} names no registry of this machine.")
    lab.discard(SHOP)
    for release in ("good", "broken"):
        name = f"{shop}:latest"
        text = RELEASE.format(release)
        builds.build(tag=name, dockerfile=text, options=PLAIN, check=True)
        _docker("push", "--quiet", name)
        if release == "good":
            digest = Registry(found[0]).digest(found[1], "latest")
            options = ["--detach", "--init", "--name", SHOP]
            _docker("run", *options, f"{shop}@{digest}", "sleep", "86400")


def _docker(*words: str) -> None:
    run = subprocess.run(["docker", *words], capture_output=True, text=True)
    if run.returncode:
        raise LabError(f"docker {words[0]} failed.", run.stderr[-300:])


@exercise("registries/two-names", wants="image")
def two_names(bench: Bench, name: str) -> None:
    """A repository has the tags 2.0 and stable, for one image."""
    registry = pushed.registry_of(bench, name, HELLO)
    if not registry:
        return
    named = registry.named(HELLO)
    if not bench.require(
        "pushed",
        "its registry has the tags 2.0 and stable",
        {"2.0", "stable"} <= set(named),
        f"It has {', '.join(named) or 'none'}. A tag exists in the registry"
        " only after you push it.",
    ):
        return
    found = registry.manifest(HELLO, "stable")
    bench.require(
        "same",
        "both tags name the same digest",
        named["2.0"] == named["stable"],
        f"2.0 names {named['2.0'][:19]}, and stable {named['stable'][:19]}."
        " One image can have many tags: which command adds a tag, without a"
        " build?",
    )
    whole = found and pushed.is_whole(registry, HELLO, found)
    hint = f"{pushed.INCOMPLETE} Push the image again."
    text = "the registry delivers every part of it"
    image = registry.image(HELLO, "stable")
    if not bench.require("whole", text, whole, hint) or not image:
        return
    if not bench.image(HELLO):
        return
    rootfs = registry.config(HELLO, image).get("rootfs", {})
    bench.require(
        "image",
        f"it is the image {HELLO}",
        rootfs.get("diff_ids") == bench.layers(HELLO),
        f"It has other layers than {HELLO} on your engine. Which image did"
        " you tag?",
    )


@exercise("registries/rollback", wants="image")
def rollback(bench: Bench, name: str) -> None:
    """The tag in the registry names what production was started from."""
    registry = pushed.registry_of(bench, name, SHOP)
    if not registry:
        return
    shop = bench.container(SHOP)
    settings = shop.attrs["Config"] if shop else {}
    runs = str(settings.get("Image", ""))
    if not bench.require(
        "production",
        f"{SHOP} is the good release, started by its digest",
        "@sha256:" in runs and "RELEASE=good" in settings["Env"],
        f"It was started from {runs or 'nothing: there is no container'}."
        " `open_shop` starts it again.",
    ):
        return
    good = runs.partition("@")[2]
    latest = registry.manifest(SHOP, "latest")
    # An index of that image alone leads to it, too: `imagetools` writes one.
    moved = latest is not None and (
        latest.digest == good
        or [image.digest for _, image in latest.platforms] == [good]
    )
    bench.require(
        "moved",
        "in the registry, latest names the digest that production runs",
        moved,
        f"Production runs {good[:19]}, and latest names"
        f" {latest.digest[:19] if latest else 'nothing'}. Moving a tag on"
        " your engine moves nothing in the registry. A new build is another"
        " image, with another digest.",
    )
    if not latest or not moved:
        return
    bench.require(
        "whole",
        "the registry delivers every part of it",
        pushed.is_whole(registry, SHOP, latest),
        f"{pushed.INCOMPLETE} Pull the good image by its digest, and push it.",
    )
