"""Counter-proofs of `secure_images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "secrets": "1e35f615 80a04cd4 5349a84e f23bf6fa a0edb6e1 b09b9bf2",
    "layered-security": "75e22e60 b108bdd8 86a9e65f 5b9b7766 98d4d0e8"
    " 3bcc42c5",
    "scannable": "95dea0c9 8ca8f621 cbb6822c 66d0a236 21ce5c13 4fc8953a",
    "signable": "4dad9c6e 17092b45 e7cf0d85 f34efce8 33be468a 6ebf2137"
    " 8d100677",
}

CHANGES = {
    "secrets": [
        Change(
            cell="1e35f615",
            old="COPY token.txt /token.txt\n"
            "RUN test -s /token.txt && rm /token.txt",
            new="RUN --mount=type=bind,source=token.txt,target=/run/token"
            " test -s /run/token",
            because="A file that was only mounted is in no layer.",
        ),
        Change(
            cell="a0edb6e1",
            old="sha256sum /run/secrets/token | cut -c -64",
            new="cat /run/secrets/token",
            because="The command copies the mounted secret into a layer.",
            sample=True,
        ),
    ],
    "layered-security": [
        Change(
            cell="86a9e65f",
            old='{"user": "1000"}',
            new="{}",
            because="The process is root, so it can change the system.",
        ),
        Change(
            cell="86a9e65f",
            old='"read_only": True, ',
            new="",
            because="The root is writable, so a user can change own files.",
        ),
        Change(
            cell="86a9e65f",
            old='{"cap_drop": ["ALL"]}',
            new="{}",
            because="The capability for raw sockets is still there.",
        ),
        Change(
            cell="86a9e65f",
            old='{"security_opt": ["no-new-privileges"]}',
            new="{}",
            because="A setuid program still gives root's rights.",
        ),
        Change(
            cell="5b9b7766",
            old='if name != "default seccomp":',
            new="if name:",
            because="Without the seccomp filter a namespace can be opened.",
        ),
    ],
    "scannable": [
        Change(
            cell="95dea0c9",
            old="docker:secure-app",
            new="docker:python:3.13-slim",
            because="The base image has none of the app's packages.",
        ),
        Change(
            cell="66d0a236",
            old="jinja2==3.1.4",
            new="jinja2==3.1.6",
            because="The fixed version has no finding.",
        ),
    ],
    "signable": [
        Change(
            cell="6ebf2137",
            old='"--key", "stranger.key"',
            new='"--key", "cosign.key"',
            because="An owner of the private key can sign a changed image.",
        ),
        Change(
            cell="17092b45",
            old='cosign("sign", "--key", "cosign.key", *signing, original)',
            new="None",
            because="An image that nobody signed does not verify.",
        ),
    ],
}
