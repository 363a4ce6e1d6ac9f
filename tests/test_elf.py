"""Programs for two processors."""

import pathlib
import platform
import subprocess
import sys

import pytest

from dockerlab import elf

HERE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), "")


@pytest.mark.skipif(
    sys.platform != "linux" or not HERE, reason="programs of Linux"
)
def test_the_program_prints_its_line(tmp_path):
    file = tmp_path / "hello"
    command = [sys.executable, elf.__file__, HERE, "Hello, you", str(file)]
    subprocess.run(command, check=True)
    done = subprocess.run([str(file)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "Hello, you\n")


@pytest.mark.parametrize("name", ["amd64", "arm64"])
def test_its_header_names_the_processor(name):
    assert elf.processor(elf.program(name, "text")) == name


def test_other_files_have_no_processor():
    assert elf.processor(b"\x7fELF") == ""
    assert elf.processor(b"#!/bin/sh\necho this is a script") == ""


def test_the_program_needs_no_other_file():
    # A build copies it alone.
    text = pathlib.Path(elf.__file__).read_text()
    assert "import dockerlab" not in text
    assert "from dockerlab" not in text
