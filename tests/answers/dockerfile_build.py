"""Wrong answers and second right ones: `dockerfile_build`."""

from tests.answering import answer, wrong

DEBIAN = "FROM debian:trixie-slim\n"


_VERSION = 'CMD ["sh", "-c", "echo $VERSION"]\n'


WRONG = {
    "dockerfile_build/version": wrong(
        "dockerfile_build/version",
        ("default", "ARG VERSION=dev\n" + DEBIAN + _VERSION),
        ("given", DEBIAN + "ENV VERSION=dev\n" + _VERSION),
        (
            "given",
            DEBIAN
            + "ARG VERSION=1\nENV VERSION=dev\nRUN echo $VERSION\n"
            + _VERSION,
        ),
        ("default", DEBIAN + "ARG VERSION\nENV VERSION=$VERSION\n" + _VERSION),
        # The exec form has no shell that replaces the variable.
        (
            "default",
            DEBIAN + "ARG VERSION=dev\nENV VERSION=$VERSION\n"
            'CMD ["echo", "$VERSION"]\n',
        ),
        ("builds", "FROM Debian:trixie-slim\nARG VERSION=dev\n" + _VERSION),
    ),
    "dockerfile_build/workspace": wrong(
        "dockerfile_build/workspace",
        (
            "folder",
            DEBIAN + "RUN mkdir /work && cd /work\nUSER 1000\n"
            "COPY --chown=1000 notes.txt /work/\n",
        ),
        # WORKDIR takes no `=`: the folder is called "= /work".
        (
            "folder",
            DEBIAN + "WORKDIR = /work\nCOPY --chown=1000 notes.txt /work/\n"
            "RUN chown 1000 /work\nUSER 1000\n",
        ),
        (
            "user",
            DEBIAN + "WORKDIR /work\nCOPY --chown=1000 notes.txt .\n",
        ),
        ("file", DEBIAN + "USER 1000\nWORKDIR /work\nCOPY notes.txt .\n"),
        ("file", DEBIAN + "WORKDIR /work\nRUN chown 1000 .\nUSER 1000\n"),
        (
            "writes",
            DEBIAN + "WORKDIR /work\nCOPY --chown=1000 notes.txt .\n"
            "USER 1000\n",
        ),
        ("builds", DEBIAN + "USER ada\nWORKDIR /work\nRUN touch new\n"),
    ),
    "dockerfile_build/copy": wrong(
        "dockerfile_build/copy",
        ("paths", DEBIAN + "COPY --chown=1000 page run.sh /srv/\n"),
        ("paths", DEBIAN + "ADD page /srv/\nCOPY --chmod=755 run.sh /srv/\n"),
        ("owner", DEBIAN + "COPY . /srv/\nRUN chmod 755 /srv/run.sh\n"),
        # USER does not change who owns what COPY brings.
        (
            "owner",
            DEBIAN + "USER 1000\nCOPY page /srv/page/\n"
            "COPY --chmod=755 run.sh /srv/\n",
        ),
        ("mode", DEBIAN + "COPY --chown=1000 . /srv/\n"),
        (
            "mode",
            DEBIAN + "COPY --chown=1000 page /srv/page\n"
            "COPY --chmod=777 run.sh /srv/\n",
        ),
        ("builds", DEBIAN + "COPY pages /srv/page\nCOPY run.sh /srv/\n"),
    ),
}

ALSO_RIGHT = {
    "dockerfile_build/version": answer(
        "dockerfile_build/version",
        DEBIAN + "ARG VERSION=dev\nRUN echo $VERSION > /version\n"
        'CMD ["cat", "/version"]\n',
    ),
    "dockerfile_build/workspace": answer(
        "dockerfile_build/workspace",
        DEBIAN + "RUN useradd --uid 1000 --home-dir /work --create-home ada\n"
        "USER ada\nWORKDIR /work\nCOPY --chown=ada notes.txt .\n",
    ),
    "dockerfile_build/copy": answer(
        "dockerfile_build/copy",
        DEBIAN + "WORKDIR /srv\nCOPY . .\n"
        "RUN chown -R 1000 page && chmod 755 run.sh\n",
    ),
}
