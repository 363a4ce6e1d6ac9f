"""Counter-proofs of `ci_cd`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "ci-cd": "0b181c97 e98bec5c 645ab2bd d2cf1d0b 80b0b417 5b6cc7db 26a96265"
    " a1f7a996 ec4e4fc3 0818536b ba7b6b79 9afe05c8 882ef510 558d0e50",
}

CHANGES = {
    "ci-cd": [
        Change(
            cell="80b0b417",
            old="docker run --rm ci-test",
            new="docker run --rm ci-test | tail -n 1",
            because="The pipe hides the exit code of the failing test.",
        ),
        Change(
            cell="ba7b6b79",
            old="if any(code for *_, code in done):",
            new="if not steps:",
            because="The pipeline continues after a failed step.",
        ),
    ],
}
