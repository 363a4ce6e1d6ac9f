"""Wrong answers and second right ones: `python_images`."""

_HASH = """
import hashlib
made = wheels.make(index, "greeting", "1.0", 'TEXT = "first"\\n')
digest = hashlib.sha256(made.read_bytes()).hexdigest()
"""


def _check(id: str, text: str) -> str:
    return f"check({id!r}, {text!r})"


WRONG = {
    "python_images/pin": [
        ("pinned", _check("python_images/pin", "greeting\n")),
        ("pinned", _check("python_images/pin", "greeting>=1.0\n")),
        ("hashed", _check("python_images/pin", "greeting==1.0\n")),
        ("installs", _check("python_images/pin", "greeting==1.1\n")),
        (
            "installs",
            _check(
                "python_images/pin",
                f"greeting==1.0 --hash=sha256:{'0' * 64}\n",
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "python_images/pin": _HASH
    + 'check("python_images/pin", "--require-hashes\\ngreeting==1.0 \\\\\\n'
    '    --hash=sha256:" + digest)',
}
