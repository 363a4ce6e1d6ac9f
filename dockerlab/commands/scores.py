"""Score known submissions to the capstone, each published and signed.

They are in tests/learners/submissions.py, from bad to excellent.
"""

import contextlib
import os
import pathlib
import runpy
import subprocess
import time
from collections.abc import Iterator, Mapping
from typing import Any

from dockerlab import paths, signing
from dockerlab.base.errors import LabError
from dockerlab.checks import core, scorecard, tools
from dockerlab.checks.report import Report
from dockerlab.lab import Lab

FILE = paths.PROJECT / "tests" / "learners" / "submissions.py"
EXERCISE = "capstone_ship/full"
IMAGES = ("python:3.13-slim", "python:3.13", "registry:2")
NAMES = ("capstone-app", "capstone-registry")
PUBLISHED = "localhost:5022/capstone-app:1.0"
PREPARE = """\
docker run -d --name capstone-registry -p 127.0.0.1:5022:5000 registry:2
until docker logs capstone-registry 2>&1 | grep -q "listening on"
do sleep 0.2; done
command -v cosign > /dev/null || exit 0
cosign generate-key-pair
"""
# As the notebook's script does it.
RELEASE = f"""\
set -e
docker build -q -t {PUBLISHED} .
docker push -q {PUBLISHED}
command -v cosign > /dev/null || exit 0
name=$(docker image inspect {PUBLISHED} --format \\
    '{{{{range .RepoDigests}}}}{{{{println .}}}}{{{{end}}}}' \\
    | grep "^localhost:5022")
cosign sign $SIGNING --yes --key "$KEYS/cosign.key" "$name"
"""
HEAD = (
    "| submission | kind | points | lacks | closed gates |",
    "|---|---|---|---|---|",
)


def submissions() -> Mapping[str, Any]:
    """The known submissions by name, each with what it must score."""
    found: Mapping[str, Any] = runpy.run_path(str(FILE))["SUBMISSIONS"]
    return found


def score(chosen: Mapping[str, Any]) -> Iterator[tuple[str, Report, float]]:
    """The name, the card, and the seconds of each submission."""
    lab = Lab("capstone_ship", IMAGES, NAMES, ports=[5022])
    try:
        keys = lab.folder("keys")
        os.environ |= {"COSIGN_PASSWORD": "known", "KEYS": str(keys)}
        os.environ["SIGNING"] = signing.options(keys)
        _run(PREPARE, keys)
        for name, each in chosen.items():
            folder = lab.folder("lost-and-found")
            scorecard.unpack(folder)
            for file, text in each.files.items():
                (folder / file).write_text(text, "utf-8")
            _run(RELEASE, folder)
            begun = time.monotonic()
            parts = {"folder": folder, "image": PUBLISHED}
            parts["key"] = keys / "cosign.pub"
            with contextlib.redirect_stdout(None):
                report = core.look(EXERCISE, parts)
            yield name, report, time.monotonic() - begun
    finally:
        lab.close()


def _run(script: str, folder: pathlib.Path) -> None:
    command = ["bash", "-c", script]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise LabError("A submission was not published.", done.stderr[-500:])


def row(name: str, kind: str, report: Report) -> str:
    """A row of the table: what a submission reaches and lacks."""
    gates = [c.key for c in report.criteria if c.closed]
    lacks = [key for key in report.unmet() if key not in gates]
    return (
        f"| *{name}* | {kind} | {report.score[0]} |"
        f" {', '.join(lacks) or 'nothing'} | {', '.join(gates) or 'none'} |"
    )


def table() -> tuple[str, list[str]]:
    """Score all submissions: the table, and the names of those whose card is
    not as it should be."""
    rows, wrong = list(HEAD), []
    known = submissions()
    for name, report, seconds in score(known):
        each = known[name]
        expected = each.missed.split()
        if not tools.has_cosign():
            expected.append("signed")
        fair = sorted(report.unmet()) == sorted(expected)
        mark = "ok" if fair else "WRONG"
        print(f"{mark:6} {seconds:5.1f} s  {name}: {report.score[0]}")
        if not fair:
            wrong.append(name)
            print(f"expected to lack: {each.missed}\n{report}")
        rows.append(row(name, each.kind, report))
    return "\n".join(rows), wrong
