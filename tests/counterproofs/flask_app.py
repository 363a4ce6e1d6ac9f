"""Counter-proofs of `flask_app`."""

from tests.counterproofs.harness import Change

NEEDS = {"the-recipe": "a8c057ee e0940894"}

CHANGES = {
    "the-recipe": [
        Change(
            cell="e0940894",
            old="-p 4000:80",
            new="-p 80",
            because="The page is not at the port that the recipe names.",
            sample=True,
        ),
        Change(
            cell="e0940894",
            old="-p 4000:80 my-python-app",
            new="-p 4000:80 python:3.13-slim python -m http.server 80",
            because="Another program answers at this port.",
        ),
        Change(
            cell="e0940894",
            old="-p 4000:80",
            new="-p 4000:80 -e NAME=Ada",
            because="The page is not the one that the image defines.",
        ),
    ],
}
