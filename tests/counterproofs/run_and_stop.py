"""Counter-proofs of `run_and_stop`."""

from tests.counterproofs.harness import Change

NEEDS = {
    "lifecycle": "5ca594eb 13d5f102 4ae0b5d0 c605f233",
    "graceful-stop": "92c2b664 cdd381fe 53fc18f8",
}

CHANGES = {
    "lifecycle": [
        Change(
            cell="6db59d3b",
            old='f"pause {name}"',
            new='f"kill --signal STOP {name}"',
            because="The engine does not notice this way to stop a process.",
            sample=True,
        ),
        Change(
            cell="6db59d3b",
            old='f"stop -t 0 {name}"',
            new='f"restart -t 0 {name}"',
            because="The container runs again after its stop.",
        ),
    ],
    "graceful-stop": [
        Change(
            cell="92c2b664",
            old="CMD python /server.py; echo ended",
            new="CMD exec python /server.py",
            because="The shell becomes the server, which gets the signal.",
        ),
        Change(
            cell="84d8f0d1",
            old="signal.signal(signal.SIGTERM, end)",
            new="signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            because="The server in exec form ignores the signal.",
        ),
        Change(
            cell="53fc18f8",
            old='["docker", "stop", "-t", "5", name]',
            new='["docker", "kill", name]',
            because="Every container is killed at once.",
        ),
    ],
}
