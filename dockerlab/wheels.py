"""Make a small wheel, as an index would hold it.

The format is 'Binary distribution format' of the Python Packaging User
Guide: a ZIP archive with the code and a folder of metadata.
"""

import os
import pathlib
import zipfile


def make(
    folder: str | os.PathLike, name: str, version: str, code: str
) -> pathlib.Path:
    """Write the wheel of a module `name` into `folder`; its path.

    The same arguments give the same bytes, and so the same hash.
    """
    about = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code,
        f"{about}/METADATA": "Metadata-Version: 2.1\n"
        f"Name: {name}\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: dockerlab\n"
        "Root-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{about}/RECORD"
    files[record] = "".join(f"{path},,\n" for path in [*files, record])
    target = pathlib.Path(folder, f"{name}-{version}-py3-none-any.whl")
    with zipfile.ZipFile(target, "w") as wheel:
        for path, text in files.items():
            # This form of the call dates every file to 1980.
            wheel.writestr(zipfile.ZipInfo(path), text)
    return target
