"""Counter-proofs of `more_instructions`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "STOPSIGNAL": "13e28b04 760e288f 7f28b4cb",
    "SHELL": "1ed7f1d9 06ddc07f ca2e85de",
    "ONBUILD": "1ed7f1d9 030c6183 322a0ccf",
}

CHANGES = {
    "STOPSIGNAL": [
        Change(
            cell="760e288f",
            old="STOPSIGNAL SIGUSR1\n",
            new="",
            because="Without STOPSIGNAL the engine sends SIGTERM.",
            sample=True,
        ),
    ],
    "SHELL": [
        Change(
            cell="ca2e85de",
            old='SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n',
            new="",
            because="The default shell takes the last exit code of a pipe.",
            sample=True,
        ),
        Change(
            cell="ca2e85de",
            old='"-o", "pipefail", ',
            new="",
            because="Without pipefail bash takes the last exit code too.",
        ),
    ],
    "ONBUILD": [
        Change(
            cell="030c6183",
            old="ONBUILD COPY hello.txt /srv/",
            new="RUN touch /srv/hello.txt",
            because="A RUN is executed in the parent's build.",
        ),
        Change(
            cell="322a0ccf",
            old="FROM more-parent",
            new="FROM debian:trixie-slim",
            because="The image is not a child of the parent.",
        ),
    ],
}
