"""Counter-proofs of `layers_and_cache`."""

from tests.counterproofs.harness import Change

NEEDS = {"cache-mount": "03c8207a 19e0c5a4 c14669de 85d24504"}

CHANGES = {
    "cache-mount": [
        Change(
            cell="03c8207a",
            old="RUN --mount=type=cache,id=layers-wheels,target=/wheels",
            new="RUN mkdir --parents /wheels &&",
            because="The downloads are in the image, and no build keeps them.",
        ),
    ],
}
