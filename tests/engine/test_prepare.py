"""Preparation on a machine that lacks something: nothing is half done."""

import os
import shutil
import subprocess

import pytest

from dockerlab import paths

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("unshare"), reason="needs root"
)


def _python(*words: str) -> str:
    return f"{paths.PROJECT}/.venv/bin/python -m dockerlab {' '.join(words)}"


def _shell(script: str, *more: str, **settings: str):
    """Run a script as root in namespaces of its own."""
    return subprocess.run(
        ["unshare", "--mount", *more, "sh", "-c", script],
        env={**os.environ, **settings},
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        timeout=170,
    )


@needs_root
def test_too_little_disk(refused, tmp_path, bare_home):
    small = "mount -t tmpfs -o size=900m tmpfs"
    script = f"{small} {tmp_path} && {_python('engine', 'up')}"
    refused(_shell(script, **bare_home), "disk are free", "DOCKERLAB_HOME")


@pytest.mark.engine  # takes a minute
@needs_root
def test_no_network_at_the_first_preparation(refused, tmp_path, bare_home):
    start = f"ip link set lo up && {_python('start', '--port', '8999')}"
    done = _shell(start, "--net", **bare_home)
    refused(done, "Check the network")
    assert not list(tmp_path.glob("lab/box/*/root"))
    # JupyterLab, which had started meanwhile, was ended.
    assert "stopping" in (tmp_path / "lab" / "jupyter.log").read_text()
    assert not (tmp_path / "lab" / "jupyter.json").exists()
