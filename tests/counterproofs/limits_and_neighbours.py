"""Counter-proofs of `limits_and_neighbours`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "63249eda": "d0340af6 6e533230",
    "13178a22": "3c05021c b5b75f72",
    "shared-host": "125e8071 d15bf73e a72724c0 ba4c65d6 ea464d1a f696d016",
}

CHANGES = {
    "resource-limits": [
        Change(
            cell="d0340af6",
            old="--memory 64m --memory-swap 64m",
            new="--memory 640m",
            also=(("d0340af6", "range(100)", "range(40)"),),
            because="Without the limit the program gets all that it wants.",
            proof="63249eda",
        ),
        Change(
            cell="3c05021c",
            old="--name limits-tenth --cpus 0.1",
            new="--name limits-tenth",
            because="Without a limit the kernel never pauses the loop.",
            proof="13178a22",
        ),
    ],
    "shared-host": [
        Change(
            cell="ba4c65d6",
            old='["--cpus", "0.05"]',
            new="[]",
            because="Without a limit the neighbour takes what it can get.",
            skip=("f696d016",),
        ),
        Change(
            cell="f696d016",
            old='start_greedy("--memory", "100m", "--memory-swap", "100m")',
            new="start_greedy()",
            because="Without a limit the kernel does not end the neighbour.",
        ),
    ],
}
