"""Counter-proofs of `why_containers`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "fast-start": "7e712e68 ede4e2bf 9d91ea8a fbf684a1",
    "be8002f2": "2c68099d 2825fc43 e0a315f3",
    "955c608c": "ef44fcde 63147946 2d601b08 471a8d90",
}

CHANGES = {
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
