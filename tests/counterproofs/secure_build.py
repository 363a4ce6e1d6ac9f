"""Counter-proofs of `secure_build`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "secrets": "b9db8df0 803fec7a 81385be5 87cf3c7b 87cf9597",
    "scannable": "60f4a591 b8dea2c4 f9f00b15 f3fb7b8a b929cf9a",
}

CHANGES = {
    "secrets": [
        Change(
            cell="b9db8df0",
            old="COPY token.txt /token.txt\nRUN test -s /token.txt\n"
            "RUN rm /token.txt",
            new="RUN --mount=type=bind,source=token.txt,target=/run/token"
            " test -s /run/token",
            because="A file that was only mounted is in no layer.",
        ),
        Change(
            cell="81385be5",
            old='RUN test -n "$INDEX_TOKEN"',
            new="ENV UNUSED=1",
            also=(("81385be5", "ARG INDEX_TOKEN", "ARG OTHER_TOKEN"),),
            because="An argument that no ARG declares is in no history row.",
        ),
        Change(
            cell="87cf3c7b",
            old="wc -c < /run/secrets/token > /length",
            new="wc -c < /run/secrets/token > /length &&"
            " cp /run/secrets/token /copy",
            because="The command copies the mounted secret into a layer.",
            sample=True,
        ),
    ],
    "scannable": [
        Change(
            cell="b8dea2c4",
            old="docker:secure-app",
            new="docker:python:3.13-slim",
            because="The base image has none of the app's packages.",
        ),
        Change(
            cell="f3fb7b8a",
            old="jinja2==3.1.4",
            new="jinja2==3.1.6",
            because="The fixed version has no finding.",
        ),
    ],
}
