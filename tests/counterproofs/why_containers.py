"""Counter-proofs of `why_containers`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "own-filesystem": "00000004 00000008 0000000e 0000000f 00000018",
}

CHANGES = {
    "own-filesystem": [
        Change(
            cell="00000004",
            old="--name why-a",
            new="--name why-a --volume why-shared:/only-in-a",
            also=(
                (
                    "0000000e",
                    "--name why-b",
                    "--name why-b --volume why-shared:/only-in-a",
                ),
            ),
            because="Both containers share one volume at this path.",
            sample=True,
        ),
    ],
}
