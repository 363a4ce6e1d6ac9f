"""Exercises of `image_layers`: what makes a layer and what stays in it."""

import hashlib
import io
import os
import tarfile

from dockerlab import images
from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

# The Dockerfile that the exercise shows, and the start of each line.
COUNT = """FROM debian:trixie-slim
USER nobody
WORKDIR /srv
ADD notes.txt .
ENV STAGE=test
RUN export STAGE=live
VOLUME /data
STOPSIGNAL SIGINT
"""
LINES = (
    "USER nobody",
    "WORKDIR /srv",
    "ADD notes.txt",
    "ENV STAGE",
    "RUN export",
    "VOLUME /data",
    "STOPSIGNAL SIGINT",
)
KINDS = ("layer", "setting")


@exercise("image_layers/count", wants="mapping")
def count(bench: Bench, prediction: dict[str, object]) -> None:
    """Which lines of a Dockerfile make a layer."""
    said = {
        str(line).strip(): str(kind).strip().lower()
        for line, kind in prediction.items()
    }
    odd = [line for line in LINES if said.get(line) not in KINDS]
    hint = f"The seven lines are: {', '.join(LINES)}."
    if odd and odd[0] in said:
        hint = f"For {odd[0]} it says {said[odd[0]]!r:.40}."
    text = "it predicts `layer` or `setting` for each of the seven lines"
    whole = set(said) == set(LINES) and not odd
    if not bench.require("complete", text, whole, hint):
        return
    with contexts.folder_of({"notes.txt": bench.token}) as folder:
        tag = bench.build_own(COUNT, folder).tag
    history = images.read_image(bench.client, tag).history
    truth = {
        line: "setting" if row.empty else "layer"
        for line in LINES
        for row in history
        if row.instruction.startswith(line.split()[0] + " ")
    }

    def wrong(kind: str) -> list[str]:
        """The lines of this kind that were predicted otherwise."""
        return [x for x in LINES if truth[x] == kind != said[x]]

    bench.require(
        "layers",
        "you predicted every line that makes a layer",
        not wrong("layer"),
        f"Also a layer: {', '.join(wrong('layer'))}. It is a build step,"
        " and its result is stored, even if it changes no file.",
    )
    bench.require(
        "settings",
        "you predicted every line that is a setting",
        not wrong("setting"),
        f"No layer: {', '.join(wrong('setting'))}. It changes no file of the"
        " image, only its configuration.",
    )


@exercise("image_layers/no-archive", wants="dockerfile")
def no_archive(bench: Bench, dockerfile: str) -> None:
    """The image has the unpacked file, and no layer has the archive."""
    stars = os.urandom(30_000).hex().encode()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        member = tarfile.TarInfo("stars.csv")
        member.size = len(stars)
        archive.addfile(member, io.BytesIO(stars))
    with contexts.folder_of({"stars.tar": packed.getvalue()}) as folder:
        tag = bench.build(dockerfile, folder)
    if not tag:
        return
    there = contents.files(bench, tag, "/srv/stars.csv")
    bench.require(
        "unpacked",
        "the image has the catalogue at /srv/stars.csv",
        there.get("stars.csv") == stars,
        "The file is missing or incomplete. Which step unpacks the archive,"
        " and into which folder?",
    )
    whole = hashlib.sha256(packed.getvalue()).hexdigest()
    hashes = images.saved_hashes(bench.client.images.get(tag))
    bench.require(
        "clean",
        "no layer contains the archive",
        whole not in hashes,
        "A layer keeps every file that was copied into it. Which instruction"
        " brings in the archive, and is that necessary?",
    )
