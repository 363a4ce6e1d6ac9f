"""Wrong answers and second right ones: `pid_one`."""

_ENTRY = "pid_one/entrypoint"
_REAP = "pid_one/reap"


def _script(*lines: str) -> str:
    text = "\n".join(lines) + "\n"
    return f"check('{_ENTRY}', {text!r})"


_SAVE = 'echo "$GREETING" > /srv/settings.txt'


def _reap(options: str, image: str = "pid-helpers", command: str = "") -> str:
    return f"""
lab.discard("pid-clean")
run = "docker run -d --name pid-clean {options} {image} {command}"
subprocess.run(run.split(), capture_output=True)
if {command!r} == "true":
    client.containers.get("pid-clean").wait()
check("{_REAP}", "pid-clean")
"""


WRONG = {
    _ENTRY: [
        ("answer", f"check('{_ENTRY}', None)"),
        # The shell stays process 1.
        ("asked", _script("#!/bin/sh", _SAVE, '"$@"')),
        ("asked", _script("#!/bin/sh", _SAVE, "python /server.py; true")),
        # Only this server, or arguments that fall apart.
        ("other", _script("#!/bin/sh", _SAVE, "exec python /server.py")),
        ("other", _script("#!/bin/sh", _SAVE, "exec $@")),
        ("prepared", _script("#!/bin/sh", 'exec "$@"')),
        (
            "prepared",
            _script(
                "#!/bin/sh", "echo hello > /srv/settings.txt", 'exec "$@"'
            ),
        ),
        (
            "prepared",
            _script("#!/bin/sh", "export X=1", "echo $GREETING", 'exec "$@"'),
        ),
        ("ready", _script("#!/bin/sh", _SAVE)),
        ("ready", _script(_SAVE, 'exec "$@"')),
        ("ready", _script("#!/bin/sh\r", _SAVE, 'exec "$@"')),
        # Ends when asked, and the server does not save.
        (
            "saved",
            _script(
                "#!/bin/sh",
                _SAVE,
                "trap 'exit 0' TERM",
                '"$@" &',
                "wait",
            ),
        ),
    ],
    _REAP: [
        ("exists", f'check("{_REAP}", "pid-nobody")'),
        ("runs", _reap("--init", command="true")),
        ("image", _reap("--init", "debian:trixie-slim", "sleep 600")),
        ("helpers", _reap("--init", command="sleep 600")),
        ("zombies", _reap("")),
    ],
}

ALSO_RIGHT = {
    # Another shell; the settings are complete before the server starts.
    _ENTRY: _script(
        "#!/usr/bin/env bash",
        "set -euo pipefail",
        "printf 'greeting=%s\\n' \"$GREETING\" > /srv/.new",
        "mv /srv/.new /srv/settings.txt",
        'exec -- "${@}"',
    ),
    # As process 1, bash asks for the exit codes of what it inherits.
    _REAP: """
lab.discard("pid-clean")
client.containers.run(
    "pid-helpers", ["-c", "python /helpers.py; exit $?"], entrypoint="bash",
    name="pid-clean", labels=lab.labels, detach=True,
)
check("pid_one/reap", "pid-clean")
""",
}
