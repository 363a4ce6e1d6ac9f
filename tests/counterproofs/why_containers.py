"""Counter-proofs of `why_containers`."""

from tests.counterproofs.harness import Change

# The two containers, and what the engine's machine shows of them.
PAIR = "00000004 00000008 0000000e 0000000f 00000011"

NEEDS = {
    "own-processes": f"{PAIR} 0000000c",
    "own-filesystem": f"{PAIR} 00000018",
    "own-network": f"{PAIR} 0000001b 0000001d 00000020",
    "shared-kernel": "00000023 00000025",
    "fast-start": "00000029 0000002a 0000002c 0000002f",
    "consistent-env": "00000033 00000034 00000036 00000037",
    "many-from-one": "00000033 00000034 0000003b",
    "light-weight": "0000003b 00000040 5c0b1a01 5c0b1a02 00000043 00000044",
    "00000050": "0000004a 0000004c 0000004d",
    "00000057": "00000052 00000053 00000054 00000055",
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
            cell="00000004",
            old="docker run --detach",
            new="docker run --detach --pid host",
            because="The container uses the process space of its machine.",
            sample=True,
        ),
        Change(
            cell="0000000e",
            old="docker run --detach",
            new="docker run --detach --pid container:why-a",
            because="Two containers share one process space.",
        ),
    ],
    "own-filesystem": [
        Change(
            cell="00000004",
            old="--name why-a",
            new="--name why-a --volume why-shared:/only-in-a",
            also=(
                (
                    "0000000e",
                    "--name why-b",
                    "--name why-b --volume why-shared:/only-in-a",
                ),
            ),
            because="Both containers share one volume at this path.",
        ),
    ],
    "own-network": [
        Change(
            cell="00000004",
            old="docker run --detach",
            new="docker run --detach --network host",
            because="The container uses the network of its machine.",
        ),
        Change(
            cell="00000020",
            old="network_mode=mode",
            new='network_mode="host"',
            because="Both containers show the interfaces of their machine.",
        ),
    ],
    "shared-kernel": [
        Change(
            cell="00000025",
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
            cell="0000002a",
            old='[first_word(*run, "echo", "READY") for _ in range(9)]',
            new='[first_word(*run, "sh", "-c", "sleep 6; echo READY")]',
            because="The container needs seconds before its first word, as a"
            " machine that boots does.",
        ),
        Change(
            cell="0000002f",
            old='[*run, "cat", "/proc/uptime"]',
            new='[*run, "awk", "NR == 1 {up = $1} NR == 2 {print up - $22 /'
            ' 100}", "/proc/uptime", "/proc/1/stat"]',
            because="The clock begins with the container, as that of a kernel"
            " of its own would.",
        ),
    ],
    "consistent-env": [
        Change(
            cell="00000037",
            old='"--rm", "why-pinned"',
            new='"--rm", "--env", "PYTHONHOME", "why-pinned"',
            because="A setting of the host reaches the interpreter inside.",
        ),
        Change(
            cell="00000034",
            old="RUN pip install $1",
            new="RUN true",
            because="The image does not contain the pinned package.",
        ),
    ],
    "many-from-one": [
        Change(
            cell="0000003b",
            old='client.containers.run("python:3.13-slim", wait',
            new='client.containers.run("why-pinned" if n == 4 else'
            ' "python:3.13-slim", wait',
            because="The fifth container runs from another image.",
        ),
        Change(
            cell="0000003b",
            old="detach=True,",
            new='detach=True, volumes={"why-shared": {"bind": "/shared"}},',
            also=(
                (
                    "0000003b",
                    "> /mine",
                    "> /shared/mine; ln -s /shared/mine /mine",
                ),
            ),
            because="The five write into one place, not each into its own.",
        ),
    ],
    "light-weight": [
        Change(
            cell="0000003b",
            old='wait = ["python", "-c", "import time; time.sleep(600)"]',
            new=COPIES,
            because="Each program runs from its own copies: none shares.",
        ),
        Change(
            cell="0000003b",
            old="echo number {n} > /mine",
            new="head -c 40000000 /dev/zero > /mine",
            because="Each container writes much of an image's size.",
        ),
    ],
    "resource-limits": [
        Change(
            cell="0000004c",
            old="mem_limit=limit, memswap_limit=limit,  # no swap on top",
            new="",
            also=(("0000004a", "while True:", "while len(hold) < 40:"),),
            because="Without a limit the program gets all that it wants.",
            proof="00000050",
        ),
        Change(
            cell="00000052",
            old="nano_cpus=int((quota or 0) * 1e9)",
            new="nano_cpus=0",
            because="Without a quota each loop takes what the machine has.",
            proof="00000057",
        ),
    ],
}
