"""Counter-proofs of `compose`."""

from tests.counterproofs.harness import Change

CHANGES = {
    "microservices": [
        Change(
            cell="c7e8836a",
            old="up -d --wait",
            new="up -d --wait --force-recreate",
            because="Every service gets a new container.",
            sample=True,
        ),
        Change(
            cell="ab040a78",
            old='echo "VERSION=2" > .env',
            new="true",
            because="The container has the old version.",
        ),
    ],
}
NEEDS = {
    "microservices": "2bc6c650 e15a54b9 ab040a78 c7e8836a",
}
