"""Answers to the exercises of `images`: wrong ones, and other right ones."""


def _dockerfile(id: str, text: str) -> str:
    return f'check("{id}", r"""{text}""")'


# The place of the damaged layer, from the archive.
_FIND = """
with tarfile.open("parcel.tar") as got:
    parts = json.load(got.extractfile("manifest.json"))[0]
    said = json.load(got.extractfile(parts["Config"]))
    said = said["rootfs"]["diff_ids"]
    for place, part in enumerate(parts["Layers"]):
        data = gzip.decompress(got.extractfile(part).read())
        if sha256(data) != said[place]:
            break
"""


def _damaged(answer: str) -> str:
    return f'{_FIND}\ncheck("images/damaged-layer", {answer})'


_BASE = """FROM python:3.13-slim
LABEL org.opencontainers.image.vendor="Example Ltd"
ENV PYTHONUNBUFFERED=1
WORKDIR /srv
USER 1000
ONBUILD COPY . .
CMD ["python", "app.py"]
"""

_RESET = """
old = ["docker", "rmi", "--force", "images-peeled:1"]
subprocess.run(old, capture_output=True)
with tarfile.open("shop.tar") as got:
    parts = json.load(got.extractfile("manifest.json"))[0]
    inside = json.load(got.extractfile(parts["Config"]))
    left = [got.extractfile(path).read() for path in parts["Layers"]]
"""


def _peel(change: str) -> str:
    """Change `inside` and `left`, write the archive, load it."""
    return f"""{_RESET}
{change}
write_image(
    "p.tar", "images-peeled:1", json.dumps(inside).encode(), left
)
load = ["docker", "load", "--input", "p.tar"]
subprocess.run(load, capture_output=True)
check("images/peel", "images-peeled:1")
"""


WRONG = {
    "images/damaged-layer": [
        # The first that differs, where the compressed bytes were hashed.
        ("damaged", _damaged('{"archive": "parcel.tar", "damaged": 0}')),
        # Counted from 1.
        (
            "damaged",
            _damaged('{"archive": "parcel.tar", "damaged": place + 1}'),
        ),
        (
            "damaged",
            _damaged('{"archive": "parcel.tar", "damaged": said[place]}'),
        ),
        ("archive", _damaged('{"archive": "p.tar", "damaged": place}')),
        ("archive", _damaged('{"archive": "hello.txt", "damaged": place}')),
        ("answer", _damaged("place")),
    ],
    "images/own-base": [
        (
            "builds",
            _dockerfile(
                "images/own-base",
                _BASE.replace("ONBUILD COPY . .", "COPY app.py ./"),
            ),
        ),
        (
            "child",
            _dockerfile("images/own-base", _BASE.replace(". .", "main.py ./")),
        ),
        (
            "runs",
            _dockerfile(
                "images/own-base", _BASE.replace("CMD", "ONBUILD RUN")
            ),
        ),
        (
            "user",
            _dockerfile("images/own-base", _BASE.replace("USER 1000", "")),
        ),
        (
            "env",
            _dockerfile("images/own-base", _BASE.replace("ENV", "ARG")),
        ),
        (
            "label",
            _dockerfile(
                "images/own-base", _BASE.replace(".vendor", ".authors")
            ),
        ),
    ],
    "images/small": [
        (
            "size",
            _dockerfile(
                "images/small",
                'FROM debian:trixie-slim\nCMD ["echo", "small"]\n',
            ),
        ),
        (
            "size",
            _dockerfile(
                "images/small",
                "FROM debian:trixie-slim\n"
                "RUN rm -rf /usr/share /var/lib /usr/lib/apt\n"
                'CMD ["echo", "small"]\n',
            ),
        ),
        (
            "prints",
            _dockerfile(
                "images/small",
                "FROM debian:trixie-slim AS tools\nFROM scratch\n"
                "COPY --from=tools /usr/bin/echo /usr/bin/dash /\n"
                'CMD ["/dash", "-c", "/echo small"]\n',
            ),
        ),
        (
            "builds",
            _dockerfile("images/small", "FROM scratch\nRUN echo small\n"),
        ),
    ],
    "images/peel": [
        ("exists", f'{_RESET}\ncheck("images/peel", "images-peeled:1")'),
        # The configuration still promises the layer: the classic store
        # refuses to load it, today's loads it and cannot unpack it.
        (("exists", "layers"), _peel("left.pop()")),
        # The right program again, on top of the wrong one.
        (
            "layers",
            _peel(
                "left.append(left[0])\n"
                'inside["rootfs"]["diff_ids"].append(sha256(left[0]))'
            ),
        ),
        # The same program, packed again with another name: other bytes.
        (
            "layers",
            _peel(
                'left = [tar({"welcome": program("welcome\\n")})]\n'
                'inside["rootfs"]["diff_ids"] = [sha256(left[0])]\n'
                'inside["config"]["Cmd"] = ["/welcome"]'
            ),
        ),
        (
            "prints",
            _peel(
                'left.pop()\ninside["rootfs"]["diff_ids"].pop()\n'
                'inside["config"].pop("Cmd")'
            ),
        ),
    ],
}

ALSO_RIGHT = {
    "images/damaged-layer": _damaged(
        '{"archive": str(folder / "parcel.tar"), "damaged": place}'
    ),
    "images/own-base": _dockerfile(
        "images/own-base",
        """FROM python:3.13-slim
ONBUILD COPY --chown=65534 . /app
ONBUILD LABEL org.opencontainers.image.vendor="Example Ltd"
USER 65534
ENV PYTHONUNBUFFERED yes
ENTRYPOINT ["python", "/app/app.py"]
""",
    ),
    "images/small": _dockerfile(
        "images/small",
        """FROM debian:trixie-slim AS tools
RUN mkdir -p /out/bin && cp /bin/sh /out/bin && \\
    for file in $(ldd /bin/sh | grep -o '/[^ ]*'); do \\
        mkdir -p /out$(dirname $file) && cp -L $file /out$file; done
FROM scratch
COPY --from=tools /out /
CMD echo small
""",
    ),
    "images/peel": _peel(
        "left = left[:1]\n"
        'inside["rootfs"]["diff_ids"] = [sha256(data) for data in left]'
    ),
}
