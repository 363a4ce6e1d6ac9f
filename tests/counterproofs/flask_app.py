"""Counter-proofs of `flask_app`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "the-recipe": "251de989 208ff417",
    "dev-parity": "251de989 bb027110 a0cddb2c d362dbbd c1f49b8a 6701d294"
    " 578105b5 d4d3358a ff54923f",
}

CHANGES = {
    "the-recipe": [
        Change(
            cell="208ff417",
            old="-p $1:80",
            new="-p 80",
            because="The page is not at the port that the recipe names.",
            sample=True,
        ),
        Change(
            cell="208ff417",
            old="-p $1:80 my-python-app",
            new="-p $1:80 python:3.13-slim python -m http.server 80",
            because="Another program answers at this port.",
        ),
    ],
    "dev-parity": [
        Change(
            cell="578105b5",
            old="dev_port = lab.port(5000)",
            new="dev_port = lab.port(5000)\n"
            'builds.build(".", tag="my-python-app", check=True,'
            ' options=["--label", "stage=development"])',
            because="Development gets an image of its own.",
        ),
        Change(
            cell="c1f49b8a",
            old='test = """',
            new='builds.build(".", tag="my-python-app", check=True,'
            ' options=["--label", "stage=test"])\ntest = """',
            because="Another image is tested than the one deployed.",
        ),
    ],
}
