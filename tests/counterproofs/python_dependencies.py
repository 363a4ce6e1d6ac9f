"""Counter-proofs of `python_dependencies`."""

from tests.counterproofs.harness import Change

INDEX = "a31e2691 adbfd16d 8951c6d2"

NEEDS = {
    "unpinned": INDEX,
    "cache-mount": "a5f27ad5 bc0a7685 80835d30 00928132 28cdfd43 a9010fe3"
    " 55e3f6fc 2deefb01 3b39a43c",
}

CHANGES = {
    "unpinned": [
        Change(
            cell="adbfd16d",
            old='tomorrow = installed("greeting")',
            new='tomorrow = installed("greeting==1.0")',
            because="A pinned version is not replaced by a newer one.",
        ),
        Change(
            cell="8951c6d2",
            old='wheels.make(index, "greeting", "1.0",'
            " 'TEXT = \"replaced\"\\n')\n",
            new="",
            because="Nobody replaced the file of version 1.0.",
        ),
        Change(
            cell="8951c6d2",
            old="greeting==1.0 --hash=sha256:{digest}",
            new="greeting==1.0",
            because="A version without a hash accepts another file.",
            sample=True,
        ),
    ],
    "cache-mount": [
        Change(
            cell="00928132",
            old="--mount=type=cache,id=deps-uv,target=/root/.cache/uv",
            new="--mount=type=tmpfs,target=/root/.cache/uv",
            because="The folder is empty again in each build.",
        ),
        Change(
            cell="00928132",
            old="    uv sync --locked --no-install-project",
            new="    uv sync --locked --no-install-project"
            " && cp -r /root/.cache/uv /root/.cache/kept",
            because="A copy of the downloads is in the image.",
        ),
    ],
}
