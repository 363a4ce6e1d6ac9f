"""Let Debian's Python, moved to /usr/local, work there as the official one.

Runs inside the image, by that Python, in isolated mode. Debian has changed
where Python searches for modules and where pip installs them; this changes
it back. It also corrects the paths that builds of extension modules read.
"""

import _imp
import marshal
import pathlib
import re

LIB = pathlib.Path("/usr/local/lib/python3.13")
PROGRAM = pathlib.Path("/usr/local/bin/python3.13")
# Lines whose /usr is right: they name files of other packages.
OTHERS = re.compile(r"TZPATH|DTRACE|TKINTER|UUID|/usr/bin/(env|install)")


def change(path: pathlib.Path, *pairs: tuple[str, str]) -> None:
    """Replace patterns in a file; each must be there."""
    text = path.read_text("utf-8")
    for pattern, new in pairs:
        text, found = re.subn(pattern, new, text, flags=re.M | re.S)
        if not found:
            raise SystemExit(f"{path} does not contain {pattern}")
    path.write_text(text, "utf-8")


def moved(line: str) -> str:
    """Return a line of build settings with /usr/local in place of /usr."""
    if OTHERS.search(line):
        return line
    line = re.sub(r"/usr/lib/\w+-linux-gnu", "/usr/lib", line)
    line = re.sub(r"/usr/(?=lib|include|share|bin)", "/usr/local/", line)
    return re.sub(r"/usr(?=['\"\s]|$)", "/usr/local", line)


def freeze(name: str) -> None:
    """Replace the bytecode of a module that the program itself contains."""
    source = (LIB / f"{name}.py").read_text("utf-8")
    code = marshal.dumps(compile(source, f"<frozen {name}>", "exec"))
    found = _imp.find_frozen(name, withdata=True)
    old = bytes(found[0] or b"") if found else b""
    program = PROGRAM.read_bytes()
    if len(code) > len(old) or program.count(old) != 1:
        raise SystemExit(f"the frozen {name} of {PROGRAM} cannot be replaced")
    # A running program cannot be written, but another can take its place.
    new = PROGRAM.with_suffix(".new")
    new.write_bytes(program.replace(old, code.ljust(len(old), b"\0")))
    new.chmod(0o755)
    new.rename(PROGRAM)


change(
    LIB / "site.py",
    (r"^ {12}if is_virtual_environment:.*?# this one is deprecated .*?\n", ""),
    ("dist-packages", "site-packages"),
)
freeze("site")
change(
    LIB / "sysconfig" / "__init__.py",
    (r"^    '(deb_system|posix_local)': \{.*?^        \},\n", ""),
    (r", 'posix_local', 'deb_system'", ""),
    (
        r"^    if sys\.base_prefix != sys\.prefix or hasattr.*?^    return \{",
        "    return {",
    ),
    (r"'prefix': prefix_scheme", "'prefix': 'posix_prefix'"),
)
change(
    LIB / "ensurepip" / "__init__.py",
    (r"^    _ensurepip_is_disabled_in_debian_for_system\(\)\n", ""),
)
change(
    pathlib.Path("/usr/local/bin/pydoc3.13"), ("/usr/bin", "/usr/local/bin")
)
for path in (
    *LIB.glob("_sysconfigdata__linux*.py"),
    *LIB.glob("config-*/Makefile"),
    pathlib.Path("/usr/local/bin/python3.13-config"),
):
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [moved(line) for line in lines if "WHEEL_PKG_DIR" not in line]
    path.write_text("".join(kept), "utf-8")
