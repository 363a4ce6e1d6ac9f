"""Counter-proofs of `better_images`."""

from tests.counterproofs.harness import Change

_START = "d6d66fd0 73968756 778eac8f"  # the folder and the first image
_STAGES = f"{_START} 205da8cc e58ead41 7d83a9e5 3cad5fb8"
NEEDS = {
    "env-form": "73968756",
    "copy-all": f"{_START} e58ead41",
    "multi-stage": f"{_STAGES} 5278d9c7",
    "eol-base": _STAGES,
    "minimal-base": f"{_STAGES} 5278d9c7 16c061e5 807a3ed7",
}

CHANGES = {
    "env-form": [
        Change(
            cell="73968756",
            old="ENV NAME World",
            new="ENV NAME=World",
            because="The build checks have nothing to report about `=`.",
            sample=True,
        ),
    ],
    "copy-all": [
        Change(
            cell="e58ead41",
            old=".dockerignore\n*\n",
            new=".dockerignore\n",
            because="Nothing is excluded, so everything is copied.",
        ),
        Change(
            cell="778eac8f",
            old="docker build -t better-start .",
            new="echo .env > .dockerignore\ndocker build -t better-start .",
            because="The password is kept out of the first image, too.",
        ),
    ],
    "multi-stage": [
        Change(
            cell="7d83a9e5",
            old="FROM python:3.13-slim\n",
            new="FROM python:3.13\n",
            because="The last stage starts from an image with a compiler.",
        ),
    ],
    "eol-base": [
        Change(
            cell="56f05ed7",
            old='".".join(full_version.split(".")[:2])',
            new='"3.8"',
            because="An image of Python 3.8 gets no security fixes.",
        ),
        Change(
            cell="56f05ed7",
            old='"3.8": "2024-10"',
            new='"3.8": "2099-10"',
            because="Python 3.8 would still get security fixes.",
        ),
    ],
    "minimal-base": [
        Change(
            cell="807a3ed7",
            old="-slim/python:3.13/",
            new="-slim/python:3.13-slim/",
            because="Both images have the slim base.",
        ),
    ],
}
