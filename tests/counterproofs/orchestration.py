"""Counter-proofs of `orchestration`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "orchestrated": "39dedb0b f380ca5e 347cac4d ee79da75 ebf9d02c a857d20f"
    " cddddc63 36894be0 2e1fe609 4ddff2d8 18c746ec b202ed4a f155b1a7"
    " 632d318a 4cd4d906 e48f295b a3464842",
}

CHANGES = {
    "orchestrated": [
        Change(
            cell="ebf9d02c",
            old="--update-order start-first --update-parallelism 1",
            new="--update-order stop-first --update-parallelism 0",
            because="All replicas stop before their successors start.",
        ),
        Change(
            cell="ebf9d02c",
            old="--restart-delay 1s",
            new="--restart-condition none",
            because="A killed task is never replaced.",
        ),
        Change(
            cell="ebf9d02c",
            old="--update-failure-action rollback",
            new="--update-failure-action pause",
            because="A bad update stays until somebody acts.",
        ),
    ],
}
