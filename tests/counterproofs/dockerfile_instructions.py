"""Counter-proofs of `dockerfile_instructions`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "FROM": "00000006 00000008",
    "RUN": "0000000c",
    "COPY": "00000013 00000016",
    "ADD": "0000001a",
    "ENV": "00000021 00000026",
    "ARG": "0000002a 00000026",
    "WORKDIR": "00000031 00000026",
    "USER": "00000036 00000026",
    "EXPOSE": "0a59c0de 0000003b 0000003c 0000003e",
    "VOLUME": "00000026 00000043 00000044 00000046 00000047 00000049",
    "CMD": "0000004c 00000026",
    "ENTRYPOINT": "00000026 00000050 00000052 00000054 00000055 00000056"
    " 00000057",
}

CHANGES = {
    "FROM": [
        Change(
            cell="00000006",
            old="FROM $BASE",
            new="FROM debian:trixie-slim",
            because="Without the ARG in it, FROM takes the same base always.",
        ),
        Change(
            cell="00000008",
            old="RUN true",
            new="ARG BASE=debian",
            because="The builder accepts an ARG above FROM.",
        ),
    ],
    "RUN": [
        Change(
            cell="0000000c",
            old="cat /drawn > second\ncmp first second &&",
            new="cat /proc/sys/kernel/random/uuid > second\n"
            "cmp first second ||",
            because="A number drawn at run time is not the one of the build.",
        ),
    ],
    "COPY": [
        Change(
            cell="00000013",
            old="--chown=1000:1000 --chmod=600",
            new="--chmod=600",
            because="Without --chown a copied file belongs to root.",
        ),
        Change(
            cell="00000013",
            old="--chown=1000:1000 --chmod=600",
            new="--chown=1000:1000",
            because="Without --chmod a copied file keeps its mode.",
        ),
        Change(
            cell="00000016",
            old='    ".", dockerfile',
            new='    "..", dockerfile',
            because="The folder above is the context, so it has the file.",
        ),
    ],
    "ADD": [
        Change(
            cell="0000001a",
            old="ADD files.tar.gz",
            new="COPY files.tar.gz",
            because="COPY does not unpack the archive.",
        ),
        Change(
            cell="0000001a",
            old="COPY files.tar.gz",
            new="ADD files.tar.gz",
            because="ADD unpacks the archive that COPY would keep.",
        ),
    ],
    "ENV": [
        Change(
            cell="00000021",
            old="ENV GREETING",
            new="ARG GREETING",
            because="An ARG is not set in the container.",
        ),
    ],
    "ARG": [
        Change(
            cell="0000002a",
            old="ARG TOKEN\n",
            new="ARG TOKEN\nENV TOKEN=$TOKEN\n",
            because="An ENV keeps the argument's value for the container.",
            sample=True,
        ),
        Change(
            cell="0000002a",
            old='RUN echo "the build saw $TOKEN" > /built.txt\n',
            new='RUN echo "the build saw $TOKEN" > /built.txt\n'
            "FROM debian:trixie-slim\nCOPY --from=0 /built.txt /\n",
            because="The history of an image has no lines of other stages.",
        ),
    ],
    "WORKDIR": [
        Change(
            cell="00000031",
            old="WORKDIR app",
            new="RUN mkdir app && cd app",
            because="RUN cd changes the directory of its own shell only.",
        ),
        Change(
            cell="00000031",
            old="RUN cd /tmp",
            new="WORKDIR /tmp",
            because="The second WORKDIR is absolute and replaces the first.",
        ),
    ],
    "USER": [
        Change(
            cell="00000036",
            old="USER 1000\n",
            new="",
            because="Without USER the process is root.",
        ),
        Change(
            cell="00000036",
            old="COPY hello.txt .",
            new="COPY --chown=1000 hello.txt .",
            because="The file belongs to the user, who may write to it.",
        ),
    ],
    "EXPOSE": [
        Change(
            cell="0000003c",
            old='name=lab.name("server"),',
            new='name=lab.name("server"), ports={port: ("127.0.0.1", port)},',
            because="The port is published, so it is reachable.",
            sample=True,
        ),
    ],
    "VOLUME": [
        Change(
            cell="00000047",
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
            cell="0000004c",
            old='CMD ["echo", "the last CMD"]',
            new='ENTRYPOINT ["echo", "the last CMD"]',
            because="Arguments of docker run do not replace an ENTRYPOINT.",
        ),
        Change(
            cell="0000004c",
            old='CMD ["echo", "the last CMD"]\n',
            new="",
            because="The first CMD is the only one.",
        ),
    ],
    "ENTRYPOINT": [
        Change(
            cell="00000052",
            old='ENTRYPOINT ["show", "entry"]',
            new='CMD ["show", "entry"]',
            because="A CMD in the place of the ENTRYPOINT fixes nothing.",
        ),
        Change(
            cell="00000052",
            old='ENTRYPOINT ["show", "entry"]',
            new="ENTRYPOINT show entry",
            because="In shell form ENTRYPOINT gets no arguments.",
        ),
    ],
}
