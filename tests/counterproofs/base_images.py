"""Counter-proofs of `base_images`."""

from tests.counterproofs.harness import Change

NEEDS = {"extensible": "72abfa23 792e957e 4de5c864 c25697c2"}

CHANGES = {
    "extensible": [
        Change(
            cell="72abfa23",
            old="USER app\n",
            new="",
            because="The base image does not set the user.",
            sample=True,
        ),
        Change(
            cell="4de5c864",
            old='echo "FROM base-team"',
            new=r'printf "FROM base-team\nENV PYTHONUNBUFFERED=\n"',
            because="The app does not keep the setting of its base image.",
        ),
    ],
}
