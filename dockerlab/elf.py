"""A very small compiler: a program that prints one line, for two processors.

It runs with plain Python and writes for a processor that need not be that of
this machine, as a cross-compiler does. In a build:

    python elf.py arm64 "Hello" /hello

The format is the 'Executable and Linkable Format' (ELF) of Linux. The program
makes two system calls: write the text, and end.
"""

import os
import struct
import sys

MACHINES = {"amd64": 62, "arm64": 183}  # the field e_machine of the header
_START = 0x400000
_HEADERS = 64 + 56  # bytes of the file's header and of its one segment


def program(processor: str, text: str) -> bytes:
    """A program that prints a line.

    Args:
        processor: `amd64` or `arm64`.

    Raises:
        KeyError: it is another processor.
    """
    line = text.encode() + b"\n"
    code = {"amd64": _amd64, "arm64": _arm64}[processor](len(line)) + line
    size = _HEADERS + len(code)
    header = struct.pack(
        "<4sBBBB8xHHIQQQIHHHHHH",
        *(b"\x7fELF", 2, 1, 1, 0, 2, MACHINES[processor], 1),
        *(_START + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0),
    )
    segment = struct.pack(
        "<IIQQQQQQ", 1, 5, 0, _START, _START, size, size, 0x10000
    )
    return header + segment + code


def processor(data: bytes) -> str:
    """The processor that a program is for; empty if it is none of the two."""
    if data[:4] != b"\x7fELF" or len(data) < 20:
        return ""
    [machine] = struct.unpack_from("<H", data, 18)
    return next((n for n, code in MACHINES.items() if code == machine), "")


def _amd64(length: int) -> bytes:
    """mov eax, 1; mov edi, 1; lea rsi, [rip + 16]; mov edx, length; syscall;
    mov eax, 60; xor edi, edi; syscall."""
    before = bytes.fromhex("b801000000 bf01000000 488d3510000000 ba")
    after = bytes.fromhex("0f05 b83c000000 31ff 0f05")
    return before + struct.pack("<I", length) + after


def _arm64(length: int) -> bytes:
    """mov x0, 1; adr x1, text; mov x2, length; mov x8, 64; svc 0; mov x0, 0;
    mov x8, 93; svc 0."""
    return struct.pack(
        "<8I",
        *(0xD2800020, 0x100000E1, 0xD2800002 | length << 5, 0xD2800808),
        *(0xD4000001, 0xD2800000, 0xD2800BA8, 0xD4000001),
    )


if __name__ == "__main__":
    _processor, _text, _file = sys.argv[1:]
    with open(_file, "wb") as _out:
        _out.write(program(_processor, _text))
    os.chmod(_file, 0o755)
