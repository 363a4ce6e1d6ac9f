"""How long commands take."""

import shlex
import subprocess
import time


def run_times(command: str, runs: int = 5) -> list[float]:
    """Run a command several times and measure each run.

    Args:
        command: a program with its arguments, as in a terminal.

    Returns:
        Seconds, one number for each run.

    Raises:
        subprocess.CalledProcessError: a run failed.
    """
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        subprocess.run(shlex.split(command), check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return times
