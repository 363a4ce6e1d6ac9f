"""Counter-proofs of `what_is_a_container`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "own-filesystem": "f52549e6 2682a428",
    "own-network": "3f546dcc 175f0fca",
    "own-processes": "f52549e6 d9b20106",
    "shared-kernel": "",
    "consistent-env": "2f5f1028",
    "many-from-one": "2f5f1028 d89d75fb",
    "light-weight": "d89d75fb 0a5c78db c859edf5",
}

CHANGES = {
    "own-filesystem": [
        Change(
            cell="f52549e6",
            old="docker run -d --name what-one",
            new="docker run -d --name what-one --volume /shared",
            also=(
                (
                    "f52549e6",
                    "--name what-two",
                    "--name what-two --volumes-from what-one",
                ),
                (
                    "2682a428",
                    "docker exec what-one touch /note.txt",
                    "docker exec what-one touch /shared/note.txt\n"
                    "for name in what-one what-two; do\n"
                    "docker exec $name ln -s /shared/note.txt /note.txt\n"
                    "done",
                ),
            ),
            because="Both containers read the file from one volume.",
        ),
    ],
    "own-network": [
        Change(
            cell="801e5298",
            old='own = output("run", "--rm",',
            new='own = output("run", "--rm", "--network", "host",',
            because="The container uses the interfaces of the machine.",
            sample=True,
        ),
        Change(
            cell="3f546dcc",
            old="echo page 2",
            new="echo page 1",
            because="Both addresses lead to the same page.",
        ),
    ],
    "own-processes": [
        Change(
            cell="f52549e6",
            old="docker run -d --name what-one",
            new="docker run -d --pid host --name what-one",
            because="The container uses the process numbers of the machine.",
        ),
        Change(
            cell="f52549e6",
            old="docker run -d --name what-two",
            new="docker run -d --pid container:what-one --name what-two",
            because="Two containers share one process namespace.",
        ),
    ],
    "shared-kernel": [
        Change(
            cell="389ea7ca",
            old='image, "uname", "-r")',
            new='image, "setarch", "--uname-2.6", "uname", "-r")',
            because="The containers report another kernel, as they would"
            " with a kernel of their own.",
        ),
    ],
    "consistent-env": [
        Change(
            cell="9f4fdc5f",
            old='["docker", "run", "--rm", "what-pinned"',
            new='["docker", "run", "--rm", "-e", "PYTHONHOME", "what-pinned"',
            because="A variable of the machine reaches the interpreter.",
        ),
        Change(
            cell="2f5f1028",
            old="RUN pip install itsdangerous==2.2.0",
            new="RUN true",
            because="The image does not contain the package.",
        ),
    ],
    "many-from-one": [
        Change(
            cell="d89d75fb",
            old="what-copy-$n python:3.13-slim",
            new="what-copy-$n"
            " $([ $n = 5 ] && echo what-pinned || echo python:3.13-slim)",
            because="The fifth container runs from another image.",
        ),
        Change(
            cell="d89d75fb",
            old="echo number $n >",
            new="echo number >",
            because="The five files do not differ.",
        ),
    ],
    "light-weight": [
        Change(
            cell="d89d75fb",
            old="python -m http.server 8000",
            new="python -c \"import time; x = b'x' * 80_000_000;"
            ' time.sleep(600)"',
            also=(
                (
                    "0a5c78db",
                    "numbers =",
                    "import time; time.sleep(10); numbers =",
                ),
            ),
            because="Each program keeps 80 MB, and the container with it.",
        ),
        Change(
            cell="d89d75fb",
            old="echo number $n > /number.txt",
            new="echo number $n > /number.txt;"
            " head -c 60000000 /dev/zero > /x",
            because="Each container writes much of the size of the image.",
        ),
    ],
}
