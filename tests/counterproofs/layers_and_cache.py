"""Counter-proofs of `layers_and_cache`."""

from tests.counterproofs.harness import Change

STACKS = "b6bd2e90 2a06c3ed"
BUILDS = "f26595c1 88d59d73"

NEEDS = {
    "layers": "b6bd2e90 7d0c7228",
    "shared-layers": f"{STACKS} 44c2dd92 02b2293e 34db9958",
    "copy-on-write": "dce8d922 2a35a013 17ed70ba 76e864a3 fe86fe5e",
    "build-cache": BUILDS,
    "partial-rebuild": f"{BUILDS} 3eb97211",
    "copy-order": f"{BUILDS} 3eb97211 7c7108dd a1f7e0ca",
    "dockerignore": "ded917fb 2bfade3b 0801e80b",
    "cache-mount": "ded917fb 03c8207a 19e0c5a4 c14669de 85d24504",
    "clean-layer": f"{STACKS} 290a1f48 ead2aa0a",
}

CHANGES = {
    "layers": [
        Change(
            cell="b6bd2e90",
            old='LABEL org.opencontainers.image.title="parts"',
            new="RUN touch /title",
            because="This instruction changes files, so it makes a layer.",
        ),
    ],
    "shared-layers": [
        Change(
            cell="44c2dd92",
            old="FROM debian:trixie-slim",
            new="FROM debian:trixie-slim AS base\n"
            "FROM scratch\n"
            "COPY --from=base / /",
            because="The same files are copied into a layer of its own.",
        ),
    ],
    "copy-on-write": [
        Change(
            cell="2a35a013",
            old="docker run --detach",
            new="docker run --detach --volume /shelf",
            because="The container writes into a volume, not into its layer.",
        ),
    ],
    "build-cache": [
        Change(
            cell="88d59d73",
            old='again = builds.build(".", tag="layers-hello", check=True)',
            new='again = builds.build(".", tag="layers-hello", check=True,'
            ' options=["--no-cache"])',
            because="The second build may not use the cache.",
        ),
        Change(
            cell="88d59d73",
            old="again =",
            new='edit("app.py")\nagain =',
            because="A file that an instruction uses has changed.",
        ),
    ],
    "partial-rebuild": [
        Change(
            cell="3eb97211",
            old='edit("app.py")',
            new='os.utime("app.py")',
            because="No content has changed, so no layer is built again.",
        ),
    ],
    "copy-order": [
        Change(
            cell="7c7108dd",
            old="COPY requirements.txt .\n"
            "RUN pip install -r requirements.txt\n"
            "COPY . .\n",
            new="COPY . .\nRUN pip install -r requirements.txt\n",
            because="The code is still copied before the packages.",
        ),
    ],
    "dockerignore": [
        Change(
            cell="0801e80b",
            old=r'"*.log\n.dockerignore\n"',
            new=r'".dockerignore\n"',
            because="The log file is not ignored any more.",
        ),
    ],
    "cache-mount": [
        Change(
            cell="03c8207a",
            old="RUN --mount=type=cache,id=layers-wheels,target=/wheels",
            new="RUN mkdir --parents /wheels &&",
            because="The downloads are in the image, and no build keeps them.",
        ),
    ],
    "clean-layer": [
        Change(
            cell="290a1f48",
            old=r'f"RUN {make}\nRUN {count}\nRUN {delete}"',
            new='f"RUN {make} && {count} && {delete}"',
            because="The file is removed before its layer is stored.",
            sample=True,
        ),
        Change(
            cell="290a1f48",
            old='f"RUN {make} && {count} && {delete}"',
            new=r'f"RUN {make} && {count}\nRUN {delete}"',
            because="The file is in a layer of the third image, too.",
        ),
    ],
}
