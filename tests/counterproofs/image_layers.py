"""Counter-proofs of `image_layers`."""

from tests.counterproofs.harness import Change

HELLO = "a1702f11 3e1e7ee2 18c0edb6"
DATA = "2cecb098 d5ef76fc"

NEEDS = {
    "layers": HELLO,
    "shared-layers": f"{HELLO} 0da164a5 {DATA}",
    "copy-on-write": f"{HELLO} {DATA} 91855328 d8351f5a 17b247b4",
    "immutable": f"{HELLO} {DATA} 91855328 d8351f5a 5fb8e763",
    "clean-layer": f"0da164a5 {HELLO} c348ad5e e9bb17b6 e52117dd",
}

CHANGES = {
    "layers": [
        Change(
            cell="a1702f11",
            old='LABEL org.opencontainers.image.title="Hello"',
            new="RUN touch /title",
            because="This instruction changes files, so it makes a layer.",
        ),
        Change(
            cell="a1702f11",
            old="RUN true",
            new="ENV NOTHING=true",
            because="This instruction makes no layer.",
        ),
    ],
    "shared-layers": [
        Change(
            cell="2cecb098",
            old="FROM python:3.13-slim",
            new="FROM python:3.13-slim AS base\n"
            "FROM scratch\n"
            "COPY --from=base / /",
            because="The same files are copied into a layer of its own.",
        ),
    ],
    "copy-on-write": [
        Change(
            cell="91855328",
            old="docker run -d",
            new="docker run -d --volume /srv",
            because="The container writes into a volume, not into its layer.",
        ),
    ],
    "immutable": [
        Change(
            cell="5fb8e763",
            old="docker commit image-writer image-committed",
            new="docker commit image-writer image-data\n"
            "docker tag image-data image-committed",
            because="What the container wrote is in the image of this name.",
        ),
        Change(
            cell="5fb8e763",
            old="docker commit image-writer image-committed",
            new="docker tag image-data image-committed",
            because="The change makes no new image.",
        ),
    ],
    "clean-layer": [
        Change(
            cell="e9bb17b6",
            old="/srv/big\nRUN rm /srv/big",
            new="/srv/big && rm /srv/big",
            because="The file is removed before its layer is stored.",
            sample=True,
        ),
        Change(
            cell="e9bb17b6",
            old="/srv/big && rm /srv/big",
            new="/srv/big\nRUN rm /srv/big",
            because="The file is in a layer of the third image, too.",
        ),
    ],
}
