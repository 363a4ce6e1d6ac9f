"""Counter-proofs of `instruction_map`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "STOPSIGNAL": "1a5f0002 1a5f0003",
    "SHELL": "1a5f0005 1a5f0006",
    "ONBUILD": "1a5f0008 1a5f0009",
}

CHANGES = {
    "STOPSIGNAL": [
        Change(
            cell="1a5f0002",
            old="STOPSIGNAL SIGUSR1\n",
            new="",
            because="Without STOPSIGNAL the engine sends SIGTERM.",
            sample=True,
        ),
    ],
    "SHELL": [
        Change(
            cell="1a5f0006",
            old='SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n',
            new="",
            because="The default shell takes the last exit code of a pipe.",
            sample=True,
        ),
        Change(
            cell="1a5f0006",
            old='"-o", "pipefail", ',
            new="",
            because="Without pipefail bash takes the last exit code too.",
        ),
    ],
    "ONBUILD": [
        Change(
            cell="1a5f0008",
            old='ONBUILD RUN echo "built from the parent" > /srv/note',
            new="RUN touch /srv/note",
            because="A RUN is executed in the parent's build.",
        ),
        Change(
            cell="1a5f0008",
            old='echo "FROM instruction-parent"',
            new='echo "FROM debian:trixie-slim"',
            because="The image is not a child of the parent.",
        ),
    ],
}
