"""Counter-proofs of `namespaces_and_vms`."""

from tests.counterproofs.harness import Change

NEEDS = {"fast-start": "3734d452 17768c6b dfbb45de"}

CHANGES = {
    "fast-start": [
        Change(
            cell="3734d452",
            old='[first_word(*run, "echo", "READY") for _ in range(9)]',
            new='[first_word(*run, "sh", "-c", "sleep 6; echo READY")]',
            because="The container needs seconds before its first word, as a"
            " machine that boots does.",
        ),
        Change(
            cell="dfbb45de",
            old='[*run, "cat", "/proc/uptime"]',
            new='[*run, "awk", "NR == 1 {up = $1} NR == 2 {print up - $22 /'
            ' 100}", "/proc/uptime", "/proc/1/stat"]',
            because="The clock begins with the container, as that of a kernel"
            " of its own would.",
        ),
    ],
}
