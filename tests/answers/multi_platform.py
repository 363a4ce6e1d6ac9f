"""Wrong answers and second right ones: `multi_platform`."""


def _words(body: str, answer: str = '"localhost:5141/multi-words:1.0"') -> str:
    clear = """
there = registries.Registry("http://localhost:5141")
old = there.manifest("multi-words", "1.0")
if old:
    there.ask(f"multi-words/manifests/{old.digest}", "DELETE")
"""
    return f'{clear}{body}\ncheck("multi_platform/platforms", {answer})'


# An index by hand; `entries` are platform and tag.
_INDEX = """
there = registries.Registry("http://localhost:5141")
listed = []
for architecture, tag in entries:
    part = there.manifest("multi-words", tag)
    listed.append({
        "mediaType": part.media_type, "digest": part.digest,
        "size": part.size,
        "platform": {"os": "linux", "architecture": architecture},
    })
kind = registries.INDEXES[1]
index = {"schemaVersion": 2, "mediaType": kind, "manifests": listed}
put = __import__("requests").put(
    "http://localhost:5141/v2/multi-words/manifests/1.0",
    data=__import__("json").dumps(index), headers={"Content-Type": kind},
)
assert put.status_code == 201, put.text
"""


_STAGE = "FROM --platform=$BUILDPLATFORM python:3.13-slim AS build"
_SHIP = ("FROM scratch", "COPY --from=build /hello /hello", 'CMD ["/hello"]')


def _cross(compiled: str, *ship: str, stage: str = _STAGE) -> str:
    lines = [stage, "ARG TARGETARCH BUILDARCH", "COPY compile.py /"]
    text = "\n".join([*lines, f"RUN {compiled}", *(ship or _SHIP)])
    return f'check("multi_platform/cross", {text!r})'


_COMPILE = 'python /compile.py $TARGETARCH "hi" /hello'

WRONG = {
    "multi_platform/platforms": [
        ("pushed", _words("")),
        ("index", _words('words("1.0", "linux/arm64")')),
        (
            "both",
            _words(
                'words("amd64", "linux/amd64")\ntags = ["amd64"]\n'
                'entries = [("amd64", "amd64")]' + _INDEX
            ),
        ),
        # Two tags, of one platform.
        (
            "both",
            _words(
                'words("one", "linux/arm64"); words("two", "linux/arm64")\n'
                'entries = [("arm64", "one"), ("arm64", "two")]' + _INDEX
            ),
        ),
        # Only the index claims that the second one is for arm64.
        (
            "honest",
            _words(
                'words("amd64", "linux/amd64")\n'
                'entries = [("amd64", "amd64"), ("arm64", "amd64")]' + _INDEX
            ),
        ),
        # Swapped.
        (
            "honest",
            _words(
                'words("amd64", "linux/amd64")\n'
                'words("arm64", "linux/arm64")\n'
                'entries = [("amd64", "arm64"), ("arm64", "amd64")]' + _INDEX
            ),
        ),
    ],
    "multi_platform/cross": [
        ("builds linux/amd64", _cross("false")),
        # The program is for the machine that builds.
        (
            ("program linux/amd64", "program linux/arm64"),
            _cross(_COMPILE.replace("TARGET", "BUILD")),
        ),
        # A script needs a shell, and is no program.
        (
            "program linux/amd64",
            _cross("printf '#!/bin/sh\\necho hi' > /hello"),
        ),
        (
            "starts linux/amd64",
            _cross(_COMPILE, *_SHIP[:2], "CMD /hello"),
        ),
        (
            "small linux/amd64",
            _cross(
                f"{_COMPILE} && mkdir -p /usr/local/bin",
                *_SHIP[:2],
                "COPY --from=build /usr/local/bin /usr/local/bin",
                'CMD ["/hello"]',
            ),
        ),
    ],
}

ALSO_RIGHT = {
    # The tag is moved by one request, without an image on any engine.
    "multi_platform/platforms": _words(
        'words("amd64", "linux/amd64"); words("arm64", "linux/arm64")\n'
        'entries = [("arm64", "arm64"), ("amd64", "amd64")]' + _INDEX
    ),
    # All programs are compiled once, and each platform takes its own.
    "multi_platform/cross": _cross(
        "for arch in amd64 arm64; do"
        ' python /compile.py $arch "hi" /hello.$arch; done',
        "FROM scratch",
        "ARG TARGETARCH",
        "COPY --from=build /hello.$TARGETARCH /hello",
        'ENTRYPOINT ["./hello"]',
        'CMD ["--help"]',
    ),
}
