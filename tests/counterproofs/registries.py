"""Counter-proofs of `registries`."""

from tests.counterproofs.harness import Change

SERVED = "c347ef04 6e06d558 933026e7"
PUSH_LATEST = "docker push --quiet $app:latest\n"

NEEDS = {
    "versioned": f"{SERVED} 4eb8d472 ef54965f 1ffb4f02 99316aa0 22746245"
    " 007b4b68 b5d1f6dc 403d092c 8fa61783 a3fa35b9",
    "portable": f"{SERVED} d2ae3369 66b015b0 700e9933 157e46e7 4ed5d0ae",
}

CHANGES = {
    "versioned": [
        Change(
            cell="8fa61783",
            old=PUSH_LATEST,
            new="",
            because="The tag that was rolled back was not pushed.",
            sample=True,
        ),
        Change(
            cell="b5d1f6dc",
            old=PUSH_LATEST,
            new="",
            because="A tag does not move in the registry until it is pushed.",
        ),
        Change(
            cell="b5d1f6dc",
            old=PUSH_LATEST,
            new=f"{PUSH_LATEST}docker tag $app:1.1 $app:1.0\n"
            "docker push --quiet $app:1.0\n",
            because="Somebody pushed another image as version 1.0.",
        ),
    ],
    "portable": [
        Change(
            cell="700e9933",
            old="docker image rm registries-tool\n",
            new="docker tag registries-tool registries-copy\n"
            "docker image rm registries-tool\n",
            because="The image's layer was on this machine all the time.",
        ),
        Change(
            cell="4ed5d0ae",
            old="docker load -i tool.tar\n",
            new="docker load -i tool.tar\n"
            "printf 'FROM registries-tool\\nRUN touch /new\\n' |\n"
            "    docker build -t registries-tool - 2>&1\n",
            because="This machine runs another image under the name.",
            sample=True,
        ),
        Change(
            cell="4ed5d0ae",
            old="docker load -i tool.tar\n",
            new="docker load -i tool.tar\n"
            'printf \'FROM registries-tool\\nCMD ["echo", "other"]\\n\' |\n'
            "    docker build -t registries-tool - 2>&1\n",
            because="An image with the same layers starts another program.",
        ),
    ],
}
