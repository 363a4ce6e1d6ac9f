"""The sample app as a beginner has it."""

import os
import stat

import pytest

from dockerlab import paths
from dockerlab.workspace import sample_app


def test_copy_is_a_beginners(tmp_path):
    sample_app.copy_app(tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert {"app.py", "Dockerfile", "tests"} <= names
    assert not names & {".dockerignore", "data", "Dockerfile.classic"}
    assert "gunicorn.conf.py" not in names


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o000])
def test_modes_do_not_depend_on_the_umask(umask, tmp_path, monkeypatch):
    """A course that was cloned with umask 077 has files of mode 0600."""
    cloned = tmp_path / "sample_app"
    before = os.umask(umask)
    try:
        (cloned / "static").mkdir(parents=True)
        for name in ("app.py", "static/style.css", "Dockerfile.classic"):
            (cloned / name).write_text("x")
        (tmp_path / "copy").mkdir()
        monkeypatch.setattr(paths, "PROJECT", tmp_path)
        sample_app.copy_app(tmp_path / "copy")
    finally:
        os.umask(before)
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]
        if path.is_dir()
    }
    assert modes == {0o755}
    files = [p for p in (tmp_path / "copy").rglob("*") if p.is_file()]
    assert len(files) == 3
    assert {stat.S_IMODE(p.stat().st_mode) for p in files} == {0o644}
