"""Exercises of `python_dependencies`: exact packages, fast builds."""

import collections
import hashlib
import io
import json
import pathlib
import random
import re
import tarfile
from typing import Any

from dockerlab import builds, images, packages, wheels
from dockerlab.base import labels
from dockerlab.checks import contents, contexts
from dockerlab.checks.bench import Bench
from dockerlab.checks.core import exercise
from dockerlab.checks.results import Built

SLIM = "python:3.13-slim"

# -- pin -----------------------------------------------------------------

INSTALL = (
    "rm -rf /got; pip install --quiet --no-index --find-links /{} --target"
    " /got --requirement /wanted/requirements.txt && PYTHONPATH=/got"
    ' python -c "import greeting; print(greeting.TEXT)"'
)


@exercise("python_dependencies/pin", wants="text")
def pin(bench: Bench, text: str) -> None:
    """The requirement installs one file, whatever the index holds."""
    container = bench.run(SLIM, command=["sleep", "300"], network_mode="none")
    container.put_archive("/", _indexes(text))

    def installed(index: str) -> tuple[str, str]:
        """What the package prints, and why it is not installed."""
        command = ["sh", "-c", INSTALL.format(index)]
        done = bench.exec(container, command, 60)
        rows = (done.text or "").splitlines()
        return (rows[-1] if rows else ""), done.why

    printed, why = installed("today")
    if not bench.require(
        "installs",
        "pip installs version 1.0 from today's index",
        printed == "first",
        f"{why or f'The package prints {printed}.'} Write `name==version`,"
        " and after it the hash of the wheel in `index`: `--hash=sha256:...`.",
    ):
        return
    printed, why = installed("tomorrow")
    bench.require(
        "pinned",
        "it installs the same version when the index has a newer one",
        printed == "first",
        f"{why or 'pip took version 1.1.'} Without a version pip takes the"
        " newest one. `==` names one.",
    )
    bench.require(
        "hashed",
        "pip refuses another file of the same name and version",
        not installed("replaced")[0],
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


# -- lock file -----------------------------------------------------------

LOCKED, UPDATED = "3.1.4", "3.1.6"  # of Jinja; the index has both
PROJECT = """\
[project]
name = "page"
version = "1.0"
requires-python = ">=3.13"
dependencies = ["jinja2"]
"""
LOCK = f"""\
FROM {SLIM}
RUN pip install uv
WORKDIR /lock
COPY pyproject.toml .
RUN for version in {LOCKED} {UPDATED}; do \\
      uv lock --upgrade-package jinja2==$version && cp uv.lock $version.lock \\
      && uv export --no-emit-project -o $version.txt || exit 1; done
"""
# RECORD is written when a package is installed, so its time tells when.
APP = """\
import importlib.metadata as metadata
import json
import jinja2

[record] = [f for f in metadata.files("jinja2") if f.name == "RECORD"]
print(json.dumps({
    "edit": EDIT,
    "jinja2": jinja2.__version__,
    "when": record.locate().stat().st_mtime_ns,
}))
"""


@exercise("python_dependencies/lockfile", wants="dockerfile")
def lockfile(bench: Bench, dockerfile: str) -> None:
    """The image has the locked versions; an edit installs nothing again."""
    index = packages.uv_index(bench.client, labels.of(bench.slug))
    project = f"{PROJECT}\n{index}"
    with contexts.folder_of({"pyproject.toml": project}) as folder:
        bench.show("writing two lock files")
        locks = contents.files(bench, _locks(bench, folder), "/lock")
        # New each time: the builder keeps what an earlier attempt built.
        edit = random.randrange(10**9)
        _write(folder, locks, LOCKED, edit)
        bench.show("building your Dockerfile")
        first = _build(bench, dockerfile, folder, "the image builds")
        before = _judge_first(bench, first) if first else {}
        if not before:
            return
        _write(folder, locks, LOCKED, edit + 1)
        bench.show("building again after an edit of app.py")
        second = _build(bench, dockerfile, folder, "it builds after an edit")
        if not second:
            return
        _judge_edit(bench, before, second)
        _write(folder, locks, UPDATED, edit + 1)
        bench.show("building again with another lock file")
        third = _build(bench, dockerfile, folder, "it builds after an update")
    if third:
        found = _report(bench, third)[0]
        bench.require(
            "follows",
            f"with Jinja {UPDATED} in the lock file, the image has it",
            found.get("jinja2") == UPDATED,
            f"It has Jinja {found.get('jinja2')}. The lock file decides, so"
            " write no version into the Dockerfile.",
        )


def _locks(bench: Bench, folder: pathlib.Path) -> str:
    """The tag of an image with lock files for both versions."""
    return bench.build_own(LOCK, folder).tag


def _write(
    folder: pathlib.Path, locks: dict[str, bytes], version: str, edit: int
) -> None:
    """Put the files of the exercise into the build context."""
    contexts.write(folder / "uv.lock", locks[f"{version}.lock"])
    contexts.write(folder / "requirements.txt", locks[f"{version}.txt"])
    contexts.write(folder / "app.py", APP.replace("EDIT", str(edit)))


def _build(
    bench: Bench, dockerfile: str, folder: pathlib.Path, text: str
) -> Built | None:
    """Build an answer. Writes `builds` the first time, or if it fails."""
    built = bench.try_build(dockerfile, folder)
    noted = [criterion.key for criterion in bench.criteria]
    if not built.ok or "builds" not in noted:
        bench.require("builds", text, built.ok, built.hint)
    return built if built.ok else None


def _report(bench: Bench, built: Built) -> tuple[dict[str, Any], str]:
    """What app.py prints in an answer's image, and why it does not."""
    ending = bench.output(built.tag, seconds=60, network_mode="none")
    for row in reversed(ending.output.splitlines()):
        if row.startswith('{"edit"'):
            return json.loads(row), ""
    return {}, ending.why or "It printed nothing that app.py prints."


def _judge_first(bench: Bench, first: Built) -> dict[str, Any]:
    """Judge what runs, and which version: what app.py prints."""
    found, why = _report(bench, first)
    bench.require(
        "runs",
        "the image runs app.py, without a network",
        found,
        f"{why} CMD must run app.py with the Python of the environment that"
        " has the packages, and nothing may be installed at the start.",
    )
    if found:
        bench.require(
            "locked",
            f"it has Jinja {LOCKED}, as the lock file has",
            found["jinja2"] == LOCKED,
            f"It has Jinja {found['jinja2']}: the newest one in the index, or"
            " one that the Dockerfile names. Which command installs what a"
            " lock file lists?",
        )
    return found


def _judge_edit(bench: Bench, before: dict[str, Any], second: Built) -> None:
    """Judge whether an edit of the code installs packages again."""
    after, why = _report(bench, second)
    assert second.build is not None
    again = [step.name for step in second.build.rebuilt if _installs(step)]
    bench.require(
        "edit",
        "an edit of app.py is in the image, and installs nothing again",
        after.get("edit") == before["edit"] + 1
        and after["when"] == before["when"]
        and not again,
        f"{again[0]:.60} ran again. Which files did the steps above it copy?"
        if again
        else f"{why} The edited app.py must be in the image, and no package"
        " may be installed a second time.",
    )


def _installs(step: builds.Step) -> bool:
    """Whether the log of a step names an installed package."""
    return bool(re.search(r"(?i)(?:\+ |installed.*)jinja2", step.log))


# -- cache mount ---------------------------------------------------------

FETCH = """
import os, pathlib, sys
cache = pathlib.Path("/root/.cache/fetch")
target = pathlib.Path("/srv/packages")
cache.mkdir(parents=True, exist_ok=True)
target.mkdir(parents=True, exist_ok=True)
for name in pathlib.Path(sys.argv[1]).read_text().split():
    kept = cache / name
    if not kept.exists():  # every download is different
        kept.write_bytes(os.urandom(10_000))
    (target / name).write_bytes(kept.read_bytes())
"""


@exercise("python_dependencies/cache-mount", wants="dockerfile")
def cache_mount(bench: Bench, dockerfile: str) -> None:
    """A later build reuses an earlier one's downloads, the image does not
    contain them."""
    names = [f"{bench.token}-{letter}" for letter in "abc"]
    files = {"fetch.py": FETCH, "list.txt": "\n".join(names[:2])}
    with contexts.folder_of(files) as folder:
        first = bench.build(dockerfile, folder)
        if not first:
            return
        contexts.write(folder / "list.txt", "\n".join(names))
        second = contents.build_again(bench, dockerfile, folder)
        if not second:
            return
    before = contents.files(bench, first, "/srv/packages")
    after = contents.files(bench, second, "/srv/packages")
    there = bench.require(
        "packages",
        "all packages of the list are in /srv/packages",
        set(names) <= set(after) and set(names[:2]) <= set(before),
        "Does fetch.py still run with list.txt during the build?",
    )
    if not there:
        return
    bench.require(
        "reused",
        "a later build does not download the same packages again",
        all(before[name] == after[name] for name in names[:2]),
        "The second build began with an empty folder. Which kind of mount"
        " does the builder keep, and in which path does fetch.py look?",
    )
    image = bench.client.images.get(second)
    found = collections.Counter(images.saved_hashes(image))
    hashes = [hashlib.sha256(after[name]).hexdigest() for name in names]
    bench.require(
        "once",
        "the layers contain each package once",
        all(found[one] == 1 for one in hashes),
        "A layer contains a second copy. Which step wrote it?",
    )
