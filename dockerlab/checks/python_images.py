"""Exercises of `python_images`: small images that run safely."""

import io
import tarfile

from dockerlab import wheels
from dockerlab.checks import contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise

SLIM = "python:3.13-slim"

# -- pinned --------------------------------------------------------------

INSTALL = (
    "rm -rf /got; pip install --quiet --no-index --find-links /{} --target"
    " /got --requirement /wanted/requirements.txt && PYTHONPATH=/got"
    ' python -c "import greeting; print(greeting.TEXT)"'
)


@exercise("python_images/pin", wants="text")
def pin(bench: Bench, text: str) -> None:
    """The requirement installs one file, whatever the index holds."""
    container = bench.run(SLIM, command=["sleep", "60"], network_mode="none")
    container.put_archive("/", _indexes(text))

    def installed(index: str) -> str | None:
        """What the package prints, None where pip refuses."""
        command = ["sh", "-c", INSTALL.format(index)]
        rows = (bench.exec(container, command, 30).text or "").splitlines()
        return rows[-1] if rows else None

    if not bench.require(
        "installs",
        "pip installs version 1.0 from today's index",
        installed("today") == "first",
        "Write `name==version`, and after it the hash of the wheel in"
        " `index/`: `--hash=sha256:...`.",
    ):
        return
    bench.require(
        "pinned",
        "it installs the same version when the index has a newer one",
        installed("tomorrow") == "first",
        "Without a version pip takes the newest one. `==` names one.",
    )
    bench.require(
        "hashed",
        "pip refuses another file of the same name and version",
        installed("replaced") is None,
        "A version is only a name. What identifies a file's content?",
    )


def _indexes(text: str) -> io.BytesIO:
    """The requirements and three indexes as an archive for a container."""
    packed = io.BytesIO()
    files = {"wanted/requirements.txt": text}
    with (
        contexts.folder_of(files) as folder,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for index in ("today", "tomorrow", "replaced"):
            (folder / index).mkdir()
        for index, version, message in (
            ("today", "1.0", "first"),
            ("tomorrow", "1.0", "first"),
            ("tomorrow", "1.1", "second"),
            ("replaced", "1.0", "changed"),
        ):
            code = f'TEXT = "{message}"\n'
            wheels.make(folder / index, "greeting", version, code)
        archive.add(folder, ".")
    packed.seek(0)
    return packed
