"""Counter-proofs of `swarm_operations`."""

from tests.counterproofs.harness import Change

_UPDATE = ("ae105269",)
_BAD_UPDATE = ("f56b7a37", "ba9ed0cc")

NEEDS = {
    "orchestrated": "418840e6 2a7ec2bc 92d60b69 76dad846 259f0960 70c569bd"
    " 3d4d2b57 b06ee558 c15729d0 d5d6722b cae242a0 927dc170 a83c2980"
    " 0e72b803 ef757b39 fcbeda10 4b8d9aec ae105269 bfe38311 f56b7a37"
    " ba9ed0cc 7d826fbc 8b9931b6",
}

CHANGES = {
    "orchestrated": [
        Change(
            cell="76dad846",
            old="--update-order start-first --update-parallelism 1",
            new="--update-order stop-first --update-parallelism 0",
            because="All replicas stop before their successors start.",
            skip=_BAD_UPDATE,
        ),
        Change(
            cell="76dad846",
            old="--restart-delay 500ms",
            new="--restart-delay 90s",
            because="A killed task is not replaced within the time allowed.",
            skip=(*_UPDATE, "bfe38311", *_BAD_UPDATE),
        ),
        Change(
            cell="76dad846",
            old="--update-failure-action rollback",
            new="--update-failure-action pause",
            because="A bad update stays until somebody acts.",
        ),
    ],
}
