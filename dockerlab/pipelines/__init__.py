"""Run the steps of a pipeline's script, and record when each one ran.

    from dockerlab import pipelines

    steps = pipelines.run(VERSION="1.0")

A script prints `==> name` before each step. It is run by bash, as in a
terminal, and stops where it stops there.

`prepare` copies the files beside this module into the app's folder: programs
that steps call, the list of advisories, and a workflow for GitHub.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from typing import IO

from dockerlab import paths, scan

HERE = pathlib.Path(__file__).parent
WORKFLOW = HERE / "release.yml"
PROGRAMS = ("gate.py", "sign.sh", "smoke.py")
_MARK = re.compile(r'^echo "==> (.+)"$', re.MULTILINE)
_SHOWN = "==> "

# Name, start and end in seconds since the pipeline began, exit code. All but
# the name are None for a step that never ran.
Step = tuple[str, float | None, float | None, int | None]


def prepare(folder: pathlib.Path) -> pathlib.Path:
    """Copy what the steps need into the folder of the sample app."""
    for name in PROGRAMS:
        shutil.copy(HERE / name, folder)
    shutil.copy(scan.FILE, folder)
    shutil.copy(paths.PROJECT / "sample_app" / "gunicorn.conf.py", folder)
    target = folder / ".github" / "workflows"
    target.mkdir(parents=True)
    shutil.copy(WORKFLOW, target)
    return folder


def run(script: str = "release.sh", **settings: str) -> list[Step]:
    """Run a script, print the result of each step, and return the steps.

    What a step prints is in a file that has its name: `test.log`.

    Args:
        settings: environment variables for the script.
    """
    names = _MARK.findall(pathlib.Path(script).read_text("utf-8"))
    scripts = sysconfig.get_path("scripts")  # hadolint, syft
    path = f"{os.environ['PATH']}{os.pathsep}{scripts}"
    begun = time.monotonic()
    with subprocess.Popen(
        ["bash", script],
        env={**os.environ, **settings, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout
        try:
            starts = list(_follow(process.stdout, begun))
            code = process.wait()
        finally:
            process.kill()  # of an interrupted cell
    ends = [start for _, start in starts[1:]] + [time.monotonic() - begun]
    ran: list[Step] = [
        (name, start, end, 0)
        for (name, start), end in zip(starts, ends, strict=False)
    ]
    if ran:
        name, start, end, _ = ran.pop()
        ran.append((name, start, end, code))
        _report(name, code)
    return ran + [(name, None, None, None) for name in names[len(ran) :]]


def _follow(output: IO[str], begun: float) -> Iterator[tuple[str, float]]:
    """Each step that begins, and when; its output goes into its file."""
    name, lines = "", list[str]()
    for line in output:
        if not line.startswith(_SHOWN):
            lines.append(line)
            continue
        if name:
            _save(name, lines)
            _report(name, 0)
        name, lines = line.removeprefix(_SHOWN).strip(), []
        yield name, time.monotonic() - begun
    if name:
        _save(name, lines)


def _save(name: str, lines: list[str]) -> None:
    pathlib.Path(f"{name}.log").write_text("".join(lines), "utf-8")


def _report(name: str, code: int) -> None:
    result = f"failed with exit code {code}, see {name}.log" if code else "ok"
    print(f"{name:11}{result}", flush=True)
    said = pathlib.Path(f"{name}.log").read_text("utf-8").split("\n")
    if code and (words := [line.strip() for line in said if line.strip()]):
        print(f"{'':11}{words[-1]}", flush=True)
