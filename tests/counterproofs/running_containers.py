"""Counter-proofs of `running_containers`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "lifecycle": "1d603814 941107c4 e346c44a dd1d0e74 99ea466c",
    "graceful-stop": "b930ba65 d4493189 11540969 6aa79715",
}

CHANGES = {
    "lifecycle": [
        Change(
            cell="dd1d0e74",
            old='go(f"pause {LIFE}", {"pause"})\n'
            'go(f"unpause {LIFE}", {"unpause"})',
            new='go(f"kill --signal STOP {LIFE}", {"kill"})\n'
            'go(f"kill --signal CONT {LIFE}", {"kill"})',
            because="The engine does not notice this way to stop a process.",
            sample=True,
        ),
    ],
    "graceful-stop": [
        Change(
            cell="b930ba65",
            old="CMD python /server.py; echo ended",
            new="CMD exec python /server.py",
            because="The shell is replaced, so process 1 gets the signal.",
        ),
        Change(
            cell="199efa62",
            old="signal.signal(signal.SIGTERM, end)",
            new="signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            because="The server in exec form ignores the signal.",
        ),
        Change(
            cell="6aa79715",
            old='stop = ["docker", "stop", "-t", "2", name]',
            new='stop = ["docker", "kill", name]',
            because="Every container is killed at once.",
        ),
    ],
}
