"""Counter-proofs of `build_cache`."""

from tests.counterproofs.harness import Change

FIRST = "6e5d5385 c40655d1 c7ea1670"
ORDER = f"{FIRST} c3f3bdc9 5815c24f 618ba784"

NEEDS = {
    "build-cache": FIRST.removesuffix(" c7ea1670"),
    "partial-rebuild": f"{FIRST} c3f3bdc9",
    "copy-order": ORDER,
    "dockerignore": f"{ORDER} e0000003 e0000004 a11857b9 a4065698",
}

CHANGES = {
    "build-cache": [
        Change(
            cell="c7ea1670",
            old='again = builds.build(".", tag="build-hello", check=True)',
            new='again = builds.build(".", tag="build-hello", check=True,'
            ' options=["--no-cache"])',
            because="The build may not use the cache.",
        ),
        Change(
            cell="c7ea1670",
            old="again = ",
            new='os.rename("README.md", "NOTES.md")\nagain = ',
            because="A file that an instruction uses has another name.",
            sample=True,
        ),
    ],
    "partial-rebuild": [
        Change(
            cell="c3f3bdc9",
            old='edit("app.py")',
            new='os.utime("app.py")',
            because="No content has changed, so no layer is built again.",
        ),
    ],
    "copy-order": [
        Change(
            cell="5815c24f",
            old="COPY requirements.txt .\n"
            "RUN pip install -r requirements.txt\n"
            "COPY . .\n",
            new="COPY . .\nRUN pip install -r requirements.txt\n",
            because="The code is still copied before the packages.",
        ),
    ],
    "dockerignore": [
        Change(
            cell="a11857b9",
            old="**/*.log\n",
            new="",
            because="The log file is not excluded any more.",
        ),
    ],
}
