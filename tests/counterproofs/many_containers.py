"""Counter-proofs of `many_containers`."""

from tests.counterproofs.harness import Change

_VERSION_2 = (
    "10aa0005 10aa0007 10aa000b 10aa000e 10aa000f 10aa0010 10aa0019 10aa001a"
    " 10aa0022 10aa0023 10aa0024 10aa0026"
)

NEEDS = {
    "shared-host": f"{_VERSION_2} 10aa0029 10aa002b 10aa002c 10aa002d"
    " 4c10e006 10aa002e 10aa0030 10aa0032",
}

CHANGES = {
    "shared-host": [
        Change(
            cell="10aa002c",
            old="    cpus: ${CPUS:-0}\n",
            new="",
            because="Without a limit the hog takes what it can get.",
            skip=("10aa0032",),
        ),
        Change(
            cell="10aa0032",
            old='compose(NOISE, EATS="memory", MEMORY="100m")',
            new='compose(NOISE, EATS="memory")',
            also=(
                (
                    "10aa0032",
                    "code = capped.wait()",
                    "while not capped.logs():\n        time.sleep(0.1)\n"
                    "    capped.kill('SIGINT')\n    code = capped.wait()",
                ),
            ),
            because="Without a limit the kernel does not end the hog.",
        ),
    ],
}
