"""Counter-proofs of `dockerfile_instructions`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "FROM": "2d1a6390 f270c2df",
    "RUN": "407c580f",
    "COPY": "f4930107 aabbed16",
    "ADD": "b1288cbe",
    "ENV": "434e9f2f 90be4afa",
    "ARG": "16fe267f 90be4afa",
    "WORKDIR": "386676e2 90be4afa",
    "USER": "0e199819 90be4afa",
    "EXPOSE": "0a59c0de 55c992ba ac8b4a5e 7bdcce97",
    "VOLUME": "90be4afa 8f1cee77 da666c74 f7fe6b5b 01ae298a df6acec6",
    "CMD": "161d90bb 90be4afa",
    "ENTRYPOINT": "90be4afa aa6f31ee 78d47b42 df3bfe57 6d1918a9 f79614ef"
    " 72f9fbba",
}

CHANGES = {
    "FROM": [
        Change(
            cell="2d1a6390",
            old="FROM $BASE",
            new="FROM debian:trixie-slim",
            because="Without the ARG in it, FROM takes the same base always.",
        ),
        Change(
            cell="f270c2df",
            old="RUN true",
            new="ARG BASE=debian",
            because="The builder accepts an ARG above FROM.",
        ),
    ],
    "RUN": [
        Change(
            cell="407c580f",
            old="cat /drawn > second\ncmp first second &&",
            new="cat /proc/sys/kernel/random/uuid > second\n"
            "cmp first second ||",
            because="A number drawn at run time is not the one of the build.",
        ),
    ],
    "COPY": [
        Change(
            cell="f4930107",
            old="--chown=1000:1000 --chmod=600",
            new="--chmod=600",
            because="Without --chown a copied file belongs to root.",
        ),
        Change(
            cell="f4930107",
            old="--chown=1000:1000 --chmod=600",
            new="--chown=1000:1000",
            because="Without --chmod a copied file keeps its mode.",
        ),
        Change(
            cell="aabbed16",
            old='    ".", dockerfile',
            new='    "..", dockerfile',
            because="The folder above is the context, so it has the file.",
        ),
    ],
    "ADD": [
        Change(
            cell="b1288cbe",
            old="ADD files.tar.gz",
            new="COPY files.tar.gz",
            because="COPY does not unpack the archive.",
        ),
        Change(
            cell="b1288cbe",
            old="COPY files.tar.gz",
            new="ADD files.tar.gz",
            because="ADD unpacks the archive that COPY would keep.",
        ),
    ],
    "ENV": [
        Change(
            cell="434e9f2f",
            old="ENV GREETING",
            new="ARG GREETING",
            because="An ARG is not set in the container.",
        ),
    ],
    "ARG": [
        Change(
            cell="16fe267f",
            old="ARG TOKEN\n",
            new="ARG TOKEN\nENV TOKEN=$TOKEN\n",
            because="An ENV keeps the argument's value for the container.",
            sample=True,
        ),
        Change(
            cell="16fe267f",
            old='RUN echo "the build saw $TOKEN" > /built.txt\n',
            new='RUN echo "the build saw $TOKEN" > /built.txt\n'
            "FROM debian:trixie-slim\nCOPY --from=0 /built.txt /\n",
            because="The history of an image has no lines of other stages.",
        ),
    ],
    "WORKDIR": [
        Change(
            cell="386676e2",
            old="WORKDIR app",
            new="RUN mkdir app && cd app",
            because="RUN cd changes the directory of its own shell only.",
        ),
        Change(
            cell="386676e2",
            old="RUN cd /tmp",
            new="WORKDIR /tmp",
            because="The second WORKDIR is absolute and replaces the first.",
        ),
    ],
    "USER": [
        Change(
            cell="0e199819",
            old="USER 1000\n",
            new="",
            because="Without USER the process is root.",
        ),
        Change(
            cell="0e199819",
            old="COPY hello.txt .",
            new="COPY --chown=1000 hello.txt .",
            because="The file belongs to the user, who may write to it.",
        ),
    ],
    "EXPOSE": [
        Change(
            cell="ac8b4a5e",
            old='name=lab.name("server"),',
            new='name=lab.name("server"), ports={port: ("127.0.0.1", port)},',
            because="The port is published, so it is reachable.",
            sample=True,
        ),
    ],
    "VOLUME": [
        Change(
            cell="01ae298a",
            old="keeper.remove(v=True)\n"
            "left = [v.name for v in client.volumes.list()]",
            new="keeper.remove()\n"
            "left = [v.name for v in client.volumes.list()]\n"
            "volume.remove()",
            because="Without rm -v the volume stays.",
        ),
    ],
    "CMD": [
        Change(
            cell="161d90bb",
            old='CMD ["echo", "the last CMD"]',
            new='ENTRYPOINT ["echo", "the last CMD"]',
            because="Arguments of docker run do not replace an ENTRYPOINT.",
        ),
        Change(
            cell="161d90bb",
            old='CMD ["echo", "the last CMD"]\n',
            new="",
            because="The first CMD is the only one.",
        ),
    ],
    "ENTRYPOINT": [
        Change(
            cell="78d47b42",
            old='ENTRYPOINT ["show", "entry"]',
            new='CMD ["show", "entry"]',
            because="A CMD in the place of the ENTRYPOINT fixes nothing.",
        ),
        Change(
            cell="78d47b42",
            old='ENTRYPOINT ["show", "entry"]',
            new="ENTRYPOINT show entry",
            because="In shell form ENTRYPOINT gets no arguments.",
        ),
    ],
}
