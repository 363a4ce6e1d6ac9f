"""Counter-proofs of `images`."""

from tests.counterproofs.harness import Change

BUILT = "330befde a65a7c68 2322c96e"
SAVED = f"{BUILT} e5cb7909 4d5efe3c e6379190 0dab88f2 52ec6a55"

NEEDS = {
    "content-address": f"{SAVED} 433a7367",
    "extensible": "330befde 930e5e7f e59e656c",
}

CHANGES = {
    "content-address": [
        Change(
            cell="0dab88f2",
            old="unpacked(archive.extractfile(path).read())",
            new="unpacked(archive.extractfile(path).read())"
            '.replace(b"GREETING", b"greeting")',
            because="A layer's content is not the one that its name promises.",
            sample=True,
        ),
        Change(
            cell="e6379190",
            old='archive.extractfile(manifest["Config"]).read()',
            new='archive.extractfile(manifest["Config"]).read()'
            '.replace(b"GREETING=Hello", b"GREETING=hello")',
            because="The configuration is not the one that its name promises.",
        ),
    ],
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
