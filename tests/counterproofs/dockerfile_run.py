"""Counter-proofs of `dockerfile_run`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "CMD": "6ad3171b",
    "ENTRYPOINT": "1885f33a a64ef0ea",
    "EXPOSE": "425ca096 117347f9",
    "VOLUME": "ed7b0e70 dee867c3",
    "LABEL": "1d2b0e42",
    "HEALTHCHECK": "ee1d24c1 12591e35",
}

CHANGES = {
    "CMD": [
        Change(
            cell="6ad3171b",
            old='CMD ["echo", "the last CMD"]',
            new='ENTRYPOINT ["echo", "the last CMD"]',
            because="Arguments of docker run do not replace an ENTRYPOINT.",
        ),
        Change(
            cell="6ad3171b",
            old='CMD ["echo", "the last CMD"]\n',
            new="",
            because="The first CMD is the only one.",
        ),
    ],
    "ENTRYPOINT": [
        Change(
            cell="a64ef0ea",
            old='ENTRYPOINT ["show", "entry"]',
            new="ENTRYPOINT show entry",
            because="In shell form ENTRYPOINT gets no arguments.",
        ),
        Change(
            cell="a64ef0ea",
            old='"ENTRYPOINT show entry"',
            new="""'ENTRYPOINT ["show", "entry"]'""",
            because="In exec form ENTRYPOINT gets the arguments.",
        ),
        Change(
            cell="a64ef0ea",
            old='CMD ["show", "cmd"]',
            new="CMD show cmd",
            because="A CMD in shell form brings /bin/sh and -c.",
        ),
    ],
    "EXPOSE": [
        Change(
            cell="425ca096",
            old="docker run -d --name",
            new="docker run -d -p 127.0.0.1::8000 --name",
            because="The port is published, so it is reachable.",
            sample=True,
        ),
        Change(
            cell="425ca096",
            old="EXPOSE 8000\n",
            new="",
            because="Without EXPOSE the engine does not know the port.",
        ),
    ],
    "VOLUME": [
        Change(
            cell="d58dc399",
            old="keeper.remove(v=True)  # docker rm --volumes\n"
            "left = [volume.name for volume in client.volumes.list()]",
            new="keeper.remove()\n"
            "left = [volume.name for volume in client.volumes.list()]\n"
            'client.volumes.get(mount["Name"]).remove()',
            because="Without --volumes the volume stays.",
        ),
        Change(
            cell="ed7b0e70",
            old="VOLUME /data",
            new="VOLUME /other",
            because="Each folder that VOLUME names gets a volume.",
        ),
    ],
    "LABEL": [
        Change(
            cell="1d2b0e42",
            old="VERSION=1.2",
            new="VERSION=1.3",
            because="The filter does not find an image of another version.",
        ),
        Change(
            cell="1d2b0e42",
            old="version=$VERSION",
            new="revision=$VERSION",
            because="A label of another name is not the one searched for.",
        ),
    ],
    "HEALTHCHECK": [
        Change(
            cell="ee1d24c1",
            old='CMD ["sleep", "600"]',
            new='CMD ["sh", "-c", "until test -e /tmp/ready; do sleep 0.1;'
            " done; while test -e /tmp/ready; do sleep 0.1; done; sleep 0.1;"
            ' exit"]',
            because="The program ends by itself when the file is gone.",
        ),
    ],
}
