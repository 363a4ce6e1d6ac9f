"""Counter-proofs of `flask_app`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "the-recipe": "00000016 00000017",
    "dev-parity": "00000016 0000002a 0000002e 0000003a 0000003f 00000040"
    " 00000042 00000043 00000044",
}

CHANGES = {
    "the-recipe": [
        Change(
            cell="00000017",
            old="-p $1:80",
            new="-p 80",
            because="The page is not at the port that the recipe names.",
            sample=True,
        ),
        Change(
            cell="00000017",
            old="-p $1:80 my-python-app",
            new="-p $1:80 python:3.13-slim python -m http.server 80",
            because="Another program answers at this port.",
        ),
    ],
    "dev-parity": [
        Change(
            cell="00000042",
            old="dev_port = lab.port(5000)",
            new="dev_port = lab.port(5000)\n"
            'builds.build(".", tag="my-python-app", check=True,'
            ' options=["--label", "stage=development"])',
            because="Development gets an image of its own.",
        ),
        Change(
            cell="0000003f",
            old='test = """',
            new='builds.build(".", tag="my-python-app", check=True,'
            ' options=["--label", "stage=test"])\ntest = """',
            because="Another image is tested than the one deployed.",
        ),
    ],
}
