import json
import os
import pathlib
import signal
import sys

hidden = ("HOME", "HOSTNAME", "PWD", "OLDPWD", "_", "SHLVL", "LC_CTYPE")
seen = {
    "user": os.getuid(),
    "directory": os.getcwd(),
    "files": sorted(map(str, pathlib.Path("/srv").rglob("*"))),
    "environment": sorted(v for v in os.environ.items() if v[0] not in hidden),
    "command": sys.argv[1:],
}
print(json.dumps(seen), flush=True)
if sys.argv[1:2] != ["build"]:
    for number in (signal.SIGTERM, signal.SIGUSR1):
        signal.signal(number, lambda number, frame: os._exit(number))
    signal.pause()
