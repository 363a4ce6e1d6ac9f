"""The runner of a pipeline's script, and the programs that its steps call."""

import http.server
import json
import subprocess
import sys
import threading

import pytest

from dockerlab import paths, pipelines, scan
from dockerlab.pipelines import gate
from dockerlab.workspace import sample_app

SCRIPT = """\
set -euo pipefail
echo "==> lint"
echo fine
echo "==> test"
echo "$VERSION is bad" >&2
exit 7
echo "==> push"
"""


def test_a_run_stops_where_the_script_stops(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release.sh").write_text(SCRIPT)
    lint, test, push = pipelines.run("release.sh", VERSION="2.0")
    assert (lint[0], lint[3]) == ("lint", 0)
    assert (test[0], test[3]) == ("test", 7)
    assert 0 <= lint[1] < lint[2] == test[1] < test[2]
    assert push == ("push", None, None, None)
    assert (tmp_path / "lint.log").read_text() == "fine\n"
    assert (tmp_path / "test.log").read_text() == "2.0 is bad\n"
    assert not (tmp_path / "push.log").exists()
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "lint       ok",
        "test       failed with exit code 7, see test.log",
        "           2.0 is bad",
    ]


def test_a_script_that_begins_no_step(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "release.sh").write_text("exit 1\necho never\n" + SCRIPT)
    steps = pipelines.run("release.sh")
    assert [step[1:] for step in steps] == [(None, None, None)] * 3
    assert not capsys.readouterr().out


def test_prepare_adds_what_the_steps_call(tmp_path):
    sample_app.copy_app(tmp_path)
    assert pipelines.prepare(tmp_path) == tmp_path
    for name in ("gate.py", "sign.sh", "smoke.py", "gunicorn.conf.py"):
        assert (tmp_path / name).is_file()
    assert (tmp_path / scan.FILE.name).is_file()
    assert (tmp_path / ".github/workflows/release.yml").is_file()


@pytest.mark.parametrize(
    ("version", "pins", "code"),
    [
        ("3.1.3", "jinja2==3.1.3 \\\n --hash=sha256:00", 1),
        ("3.1.3", "flask==3.1.2", 0),  # not pinned by us
        ("3.1.6", "jinja2==3.1.6", 0),
        ("3.1.10", "jinja2==3.1.10", 0),
    ],
)
def test_the_gate(tmp_path, version, pins, code):
    (tmp_path / "requirements.txt").write_text(pins)
    parts = [{"name": "Jinja2", "version": version}, {"name": "debian"}]
    (tmp_path / "sbom.json").write_text(json.dumps({"components": parts}))
    done = subprocess.run(
        [sys.executable, gate.__file__, "sbom.json", scan.FILE],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stderr
    if code:
        assert done.stderr == f"update jinja2 {version} first\n"


def _smoke(url: str) -> subprocess.CompletedProcess[str]:
    program = (pipelines.HERE / "smoke.py").read_text()
    return subprocess.run(
        [sys.executable, "-", url],
        input=program.replace("SECONDS = 60", "SECONDS = 1"),
        capture_output=True,
        text=True,
    )


def test_the_smoke_test():
    handler = http.server.SimpleHTTPRequestHandler
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    assert "status 200" in _smoke(url + "/").stdout
    assert _smoke(url + "/no-such-page").returncode == 1
    server.shutdown()
    server.server_close()
    gone = _smoke(url)
    assert gone.returncode == 1
    assert "does not answer" in gone.stderr


def test_the_programs_need_only_python():
    for name in ("gate.py", "smoke.py"):
        text = (paths.PROJECT / "dockerlab" / "pipelines" / name).read_text()
        assert "dockerlab" not in text
