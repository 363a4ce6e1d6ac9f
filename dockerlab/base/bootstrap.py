"""Create the Python environment in `.venv`; make runs this first of all.

It needs Python's standard library alone. uv installs the packages, and pip
does where uv is not available.

    python dockerlab/base/bootstrap.py             what a learner needs
    python dockerlab/base/bootstrap.py --tests     and what tests need
    python dockerlab/base/bootstrap.py course.kit  from a kit, without network
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
from typing import IO, Any

PROJECT = pathlib.Path(__file__).resolve().parents[2]
VENV = PROJECT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = PROJECT / "requirements.txt"
# The same packages, and those that only tests and instructors' pages use.
ALL_REQUIREMENTS = PROJECT / "tests" / "requirements.txt"
OLDEST = (3, 11)
FORM = 2  # of an environment: a higher number makes existing ones new
MEGABYTES = 900  # of disk that the environment needs, with room to unpack
# Where the packages of a kit are kept: see kit.py.
WHEELS = PROJECT / ".kit" / "wheels"
KIT_FORMAT = "dockerlab-kit-1"
SEAL = len(KIT_FORMAT) + 1 + 64  # bytes at a kit's end: format and SHA-256
RUN_AGAIN = "then run the same command again."


class Unable(Exception):
    """The environment cannot be created: what is wrong and what to do."""


def run(*command: object) -> subprocess.CompletedProcess[str]:
    """Run a command and capture its output."""
    return subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        # By default uv trusts its own certificate authorities alone, and not
        # those that this machine's owner added, such as a company's proxy.
        env={**os.environ, "UV_SYSTEM_CERTS": "true"},
    )


def report(line: str) -> None:
    """Print what is being done."""
    print(f"  ...  {line}", flush=True)


def pins(requirements: pathlib.Path = REQUIREMENTS) -> str:
    """Return the SHA-256 of pinned requirements."""
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def stamp(requirements: pathlib.Path) -> pathlib.Path:
    """Return the file that notes that these requirements are installed."""
    tests = requirements == ALL_REQUIREMENTS
    return VENV / ("dockerlab-tests-ready" if tests else "dockerlab-ready")


def stamp_text(requirements: pathlib.Path) -> str:
    """Return what the stamp of a complete environment holds."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"{FORM} {version} {pins(requirements)} {PROJECT}"


def complete(requirements: pathlib.Path) -> bool:
    """Whether these requirements are installed."""
    note = stamp(requirements)
    expected = stamp_text(requirements)
    return note.exists() and note.read_text("utf-8") == expected


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
            f" environment needs {MEGABYTES} MB.\nFree some space, {RUN_AGAIN}"
        )


# -- a kit's packages ---------------------------------------------------


def open_kit(path: pathlib.Path) -> tuple[tarfile.TarFile, dict[str, Any]]:
    """Open a kit that is complete and fits this machine.

    Returns:
        The archive, which the caller closes, and its description.

    Raises:
        Unable: the file is no kit, is damaged, or is a kit for another kind
            of machine.
    """
    _check_seal(path)
    archive = tarfile.open(path)  # noqa: SIM115  (the caller closes it)
    about: dict[str, Any] = json.load(_member(archive, "kit.json"))
    if about["machine"] != this_machine():
        archive.close()
        raise Unable(
            f"The kit {path} was made for {about['machine']}; this is"
            f" {this_machine()}.\nNothing was changed. Make a kit on a"
            " machine like this one."
        )
    return archive, about


def _check_seal(path: pathlib.Path) -> None:
    """Raise Unable unless the file ends with its own correct checksum."""
    try:
        left = max(0, path.stat().st_size - SEAL)
        digest = hashlib.sha256()
        with path.open("rb") as file:
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
            " was changed. Copy the file again, or make a new one with `make"
            " kit FILE=...` on a prepared machine."
        )
    if seal != f"{KIT_FORMAT}:{digest.hexdigest()}".encode():
        raise Unable(
            f"The kit {path} is damaged: its checksum is wrong.\nNothing was"
            " changed. Copy the file again from where it was made."
        )


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    """Open a file in an archive."""
    file = archive.extractfile(name)
    assert file, f"{name} is no file"
    return file


def this_machine() -> str:
    """Return what a kit must fit: the processor and the Python version."""
    version = "{}.{}".format(*sys.version_info)
    return f"{os.uname().machine} with Python {version}"


def keep_wheels(path: pathlib.Path) -> None:
    """Unpack the Python packages of a kit."""
    archive, about = open_kit(path)
    partial = WHEELS.with_name("partial")
    shutil.rmtree(partial, ignore_errors=True)
    with (
        archive,
        _member(archive, "wheels.tar") as packed,
        tarfile.open(fileobj=packed) as wheels,
    ):
        wheels.extractall(partial, filter="data")
    (partial / "pins").write_text(about["pins"], "utf-8")
    shutil.rmtree(WHEELS, ignore_errors=True)
    partial.rename(WHEELS)


def kit_options(requirements: pathlib.Path = REQUIREMENTS) -> list[object]:
    """Return the options by which pip and uv install from a kit's packages.

    Empty if there is no kit, or if its packages are not the pinned ones: a
    kit has no packages of tests.
    """
    note = WHEELS / "pins"
    if note.exists() and note.read_text("utf-8") == pins(requirements):
        return ["--no-index", "--find-links", WHEELS]
    return []


# -- the environment ----------------------------------------------------


def make_venv() -> None:
    """Create the virtual environment from this Python.

    Raises:
        Unable: this Python cannot create one, also not with Debian's package
            for it.
    """
    if VENV.exists():
        shutil.rmtree(VENV)
    # pip is among the pinned packages: installing it twice takes seconds.
    bare = ["--without-pip"] if has_pip(sys.executable) else []
    made = run(sys.executable, "-m", "venv", *bare, VENV)
    if made.returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if shutil.which("apt-get"):
        _install_venv_package()
        made = run(sys.executable, "-m", "venv", VENV)
    if made.returncode:
        raise Unable(
            "This Python cannot create a virtual environment.\n"
            "On Debian or Ubuntu type: sudo apt-get install python3-venv\n"
            f"Then {RUN_AGAIN.removeprefix('then ')}"
        )


def _install_venv_package() -> None:
    """Install Debian's package with the parts of venv, where this is root's
    or sudo's right."""
    package = "python{}.{}-venv".format(*sys.version_info)
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if sudo and not shutil.which("sudo"):
        return
    report(f"installing Debian's package {package}")
    apt = [*sudo, "apt-get", "--quiet", "--yes"]
    run(*apt, "update")
    run(*apt, "install", package)


def has_pip(python: object) -> bool:
    """Whether a Python runs and has a pip that can install for another."""
    found = run(python, "-m", "pip", "--python", python, "--version")
    return found.returncode == 0


def install(requirements: pathlib.Path) -> None:
    """Install everything that these requirements pin, checked by hashes.

    Raises:
        Unable: the packages cannot be downloaded or installed.
    """
    pip: list[object] = [PYTHON, "-m", "pip"]
    if not has_pip(PYTHON):
        pip = [sys.executable, "-m", "pip", "--python", PYTHON]
    pip.append("--disable-pip-version-check")
    kit = kit_options(requirements)
    uv = pathlib.Path(shutil.which("uv") or VENV / "bin" / "uv")
    if not uv.exists():
        report("fetching uv, which installs quickly")
        run(*pip, "install", "--quiet", "--retries=1", *kit, "uv")
    pinned = [*kit, "--require-hashes", "--requirement", requirements]
    if uv.exists():
        report("installing the Python packages")
        options = ["--quiet", "--python", PYTHON]
        if run(uv, "pip", "install", *options, *pinned).returncode == 0:
            return
    report("installing the Python packages with pip, which takes a minute")
    words = [*pip, "install", "--progress-bar=off", "--retries=1", *pinned]
    done = subprocess.run(
        [str(word) for word in words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        errors = [row for row in done.stderr.splitlines() if "ERROR" in row]
        reason = "\n".join(errors[-2:])
        raise Unable(
            f"The Python packages cannot be installed.\n{reason}\n"
            f"Check the network, {RUN_AGAIN} What is already downloaded is"
            " kept."
        )


def packages() -> pathlib.Path:
    """Return the environment's folder of packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return pathlib.Path(run(PYTHON, "-c", code).stdout.strip())


def link_project(folder: pathlib.Path) -> None:
    """Let every program of this environment import dockerlab.

    Args:
        folder: of packages.
    """
    (folder / "dockerlab.pth").write_text(f"{PROJECT}\n", "utf-8")


def remove_old_schemas(folder: pathlib.Path) -> None:
    """Remove the schemas of all versions of Kubernetes but the newest.

    kubernetes_validate has thirteen versions, with 100 MB. The course
    validates against the newest.

    Args:
        folder: of packages.
    """
    place = folder / "kubernetes_validate" / "kubernetes-json-schema"
    versions: dict[tuple[int, ...], list[pathlib.Path]] = {}
    for found in place.glob("v*"):  # such as v1.37.0-local-strict
        numbers = found.name.removeprefix("v").split("-")[0].split(".")
        versions.setdefault(tuple(map(int, numbers)), []).append(found)
    for version in sorted(versions)[:-1]:
        for old in versions[version]:
            shutil.rmtree(old)


def configure_ipython() -> None:
    """Let every kernel of this environment print advice after an error."""
    folder = VENV / "etc" / "ipython"
    folder.mkdir(parents=True, exist_ok=True)
    commands = PROJECT / "dockerlab" / "commands"
    shutil.copy(commands / "ipython_config.py", folder)


def begin_early() -> None:
    """Begin, in the background, with what the engine will need.

    Not sooner: before, Debian's package manager may install venv.
    """
    subprocess.Popen(
        [sys.executable, "-m", "dockerlab.engine.early"],
        cwd=PROJECT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def main(kit: str = "", tests: bool = False, start: bool = False) -> None:
    """Create the environment unless it is complete.

    Args:
        kit: a kit to install from.
        tests: whether it gets what tests need, too.
        start: whether the preparation of an engine comes next.

    Raises:
        Unable: what is wrong and what to do.
    """
    if kit:
        keep_wheels(pathlib.Path(kit))
    wanted = ALL_REQUIREMENTS if tests else REQUIREMENTS
    if complete(wanted):
        configure_ipython()
        return
    begun = time.monotonic()
    print("Python environment in .venv (usually 10 s)", flush=True)
    require_machine()
    if not PYTHON.exists() or run(PYTHON, "-c", "").returncode:
        make_venv()
    if start:
        begin_early()
    install(wanted)
    folder = packages()
    remove_old_schemas(folder)
    link_project(folder)
    configure_ipython()
    for requirements in {REQUIREMENTS, wanted}:
        stamp(requirements).write_text(stamp_text(requirements), "utf-8")
    print(f"[done] Python environment, {time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    try:
        words = sys.argv[1:]
        kits = [word for word in words if not word.startswith("--")]
        main("".join(kits[:1]), "--tests" in words, "--start" in words)
    except Unable as unable:
        sys.exit(str(unable))
    except OSError as error:
        sys.exit(
            f"The Python environment cannot be created: {error.strerror}"
            f" ({error.filename}).\nCorrect that, {RUN_AGAIN}"
        )
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run the same command again to continue.")
