"""Counter-proofs of `more_instructions`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "LABEL": "00000006 00000008",
    "HEALTHCHECK": "0000000c 0000000e 0000000f",
    "STOPSIGNAL": "00000013 00000014 00000015",
    "SHELL": "00000004 00000018 0000001b",
    "ONBUILD": "00000004 0000001e 0000001f",
    "env-form": "0000004e 00000050 00000053 00000054 0000005a",
}

CHANGES = {
    "LABEL": [
        Change(
            cell="00000006",
            old='version="1.2"',
            new='version="1.3"',
            because="The filter does not find an image of another version.",
        ),
    ],
    "HEALTHCHECK": [
        Change(
            cell="0000000c",
            old="test -e /tmp/ready",
            new="test -e /ready",
            because="A check that always fails is never healthy.",
        ),
    ],
    "STOPSIGNAL": [
        Change(
            cell="00000014",
            old="STOPSIGNAL SIGUSR1\n",
            new="",
            because="Without STOPSIGNAL the engine sends SIGTERM.",
            sample=True,
        ),
    ],
    "SHELL": [
        Change(
            cell="0000001b",
            old='SHELL ["/bin/bash", "-o", "pipefail", "-c"]\n',
            new="",
            because="The default shell takes the last exit code of a pipe.",
            sample=True,
        ),
        Change(
            cell="0000001b",
            old='"-o", "pipefail", ',
            new="",
            because="Without pipefail bash takes the last exit code too.",
        ),
    ],
    "ONBUILD": [
        Change(
            cell="0000001e",
            old="ONBUILD COPY hello.txt /srv/",
            new="RUN touch /srv/hello.txt",
            because="A RUN is executed in the parent's build.",
        ),
        Change(
            cell="0000001f",
            old="FROM more-parent",
            new="FROM debian:trixie-slim",
            because="The image is not a child of the parent.",
        ),
    ],
    "env-form": [
        Change(
            cell="0000004e",
            old="ENV NAME World",
            new="ENV NAME=World",
            because="The linter has no finding for the form with `=`.",
        ),
    ],
}
