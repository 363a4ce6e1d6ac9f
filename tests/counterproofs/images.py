"""Counter-proofs of `images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "extensible": "330befde 930e5e7f e59e656c",
}

CHANGES = {
    "extensible": [
        Change(
            cell="930e5e7f",
            old="USER app\n",
            new="",
            because="The base image does not set the user.",
        ),
        Change(
            cell="e59e656c",
            old='echo "FROM images-base"',
            new=r'printf "FROM images-base\nENV PYTHONUNBUFFERED=\n"',
            because="The app does not keep the setting of its base image.",
        ),
    ],
}
