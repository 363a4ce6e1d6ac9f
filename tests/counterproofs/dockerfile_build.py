"""Counter-proofs of `dockerfile_build`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "FROM": "89ba59c1",
    "RUN": "89ba59c1 5bfab73c 86987b43 77fe3433",
    "COPY": "ebcb9b51 ad879a37",
    "ADD": "39b02df2",
    "WORKDIR": "b06af506",
    "ENV": "82675611",
    "ARG": "4195834b bbac6014",
    "USER": "b0ba036d",
}

CHANGES = {
    "FROM": [
        Change(
            cell="89ba59c1",
            old="FROM $BASE",
            new="FROM debian:trixie-slim",
            because="Without the ARG in it, FROM always takes the same base.",
        ),
        Change(
            cell="5bfab73c",
            old="RUN true",
            new="ARG BASE=debian",
            because="The builder accepts an ARG above FROM.",
        ),
    ],
    "RUN": [
        Change(
            cell="77fe3433",
            old="cat /number > second\ncmp first second &&",
            new="cat /proc/sys/kernel/random/uuid > second\n"
            "cmp first second ||",
            because="A number drawn at run time is not the one of the build.",
        ),
        Change(
            cell="86987b43",
            old="useradd --uid 1000 ada && ",
            new="useradd --uid 1000 ada\nRUN ",
            because="Two RUN add two layers.",
        ),
    ],
    "COPY": [
        Change(
            cell="ebcb9b51",
            old="--chown=1000:1000 page",
            new="page",
            because="Without --chown a copied file belongs to root.",
        ),
        Change(
            cell="ebcb9b51",
            old="COPY --chmod=600 hello.txt",
            new="COPY hello.txt",
            because="Without --chmod a copied file keeps its mode.",
        ),
        Change(
            cell="ebcb9b51",
            old="page /srv/",
            new="page /srv/page/",
            because="A target with the folder's name keeps the name.",
        ),
        Change(
            cell="50beef95",
            old='builds.build("."',
            new='builds.build(".."',
            because="The folder above is the context, so it has the file.",
        ),
    ],
    "ADD": [
        Change(
            cell="39b02df2",
            old="ADD files.tar.gz",
            new="COPY files.tar.gz",
            because="COPY does not unpack the archive.",
        ),
        Change(
            cell="39b02df2",
            old="COPY files.tar.gz",
            new="ADD files.tar.gz",
            because="ADD unpacks the archive that COPY would keep.",
        ),
    ],
    "WORKDIR": [
        Change(
            cell="b06af506",
            old="WORKDIR app",
            new="RUN mkdir app && cd app",
            because="RUN cd changes the directory of its own shell only.",
        ),
        Change(
            cell="b06af506",
            old="RUN cd /tmp",
            new="WORKDIR /tmp",
            because="The second WORKDIR is absolute and replaces the first.",
        ),
    ],
    "ENV": [
        Change(
            cell="82675611",
            old="ENV GREETING hello",
            new="ARG GREETING=hello",
            because="An ARG is not set in the container.",
        ),
    ],
    "ARG": [
        Change(
            cell="4195834b",
            old="ARG TOKEN\n",
            new="ARG TOKEN\nENV TOKEN=$TOKEN\n",
            because="An ENV keeps the argument's value for the container.",
            sample=True,
        ),
        Change(
            cell="4195834b",
            old='RUN echo "$TOKEN $LEVEL" > /built.txt\n',
            new='RUN echo "$TOKEN $LEVEL" > /built.txt\n'
            "FROM debian:trixie-slim\nCOPY --from=0 /built.txt /\n",
            because="The history of an image has no lines of other stages.",
        ),
    ],
    "USER": [
        Change(
            cell="b0ba036d",
            old="USER 1000\n",
            new="",
            because="Without USER the process is root.",
        ),
        Change(
            cell="b0ba036d",
            old="COPY hello.txt",
            new="COPY --chown=1000 hello.txt",
            because="The file belongs to the user, who may write to it.",
        ),
    ],
}
