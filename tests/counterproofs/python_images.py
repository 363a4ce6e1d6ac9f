"""Counter-proofs of `python_images`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "eol-base": "ff4a41f6 b002a634 279b8a60 15016616 06ae36db b7a7513c",
    "copy-all": "ff4a41f6 279b8a60 15016616 06ae36db 118a1de5",
    "trusted-host": "279b8a60 15016616 118a1de5 012d6116 9756757b 1c8dc338"
    " 8e3dc1af 1e142e62 f9baa17c 44778d82",
    "unpinned": "279b8a60 15016616 118a1de5 64f46a75 a51a6c19 a838443e"
    " 3fab5c18 6c1aa504",
    "multi-stage": "00e13ed7 3fc4ccfe eba8dcd6 7692c3ad 8d9001d3",
    "root-port": "279b8a60 15016616 06ae36db 8f4375ec f8d397a3 cced28c6"
    " e7d3799e",
    "dev-server": "279b8a60 15016616 06ae36db 8f4375ec f8d397a3 cced28c6"
    " 4bd9354b 4a0914bb a40c17d2 0cf67fc7 c93b5e10 5bd1f08e",
}

CHANGES = {
    "eol-base": [
        Change(
            cell="b002a634",
            old='(folder / "Dockerfile").read_text()',
            new='(folder / "Dockerfile").read_text().replace("3.13", "3.8")',
            because="The older copies of the recipe use an ended version.",
        ),
    ],
    "copy-all": [
        Change(
            cell="118a1de5",
            old='shutil.copy(paths.PROJECT / "sample_app" / ".dockerignore",'
            " folder)\n",
            new="",
            because="Without .dockerignore the image has the same files.",
        ),
        Change(
            cell="06ae36db",
            old='builds.build(".", "python-classic", check=True)',
            new='shutil.copy(paths.PROJECT / "sample_app" / ".dockerignore",'
            ' folder)\nbuilds.build(".", "python-classic", check=True)',
            because="With .dockerignore the classic recipe copies none of it.",
        ),
    ],
    "trusted-host": [
        Change(
            cell="1e142e62",
            old="https://index/ {}",
            new="https://index/ --trusted-host index {}",
            because="A host that is always trusted is never refused.",
        ),
        Change(
            cell="9756757b",
            old='for who, text in (("company", "the real one"),'
            ' ("impostor", "malware")):\n    authority = trustme.CA()\n',
            new="authority = trustme.CA()\n"
            'for who, text in (("company", "the real one"),'
            ' ("impostor", "malware")):\n',
            because="The impostor's certificate is from the same authority.",
        ),
    ],
    "unpinned": [
        Change(
            cell="a838443e",
            old='after = installed("greeting")',
            new='after = installed("greeting==1.0")',
            because="A pinned version is not replaced by a newer one.",
            sample=True,
        ),
        Change(
            cell="6c1aa504",
            old='wheels.make(index, "greeting", "1.0",'
            " 'TEXT = \"replaced\"\\n')\n",
            new="",
            because="Nobody replaced the file of version 1.0.",
        ),
        Change(
            cell="3fab5c18",
            old="greeting==1.0 --hash=sha256:{digest}",
            new="greeting==1.0",
            because="A version without a hash accepts another file.",
        ),
    ],
    "multi-stage": [
        Change(
            cell="3fc4ccfe",
            old="FROM python:3.13-slim\nCOPY --from=packages",
            new="FROM python:3.13\nCOPY --from=packages",
            because="The last stage starts from an image with a compiler.",
        ),
    ],
    "root-port": [
        Change(
            cell="cced28c6",
            old="-p $1:8000 --read-only",
            new="-p $1:8000 --user 0 --read-only",
            because="The app on the high port is root.",
        ),
        Change(
            cell="cced28c6",
            old="-p $1:8000 --read-only",
            new="-p $1:8000",
            because="The root of the app is not read-only.",
        ),
        Change(
            cell="cced28c6",
            old="--tmpfs /app/data python-classic",
            new="--tmpfs /app/data --user 10001 python-classic",
            because="The classic image does not run as root.",
        ),
    ],
    "dev-server": [
        Change(
            cell="cced28c6",
            old="--tmpfs /app/data python-classic",
            new="--tmpfs /app/data python-classic"
            ' gunicorn --bind 0.0.0.0:80 "app:create_app()"',
            because="A production server prints no such warning.",
            skip=("4bd9354b", "0cf67fc7", "5bd1f08e"),
        ),
        Change(
            cell="cced28c6",
            old="    python-best",
            new="    python-best flask --app app run"
            " --host 0.0.0.0 --port 8000",
            because="Both containers run the development server.",
        ),
    ],
}
