"""Make the environment in `.venv`: run by make, before anything else is there.

Needs Python's standard library alone. uv installs; where uv cannot be had,
pip does.
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import time

PROJECT = pathlib.Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = PROJECT / "requirements.txt"
STAMP = VENV / "dockerlab-ready"
OLDEST = (3, 11)
MEGABYTES = 900  # what the environment takes, with room to unpack
# What a kit brought: see kit.py.
WHEELS = PROJECT / ".kit" / "wheels"
KIT_FORMAT = "dockerlab-kit-1"
SEAL = len(KIT_FORMAT) + 1 + 64  # bytes at a kit's end: format and SHA-256


class Unable(Exception):
    """The environment cannot be made: what is wrong, and what to do."""


def run(*command: object) -> subprocess.CompletedProcess:
    """Run a command and keep what it says."""
    words = [str(word) for word in command]
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        # uv would otherwise trust its own authorities alone, and not those
        # that this machine's owner added (a company's proxy, say).
        env={**os.environ, "UV_SYSTEM_CERTS": "true"},
    )


def pins() -> str:
    """SHA-256 of what is pinned."""
    return hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()


def wanted() -> str:
    """What the stamp says when the environment is complete."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{version} {pins()} {PROJECT}"


def require_machine() -> None:
    """Raise Unable on a machine that cannot hold the environment."""
    if sys.version_info < OLDEST:
        raise Unable(
            f"The course needs Python 3.11 or newer; this is"
            f" {sys.version.split()[0]}.\nInstall a newer one and name it:"
            " make start PYTHON=python3.12"
        )
    if sys.platform == "win32":
        raise Unable(
            "On Windows the course runs in WSL2.\nIn PowerShell type `wsl"
            " --install`, then clone the course inside WSL and type `make"
            " start` there."
        )
    free = shutil.disk_usage(PROJECT).free / 1e6
    if free < MEGABYTES:
        raise Unable(
            f"Only {free:.0f} MB of disk are free here; the Python"
            f" environment needs {MEGABYTES} MB.\nFree some space, then run"
            " the same command again."
        )


def open_kit(path: pathlib.Path) -> tuple[tarfile.TarFile, dict]:
    """A kit's archive, whole and meant for this machine, and its contents.

    Raises:
        Unable: no kit, a damaged one, or one for another kind of machine.
    """
    try:
        size = path.stat().st_size - SEAL
        digest = hashlib.sha256()
        with path.open("rb") as file:
            left = max(0, size)
            while left and (chunk := file.read(min(left, 1 << 20))):
                digest.update(chunk)
                left -= len(chunk)
            seal = file.read()
    except OSError as error:
        raise Unable(
            f"The kit {path} cannot be read: {error.strerror}."
        ) from None
    if not seal.startswith(f"{KIT_FORMAT}:".encode()):
        raise Unable(
            f"{path} is no kit of this course, or its end is missing.\nNothing"
            " was changed. Copy the file again, or make it anew with `make"
            " kit FILE=...` on a prepared machine."
        )
    if seal != f"{KIT_FORMAT}:{digest.hexdigest()}".encode():
        raise Unable(
            f"The kit {path} is damaged: its checksum is wrong.\nNothing was"
            " changed. Copy the file again from where it was made."
        )
    archive = tarfile.open(path)  # noqa: SIM115  (the caller closes it)
    about = json.load(archive.extractfile("kit.json"))
    if about["machine"] != this_machine():
        archive.close()
        raise Unable(
            f"The kit {path} was made for {about['machine']}; this is"
            f" {this_machine()}.\nNothing was changed. Make a kit on a"
            " machine like this one."
        )
    return archive, about


def this_machine() -> str:
    """What a kit must fit: the processor, and the version of Python."""
    version = "{}.{}".format(*sys.version_info)
    return f"{os.uname().machine} with Python {version}"


def take_wheels(path: pathlib.Path) -> None:
    """Keep the Python packages that a kit brings."""
    archive, about = open_kit(path)
    partial = WHEELS.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    with (
        archive,
        archive.extractfile("wheels.tar") as packed,
        tarfile.open(fileobj=packed) as wheels,
    ):
        wheels.extractall(partial, filter="data")
    (partial / "pins").write_text(about["pins"])
    shutil.rmtree(WHEELS, ignore_errors=True)
    partial.rename(WHEELS)


def brought() -> list[object]:
    """Options of pip and uv by which they take a kit's packages, if those
    are the ones that are pinned today."""
    note = WHEELS / "pins"
    if note.exists() and note.read_text() == pins():
        return ["--no-index", "--find-links", WHEELS]
    return []


def make_venv() -> None:
    """A virtual environment, from this Python; with pip if it has none."""
    if VENV.exists():
        shutil.rmtree(VENV)
    # pip is among the pinned packages: another one first takes seconds.
    bare = ["--without-pip"] if has_pip(sys.executable) else []
    made = run(sys.executable, "-m", "venv", *bare, VENV)
    if made.returncode == 0:
        return
    # Debian keeps venv's pip in a package of its own.
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("apt-get"):
        package = "python{}.{}-venv".format(*sys.version_info)
        sudo = [] if run("id", "-u").stdout.strip() == "0" else ["sudo", "-n"]
        say(f"installing Debian's package {package}")
        if not sudo or shutil.which("sudo"):
            apt = [*sudo, "apt-get", "--quiet", "--yes"]
            run(*apt, "update")
            run(*apt, "install", package)
            made = run(sys.executable, "-m", "venv", VENV)
    if made.returncode:
        raise Unable(
            "A virtual environment cannot be made with this Python.\n"
            "On Debian or Ubuntu type: sudo apt-get install python3-venv\n"
            "Then run the same command again."
        )


def has_pip(python: object) -> bool:
    """Whether a Python runs, and has a pip that installs for others too."""
    can = run(python, "-m", "pip", "--python", python, "--version")
    return can.returncode == 0


def install() -> None:
    """Everything that requirements.txt pins, each file checked by its hash."""
    pip = [PYTHON, "-m", "pip"]
    if not has_pip(PYTHON):
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    pip.append("--disable-pip-version-check")
    uv = shutil.which("uv") or VENV / "bin" / "uv"
    if not pathlib.Path(uv).exists():
        say("fetching uv, which installs quickly")
        run(*pip, "install", "--quiet", "--retries=1", *brought(), "uv")
    listed = [*brought(), "--require-hashes", "--requirement", REQUIREMENTS]
    if pathlib.Path(uv).exists():
        say("installing the Python packages")
        options = ["--quiet", "--python", PYTHON]
        if run(uv, "pip", "install", *options, *listed).returncode == 0:
            return
    say("installing the Python packages with pip, which takes a minute")
    done = subprocess.run(
        [*map(str, pip), "install", "--progress-bar=off", "--retries=1"]
        + [str(word) for word in listed],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        errors = [row for row in done.stderr.splitlines() if "ERROR" in row]
        reason = "\n".join(errors[-2:])
        raise Unable(
            f"The Python packages cannot be installed.\n{reason}\n"
            "Check the network, then run the same command again: what is"
            " already downloaded is kept."
        )


def find_project() -> None:
    """Let every kernel of this environment import dockerlab.

    And let no program load what jsonschema checks addresses of other
    alphabets with, where it is installed: JupyterLab and pytest would take a
    second longer to start, and no notebook has such addresses.
    """
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    folder = pathlib.Path(run(PYTHON, "-c", code).stdout.strip())
    # site runs the lines of such a file that begin with "import".
    without = "import sys; sys.modules.setdefault('rfc3987_syntax', None)"
    (folder / "dockerlab.pth").write_text(f"{PROJECT}\n{without}\n")


def tell_ipython() -> None:
    """Let every kernel of this environment say what to do after an error."""
    folder = VENV / "etc" / "ipython"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(
        PROJECT / "dockerlab" / "commands" / "ipython_config.py", folder
    )


def say(line: str) -> None:
    """Tell what is being done."""
    print(f"  ...  {line}", flush=True)


def main(kit: str = "") -> None:
    """Make the environment unless it is complete; from a kit if one is
    named."""
    if kit:
        take_wheels(pathlib.Path(kit))
    if STAMP.exists() and STAMP.read_text() == wanted():
        tell_ipython()
        return
    begun = time.monotonic()
    print("Python environment in .venv (usually 10 s)", flush=True)
    require_machine()
    if not PYTHON.exists() or run(PYTHON, "-c", "").returncode:
        make_venv()
    install()
    find_project()
    tell_ipython()
    STAMP.write_text(wanted())
    print(f"[done] Python environment, {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:2])
    except Unable as unable:
        sys.exit(str(unable))
    except OSError as error:
        sys.exit(
            f"The Python environment cannot be made: {error.strerror}"
            f" ({error.filename}).\nMend that, then run the same command"
            " again."
        )
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run the same command again: it goes on.")
