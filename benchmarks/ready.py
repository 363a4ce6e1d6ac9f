"""How long preparation takes, against the least that it could take.

`ready` is `dockerlab engine up` in an empty home. `floor` is the same two
mmdebstrap runs, bare and in parallel. They run in turn, on this machine, now.
"""

import os
import subprocess
import sys
import tempfile
import time

from dockerlab.engine import roots
from dockerlab.engine.prepare import HOST_PACKAGES

LAB = [sys.executable, "-m", "dockerlab"]


def floor(folder: str) -> float:
    """Seconds of the bare mmdebstrap runs, in parallel."""
    box = f"{roots.BOX_PACKAGES['trixie']} {roots.COMMON}".split()
    runs = [("box", box), ("base", ["ca-certificates"])]
    begun = time.monotonic()
    children = [
        subprocess.Popen(
            [
                *("mmdebstrap", "--quiet", "--variant=minbase"),
                f"--include={','.join(packages)}",
                *("trixie", f"{folder}/{name}.tar"),
            ],
            stderr=subprocess.DEVNULL,
        )
        for name, packages in runs
    ]
    assert all(child.wait() == 0 for child in children)
    return time.monotonic() - begun


def ready(folder: str) -> tuple[float, float]:
    """Seconds until the engine answers with its images: first, and again."""
    env = {
        **os.environ,
        "DOCKERLAB_HOME": f"{folder}/home",
        "DOCKERLAB_ENGINE": "box",
    }
    quiet = {"env": env, "stdout": subprocess.DEVNULL, "check": True}
    times = []
    for _ in range(2):
        begun = time.monotonic()
        subprocess.run([*LAB, "engine", "up"], **quiet)
        times.append(time.monotonic() - begun)
        subprocess.run([*LAB, "engine", "down"], **quiet)
    subprocess.run([*LAB, "clean", "--all"], **quiet)
    return times[0], times[1]


def main() -> None:
    """Measure and print."""
    print("This takes about three minutes.", flush=True)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        first, again = ready(folder)
        print(f"ready, from nothing   {first:6.1f} s", flush=True)
        print(f"ready, again          {again:6.1f} s", flush=True)
        least = floor(folder)
        print(f"bare mmdebstrap runs  {least:6.1f} s")
        print(f"ratio                 {first / least:6.2f}")


if __name__ == "__main__":
    if subprocess.run(
        ["which", *HOST_PACKAGES[:1]], capture_output=True
    ).returncode:
        sys.exit("Type `make start` once: it installs mmdebstrap.")
    main()
