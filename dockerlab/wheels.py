"""Make small wheels for package indexes in lessons, checks and tests.

The format is 'Binary distribution format' of the Python Packaging User
Guide: a ZIP archive with the code and a folder of metadata.
"""

import os
import pathlib
import re
import zipfile

_METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
_WHEEL = (
    "Wheel-Version: 1.0\nGenerator: dockerlab\n"
    "Root-Is-Purelib: true\nTag: py3-none-any\n"
)


def make(
    folder: str | os.PathLike, name: str, version: str, code: str = ""
) -> pathlib.Path:
    """Write a wheel into `folder`, and return its path.

    The same arguments give the same bytes, and so the same hash.

    Args:
        name: of the package, and of its one module.
        code: of the module; without code, the package has only metadata.
    """
    stem = re.sub(r"[-_.]+", "_", name)
    about = f"{stem}-{version}.dist-info"
    files = {f"{stem}.py": code} if code else {}
    files[f"{about}/METADATA"] = _METADATA.format(name, version)
    files[f"{about}/WHEEL"] = _WHEEL
    record = f"{about}/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    target = pathlib.Path(folder, f"{stem}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in files.items():
            # This form of the call dates every file to 1980.
            wheel.writestr(zipfile.ZipInfo(path), text)
    return target


def publish(index: str | os.PathLike, name: str, version: str) -> None:
    """Add a release without code to a package index in a folder (PEP 503).

    The project's page lists all its wheels.
    """
    project = pathlib.Path(index, re.sub(r"[-_.]+", "-", name).lower())
    project.mkdir(parents=True, exist_ok=True)
    make(project, name, version)
    files = sorted(path.name for path in project.glob("*.whl"))
    links = [f'<a href="{file}">{file}</a>' for file in files]
    (project / "index.html").write_text("\n".join(links))
