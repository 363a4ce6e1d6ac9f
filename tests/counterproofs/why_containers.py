"""Counter-proofs of `why_containers`."""

from tests.counterproofs.harness import Change

# The two containers, and what the engine's machine shows of them.
PAIR = "e530427a 041aa7fe 9eb7425f 49fb1ec5 24c326a0"

NEEDS = {
    "own-processes": f"{PAIR} 1d5b35d2",
    "own-filesystem": f"{PAIR} fd07061b",
    "own-network": f"{PAIR} 84676c75 a552ed69 dfebea56",
    "shared-kernel": "61e053b9 6fafa71d",
    "fast-start": "7e712e68 ede4e2bf 9d91ea8a fbf684a1",
    "consistent-env": "cb2aa1fd 5d165eac 86631e33 b00069b3",
    "many-from-one": "cb2aa1fd 5d165eac 56f4c2fa",
    "light-weight": "56f4c2fa 884b6ba4 5c0b1a01 5c0b1a02 b4bd6e06 fd79e4f4",
    "be8002f2": "2c68099d 2825fc43 e0a315f3",
    "955c608c": "ef44fcde 63147946 2d601b08 471a8d90",
}

# Replaces each mapped file by a copy, as the notebook's control does.
COPIES = '''wait = ["python", "-c", """
import os, shutil, sys
for path in {row.split()[-1] for row in open("/proc/self/maps")}:
    if os.path.isfile(path):
        shutil.copy(path, "/copy")
        os.replace("/copy", path)
os.execv(sys.executable, ["python", "-c", "import time; time.sleep(600)"])
"""]'''

CHANGES = {
    "own-processes": [
        Change(
            cell="e530427a",
            old="docker run --detach",
            new="docker run --detach --pid host",
            because="The container uses the process space of its machine.",
            sample=True,
        ),
        Change(
            cell="9eb7425f",
            old="docker run --detach",
            new="docker run --detach --pid container:why-a",
            because="Two containers share one process space.",
        ),
    ],
    "own-filesystem": [
        Change(
            cell="e530427a",
            old="--name why-a",
            new="--name why-a --volume /only-in-a",
            also=(
                (
                    "9eb7425f",
                    "--name why-b",
                    "--name why-b --volumes-from why-a",
                ),
            ),
            because="Both containers share one volume at this path.",
        ),
    ],
    "own-network": [
        Change(
            cell="e530427a",
            old="docker run --detach",
            new="docker run --detach --network host",
            because="The container uses the network of its machine.",
        ),
        Change(
            cell="dfebea56",
            old="network_mode=mode",
            new='network_mode="host"',
            because="Both containers show the interfaces of their machine.",
        ),
    ],
    "shared-kernel": [
        Change(
            cell="6fafa71d",
            old='name, ["/bin/uname", "--kernel-release"]',
            new='name, ["/bin/uname", "--kernel-release"]'
            ' if name == "why-bare"'
            ' else ["setarch", "--uname-2.6", "/bin/uname", "-r"]',
            because="Two containers report another kernel release, as they"
            " would with a kernel of their own.",
        ),
    ],
    "fast-start": [
        Change(
            cell="ede4e2bf",
            old='[first_word(*run, "echo", "READY") for _ in range(9)]',
            new='[first_word(*run, "sh", "-c", "sleep 6; echo READY")]',
            because="The container needs seconds before its first word, as a"
            " machine that boots does.",
        ),
        Change(
            cell="fbf684a1",
            old='[*run, "cat", "/proc/uptime"]',
            new='[*run, "awk", "NR == 1 {up = $1} NR == 2 {print up - $22 /'
            ' 100}", "/proc/uptime", "/proc/1/stat"]',
            because="The clock begins with the container, as that of a kernel"
            " of its own would.",
        ),
    ],
    "consistent-env": [
        Change(
            cell="b00069b3",
            old='"--rm", "why-pinned"',
            new='"--rm", "--env", "PYTHONHOME", "why-pinned"',
            because="A setting of the host reaches the interpreter inside.",
        ),
        Change(
            cell="5d165eac",
            old="RUN pip install $1",
            new="RUN true",
            because="The image does not contain the pinned package.",
        ),
    ],
    "many-from-one": [
        Change(
            cell="56f4c2fa",
            old='client.containers.run("python:3.13-slim", wait',
            new='client.containers.run("why-pinned" if n == 4 else'
            ' "python:3.13-slim", wait',
            because="The fifth container runs from another image.",
        ),
        Change(
            cell="56f4c2fa",
            old="detach=True,",
            new='detach=True, volumes=[f"{lab.scratch}:/shared"],',
            also=(
                (
                    "56f4c2fa",
                    "> /mine",
                    "> /shared/mine; ln -s /shared/mine /mine",
                ),
            ),
            because="The five write into one place, not each into its own.",
        ),
    ],
    "light-weight": [
        Change(
            cell="56f4c2fa",
            old='wait = ["python", "-c", "import time; time.sleep(600)"]',
            new=COPIES,
            because="Each program runs from its own copies: none shares.",
        ),
        Change(
            cell="56f4c2fa",
            old="echo number {n} > /mine",
            new="head -c 40000000 /dev/zero > /mine",
            because="Each container writes much of an image's size.",
        ),
    ],
    "resource-limits": [
        Change(
            cell="2825fc43",
            old="mem_limit=limit, memswap_limit=limit,  # no swap on top",
            new="",
            also=(("2c68099d", "while True:", "while len(hold) < 40:"),),
            because="Without a limit the program gets all that it wants.",
            proof="be8002f2",
        ),
        Change(
            cell="ef44fcde",
            old="nano_cpus=int((quota or 0) * 1e9)",
            new="nano_cpus=0",
            because="Without a quota each loop takes what the machine has.",
            proof="955c608c",
        ),
    ],
}
