"""What docs/threats.md says: who can reach what, and what an answer can do.

Every test stands for a sentence there.
"""

import ast
import json
import pathlib
import re
import subprocess
import sys

import nbformat
import pytest

from dockerlab import paths
from dockerlab.base.errors import LabError
from dockerlab.course import table
from dockerlab.workspace import folders

pytestmark = pytest.mark.counted("checks of safety: what must be refused, is")


def test_nobody_else_prepares_the_lessons_folder(tmp_path, monkeypatch):
    """The temporary folder is everybody's."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    folders.private("an engine").chmod(0o777)
    with pytest.raises(LabError, match="Other users"):
        folders.private("an engine")


# -- what runs, and with which rights -----------------------------------

POWERS = {
    "privileged",
    "cap_add",
    "devices",
    "device_requests",
    "network_mode",
    "network",
    "pid_mode",
    "ipc_mode",
    "uts_mode",
    "userns_mode",
    "cgroupns",
    "security_opt",
    "binds",
}
HARMLESS = {"none", "bridge", "no-new-privileges", "private"}
# How a lesson would ask for powers, in the SDK and on the command line.
POWER = re.compile(
    r"(privileged|cap_add|pid_mode)=|--(privileged|cap-add|pid\b)"
)


def _sources() -> list[pathlib.Path]:
    return sorted((paths.PROJECT / "dockerlab").rglob("*.py"))


def _texts(node: ast.AST) -> list[object]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant)]


@pytest.mark.parametrize("path", _sources(), ids=lambda path: path.stem)
def test_our_code_asks_for_no_powers(path):
    """No privileged container, no host network, no host folder."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in POWERS and isinstance(
                    keyword.value, (ast.Constant, ast.List)
                ):
                    texts = set(_texts(keyword.value))
                    assert texts <= HARMLESS | {False, None}, node.lineno
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = r"--privileged|--cap-add|--(net|network|pid|ipc)[= ]host"
            assert not re.search(words, node.value), node.lineno
            assert not re.fullmatch(
                r"/:/\w+.*|/var/run/docker\.sock:.*", node.value
            ), node.lineno


def test_a_container_with_powers_says_so():
    """In a lesson, the text before it tells what it may do and why."""
    for path in [b.path for b in table.course().notebooks]:
        before = ""
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                for power in POWER.finditer(cell.source):
                    word = power[1] or power[2]
                    assert word in before, (path.stem, cell.id)
            if cell.cell_type == "markdown":
                before = cell.source


# -- our own dependencies and Dockerfiles -------------------------------

# A vulnerability that we know and leave: id -> why it does no harm here.
EXPLAINED: dict[str, str] = {}


def _tool(name: str) -> pathlib.Path:
    return pathlib.Path(sys.executable).with_name(name)


@pytest.mark.engine  # needs the network
@pytest.mark.parametrize(
    "file", ["tests/requirements.txt", "sample_app/requirements.txt"]
)
def test_our_dependencies_have_no_known_vulnerability(file):
    command = [_tool("pip-audit"), "--requirement", paths.PROJECT / file]
    command += ["--disable-pip", "--no-deps", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", "10"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=150
        )
        rows = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError):
        pytest.skip("pip-audit reaches no service of advisories from here")
    looked_at = [row for row in rows if "skip_reason" not in row]
    if not looked_at:
        pytest.skip(f"pip-audit: {rows[0]['skip_reason']}")
    found = {
        f"{row['name']} {row['version']}: {vulnerability['id']}"
        for row in looked_at
        for vulnerability in row["vulns"]
        if vulnerability["id"] not in EXPLAINED
    }
    assert found == set()


# What a finding teaches, or why it is left.
LEFT = {
    # The recipe of 2017, kept as it was: `better_images` corrects it.
    ("sample_app/Dockerfile.classic", "DL3042"),
}


def _dockerfiles() -> list[str]:
    return sorted(
        str(path.relative_to(paths.PROJECT))
        for folder in ("sample_app", "capstone")
        for path in (paths.PROJECT / folder).rglob("Dockerfile*")
        if path.is_file()
    )


@pytest.mark.parametrize("file", _dockerfiles())
def test_our_dockerfiles_have_no_findings(file):
    done = subprocess.run(
        [_tool("hadolint"), "--format=json", "--no-fail", file],
        cwd=paths.PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {(file, row["code"]) for row in json.loads(done.stdout)}
    assert found <= LEFT
    assert {row for row in LEFT if row[0] == file} <= found, "no longer found"
